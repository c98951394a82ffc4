//! Signs that a Pod without a node gets one.
//!
//! Upstream: `status.nominatedNodeName` in pkg/scheduler/framework/preemption; the events `TriggeredScaleUp` of the
//! cluster autoscaler and `Nominated` of Karpenter; the taints of pkg/controller/nodelifecycle and of cloud providers.

use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;

/// Taints that a controller sets, and takes away when the node is ready.
const PASSING: [&str; 7] = [
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/unreachable",
    "node.kubernetes.io/network-unavailable",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/pid-pressure",
    "node.cloudprovider.kubernetes.io/uninitialized",
];

/// Adds to a cause what says that it passes.
pub(super) fn with_outlook(scene: &Scene<'_>, cause: Cause, message: &str) -> Cause {
    let nominated = scene
        .status()
        .and_then(|status| status.nominated_node_name.as_deref())
        .filter(|name| !name.is_empty());
    if let Some(node) = nominated {
        let mut cause = cause
            .may_pass()
            .shown_by([Evidence::field("status.nominatedNodeName", node)]);
        cause
            .message
            .push_str(&format!("; the scheduler makes room for it on node {node}"));
        return cause;
    }
    if let Some(event) = new_node(scene) {
        let mut cause = cause.may_pass().shown_by([event.evidence()]);
        cause
            .message
            .push_str("; another node is being added for it");
        return cause;
    }
    if *cause.row == rows::UNTOLERATED_TAINT && are_passing(scene, message) {
        let mut cause = cause.may_pass();
        cause
            .message
            .push_str("; they are taken away when the node is ready");
        return cause;
    }
    cause
}

/// Returns the newest event that promises a node, unless a later one takes it back.
fn new_node<'a>(scene: &Scene<'a>) -> Option<&'a PodEvent> {
    let newest = |reason| scene.events(None, reason).into_iter().next();
    let promise = [newest("TriggeredScaleUp"), newest("Nominated")]
        .into_iter()
        .flatten()
        .max_by_key(|event| event.last)?;
    let refusal = newest("NotTriggerScaleUp");
    let is_over = refusal.is_some_and(|event| event.last > promise.last);
    (!is_over).then_some(promise)
}

/// Returns true if all taints of the message, or of the nodes where it names none, pass by themselves.
fn are_passing(scene: &Scene<'_>, message: &str) -> bool {
    let is_passing = |key: &str| PASSING.contains(&key);
    let named: Vec<&str> = message
        .split('{')
        .skip(1)
        .filter_map(|rest| rest.split([':', '}', ' ', '=']).next())
        .collect();
    if !named.is_empty() {
        return named.into_iter().all(is_passing);
    }
    let taints: Vec<&str> = scene
        .nodes
        .iter()
        .filter_map(|node| node.spec.as_ref()?.taints.as_ref())
        .flatten()
        .filter(|taint| taint.effect != "PreferNoSchedule")
        .map(|taint| taint.key.as_str())
        .collect();
    !taints.is_empty() && taints.into_iter().all(is_passing)
}
