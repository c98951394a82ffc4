//! `explain-scheduling -f`: what is said of a manifest is said at its place, and holds.

use serde_json::{Value, json};

use crate::explain_scheduling::{ids, item, offline, pod};
use crate::support::Home;

fn finding<'a>(item: &'a Value, id: &str) -> &'a Value {
    let findings = item["findings"].as_array().unwrap();
    findings
        .iter()
        .find(|own| own["id"] == id)
        .unwrap_or_else(|| panic!("{item}"))
}

fn node(name: &str, os: &str, cpu: &str, spec: &str) -> String {
    format!(
        "---\napiVersion: v1\nkind: Node\nmetadata: {{name: {name}, labels: {{kubernetes.io/os: {os}}}}}\nspec: {{{spec}}}\n\
         status: {{allocatable: {{cpu: \"{cpu}\", memory: 8Gi, pods: \"9\"}}}}\n"
    )
}

/// Returns the first nearest miss of a Pod on two nodes without Pods.
fn nearest(pod: &str, nodes: &[String; 2]) -> Value {
    let none = "---\napiVersion: v1\nkind: PodList\nitems: []\n";
    let text = format!("{pod}{}{none}", nodes.concat());
    let home = Home::with(&[("all.yaml", &text)]);
    let args = [
        "explain-scheduling",
        "--offline",
        "-f",
        "all.yaml",
        "-o",
        "json",
    ];
    item(&home.run(&args))["nearest"][0].clone()
}

#[test]
fn no_change_leads_to_a_node_whose_kubelet_refuses_the_pod() {
    let cordoned = [("lin", "linux"), ("win", "windows")]
        .map(|(name, os)| node(name, os, "8", "unschedulable: true"));
    for (os, nodes) in [
        ("", json!(["lin", "win"])),
        ("  os: {name: windows}\n", json!(["win"])),
    ] {
        let nearest = nearest(&pod(os), &cordoned);
        assert_eq!(nearest["change"], "the nodes uncordoned");
        assert_eq!(nearest["nodeNames"], nodes);
    }
}

#[test]
fn the_room_of_a_node_whose_kubelet_refuses_the_pod_is_none() {
    let nodes = [
        node("win", "windows", "8", ""),
        node("lin", "linux", "4", ""),
    ];
    let pod = pod("  os: {name: linux}\n").replace("\"2\"", "\"16\"");
    let nearest = nearest(&pod, &nodes);
    assert_eq!(
        nearest["change"],
        "the cpu request of container web at 4 or less, instead of 16"
    );
    assert_eq!(nearest["nodeNames"], json!(["lin"]));
}

#[test]
fn a_mistyped_topology_key_of_pod_affinity_is_found() {
    for (kind, term, severity, at) in [
        (
            "podAntiAffinity",
            "requiredDuringSchedulingIgnoredDuringExecution",
            "warning",
            "",
        ),
        (
            "podAffinity",
            "preferredDuringSchedulingIgnoredDuringExecution",
            "info",
            "podAffinityTerm.",
        ),
    ] {
        let own = "{topologyKey: zon, labelSelector: {matchLabels: {app: web}}}";
        let own = if at.is_empty() {
            own.to_owned()
        } else {
            format!("{{weight: 1, podAffinityTerm: {own}}}")
        };
        let text = pod(&format!("  affinity: {{{kind}: {{{term}: [{own}]}}}}\n"));
        let item = item(&offline(&text, &["-o", "json"]));
        let own = finding(&item, "unknown-node-label");
        assert_eq!(own["severity"], severity, "{item}");
        assert_eq!(own["help"], "did you mean `zone`?", "{item}");
        let path = format!("spec.affinity.{kind}.{term}[0].{at}topologyKey");
        assert_eq!(own["path"], path, "{item}");
    }
}

#[test]
fn findings_about_terms_of_node_affinity_are_beside_them() {
    let text = pod(
        "  affinity:\n    nodeAffinity:\n      requiredDuringSchedulingIgnoredDuringExecution:\n        nodeSelectorTerms:\n        - matchExpressions: [{key: disktype, operator: In, values: [nvme]}]\n      preferredDuringSchedulingIgnoredDuringExecution:\n      - {weight: 1, preference: {matchExpressions: [{key: zone, operator: Exists}]}}\n      - {weight: 1, preference: {matchExpressions: [{key: zone, operator: Gt, values: [\"-5\"]}]}}\n",
    );
    let found = item(&offline(
        &text.replace("nvme", "hdd").replace("\"2\"", "\"1\""),
        &["-o", "json"],
    ));
    let path = "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[1]";
    assert_eq!(
        finding(&found, "preference-fails-cycle")["path"],
        path,
        "{found}"
    );
    let found = item(&offline(&text, &["-o", "json"]));
    let own = finding(&found, "unknown-node-label");
    let path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].values";
    assert_eq!(own["path"], format!("{path}[0]"), "{found}");
    // Of several values the one is meant that the help is about.
    let found = item(&offline(
        &text.replace("[nvme]", "[nvme, sdd]"),
        &["-o", "json"],
    ));
    let own = finding(&found, "unknown-node-label");
    assert_eq!(own["path"], format!("{path}[1]"), "{found}");
    assert_eq!(own["help"], "did you mean `disktype=ssd`?", "{found}");
}

#[test]
fn the_last_term_of_a_required_affinity_is_not_left_out_by_itself() {
    let help = |terms: &str| {
        let text = pod(&format!(
            "  affinity: {{nodeAffinity: {{requiredDuringSchedulingIgnoredDuringExecution: {{nodeSelectorTerms: [{terms}]}}}}}}\n"
        ));
        let item = item(&offline(&text, &["-o", "json"]));
        finding(&item, "empty-affinity-term")["help"]
            .as_str()
            .unwrap()
            .to_owned()
    };
    let one = help("{}");
    assert!(
        one.starts_with("leave `requiredDuringSchedulingIgnoredDuringExecution` out"),
        "{one}"
    );
    assert_eq!(
        help("{}, {matchExpressions: [{key: zone, operator: Exists}]}"),
        "leave the term out"
    );
}

#[test]
fn a_pod_that_cannot_be_read_and_names_no_node_is_in_nobodys_way() {
    let broken = |node: &str| {
        format!(
            "---\napiVersion: v1\nkind: Pod\nmetadata: {{name: broken}}\nspec: {{{node}containers: [{{name: n, image: x}}]}}\n"
        )
    };
    let answer = |text: &str| {
        let run = offline(&format!("{}{text}", pod("")), &["-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        report["items"][0].clone()
    };
    assert_eq!(
        answer(&broken(""))["feasible"],
        1,
        "{}",
        answer(&broken(""))
    );
    assert_eq!(answer(&broken("nodeName: '', "))["feasible"], 1);
    let ended = format!(
        "{}status: {{phase: Failed}}\n",
        broken("nodeName: node-a, ")
    );
    assert_eq!(answer(&ended)["feasible"], 1);
    for text in [
        "---\napiVersion: v1\nkind: Pod\nmetadata: {name: broken}\nspec: oops\n".to_owned(),
        format!("{}status: {{nominatedNodeName: node-a}}\n", broken("")),
    ] {
        assert_eq!(answer(&text)["verdict"], "unknown", "{text}");
    }
    // Nobody knows what it takes from its node.
    let item = answer(&broken("nodeName: node-a, "));
    assert_eq!(item["verdict"], "unknown", "{item}");
    assert!(ids(&item).contains(&"unread-nodes"), "{item}");
    let unread = item["unread"].to_string();
    assert!(
        unread.contains("list pods: a Pod of the files cannot be read"),
        "{item}"
    );
}

#[test]
fn what_is_certain_of_the_claims_of_a_stateful_set_stays() {
    let text = "\
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db}
spec:
  serviceName: db
  selector: {matchLabels: {app: db}}
  template:
    metadata: {labels: {app: db}}
    spec: {containers: [{name: a, image: b}]}
  volumeClaimTemplates:
  - {metadata: {name: data}, spec: {storageClassName: one, accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}}
---
apiVersion: v1
kind: List
items:
- apiVersion: storage.k8s.io/v1
  kind: StorageClass
  metadata: {name: one}
  provisioner: driver
  volumeBindingMode: WaitForFirstConsumer
  allowedTopologies: [{matchLabelExpressions: [{key: zone, values: [two]}]}]
- {apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: other, namespace: default, uid: o}, spec: {}}
- {apiVersion: v1, kind: PersistentVolume, metadata: {name: other, uid: v}, spec: {storageClassName: else, accessModes: [ReadWriteOnce], capacity: {storage: 1Gi}, hostPath: {path: /x}}}
- {apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: driver}, spec: {}}
- {apiVersion: storage.k8s.io/v1, kind: CSINode, metadata: {name: node-a}, spec: {drivers: [{name: driver, nodeID: a, allocatable: {count: 5}}]}}
";
    let item = item(&offline(text, &["-o", "json"]));
    for at in [0, 1] {
        let node = &item["nodes"][at];
        assert_eq!(node["fits"], false, "{item}");
        assert_eq!(node["reasons"][0]["plugin"], "VolumeBinding", "{item}");
    }
    let open = item["notEvaluated"].as_array().unwrap();
    assert!(
        open.iter().all(|own| own["plugin"] != "VolumeBinding"),
        "{item}"
    );
    assert!(!open.is_empty(), "{item}");
}
