//! The possibility that evictions make room.
//!
//! Upstream: `PodEligibleToPreemptOthers` and the first steps of `SelectVictimsOnNode`
//! (pkg/scheduler/framework/plugins/defaultpreemption): a node is looked at if the first plugin
//! that refuses it leaves hope, and is judged again without its Pods of a lower priority. Those
//! of other nodes stay. Neither disruption budgets nor the choice of Pods are looked at. Of a
//! required spread, upstream also subtracts Pods that are being deleted, which it has not counted;
//! they are not subtracted here.

use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::evaluation::Evaluation;
use super::node_info::NodePods;
use super::outcome::{Cause, NodeResult, Outcome, Preemption, Reason};
use super::plugin::Plugin;
use crate::verdict::Verdict;

impl Evaluation<'_> {
    /// Returns whether evictions from a node could make room for the Pod there. Takes as long as
    /// the judgement of the node.
    pub fn preemption(&self, result: &NodeResult) -> Preemption {
        let node = self.snapshot().nodes.get(result.node);
        let judged = judge(result, self.pod(), node.map(|node| node.pods()));
        let (Preemption::Possible { lower }, Some(node)) = (&judged, node) else {
            return judged;
        };
        let mut emptier = (**node).clone();
        emptier.pods = Arc::new(node.pods.without_below(priority_of(self.pod())));
        let left = self.results(result.node, Some(&emptier), Some(node));
        match left.fits() {
            Verdict::Ok => Preemption::Possible { lower: *lower },
            Verdict::Unknown => {
                let plugin = unevaluated(&left);
                plugin.map_or(judged, Preemption::Unknown)
            }
            Verdict::No => {
                let plugin = left.first_failure().first().map(|reason| reason.plugin);
                plugin.map_or(judged, Preemption::NotEnough)
            }
        }
    }
}

fn priority_of(pod: &Pod) -> i32 {
    let spec = pod.spec.as_ref();
    spec.and_then(|spec| spec.priority).unwrap_or(0)
}

/// Returns the first plugin that could not be evaluated.
fn unevaluated(result: &NodeResult) -> Option<Plugin> {
    let mut outcomes = result.outcomes.iter();
    outcomes.find_map(|(plugin, outcome)| {
        matches!(outcome, Outcome::NotEvaluated(_)).then_some(*plugin)
    })
}

/// Judges a node by its result and the Pods on it: whether it is worth a second look.
fn judge(result: &NodeResult, pod: &Pod, on_node: Option<&NodePods>) -> Preemption {
    if result.reasons().next().is_none() {
        let unevaluated = unevaluated(result);
        return unevaluated.map_or(Preemption::Unneeded, Preemption::Unknown);
    }
    let spec = pod.spec.as_ref();
    let policy = spec.and_then(|spec| spec.preemption_policy.as_deref());
    if policy == Some("Never") {
        return Preemption::Never;
    }
    let first = result.first_failure().first().map(|reason| reason.plugin);
    let mut reasons = result.reasons();
    let stays = |reason: &&Reason| {
        // The scheduler does not ask the plugins behind the first, and without the Pods of an
        // affinity the Pod may be the first of its series.
        let may_turn = reason.plugin == Plugin::InterPodAffinity && first != Some(reason.plugin);
        !may_turn && !may_go_with_pods(reason)
    };
    if let Some(reason) = reasons.find(stays) {
        return Preemption::Unresolvable(reason.plugin);
    }
    match on_node.map_or(0, |pods| pods.below(priority_of(pod))) {
        0 => Preemption::NoLowerPriority,
        lower => Preemption::Possible { lower },
    }
}

/// Returns whether a reason may be gone once other Pods are.
fn may_go_with_pods(reason: &Reason) -> bool {
    let exceeds_node = match &reason.cause {
        Cause::Insufficient {
            requested,
            allocatable,
            ..
        } => requested > allocatable,
        Cause::TooManyPods { allowed, .. } => *allowed < 1,
        _ => false,
    };
    reason.code.is_preemptible() && !exceeds_node
}
