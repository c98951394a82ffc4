//! The possibility that evictions make room, from reasons and priorities.
//!
//! Upstream: `PodEligibleToPreemptOthers`, `SelectVictimsOnNode`
//! (pkg/scheduler/framework/plugins/defaultpreemption); neither disruption budgets nor the
//! evictions themselves are looked at.

use k8s_openapi::api::core::v1::Pod;

use super::node_info::NodePods;
use super::outcome::{Cause, NodeResult, Outcome, Preemption, Reason};

/// Judges a node by its result and the Pods on it.
pub(super) fn judge(result: &NodeResult, pod: &Pod, on_node: Option<&NodePods>) -> Preemption {
    let mut unevaluated = result.outcomes.iter().filter_map(|(plugin, outcome)| {
        matches!(outcome, Outcome::NotEvaluated(_)).then_some(*plugin)
    });
    if result.reasons().next().is_none() {
        let unevaluated = unevaluated.next();
        return unevaluated.map_or(Preemption::Unneeded, Preemption::Unknown);
    }
    let spec = pod.spec.as_ref();
    let policy = spec.and_then(|spec| spec.preemption_policy.as_deref());
    if policy == Some("Never") {
        return Preemption::Never;
    }
    let mut reasons = result.reasons();
    if let Some(reason) = reasons.find(|reason| !may_go_with_pods(reason)) {
        return Preemption::Unresolvable(reason.plugin);
    }
    let priority = spec.and_then(|spec| spec.priority).unwrap_or(0);
    match on_node.map_or(0, |pods| pods.below(priority)) {
        0 => Preemption::NoLowerPriority,
        lower => unevaluated
            .next()
            .map_or(Preemption::Possible { lower }, Preemption::Unknown),
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
