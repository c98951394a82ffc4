//! The search for the change that frees most nodes.

use std::cmp::Reverse;

use k8s_openapi::api::core::v1::Pod;

use super::change::NearestChange;
use super::evaluated::Evaluated;
use super::known_labels::KnownLabels;
use super::node_changes::node_changes;
use super::pod_changes::pod_changes;
use crate::scheduling::{Evaluation, NodeResult, Snapshot};

/// Returns the single changes that make more nodes fit, those that free most first. `results`
/// are those of the nodes that may be freed.
pub fn nearest_changes<'a>(
    snapshot: &'a Snapshot,
    pod: &'a Pod,
    evaluation: &'a Evaluation<'a>,
    results: &'a [NodeResult],
    known: &KnownLabels<'_>,
) -> Vec<NearestChange> {
    let evaluated = Evaluated::new(snapshot, pod, evaluation, results);
    if evaluated.misses.is_empty() {
        return Vec::new();
    }
    let mut changes = node_changes(&evaluated);
    changes.extend(pod_changes(&evaluated, known));
    changes.sort_by_key(|own| (Reverse(own.nodes.len()), own.change.rank()));
    changes
}
