//! `explain-scheduling -f` of manifests that name a node, and of labels that are not known.

use serde_json::Value;

use crate::explain_scheduling::{NODES, ids, item, offline, plugins, pod};
use crate::support::{Home, Run};

fn named(name: &str, cpu: &str) -> String {
    format!(
        "apiVersion: v1\nkind: Pod\nmetadata: {{name: {name}}}\nspec: {{nodeName: node-a, containers: [{{name: a, image: b, resources: {{requests: {{cpu: \"{cpu}\"}}}}}}]}}\n---\n"
    )
}

/// Explains `text` beside the nodes.
fn beside_nodes(text: &str) -> Run {
    let home = Home::with(&[("pods.yaml", text), ("nodes.yaml", NODES)]);
    home.run(&[
        "explain-scheduling",
        "--offline",
        "-f",
        "pods.yaml",
        "-f",
        "nodes.yaml",
    ])
}

#[test]
fn a_manifest_that_never_runs_is_in_nobodys_way() {
    let waits = pod("");
    for refused in [
        named("bad", "9"),
        named("bad", "3").replace("requests:", "limits: {cpu: 1}, requests:"),
    ] {
        let run = beside_nodes(&format!("{refused}{}{waits}", named("fine", "1")));
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stdout.contains("pod/bad"), "{run:?}");
        // It fits beside `web`, and is what the 4 CPUs have room for.
        assert!(!run.stdout.contains("pod/fine"), "{run:?}");
        assert!(run.stdout.contains("node-a: fits"), "{run:?}");
    }
    let run = beside_nodes(&format!("{}{waits}", named("fine", "9")));
    assert!(run.stdout.contains("pod/fine"), "{run:?}");
    // Beside one that is admitted there is no room.
    let run = beside_nodes(&format!("{}{waits}", named("large", "3")));
    assert!(run.stdout.contains("node-a: no"), "{run:?}");
    assert!(run.stdout.contains("3 of 4 are requested"), "{run:?}");
}

#[test]
fn a_set_that_the_server_names_is_not_refused() {
    let run = beside_nodes(
        "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {generateName: db-}\nspec:\n  serviceName: db\n  selector: {matchLabels: {app: db}}\n  template:\n    metadata: {labels: {app: db}}\n    spec: {containers: [{name: a, image: b}]}\n",
    );
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.contains("fits 2 of 3"), "{run:?}");
}

/// The answer about a Deployment that runs, with a Pod of an application that has a hash.
fn deployment(app: &str, spec: &str) -> Value {
    let text = format!(
        "\
apiVersion: apps/v1
kind: Deployment
metadata: {{name: web, uid: d}}
spec:
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec:
      containers: [{{name: a, image: b}}]
{spec}
---
apiVersion: v1
kind: Pod
metadata: {{name: other, uid: w, labels: {{app: {app}, pod-template-hash: abc}}}}
spec: {{nodeName: node-a, containers: [{{name: a, image: b}}]}}
status: {{phase: Running}}
"
    );
    item(&offline(&text, &["-o", "json"]))
}

fn spread(when: &str) -> String {
    format!(
        "      topologySpreadConstraints: [{{maxSkew: 1, topologyKey: zone, whenUnsatisfiable: {when}, labelSelector: {{matchLabels: {{app: web}}}}, matchLabelKeys: [pod-template-hash]}}]"
    )
}

#[test]
fn an_unknown_hash_counts_only_where_pods_are_counted_by_it() {
    let found = deployment("web", &spread("DoNotSchedule"));
    assert_eq!(found["verdict"], "unknown", "{found}");
    // No Pod of another application is counted.
    let found = deployment("other", &spread("DoNotSchedule"));
    assert_eq!(found["verdict"], "ok", "{found}");
    // It does not refuse a node, and compares them.
    let found = deployment("web", &spread("ScheduleAnyway"));
    assert_eq!(found["verdict"], "ok", "{found}");
    assert_eq!(found["notScored"][0]["plugin"], "PodTopologySpread");
    let of_node = &found["nodes"][0];
    let sum: i64 = of_node["scores"]
        .as_object()
        .unwrap()
        .values()
        .map(|own| own.as_i64().unwrap())
        .sum();
    assert_eq!(of_node["score"], sum, "{found}");
}

#[test]
fn each_plugin_that_needs_an_unknown_hash_is_left_out() {
    let term = "      affinity: {podAntiAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: zone, labelSelector: {matchLabels: {app: web}}, mismatchLabelKeys: [pod-template-hash]}]}}\n";
    let found = deployment("web", &format!("{term}{}", spread("DoNotSchedule")));
    assert_eq!(found["verdict"], "unknown", "{found}");
    assert!(plugins(&found, "node-a").is_empty(), "{found}");
    let open = found["notEvaluated"].as_array().unwrap().iter();
    let open: Vec<&str> = open.map(|own| own["plugin"].as_str().unwrap()).collect();
    assert_eq!(open, ["PodTopologySpread", "InterPodAffinity"], "{found}");
}

#[test]
fn a_list_of_device_classes_is_asked_for() {
    let text = pod("").replace("requests:", "limits: {example.com/gpu: 1}, requests:");
    let found = item(&offline(&text, &["-o", "json"]));
    assert_eq!(ids(&found), ["not-evaluated"], "{found}");
    let help = found["findings"][0]["help"].as_str().unwrap();
    assert!(help.contains("deviceclasses"), "{help}");
}

#[test]
fn what_the_kubelet_refuses_is_the_answer() {
    let run = offline(&pod("  os: {name: windows}\n"), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(!run.stdout.contains("fits 1 of 3"), "{run:?}");
    assert!(run.stdout.contains("PodOSNotSupported"), "{run:?}");
    // The controller makes the Pods of a DaemonSet for their nodes.
    let daemon_set = "apiVersion: apps/v1\nkind: DaemonSet\nmetadata: {name: agent}\nspec:\n  selector: {matchLabels: {app: a}}\n  template:\n    metadata: {labels: {app: a}}\n    spec: {os: {name: windows}, nodeSelector: {kubernetes.io/os: linux}, containers: [{name: a, image: b}]}\n";
    let run = beside_nodes(&format!(
        "{daemon_set}---\napiVersion: v1\nkind: Node\nmetadata: {{name: node-d, labels: {{kubernetes.io/os: linux}}}}\nstatus: {{allocatable: {{cpu: \"4\", memory: 8Gi, pods: \"110\"}}}}\n"
    ));
    let text = &run.stdout;
    assert!(
        text.contains("node-d gets a Pod, and the kubelet"),
        "{run:?}"
    );
    assert!(!text.contains("may choose"), "{run:?}");
    assert!(text.contains("be the same"), "{run:?}");
}
