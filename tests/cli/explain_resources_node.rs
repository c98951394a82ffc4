//! `explain-resources`: what nodes leave of a Pod, and the cgroups as they are found on the node.

use serde_json::{Value, json};

use crate::explain_resources::{NODE, STORED, WEB, item, offline};

pub(crate) const SMALL: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: a, namespace: shop}
spec:
  containers:
  - {name: c, image: i, resources: {requests: {cpu: 3, memory: 1Gi}, limits: {memory: 1Gi}}}
";

const LARGE_NODE: &str = "\
---
apiVersion: v1
kind: Node
metadata: {name: big}
status: {capacity: {cpu: \"64\"}, allocatable: {cpu: \"64\", memory: 2Gi, example.com/gpu: \"1\"}}
";

pub(crate) fn json_of(text: &str, args: &[&str]) -> Value {
    item(&offline(text, &[&["-o", "json"], args].concat()))
}

/// Returns the messages of a rule.
fn messages(item: &Value, id: &str) -> Vec<String> {
    let all = item["findings"].as_array().unwrap().iter();
    let found = all.filter(|own| own["id"] == id);
    found
        .map(|own| own["message"].as_str().unwrap().to_owned())
        .collect()
}

fn exceeded(text: &str) -> Vec<String> {
    messages(&json_of(text, &["pod/a"]), "request-exceeds-nodes")
}

#[test]
fn a_pod_that_names_its_node_is_compared_with_that_node_alone() {
    let pod = SMALL.replace("cpu: 3", "cpu: 8");
    let nodes = format!("{NODE}{LARGE_NODE}");
    assert_eq!(exceeded(&format!("{pod}{nodes}")), [""; 0]);
    let named = pod.replace("spec:\n", "spec:\n  nodeName: n1\n");
    let found = json_of(&format!("{named}{nodes}"), &["pod/a"]);
    assert_eq!(found["verdict"], "no", "{found}");
    let finding = &found["findings"][0];
    assert_eq!(
        finding["message"],
        "the Pod requests 8 of cpu, and its node n1 has 4 to give: the kubelet rejects it (OutOfcpu)"
    );
    assert_eq!(finding["path"], "spec.nodeName");
    let other = named.replace("nodeName: n1", "nodeName: big");
    assert_eq!(exceeded(&format!("{other}{nodes}")), [""; 0]);
    // Nothing is known of it.
    let other = named.replace("nodeName: n1", "nodeName: n2");
    assert_eq!(exceeded(&format!("{other}{nodes}")), [""; 0]);
}

#[test]
fn the_node_of_a_template_is_the_one_that_it_names() {
    let job = format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: a}}\nspec:\n  template:\n    spec:\n      restartPolicy: Never\n      \
         nodeName: n1\n      containers: [{{name: c, image: i, resources: {{limits: {{cpu: 8, memory: 1Gi}}}}}}]\n{NODE}{LARGE_NODE}"
    );
    let found = json_of(&job, &["job/a"]);
    assert_eq!(found["node"]["memory"], 17_179_869_184_i64, "{found}");
    assert_eq!(
        messages(&found, "request-exceeds-nodes").len(),
        1,
        "{found}"
    );
}

#[test]
fn a_kubelet_leaves_out_extended_resources_that_its_node_does_not_know() {
    let pod = SMALL.replace(
        "limits: {memory: 1Gi}",
        "limits: {memory: 1Gi, example.com/gpu: 2}",
    );
    let named = |node: &str| {
        let pod = pod.replace("spec:\n", &format!("spec:\n  nodeName: {node}\n"));
        exceeded(&format!("{pod}{NODE}{LARGE_NODE}"))
    };
    assert_eq!(named("n1"), [""; 0]);
    assert_eq!(
        named("big"),
        [
            "the Pod requests 2 of example.com/gpu, and its node big has 1 to give: the kubelet rejects it (OutOfexample.com/gpu)"
        ]
    );
}

#[test]
fn requests_that_fit_on_different_nodes_alone_fit_on_none() {
    let pod = SMALL.replace("cpu: 3", "cpu: 8").replace("1Gi", "4Gi");
    assert_eq!(
        exceeded(&format!("{pod}{NODE}{LARGE_NODE}")),
        [
            "the Pod requests 8 of cpu and 4Gi of memory, and none of the 2 nodes known here has all of it to give"
        ]
    );
    let fits = pod.replace("cpu: 8", "cpu: 4");
    assert_eq!(exceeded(&format!("{fits}{NODE}{LARGE_NODE}")), [""; 0]);
}

#[test]
fn a_device_may_give_what_the_node_that_has_the_rest_lacks() {
    let found = |cpu: &str, count: &str, version: &str| {
        let gpu = format!("limits: {{memory: 1Gi, example.com/gpu: {count}}}");
        let pod = SMALL
            .replace("limits: {memory: 1Gi}", &gpu)
            .replace("cpu: 3", cpu);
        let small = LARGE_NODE.replace("\"64\"", "\"2\"");
        let text = format!("{pod}{NODE}{small}");
        let item = json_of(&text, &["pod/a", "--kubernetes-version", version]);
        let all = item["findings"].as_array().unwrap().iter();
        let all = all.filter(|own| own["id"] == "request-exceeds-nodes");
        let told = all.map(|own| {
            format!(
                "{}: {}",
                own["severity"].as_str().unwrap(),
                own["message"].as_str().unwrap()
            )
        });
        told.collect::<Vec<_>>()
    };
    let all = "the Pod requests 3 of cpu, 1 of example.com/gpu and 1Gi of memory, and none of the 2 nodes known here has all of it to give";
    let unless = ", unless a DeviceClass stands for example.com/gpu";
    assert_eq!(found("cpu: 3", "1", "1.35"), [format!("error: {all}")]);
    assert_eq!(
        found("cpu: 3", "1", "1.37"),
        [format!("warning: {all}{unless}")]
    );
    let more = "the Pod requests 2 of example.com/gpu, and none of the 2 nodes known here has more than 1 to give";
    assert_eq!(found("cpu: 3", "2", "1.35"), [format!("error: {more}")]);
    let unless = ", unless a DeviceClass stands for it";
    assert_eq!(
        found("cpu: 3", "2", "1.37"),
        [format!("warning: {more}{unless}")]
    );
    assert_eq!(found("cpu: 1", "1", "1.35"), [""; 0]);
}

#[test]
fn the_cgroups_of_a_pod_that_runs_have_their_names_by_driver() {
    let status = "status:\n  phase: Running\n  qosClass: Burstable\n  containerStatuses:\n  - {name: c, image: i, imageID: i, ready: true, \
                  restartCount: 0, containerID: \"containerd://0af1\", state: {running: {}}}\n";
    let text = format!("{}{status}", STORED.replace("uid: u", "uid: 1a-2b"));
    let found = json_of(&text, &[]);
    let slice = "kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod1a_2b.slice";
    let names = json!({"systemd": slice, "cgroupfs": "kubepods/burstable/pod1a-2b"});
    assert_eq!(found["cgroupNames"], names, "{found}");
    let names = json!({"systemd": format!("{slice}/cri-containerd-0af1.scope"),
        "cgroupfs": "kubepods/burstable/pod1a-2b/0af1"});
    assert_eq!(found["containers"][0]["cgroupNames"], names, "{found}");
    let run = offline(&text, &[]);
    assert!(run.stdout.contains(slice), "{run:?}");

    let written = offline(WEB, &[]);
    let text = written
        .stdout
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ");
    assert!(
        text.contains("kubepods-burstable-pod<uid>.slice"),
        "{written:?}"
    );
    assert_eq!(json_of(WEB, &[])["cgroupNames"], Value::Null);
}

#[test]
fn limits_of_memory_are_those_that_the_kernel_shows() {
    let text = SMALL.replace("1Gi", "100000001");
    let found = json_of(&text, &[]);
    for cgroup in [&found["cgroup"], &found["containers"][0]["cgroup"]] {
        assert_eq!(cgroup["v2"]["memoryMax"], 99_999_744, "{found}");
        assert_eq!(cgroup["v1"]["memoryLimit"], 99_999_744, "{found}");
    }
    assert_eq!(found["limits"]["memory"], "100000001");
}

#[test]
fn no_more_busy_threads_are_counted_than_the_node_has_cpus() {
    let pod = SMALL.replace("limits: {", "limits: {cpu: 3, ");
    let threads = |text: &str| {
        let found = json_of(text, &["pod/a"]);
        let all = found["containers"][0]["throttling"].as_array();
        let all = all.into_iter().flatten();
        all.map(|own| {
            (
                own["threads"].as_i64().unwrap(),
                own["runsFor"].as_i64().unwrap(),
            )
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(threads(&pod), [(4, 75_000)]);
    let named = pod.replace("spec:\n", "spec:\n  nodeName: n1\n");
    assert_eq!(threads(&format!("{named}{NODE}")), [(4, 75_000)]);
    let node = NODE.replace("capacity: {cpu: \"4\"", "capacity: {cpu: \"2\"");
    assert_eq!(threads(&format!("{named}{node}")), []);
    let said = "a node with fewer CPUs runs fewer at a time";
    let has = |text: &str| {
        offline(text, &["pod/a"])
            .stdout
            .replace('\n', " ")
            .contains(said)
    };
    assert!(has(&pod) && !has(&format!("{named}{NODE}")));
}

#[test]
fn a_class_that_every_server_has_gives_its_priority_to_a_pod_as_written() {
    for (class, priority, score) in [
        ("system-node-critical", json!(2_000_001_000), json!(-997)),
        ("system-cluster-critical", json!(2_000_000_000), Value::Null),
        ("other", Value::Null, Value::Null),
    ] {
        let text = SMALL.replace("spec:\n", &format!("spec:\n  priorityClassName: {class}\n"));
        let found = json_of(&text, &["--as-written"]);
        assert_eq!(found["eviction"]["priority"], priority, "{found}");
        assert_eq!(found["containers"][0]["oomScoreAdj"], score, "{found}");
        assert_eq!(found["eviction"]["never"], !priority.is_null(), "{found}");
    }
}

#[test]
fn the_help_about_memory_on_windows_is_about_windows() {
    let text = SMALL.replace(", limits: {memory: 1Gi}", "");
    let help = |text: &str| {
        let found = json_of(text, &[]);
        let all = found["findings"].as_array().unwrap().clone();
        let own = all.iter().find(|own| own["id"] == "no-memory-limit");
        own.unwrap()["help"].as_str().unwrap().to_owned()
    };
    assert!(help(&text).contains("is killed"), "{}", help(&text));
    let windows = text.replace("spec:\n", "spec:\n  os: {name: windows}\n");
    let help = help(&windows);
    assert!(
        help.contains("page to disk") && !help.contains("killed"),
        "{help}"
    );
}
