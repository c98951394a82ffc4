//! The chances of preemption, in words.

use k8s_openapi::api::core::v1::Pod;
use pod_model::scheduling::{Evaluation, NodeResult, Preemption};

use super::report::PreemptionReport;

/// Returns whether preemption could free a node, or `None` if nothing is known of it.
pub(super) fn preemption(
    evaluation: &Evaluation<'_>,
    results: &[NodeResult],
    pod: &Pod,
) -> Option<PreemptionReport> {
    let (mut possible, mut pods, mut without_lower, mut unknown) = (0, 0_u64, 0, 0);
    let mut unresolvable: Vec<&'static str> = Vec::new();
    let mut not_enough: Vec<&'static str> = Vec::new();
    let add = |plugins: &mut Vec<&'static str>, name| {
        if !plugins.contains(&name) {
            plugins.push(name);
        }
    };
    for result in results {
        match evaluation.preemption(result) {
            Preemption::Never => {
                return Some(PreemptionReport {
                    nodes: 0,
                    message: "preemption cannot help: `preemptionPolicy` is Never".to_owned(),
                });
            }
            Preemption::Possible { lower } => {
                possible += 1;
                pods += u64::from(lower);
            }
            Preemption::NoLowerPriority => without_lower += 1,
            Preemption::Unresolvable(plugin) => add(&mut unresolvable, plugin.name()),
            Preemption::NotEnough(plugin) => add(&mut not_enough, plugin.name()),
            Preemption::Unknown(_) => unknown += 1,
            Preemption::Unneeded => {}
        }
    }
    let priority = pod.spec.as_ref().and_then(|own| own.priority).unwrap_or(0);
    let s = |count: usize| if count == 1 { "" } else { "s" };
    let message = if possible > 0 {
        format!(
            "preemption could help on {possible} node{}: {pods} Pod{} there {} a priority below {priority}, and it fits without {}",
            s(possible),
            if pods == 1 { "" } else { "s" },
            if pods == 1 { "has" } else { "have" },
            if pods == 1 { "it" } else { "them" },
        )
    } else if unknown > 0 {
        return None;
    } else if !not_enough.is_empty() {
        format!(
            "preemption cannot help: without the Pods of a priority below {priority} on a node, {} still refuses it",
            not_enough.join(" or ")
        )
    } else if without_lower > 0 {
        format!(
            "preemption cannot help: no Pod on a node that could be freed has a priority below {priority}"
        )
    } else if unresolvable.is_empty() {
        return None;
    } else {
        format!(
            "preemption cannot help: the reasons stay whatever Pods are evicted ({})",
            unresolvable.join(", ")
        )
    };
    Some(PreemptionReport {
        nodes: possible,
        message,
    })
}
