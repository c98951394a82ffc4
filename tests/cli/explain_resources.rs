//! `explain-resources -f`, and of a Pod in the cluster.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::{Home, Run};

pub(crate) const WEB: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  initContainers:
  - {name: migrate, image: app, resources: {limits: {cpu: \"2\", memory: 64Mi}}}
  - {name: log, image: log, restartPolicy: Always, resources: {limits: {cpu: 100m, memory: 64Mi}}}
  containers:
  - name: app
    image: nginx
    resources: {requests: {memory: 512Mi}, limits: {cpu: \"1\", memory: 1Gi}}
";

const CLUSTER: &str = "\
---
apiVersion: v1
kind: ResourceQuota
metadata: {name: team, namespace: shop}
spec: {hard: {requests.cpu: \"4\"}}
status: {hard: {requests.cpu: \"4\"}, used: {requests.cpu: \"1\"}}
---
apiVersion: node.k8s.io/v1
kind: RuntimeClass
metadata: {name: vm}
handler: vm
overhead: {podFixed: {cpu: 250m}}
";

pub(crate) fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("pod.yaml", text)]);
    home.run(&[&["explain-resources", "-f", "pod.yaml", "--offline"], args].concat())
}

pub(crate) fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "ResourcesReport");
    report["items"][0].clone()
}

#[test]
fn the_report_has_the_numbers_of_pod_and_containers() {
    let args = [
        "-o",
        "json",
        "--node-memory",
        "16Gi",
        "--runtime",
        "runc-1.2",
    ];
    let item = item(&offline(WEB, &args));
    assert_eq!(item["qosClass"], "Burstable", "{item}");
    assert_eq!(item["requests"], json!({"cpu": "2", "memory": "576Mi"}));
    assert_eq!(item["limits"], json!({"cpu": "2", "memory": "1088Mi"}));
    let cgroup = &item["cgroup"];
    assert_eq!(cgroup["v1"]["cpuShares"], 2048, "{cgroup}");
    assert_eq!(cgroup["v2"]["cpuMax"], "200000 100000", "{cgroup}");
    let app = &item["containers"][2];
    assert_eq!((&app["name"], &app["type"]), (&json!("app"), &json!("app")));
    // 1000 - 1000 × 512Mi / 16Gi
    assert_eq!(app["oomScoreAdj"], 969, "{app}");
    // 1 + (1024 - 2) × 9999 / 262142, as runc did before 1.3.2.
    assert_eq!(app["cgroup"]["v2"]["cpuWeight"], 39, "{app}");
    assert_eq!(app["cgroup"]["v2"]["memoryMax"], 1_073_741_824_i64);
    let newer = self::item(&offline(WEB, &["-o", "json"]));
    assert_eq!(newer["containers"][2]["cgroup"]["v2"]["cpuWeight"], 100);
    assert_eq!(newer["containers"][2]["oomScoreAdj"], Value::Null);
}

#[test]
fn a_limit_that_is_absent_is_null() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec: {containers: [{name: c, image: i}]}\n";
    let item = item(&offline(text, &["-o", "json"]));
    for cgroup in [&item["cgroup"], &item["containers"][0]["cgroup"]] {
        assert_eq!(cgroup["v2"]["cpuMax"], Value::Null);
        assert_eq!(cgroup["v2"]["memoryMax"], Value::Null);
        assert_eq!(cgroup["v1"]["cpuQuota"], Value::Null);
        assert_eq!(cgroup["v1"]["memoryLimit"], Value::Null);
    }
    assert_eq!(item["qosClass"], "BestEffort");
    assert_eq!(item["containers"][0]["oomScoreAdj"], 1000);
}

#[test]
fn what_the_server_adds_counts_unless_the_pod_is_taken_as_written() {
    let text = WEB.replace("spec:\n  init", "spec:\n  runtimeClassName: vm\n  init");
    let text = format!("{text}{CLUSTER}");
    let with = item(&offline(&text, &["-o", "json"]));
    assert_eq!(with["requests"]["cpu"], "2250m", "{with}");
    let change = with["changes"].as_array().unwrap().iter();
    let mut change = change.filter(|own| own["path"] == "spec.overhead.cpu");
    assert_eq!(change.next().unwrap()["origin"], "RuntimeClass vm");
    let row = &with["quotas"][0]["resources"][0];
    assert_eq!(
        (&row["requested"], &row["left"]),
        (&json!("2250m"), &json!("750m"))
    );
    let without = item(&offline(&text, &["-o", "json", "--as-written"]));
    assert_eq!(without["requests"]["cpu"], "2", "{without}");
    assert_eq!(without["quotas"], Value::Null);
}

#[test]
fn the_text_shows_the_formulas_and_the_time_that_threads_wait() {
    let run = offline(WEB, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = run.stdout.replace('\n', " ");
    for words in [
        "max(app 1 + sidecar log 100m, init migrate 2)",
        "app: of each 100 ms, 2 busy threads run 50 ms and wait 50 ms",
        "200000 100000",
        "Guaranteed with spec.containers[0].resources.requests.memory = 1Gi",
        "--node-memory",
    ] {
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn a_template_is_explained_as_the_pod_that_is_made_of_it() {
    let text = "apiVersion: batch/v1\nkind: Job\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      \
               restartPolicy: Never\n      containers: [{name: c, image: i, resources: {limits: {cpu: 100m, memory: 1Gi}}}]\n";
    let item = item(&offline(text, &["-o", "json"]));
    assert_eq!(item["qosClass"], "Guaranteed", "{item}");
    assert_eq!(item["requests"]["cpu"], "100m");
    let path = "spec.template.spec.containers[0].resources.requests.cpu";
    let mut changes = item["changes"].as_array().unwrap().iter();
    assert!(changes.any(|own| own["path"] == path), "{item}");
}

#[test]
fn flags_that_are_no_amount_or_runtime_are_wrong_usage() {
    for args in [
        ["--node-memory", "much"],
        ["--node-memory", "0"],
        ["--node-memory", "-1"],
        ["--node-memory", "1E"],
        ["--runtime", "docker"],
        ["--runtime", "runc-one"],
    ] {
        let run = offline(WEB, &args);
        assert_eq!(run.code, Some(2), "{args:?}: {run:?}");
        assert!(run.stderr.contains("expected"), "{args:?}: {run:?}");
    }
}

fn live() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": "u", "resourceVersion": "1"},
        "spec": {"nodeName": "node-1", "containers": [{"name": "app", "image": "nginx",
            "resources": {"requests": {"cpu": "500m", "memory": "1Gi"}, "limits": {"memory": "2Gi"}}}]},
        "status": {"phase": "Running", "qosClass": "Burstable"},
    })
}

#[test]
fn a_live_pod_has_the_memory_of_its_node_and_its_usage() {
    let node = json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1", "resourceVersion": "1"},
        "status": {"capacity": {"memory": "16Gi", "cpu": "4"}, "allocatable": {"memory": "15Gi", "cpu": "4"},
            "nodeInfo": {"kubeletVersion": "v1.35.4", "containerRuntimeVersion": "containerd://2.1.4", "architecture": "",
                "bootID": "", "kernelVersion": "", "kubeProxyVersion": "", "machineID": "", "operatingSystem": "",
                "osImage": "", "systemUUID": ""}}});
    let metrics = json!({"apiVersion": "metrics.k8s.io/v1beta1", "kind": "PodMetrics",
        "metadata": {"name": "web", "namespace": "default"}, "timestamp": "2026-11-29T10:00:00Z", "window": "15s",
        "containers": [{"name": "app", "usage": {"cpu": "123456789n", "memory": "300Mi"}}]});
    let server = || {
        ApiServer::new()
            .on(
                "GET /api/v1/namespaces/default/pods/web",
                Answer::json(&live()),
            )
            .on("GET /api/v1/nodes/node-1", Answer::json(&node))
    };
    let path = "GET /apis/metrics.k8s.io/v1beta1/namespaces/default/pods/web";
    let args = ["explain-resources", "web", "-o", "json"];
    let measured = server().on(path, Answer::json(&metrics));
    let item = item(&Home::new().run_on(&measured, &args));
    let app = &item["containers"][0];
    assert_eq!(app["oomScoreAdj"], 938, "{item}");
    assert_eq!(app["usage"]["cpu"], "124m", "{item}");
    assert_eq!(item["usage"]["window"], "15s");
    assert_eq!(
        item["changes"],
        Value::Null,
        "nothing is added to a Pod that exists: {item}"
    );

    let forbidden = server().on(path, Answer::refusal(403, "Forbidden", "not allowed"));
    let run = Home::new().run_on(&forbidden, &["explain-resources", "web"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let said = "usage: no permission to get pods.metrics.k8s.io";
    assert!(run.stdout.contains(said), "{}", run.stdout);
}

/// A Pod as a cluster has it.
pub(crate) const STORED: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: default, uid: u}
spec:
  nodeName: n1
  containers:
  - {name: c, image: i, resources: {requests: {cpu: 40, memory: 100Gi}, limits: {cpu: 40, memory: 100Gi}}}
";

pub(crate) const NODE: &str = "\
---
apiVersion: v1
kind: Node
metadata: {name: n1}
status:
  capacity: {cpu: \"4\", memory: 16Gi}
  allocatable: {cpu: \"4\", memory: 15Gi}
";

#[test]
fn a_resize_that_is_not_done_leaves_the_cgroups_of_before() {
    let status = "\
status:
  phase: Running
  qosClass: Guaranteed
  conditions: [{type: PodResizePending, status: \"True\", reason: Infeasible}]
  containerStatuses:
  - name: c
    image: i
    imageID: i
    ready: true
    restartCount: 0
    allocatedResources: {cpu: 1, memory: 1Gi}
    resources: {requests: {cpu: 1, memory: 1Gi}, limits: {cpu: 1, memory: 1Gi}}
";
    let text = format!("{STORED}{status}{NODE}");
    let item = item(&offline(&text, &["-o", "json"]));
    assert_eq!(item["resize"], "Infeasible", "{item}");
    for cgroup in [&item["cgroup"], &item["containers"][0]["cgroup"]] {
        assert_eq!(cgroup["v2"]["cpuMax"], "100000 100000", "{item}");
        assert_eq!(cgroup["v2"]["memoryMax"], 1_073_741_824_i64, "{item}");
    }
    assert_eq!(item["eviction"]["memoryRequest"], "1Gi", "{item}");
}

#[test]
fn windows_has_no_cgroups() {
    let text = WEB.replace("spec:\n", "spec:\n  os: {name: windows}\n");
    let item = item(&offline(&text, &["-o", "json", "--node-memory", "16Gi"]));
    assert_eq!(item["os"], "windows", "{item}");
    let app = &item["containers"][2];
    let nulls = json!({
        "v1": {"cpuShares": null, "cpuQuota": null, "cpuPeriod": null, "memoryLimit": null},
        "v2": {"cpuWeight": null, "cpuMax": null, "memoryMax": null},
    });
    assert_eq!((&item["cgroup"], &app["cgroup"]), (&nulls, &nulls));
    assert_eq!(app["oomScoreAdj"], Value::Null);
    assert_eq!(app["throttling"], Value::Null);
    let run = offline(&text, &[]);
    assert!(run.stdout.contains("Windows has no cgroups"), "{run:?}");
    assert!(!run.stdout.contains("CPU.WEIGHT"), "{run:?}");
}

#[test]
fn a_pod_that_has_ended_is_not_evicted_and_a_static_one_never() {
    let ended = format!("{STORED}status: {{phase: Succeeded, qosClass: Guaranteed}}\n{NODE}");
    let run = offline(&ended, &[]);
    for words in [
        "none any more: the Pod has ended",
        "cgroups, as long as it ran",
        "16Gi of memory",
    ] {
        assert!(run.stdout.contains(words), "{words}: {run:?}");
    }
    let mirror = "uid: u, annotations: {kubernetes.io/config.mirror: x}}";
    let run = offline(&STORED.replace("uid: u}", mirror), &[]);
    let said = "never: it is a static Pod";
    assert!(run.stdout.contains(said), "{run:?}");
}

#[test]
fn the_change_of_the_class_is_listed_by_container() {
    let text = format!("{WEB}  - {{name: other, image: nginx}}\n");
    let run = offline(&text, &[]);
    for line in [
        "would be Guaranteed with",
        "container app: requests.memory = 1Gi",
        "container other: limits.cpu, such as 100m; limits.memory, such as 64Mi",
    ] {
        assert!(run.stdout.contains(line), "{line}: {run:?}");
    }
    let empty = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  resources: {}\n  containers:\n  \
                - {name: c, image: i, resources: {requests: {cpu: 1}}}\n";
    let run = offline(empty, &["--kubernetes-version", "1.35"]);
    let said = "would be:  Burstable without spec.resources";
    assert!(run.stdout.contains(said), "{run:?}");
}

#[test]
fn an_extended_resource_that_no_node_has_may_be_a_device() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  containers:\n  \
               - {name: c, image: i, resources: {limits: {cpu: 8, example.com/gpu: 1}}}\n";
    let text = format!("{text}{NODE}");
    let messages = |version| {
        let item = item(&offline(
            &text,
            &["-o", "json", "--kubernetes-version", version],
        ));
        let findings = item["findings"].as_array().unwrap().clone();
        let found = findings
            .iter()
            .filter(|own| own["id"] == "request-exceeds-nodes");
        found
            .map(|own| format!("{}: {}", own["severity"], own["message"]))
            .collect::<Vec<_>>()
    };
    let cpu =
        "\"error\": \"the Pod requests 8 of cpu, and the only node known here has 4 to give\"";
    let gpu =
        "the Pod requests 1 of example.com/gpu, and the only node known here has none to give";
    let older = [cpu.to_owned(), format!("\"error\": \"{gpu}\"")];
    assert_eq!(messages("1.35"), older);
    let newer = format!("\"warning\": \"{gpu}, unless a DeviceClass stands for it\"");
    assert_eq!(messages("1.37"), [cpu.to_owned(), newer]);
}

#[test]
fn a_request_above_the_limit_of_a_limit_range_names_it() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a, namespace: shop}\nspec:\n  containers:\n  \
               - {name: c, image: i, resources: {requests: {memory: 4Gi}}}\n\
               ---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: lr, namespace: shop}\nspec:\n  \
               limits: [{type: Container, max: {memory: 2Gi}}]\n";
    let item = item(&offline(text, &["-o", "json"]));
    let help =
        "the limit 2Gi is the default of LimitRange lr: set one that is not below the request";
    assert_eq!(item["findings"][0]["help"], help, "{item}");
    let unknown = item["unknown"].as_array().unwrap();
    assert_eq!(unknown[0], "other LimitRanges: not given", "{item}");
}
