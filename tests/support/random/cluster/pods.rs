//! Random Pods: those that run, and the one that waits for a node.

use serde_json::{Value, json};

use super::{NAMESPACES, Traits, affinity, resources, volumes};
use crate::rng::Rng;

/// The aspects that the Pods of one cluster have, so that each is met in full somewhere.
#[derive(Debug)]
pub(super) struct Focus {
    node_affinity: usize,
    pod_affinity: usize,
    spread: usize,
    tolerations: usize,
    pub(super) volumes: bool,
    is_odd: bool,
}

impl Focus {
    pub(super) fn random(rng: &mut Rng, traits: Traits) -> Self {
        let mut share = || rng.pick(&[0, 15, 15, 60]);
        Self {
            node_affinity: share(),
            pod_affinity: share(),
            spread: share(),
            tolerations: share(),
            volumes: traits.has_volumes && rng.percent(45),
            is_odd: traits.is_odd,
        }
    }
}

/// A Pod without a node.
pub(super) fn pod(rng: &mut Rng, focus: &Focus, name: &str) -> Value {
    let mut spec = json!({});
    resources::set(rng, &mut spec);
    if rng.percent(focus.node_affinity) {
        affinity::node(rng, &mut spec, focus.is_odd);
    }
    if rng.percent(focus.pod_affinity) {
        affinity::pods(rng, &mut spec);
    }
    if rng.percent(focus.spread) {
        affinity::spread(rng, &mut spec);
    }
    if rng.percent(focus.tolerations) {
        affinity::tolerations(rng, &mut spec, focus.is_odd);
    }
    if focus.volumes && rng.percent(75) {
        volumes::set(rng, &mut spec);
    }
    if rng.percent(20) {
        spec["priority"] = json!(rng.pick(&[0, 100, 1000, -5]));
    }
    if rng.percent(3) {
        spec["preemptionPolicy"] = json!("Never");
    }
    if rng.percent(2) {
        spec["hostNetwork"] = json!(true);
        spec["hostUsers"] = json!(rng.percent(50));
    }
    if focus.is_odd && rng.percent(6) {
        let rule = json!({"action": "RestartAllContainers", "exitCodes": {"operator": "In", "values": [42]}});
        spec["containers"][0]["restartPolicyRules"] = json!([rule]);
    }
    let mut labels = json!({"app": rng.pick(&["web", "db", "cache"])});
    if rng.percent(40) {
        labels["tier"] = json!(rng.pick(&["front", "back"]));
    }
    if rng.percent(20) {
        labels["pod-template-hash"] = json!(rng.pick(&["h1", "h2"]));
    }
    let namespace = rng.pick(&[
        "default",
        "default",
        "default",
        NAMESPACES[1],
        NAMESPACES[2],
        NAMESPACES[3],
    ]);
    json!({"metadata": {"name": name, "namespace": namespace, "uid": format!("uid-{name}"), "labels": labels},
        "spec": spec, "status": {}})
}

/// A Pod that runs on a node, is being deleted there, or has ended there.
pub(super) fn running(rng: &mut Rng, focus: &Focus, n: usize, node: &str) -> Value {
    let mut pod = pod(rng, focus, &format!("p{n}"));
    pod["spec"]["nodeName"] = json!(node);
    pod["status"]["phase"] = json!(rng.pick(&[
        "Running",
        "Running",
        "Running",
        "Running",
        "Running",
        "Pending",
        "Succeeded",
        "Failed",
        "Unknown"
    ]));
    if rng.percent(10) {
        pod["metadata"]["deletionTimestamp"] = json!("2026-01-01T00:00:00Z");
    }
    if rng.percent(8) {
        resources::resize(rng, &mut pod);
    }
    pod
}
