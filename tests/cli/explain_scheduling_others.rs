//! `explain-scheduling -f` beside Pods, claims and nodes of files.

use crate::explain_scheduling::{NODES, ids, item, offline, plugins, pod};
use crate::support::Home;

#[test]
fn the_pods_that_a_daemon_set_has_are_not_in_its_way() {
    let ports = "ports: [{containerPort: 9100, hostPort: 9100, protocol: TCP}]";
    let text = format!(
        "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {{name: agent}}
spec:
  selector: {{matchLabels: {{app: agent}}}}
  template:
    metadata: {{labels: {{app: agent}}}}
    spec: {{containers: [{{name: a, image: b, {ports}}}]}}
---
apiVersion: v1
kind: Pod
metadata:
  name: agent-x
  uid: x
  labels: {{app: agent}}
  ownerReferences: [{{apiVersion: apps/v1, kind: DaemonSet, name: agent, uid: u, controller: true}}]
spec: {{nodeName: node-a, containers: [{{name: a, image: b, {ports}}}]}}
---
apiVersion: v1
kind: Pod
metadata: {{name: other, uid: other}}
spec: {{nodeName: node-b, containers: [{{name: a, image: b, {ports}}}]}}
"
    );
    let item = item(&offline(&text, &["-o", "json"]));
    assert!(plugins(&item, "node-a").is_empty(), "{item}");
    assert_eq!(plugins(&item, "node-b"), ["NodePorts"]);
}

#[test]
fn no_change_is_denied_to_a_daemon_set() {
    let text = "\
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent}
spec:
  selector: {matchLabels: {app: agent}}
  template:
    metadata: {labels: {app: agent}}
    spec: {nodeSelector: {disktype: ssd}, containers: [{name: a, image: b}]}
";
    let run = offline(text, &[]);
    assert!(run.stdout.contains("no node gets a Pod"), "{run:?}");
    assert!(!run.stdout.contains("no single change"), "{run:?}");
}

#[test]
fn a_pod_by_itself_is_the_target_and_counts_once_beside_a_list() {
    let stored = |name: &str, cpu: &str| {
        format!(
            "{{apiVersion: v1, kind: Pod, metadata: {{name: {name}, namespace: default, uid: {name}}}, spec: {{nodeName: node-a, containers: [{{name: c, image: i, resources: {{requests: {{cpu: \"{cpu}\"}}}}}}]}}, status: {{phase: Running}}}}"
        )
    };
    let list = format!(
        "{{apiVersion: v1, kind: List, items: [{}, {}]}}",
        stored("web", "3"),
        stored("other", "1")
    );
    let home = Home::with(&[
        ("web.yaml", &stored("web", "3")),
        ("nodes.yaml", NODES),
        ("list.yaml", &list),
    ]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "web.yaml",
        "-f",
        "nodes.yaml",
        "-f",
        "list.yaml",
        "-o",
        "json",
    ];
    let item = item(&home.run(&args));
    assert_eq!(item["target"]["name"], "web");
    // Three CPUs of four are its own.
    assert!(plugins(&item, "node-a").is_empty(), "{item}");
}

#[test]
fn scores_name_the_plugin_that_they_lack() {
    let run = offline(&pod(""), &[]);
    assert!(
        run.stdout.contains("not in the scores: PodTopologySpread"),
        "{run:?}"
    );
    let run = offline(&pod("  nodeName: node-a\n"), &["pod/web"]);
    assert!(!run.stdout.contains("score"), "{run:?}");
}

#[test]
fn nodes_of_files_without_pods_are_said_to_be_taken_as_empty() {
    let home = Home::with(&[("pod.yaml", &pod("")), ("nodes.yaml", NODES)]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "pod.yaml",
        "-f",
        "nodes.yaml",
    ];
    let words = "the nodes are taken as empty";
    assert!(home.run(&args).stdout.contains(words));
    assert!(!offline(&pod(""), &[]).stdout.contains(words));
}

#[test]
fn claim_templates_of_a_stateful_set_are_volumes_and_not_evaluated() {
    let text = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: a, image: b, volumeMounts: [{name: data, mountPath: /d}]}]}
  volumeClaimTemplates: [{metadata: {name: data}, spec: {}}]
";
    let item = item(&offline(text, &["-o", "json"]));
    assert_eq!(ids(&item), ["not-evaluated"], "{item}");
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(
        (&item["feasible"], &item["unknown"]),
        (&0.into(), &2.into())
    );
    // The taint is in the way whatever the claims are.
    assert_eq!(plugins(&item, "node-c"), ["TaintToleration"]);
    let run = Home::with(&[("set.yaml", text)]).run(&[
        "explain-resources",
        "--offline",
        "-f",
        "set.yaml",
    ]);
    assert!(!run.stdout.contains("has no volume"), "{run:?}");
}
