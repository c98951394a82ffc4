//! DaemonSets in two answers.

use serde_json::{Value, json};

use super::*;
use crate::scheduling::daemon_set::{added_tolerations, pod_for, should_run};

fn daemon_set(spec: &Value) -> k8s_openapi::api::apps::v1::DaemonSet {
    let base = json!({
        "metadata": {"name": "d", "namespace": "d"},
        "spec": {"selector": {}, "template": {"spec": {"containers": [{"name": "c"}]}}},
    });
    let template = json!({"spec": {"template": {"spec": spec}}});
    serde_json::from_value(merged(base, &template)).unwrap()
}

fn judged(node: &Node, spec: &Value) -> (bool, bool) {
    let snapshot = snapshot(std::slice::from_ref(node), &[]);
    let node = &snapshot.nodes()[0];
    let found = should_run(&daemon_set(spec), node, KubernetesVersion::LATEST);
    (found.run, found.continue_running)
}

#[test]
fn the_controller_looks_at_name_affinity_and_taints_alone() {
    let taint = |effect: &str| json!({"spec": {"taints": [{"key": "k", "effect": effect}]}});
    let pressure = json!({"spec": {"taints": [{"key": "node.kubernetes.io/disk-pressure", "effect": "NoSchedule"}]}});
    let network = json!({"spec": {"taints": [{"key": "node.kubernetes.io/network-unavailable", "effect": "NoSchedule"}]}});
    for (state, spec, expected) in [
        (json!({}), json!({}), (true, true)),
        (
            json!({"status": {"allocatable": {"pods": "0"}}}),
            json!({}),
            (true, true),
        ),
        (taint("NoSchedule"), json!({}), (false, true)),
        (taint("NoExecute"), json!({}), (false, false)),
        (taint("PreferNoSchedule"), json!({}), (true, true)),
        (pressure, json!({}), (true, true)),
        (network.clone(), json!({}), (false, true)),
        (network, json!({"hostNetwork": true}), (true, true)),
        (json!({}), json!({"nodeName": "b"}), (false, false)),
        (
            json!({}),
            json!({"nodeSelector": {"x": "y"}}),
            (false, false),
        ),
        (
            json!({"spec": {"unschedulable": true}}),
            json!({}),
            (true, true),
        ),
    ] {
        let found = judged(&node("a", &state), &spec);
        assert_eq!(found, expected, "{state} {spec}");
    }
}

#[test]
fn the_pod_names_its_node_in_place_of_the_required_terms() {
    let required =
        json!({"nodeSelectorTerms": [{"matchExpressions": [{"key": "x", "operator": "Exists"}]}]});
    let spec = json!({
        "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": required}},
        "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 5}],
    });
    let pod = pod_for(&daemon_set(&spec), "b");
    let nodes = [
        node("a", &json!({})),
        node("b", &json!({"spec": {"unschedulable": true}})),
    ];
    let found = answers(&snapshot(&nodes, &[]), &pod);
    assert_eq!(found[1], "fits");
    assert!(found[0].starts_with("NodeAffinity: "), "{found:?}");
    let spec = pod.spec.unwrap();
    let tolerations = spec.tolerations.as_deref().unwrap();
    assert_eq!(tolerations.len(), added_tolerations(&spec).len());
    assert!(
        tolerations
            .iter()
            .all(|toleration| toleration.toleration_seconds.is_none())
    );
}
