//! Evictions from one node, which leave the Pods of others.

use serde_json::{Value, json};

use super::volumes::{claim, object, volume, with_claims};
use super::*;
use crate::scheduling::{Plugin, Preemption};

const HOSTNAME: &str = "kubernetes.io/hostname";

fn zoned(name: &str) -> Node {
    node(name, &json!({"metadata": {"labels": {"zone": "1"}}}))
}

fn of_priority(name: &str, node: &str, priority: i32, other: &Value) -> Pod {
    let base = json!({"metadata": {"labels": {"app": "x"}}, "spec": {"priority": priority}});
    running(name, node, &merged(base, other))
}

/// A Pod of priority 5.
fn important(other: &Value) -> Pod {
    pod("p", &merged(json!({"spec": {"priority": 5}}), other))
}

fn chances(snapshot: &Snapshot, pod: &Pod) -> Vec<Preemption> {
    let evaluation = Evaluation::new(snapshot, pod);
    let results = evaluation.nodes();
    results.map(|own| evaluation.preemption(&own)).collect()
}

const POSSIBLE: Preemption = Preemption::Possible { lower: 1 };

#[test]
fn pods_of_other_nodes_in_a_zone_are_not_evicted() {
    let away = |key: &str| {
        let term = json!({"topologyKey": key, "labelSelector": {"matchLabels": {"app": "x"}}});
        important(
            &json!({"spec": {"affinity": {"podAntiAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": [term]}}}}),
        )
    };
    let nodes = [zoned("a"), zoned("b")];
    let one = |name: &str, node: &str| of_priority(name, node, 0, &json!({}));
    let both = snapshot(&nodes, &[one("x1", "a"), one("x2", "b")]);
    assert_eq!(chances(&both, &away(HOSTNAME)), [POSSIBLE, POSSIBLE]);
    let stays = Preemption::NotEnough(Plugin::InterPodAffinity);
    assert_eq!(chances(&both, &away("zone")), [stays.clone(), stays]);
    let first = snapshot(&nodes, &[one("x1", "a")]);
    assert_eq!(
        chances(&first, &away("zone")),
        [POSSIBLE, Preemption::NoLowerPriority]
    );
}

#[test]
fn a_claim_for_one_pod_is_free_once_the_pod_of_this_node_is_gone() {
    let mut builder = builder(KubernetesVersion::LATEST);
    builder.node(&zoned("a")).node(&zoned("b"));
    let bound = json!({"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"accessModes": ["ReadWriteOncePod"], "volumeName": "v"}});
    builder
        .claim(&object(claim("one", &bound)))
        .persistent_volume(&object(volume(
            "v",
            "a",
            &json!({"spec": {"nodeAffinity": null}}),
        )));
    let mut user = with_claims(&["one"]);
    user.metadata.name = Some("user".to_owned());
    user.spec.as_mut().unwrap().node_name = Some("a".to_owned());
    builder.pod(&user);
    builder.pod(&of_priority("other", "b", 0, &json!({})));
    let mut pod = with_claims(&["one"]);
    pod.spec.as_mut().unwrap().priority = Some(5);
    assert_eq!(
        chances(&builder.build(), &pod),
        [POSSIBLE, Preemption::NotEnough(Plugin::VolumeRestrictions)]
    );
}

#[test]
fn room_that_pods_of_a_higher_priority_have_stays_theirs() {
    let cpu = |cpu: &str| json!({"spec": {"containers": [{"name": "c", "image": "i", "resources": {"requests": {"cpu": cpu}}}]}});
    let pods = [
        of_priority("low", "a", 0, &cpu("1")),
        of_priority("high", "a", 9, &cpu("2")),
        of_priority("same", "a", 5, &cpu("1")),
    ];
    let full = snapshot(&[zoned("a")], &pods);
    assert_eq!(chances(&full, &important(&cpu("1"))), [POSSIBLE]);
    assert_eq!(
        chances(&full, &important(&cpu("2"))),
        [Preemption::NotEnough(Plugin::NodeResourcesFit)]
    );
    // The Pod without whom there is room is no longer there.
    let gone = full.without_pod(&pods[0]);
    assert_eq!(
        chances(&gone, &important(&cpu("2"))),
        [Preemption::NoLowerPriority]
    );
}

#[test]
fn a_spread_over_zones_is_kept_by_pods_of_other_nodes() {
    let spread = |skew: i32| {
        important(&json!({
            "metadata": {"labels": {"app": "x"}},
            "spec": {"topologySpreadConstraints": [{"topologyKey": "zone", "maxSkew": skew, "whenUnsatisfiable": "DoNotSchedule", "minDomains": 2, "labelSelector": {"matchLabels": {"app": "x"}}}]},
        }))
    };
    let one = |name: &str, node: &str| of_priority(name, node, 0, &json!({}));
    let both = snapshot(&[zoned("a"), zoned("b")], &[one("x1", "a"), one("x2", "b")]);
    let stays = Preemption::NotEnough(Plugin::PodTopologySpread);
    assert_eq!(chances(&both, &spread(1)), [stays.clone(), stays]);
    assert_eq!(chances(&both, &spread(2)), [POSSIBLE, POSSIBLE]);
}

#[test]
fn of_several_users_of_such_a_claim_upstream_counts_one() {
    let mut builder = builder(KubernetesVersion::LATEST);
    builder.node(&zoned("a")).node(&zoned("b"));
    let bound = json!({"metadata": {"annotations": {"pv.kubernetes.io/bind-completed": "yes"}}, "spec": {"accessModes": ["ReadWriteOncePod"], "volumeName": "v"}});
    builder
        .claim(&object(claim("one", &bound)))
        .persistent_volume(&object(volume(
            "v",
            "a",
            &json!({"spec": {"nodeAffinity": null}}),
        )));
    for node in ["a", "b"] {
        let mut user = with_claims(&["one"]);
        user.metadata.name = Some(format!("user-{node}"));
        user.spec.as_mut().unwrap().node_name = Some(node.to_owned());
        builder.pod(&user);
    }
    let mut pod = with_claims(&["one"]);
    pod.spec.as_mut().unwrap().priority = Some(5);
    assert_eq!(chances(&builder.build(), &pod), [POSSIBLE, POSSIBLE]);
}
