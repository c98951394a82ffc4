//! The cycle as a whole: Pods that are held back, and evictions.

use serde_json::{Value, json};

use super::*;
use crate::scheduling::{Code, Plugin, Preemption, Stage};

#[test]
fn a_preferred_term_that_is_no_label_ends_the_cycle_when_nodes_are_compared() {
    let preferred = |value: &str| {
        pod(
            "p",
            &json!({"spec": {"affinity": {"nodeAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": [
                {"weight": 1, "preference": {}},
                {"weight": 1, "preference": {"matchExpressions": [{"key": "size", "operator": "Gt", "values": [value]}]}},
            ]}}}}),
        )
    };
    let snapshot = snapshot(&[node("a", &json!({}))], &[]);
    let (valid, invalid) = (preferred("5"), preferred("-5"));
    assert_eq!(Evaluation::new(&snapshot, &valid).pre_score_failure(), None);
    let evaluation = Evaluation::new(&snapshot, &invalid);
    let failure = evaluation.pre_score_failure().unwrap();
    assert_eq!(failure.message, "running PreScore plugin \"NodeAffinity\"");
    assert_eq!(evaluation.node(0).fits(), Verdict::Ok);
}

#[test]
fn gates_hold_a_pod_back_before_any_node() {
    let pod = pod(
        "p",
        &json!({"spec": {"schedulingGates": [{"name": "a"}, {"name": "b"}]}}),
    );
    let snapshot = snapshot(&[node("a", &json!({}))], &[]);
    let evaluation = Evaluation::new(&snapshot, &pod);
    let failure = &evaluation.cycle_failures()[0];
    assert_eq!(failure.message, "waiting for scheduling gates: [a b]");
    assert_eq!(failure.stage, Stage::PreEnqueue);
}

#[test]
fn preemption_needs_reasons_that_go_with_pods_and_a_lower_priority() {
    let node = node("a", &json!({"metadata": {"labels": {"disk": "hdd"}}}));
    let other = running(
        "r",
        "a",
        &json!({"spec": {"priority": 5, "containers": [{"name": "c", "resources": {"requests": {"cpu": "3"}}}]}}),
    );
    let snapshot = snapshot(&[node], &[other]);
    let asks = |cpu: &str, other: &Value| {
        let requests = json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": cpu}}}]}});
        pod("p", &merged(requests, other))
    };
    for (pod, expected) in [
        (asks("1", &json!({})), Preemption::Unneeded),
        (asks("2", &json!({})), Preemption::NoLowerPriority),
        (
            asks("2", &json!({"spec": {"priority": 6}})),
            Preemption::Possible { lower: 1 },
        ),
        (
            asks(
                "2",
                &json!({"spec": {"priority": 6, "preemptionPolicy": "Never"}}),
            ),
            Preemption::Never,
        ),
        (
            asks("5", &json!({"spec": {"priority": 6}})),
            Preemption::Unresolvable(Plugin::NodeResourcesFit),
        ),
        (
            asks(
                "2",
                &json!({"spec": {"priority": 6, "nodeSelector": {"disk": "ssd"}}}),
            ),
            Preemption::Unresolvable(Plugin::NodeAffinity),
        ),
    ] {
        let evaluation = Evaluation::new(&snapshot, &pod);
        assert_eq!(evaluation.preemption(&evaluation.node(0)), expected);
    }
}

#[test]
fn a_request_above_the_whole_node_is_unresolvable_from_1_34_on() {
    let pod = pod(
        "p",
        &json!({"spec": {"containers": [{"name": "c", "resources": {"requests": {"cpu": "5"}}}]}}),
    );
    for (version, code) in [
        (KubernetesVersion::V1_33, Code::Unschedulable),
        (KubernetesVersion::V1_34, Code::UnschedulableAndUnresolvable),
    ] {
        let snapshot = builder(version).node(&node("a", &json!({}))).build();
        let result = Evaluation::new(&snapshot, &pod).node(0);
        assert_eq!(result.first_failure()[0].code, code);
    }
}

#[test]
fn a_pod_that_waits_for_evictions_has_its_place_already() {
    let waiting = |priority: i32| {
        pod(
            "w",
            &json!({
                "spec": {"priority": priority, "containers": [{"name": "c", "resources": {"requests": {"cpu": "4"}}}]},
                "status": {"nominatedNodeName": "a"},
            }),
        )
    };
    let asks = |name: &str| {
        let requests = json!({"requests": {"cpu": "1"}});
        let spec = json!({"priority": 5, "containers": [{"name": "c", "resources": requests}]});
        pod(name, &json!({"spec": spec}))
    };
    let insufficient = "NodeResourcesFit: Insufficient cpu";
    for (priority, name, expected) in [
        (5, "p", insufficient),
        (4, "p", "fits"),
        // The Pod itself is not in its own way.
        (5, "w", "fits"),
    ] {
        let snapshot = snapshot(&[node("a", &json!({}))], &[waiting(priority)]);
        assert_eq!(
            answers(&snapshot, &asks(name)),
            [expected],
            "{priority} {name}"
        );
    }
}
