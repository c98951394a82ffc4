//! `explain-resources`: facts of a node and of classes that are known or not, and Pods that are resized.

use serde_json::{Value, json};

use crate::explain_resources::{NODE, STORED, WEB, item, offline};

#[test]
fn whole_cpus_of_a_guaranteed_pod_may_be_its_own() {
    let guaranteed = WEB.replace("requests: {memory: 512Mi}, ", "");
    let said = |text: &str, version| {
        let run = offline(text, &["--kubernetes-version", version]);
        run.stdout.replace('\n', " ")
    };
    let own = "if the kubelet's CPU manager policy is static, which cannot be read, app and migrate have CPUs of their own";
    let text = said(&guaranteed, "1.37");
    assert!(
        text.contains(&format!(
            "{own}; then neither they nor the Pod have a cpu.max"
        )),
        "{text}"
    );
    let text = said(&guaranteed, "1.32");
    assert!(text.contains(own) && !text.contains("neither"), "{text}");
    let text = said(WEB, "1.37");
    assert!(!text.contains("CPU manager"), "{text}");
}

#[test]
fn eviction_compares_usage_with_what_the_kubelet_has_admitted() {
    let status = "status:\n  phase: Running\n  qosClass: Burstable\n  containerStatuses:\n  - name: app\n    image: nginx\n    \
                 imageID: \"\"\n    ready: true\n    restartCount: 0\n    allocatedResources: {memory: 2Gi}\n    \
                 resources: {requests: {memory: 1Gi}, limits: {cpu: \"1\", memory: 3Gi}}\n";
    let spec = WEB.replace("namespace: shop}", "namespace: shop, uid: u}");
    let text = format!(
        "{}{status}",
        spec.replace("512Mi", "8Gi").replace("1Gi}}", "9Gi}}")
    );
    let run = offline(&text, &[]);
    let said = "late as long as it uses at most 2112Mi of memory";
    assert!(run.stdout.contains(said), "{run:?}");
    let item = item(&offline(&text, &["-o", "json"]));
    assert_eq!(item["eviction"]["memoryRequest"], "2112Mi", "{item}");
    let app = &item["containers"][2];
    assert_eq!(app["cgroup"]["v2"]["memoryMax"], 3_221_225_472_i64, "{app}");
}

#[test]
fn a_container_for_debugging_is_shown_and_never_judged() {
    let text = format!("{STORED}  ephemeralContainers: [{{name: dbg, image: busybox}}]\n");
    let item = item(&offline(&text, &["-o", "json", "-c", "dbg"]));
    let own = &item["containers"][0];
    assert_eq!(
        (&own["name"], &own["type"]),
        (&json!("dbg"), &json!("ephemeral"))
    );
    assert_eq!(own["cgroup"]["v1"]["cpuShares"], 2, "{own}");
    let all = self::item(&offline(&text, &["-o", "json"]));
    assert_eq!(all["containers"].as_array().unwrap().len(), 2, "{all}");
    assert_eq!(all["findings"], json!([]));
}

#[test]
fn a_small_limit_of_the_pod_itself_is_found() {
    let text = "apiVersion: v1\nkind: Pod\nmetadata: {name: a}\nspec:\n  resources: {limits: {cpu: 50m, memory: 1Gi}}\n  \
               containers: [{name: c, image: i, resources: {requests: {cpu: 10m}}}]\n";
    let found = |version| {
        let item = item(&offline(
            text,
            &["-o", "json", "--kubernetes-version", version],
        ));
        let all = item["findings"].as_array().unwrap().clone();
        all.into_iter().find(|own| own["id"] == "small-cpu-limit")
    };
    let own = found("1.37").unwrap();
    let message = "the Pod is limited to 50m of CPU: its threads together run 5 of each 100 ms";
    assert_eq!(own["message"], message);
    assert_eq!(own["path"], "spec.resources.limits.cpu");
    assert_eq!(found("1.33"), None);
}

#[test]
fn the_small_limit_of_a_pod_that_is_resized_is_the_one_that_its_node_has() {
    let pod = |limit: &str| {
        format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{name: a, uid: u}}\nspec:\n  nodeName: n1\n  overhead: {{cpu: 2m}}\n  \
             resources: {{limits: {{cpu: {limit}}}}}\n  containers: [{{name: c, image: i}}]\n\
             status: {{phase: Running, qosClass: Burstable, allocatedResources: {{cpu: 7m}}, resources: {{limits: {{cpu: TOLD}}}}}}\n"
        )
    };
    let found = |limit: &str, told: &str| {
        let item = item(&offline(&pod(limit).replace("TOLD", told), &["-o", "json"]));
        let all = item["findings"].as_array().unwrap().clone();
        let own = all.into_iter().find(|own| own["id"] == "small-cpu-limit");
        own.map(|own| own["message"].as_str().unwrap().to_owned())
    };
    let said = "the Pod is limited to 7m of CPU, 2m of it overhead: its threads together run 1 of each 100 ms, the least that a limit can be";
    assert_eq!(found("1", "5m").as_deref(), Some(said));
    assert_eq!(found("5m", "5m").as_deref(), Some(said));
    assert_eq!(found("5m", "1002m"), None);
}

#[test]
fn memory_of_the_flag_is_not_shown_as_that_of_the_node() {
    let text = format!("{STORED}status: {{phase: Running, qosClass: Guaranteed}}\n{NODE}");
    let node = |args: &[&str]| {
        let run = offline(&text, args);
        let line = run.stdout.lines().find(|line| line.starts_with("node:"));
        line.unwrap_or_default().to_owned()
    };
    assert!(node(&[]).contains("16Gi of memory"), "{}", node(&[]));
    assert!(!node(&[]).contains("assumed"), "{}", node(&[]));
    let other = node(&["--node-memory", "4Gi"]);
    assert!(other.contains("4Gi of memory (assumed)"), "{other}");
}

#[test]
fn the_priority_of_a_class_that_is_not_known_is_not_0() {
    let text = WEB.replace("spec:\n", "spec:\n  priorityClassName: high\n");
    let run = offline(&text, &[]);
    let said = "priority unknown (that of its class)";
    assert!(run.stdout.replace('\n', " ").contains(said), "{run:?}");
    let item = item(&offline(&text, &["-o", "json"]));
    assert_eq!(item["eviction"]["priority"], Value::Null, "{item}");
    let run = offline(WEB, &[]);
    assert!(run.stdout.contains("priority 0"), "{run:?}");
}

#[test]
fn a_node_without_a_kubelet_has_no_version() {
    let info = "  nodeInfo: {kubeletVersion: \"VERSION\", operatingSystem: linux, architecture: \"\", bootID: \"\", containerRuntimeVersion: \"\", \
                kernelVersion: \"\", kubeProxyVersion: \"\", machineID: \"\", osImage: \"\", systemUUID: \"\"}\n";
    let item = |version: &str| {
        let text = format!("{STORED}{NODE}{}", info.replace("VERSION", version));
        item(&offline(
            &text,
            &["-o", "json", "--kubernetes-version", "1.33"],
        ))
    };
    assert_eq!(item("")["node"]["kubeletVersion"], Value::Null);
    assert_eq!(item("v1.36.1")["node"]["kubeletVersion"], "v1.36.1");
}

#[test]
fn a_pod_that_waits_is_compared_with_the_nodes() {
    let node = NODE.replace("name: n1", "name: other");
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web, uid: u}\nspec: {containers: [{name: a, image: b, resources: \
               {requests: {cpu: 250}}}]}\nstatus: {phase: PHASE}\n";
    for (phase, verdict) in [("Pending", "no"), ("Succeeded", "ok")] {
        let text = format!("{}---\n{node}", pod.replace("PHASE", phase));
        let item = item(&offline(&text, &["-o", "json", "pod/web"]));
        assert_eq!(item["verdict"], verdict, "{item}");
    }
}

#[test]
fn the_server_decides_on_the_class_and_the_kubelet_on_the_cgroup() {
    let text = "\
apiVersion: v1
kind: Node
metadata: {name: n1}
status: {capacity: {cpu: \"4\", memory: 16Gi}, allocatable: {cpu: \"4\", memory: 16Gi}, nodeInfo: {kubeletVersion: v1.36.1}}
---
apiVersion: v1
kind: Pod
metadata: {name: empty}
spec:
  nodeName: n1
  resources: {}
  containers: [{name: a, image: b, resources: {requests: {cpu: 100m, memory: 64Mi}, limits: {cpu: 200m, memory: 128Mi}}}]
---
apiVersion: v1
kind: Pod
metadata: {name: start}
spec:
  nodeName: n1
  initContainers:
  - {name: s, image: b, restartPolicy: Always, resources: {limits: {cpu: 200m, memory: 128Mi}}}
  - {name: i, image: b}
  containers: [{name: a, image: b, resources: {limits: {cpu: 200m, memory: 128Mi}}}]
";
    let of = |name: &str| {
        item(&offline(
            text,
            &["-o", "json", "--kubernetes-version", "1.37", name],
        ))
    };
    let empty = of("pod/empty");
    assert_eq!(empty["qosClass"], "Burstable", "{empty}");
    assert_eq!(empty["containers"][0]["oomScoreAdj"], 997, "{empty}");
    // A kubelet of 1.36 gives an init container the limits of the sidecars before it.
    let start = of("pod/start");
    let found = start["findings"].as_array().unwrap().iter();
    let ids: Vec<&Value> = found.map(|own| &own["id"]).collect();
    assert!(
        !ids.contains(&&json!("unlimited-init-container")),
        "{start}"
    );
}
