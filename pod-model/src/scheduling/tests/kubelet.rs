//! The kubelet's admission.

use serde_json::{Value, json};

use super::*;
use crate::scheduling::kubelet_admission::admit;

fn rejected(node: &Node, pods: &[Pod], spec: &Value) -> Vec<String> {
    let snapshot = snapshot(std::slice::from_ref(node), pods);
    let pod = pod("p", &merged(json!({"spec": {"nodeName": "a"}}), spec));
    let rejections = admit(&snapshot, 0, &pod);
    rejections
        .into_iter()
        .map(|rejection| format!("{}: {}", rejection.reason, rejection.message))
        .collect()
}

#[test]
fn the_kubelet_has_reasons_of_its_own() {
    let cpu = |amount: &str| json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": amount, "e.com/x": "1"}}}]}});
    let strict = json!({"spec": {"securityContext": {"supplementalGroupsPolicy": "Strict"}}});
    for (state, spec, expected) in [
        (json!({}), json!({}), vec![]),
        (
            json!({}),
            cpu("5"),
            vec![
                "OutOfcpu: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
            ],
        ),
        (json!({}), cpu("1"), vec![]),
        (
            json!({"status": {"allocatable": {"e.com/x": "0"}}}),
            cpu("1"),
            vec![
                "OutOfe.com/x: Node didn't have enough resource: e.com/x, requested: 1, used: 0, capacity: 0",
            ],
        ),
        (
            json!({}),
            json!({"spec": {"nodeSelector": {"x": "y"}}}),
            vec![
                "NodeAffinity: Predicate NodeAffinity failed: node(s) didn't match Pod's node affinity/selector",
            ],
        ),
        (
            json!({"spec": {"taints": [{"key": "k", "effect": "NoSchedule"}, {"key": "l", "effect": "NoExecute"}]}}),
            json!({}),
            vec![
                "TaintToleration: Predicate TaintToleration failed: node(s) had taints that the pod didn't tolerate",
            ],
        ),
        (
            json!({"spec": {"unschedulable": true, "taints": [{"key": "k", "effect": "NoSchedule"}]}}),
            json!({}),
            vec![],
        ),
        (
            json!({}),
            json!({"spec": {"os": {"name": "windows"}}}),
            vec!["PodOSNotSupported: Failed to admit pod as the OS field doesn't match node OS"],
        ),
        (
            json!({}),
            strict.clone(),
            vec![
                "SupplementalGroupsPolicyNotSupported: SupplementalGroupsPolicy=Strict is not supported in this node",
            ],
        ),
        (
            json!({"status": {"features": {"supplementalGroupsPolicy": true}}}),
            strict,
            vec![],
        ),
    ] {
        assert_eq!(
            rejected(&node("a", &state), &[], &spec),
            expected,
            "{state} {spec}"
        );
    }
}
