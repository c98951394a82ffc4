//! `explain-scheduling -f`.

use serde_json::Value;

use crate::support::{Home, Run};

pub(crate) const NODES: &str = "\
apiVersion: v1
kind: Node
metadata: {name: node-a, labels: {disktype: hdd, zone: one}}
status: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}
---
apiVersion: v1
kind: Node
metadata: {name: node-b, labels: {disktype: hdd, zone: one}}
status: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}
---
apiVersion: v1
kind: Node
metadata: {name: node-c, labels: {disktype: ssd, zone: two}}
spec: {taints: [{key: gpu, value: \"true\", effect: NoSchedule}]}
status: {allocatable: {cpu: \"4\", memory: 8Gi, pods: \"110\"}}
";
const PODS: &str = "\
apiVersion: v1
kind: Pod
metadata: {name: db, labels: {app: db}}
spec: {nodeName: node-b, containers: [{name: db, image: db, resources: {requests: {cpu: \"3\"}}}]}
";

pub(crate) fn pod(spec: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: web}}\nspec:\n{spec}  containers: [{{name: web, image: nginx, resources: {{requests: {{cpu: \"2\"}}}}}}]\n"
    )
}

pub(crate) fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[
        ("pod.yaml", text),
        ("nodes.yaml", NODES),
        ("pods.yaml", PODS),
    ]);
    let files = [
        "explain-scheduling",
        "--offline",
        "-f",
        "pod.yaml",
        "-f",
        "nodes.yaml",
        "-f",
        "pods.yaml",
    ];
    home.run(&[&files, args].concat())
}

fn items(run: &Run) -> Vec<Value> {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "SchedulingReport");
    report["items"].as_array().unwrap().clone()
}

pub(crate) fn item(run: &Run) -> Value {
    let items = items(run);
    assert_eq!(items.len(), 1, "{run:?}");
    items[0].clone()
}

/// Returns the plugins that refuse a node.
pub(crate) fn plugins(item: &Value, node: &str) -> Vec<String> {
    let nodes = item["nodes"].as_array().unwrap();
    let node = nodes.iter().find(|own| own["name"] == node).unwrap();
    let reasons = node["reasons"].as_array().unwrap().iter();
    let plugin = |own: &Value| own["plugin"].as_str().unwrap().to_owned();
    reasons.map(plugin).collect()
}

pub(crate) fn ids(item: &Value) -> Vec<&str> {
    let all = item["findings"].as_array().unwrap().iter();
    all.map(|own| own["id"].as_str().unwrap()).collect()
}

#[test]
fn each_node_has_every_reason_and_running_pods_are_no_targets() {
    let run = offline(&pod("  nodeSelector: {disktype: nvme}\n"), &["-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "no");
    assert_eq!((&item["feasible"], &item["total"]), (&0.into(), &3.into()));
    assert_eq!(plugins(&item, "node-a"), ["NodeAffinity"]);
    assert_eq!(
        plugins(&item, "node-b"),
        ["NodeAffinity", "NodeResourcesFit"]
    );
    assert_eq!(
        plugins(&item, "node-c"),
        ["TaintToleration", "NodeAffinity"]
    );
    assert_eq!(ids(&item), ["no-node-fits", "unknown-node-label"]);
}

#[test]
fn a_pod_that_fits_is_ok_and_the_sentence_names_its_nodes() {
    let run = offline(&pod(""), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("fits 1 of 3 nodes: node-a"), "{run:?}");
    assert!(run.stdout.contains("gpu=true:NoSchedule"), "{run:?}");
    let longest = run.stdout.lines().map(|line| line.chars().count()).max();
    assert!(longest <= Some(80), "{run:?}");
}

#[test]
fn the_nearest_miss_has_a_command_and_the_number_of_nodes() {
    let run = offline(&pod("  nodeSelector: {zone: three}\n"), &["-o", "json"]);
    let item = item(&run);
    let nearest = &item["nearest"][0];
    assert_eq!(nearest["nodes"], 1, "{item}");
    assert_eq!(
        nearest["command"],
        "kubectl label node node-a zone=three --overwrite"
    );
    assert_eq!(nearest["nodeNames"][0], "node-a");
}

#[test]
fn a_mistyped_value_is_replaced_by_one_that_nodes_have() {
    let run = offline(&pod("  nodeSelector: {disktype: hhd}\n"), &["-o", "json"]);
    let item = item(&run);
    assert_eq!(
        item["nearest"][0]["change"],
        "disktype=hdd instead of disktype=hhd in the Pod"
    );
    let findings = item["findings"].as_array().unwrap();
    let unknown = findings
        .iter()
        .find(|own| own["id"] == "unknown-node-label");
    assert_eq!(unknown.unwrap()["help"], "did you mean `disktype=hdd`?");
    assert_eq!(unknown.unwrap()["location"]["line"], 5);
}

#[test]
fn the_largest_request_that_fits_is_named() {
    let text = pod("").replace("cpu: \"2\"", "cpu: \"6\"");
    let run = offline(&text, &["-o", "json"]);
    let item = item(&run);
    assert_eq!(
        item["nearest"][0]["change"],
        "the cpu request of container web at 4 or less, instead of 6"
    );
}

#[test]
fn a_running_pod_is_asked_where_else_it_fits() {
    let text =
        pod("").replace("spec:\n", "spec:\n  nodeName: node-a\n") + "status: {phase: Running}\n";
    let run = offline(&text, &["pod/web", "-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["nodeName"], "node-a");
    // Its own two CPUs are free again.
    assert_eq!(item["feasible"], 1);
    assert_eq!(
        item["summary"],
        "it is on node-a; fits on no other node: 1 of 2 Insufficient cpu, 1 had untolerated taint(s)"
    );
    assert!(plugins(&item, "node-a").is_empty());
}

#[test]
fn a_manifest_with_a_node_name_is_admitted_by_the_kubelet() {
    let text = pod("  nodeName: node-b\n");
    let run = offline(&text, &["pod/web", "-o", "json"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let item = item(&run);
    assert_eq!(plugins(&item, "node-b"), ["OutOfcpu"]);
    assert_eq!(ids(&item), ["kubelet-refuses"]);
}

#[test]
fn pods_on_nodes_are_targets_if_the_files_have_no_other() {
    let home = Home::with(&[("nodes.yaml", NODES), ("pods.yaml", PODS)]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "nodes.yaml",
        "-f",
        "pods.yaml",
        "-o",
        "json",
    ];
    let run = home.run(&args);
    let items = items(&run);
    assert_eq!(items.len(), 1, "{run:?}");
    assert_eq!(items[0]["target"]["name"], "db");
}

#[test]
fn a_daemon_set_has_two_answers() {
    let text = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {containers: [{name: a, image: b, resources: {requests: {cpu: \"2\"}}}]}
";
    let run = offline(text, &["-o", "json"]);
    let item = item(&run);
    let gets = |at: usize| item["nodes"][at]["getsPod"].as_bool();
    assert_eq!(
        (gets(0), gets(1), gets(2)),
        (Some(true), Some(true), Some(false))
    );
    assert_eq!(item["feasible"], 1);
    assert_eq!(ids(&item), ["daemon-pod-stuck"]);
    let text = offline(text, &[]).stdout.replace('\n', " ");
    assert!(
        text.contains("2 of 3 nodes get a Pod, and it fits on 1 of these"),
        "{text}"
    );
}

#[test]
fn a_limit_range_is_applied_unless_the_pod_is_taken_as_written() {
    let text = pod("")
        + "---\napiVersion: v1\nkind: LimitRange\nmetadata: {name: small}\nspec: {limits: [{type: Container, defaultRequest: {memory: 9Gi}, default: {memory: 9Gi}}]}\n";
    let item_of = |args: &[&str]| item(&offline(&text, &[&["-o", "json"], args].concat()));
    let admitted = item_of(&[]);
    assert_eq!(admitted["feasible"], 0, "{admitted}");
    assert_eq!(plugins(&admitted, "node-a"), ["NodeResourcesFit"]);
    let as_written = item_of(&["--as-written"]);
    assert_eq!(as_written["feasible"], 1, "{as_written}");
}

#[test]
fn without_nodes_the_answer_is_unknown() {
    let home = Home::with(&[("pod.yaml", &pod(""))]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "pod.yaml",
        "-o",
        "json",
    ];
    let run = home.run(&args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(item["feasible"], Value::Null);
    assert_eq!(ids(&item), ["unread-nodes"]);
}

#[test]
fn one_node_is_shown_in_full_and_a_mistyped_one_is_refused() {
    let run = offline(&pod(""), &["--node", "node-c", "-o", "json"]);
    let item = item(&run);
    assert_eq!(item["nodes"].as_array().unwrap().len(), 1);
    assert_eq!(item["total"], 3);
    let run = offline(&pod(""), &["--node", "node-x"]);
    assert_eq!(run.code, Some(4), "{run:?}");
    assert!(run.stderr.contains("no node is named `node-x`"), "{run:?}");
    assert!(run.stderr.contains("did you mean `node-a`?"), "{run:?}");
}

#[test]
fn many_nodes_are_grouped_by_their_reasons() {
    let node = |n: usize| {
        format!(
            "---\napiVersion: v1\nkind: Node\nmetadata: {{name: n{n:02}}}\nstatus: {{allocatable: {{cpu: \"1\", memory: 8Gi, pods: \"110\"}}}}\n"
        )
    };
    let nodes: String = (0..30).map(node).collect();
    let run = offline(&format!("{}{nodes}", pod("")), &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        run.stdout
            .contains("31 nodes: no: n00, n01, n02, n03, n04 and 26 more"),
        "{run:?}"
    );
}

#[test]
fn terminal_escapes_of_names_are_harmless() {
    let node = "---\napiVersion: v1\nkind: Node\nmetadata: {name: \"evil\\e[31m\"}\nspec: {taints: [{key: \"a\\e]0;x\\a\", effect: NoSchedule}]}\nstatus: {allocatable: {cpu: \"9\", pods: \"1\"}}\n";
    let run = offline(&format!("{}{node}", pod("")), &[]);
    assert!(run.stdout.contains("evil"), "{run:?}");
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
}

#[test]
fn explain_has_the_topic_where_files_have_nodes() {
    let home = Home::with(&[("pod.yaml", &pod("")), ("nodes.yaml", NODES)]);
    let run = home.run(&["explain", "--offline", "-f", "pod.yaml", "-f", "nodes.yaml"]);
    assert!(
        run.stdout.contains("scheduling: ok. Fits 2 of 3 nodes"),
        "{run:?}"
    );
    let run = home.run(&["explain", "--offline", "-f", "pod.yaml"]);
    assert!(!run.stdout.contains("scheduling"), "{run:?}");
}
