//! The plugin `NodeAffinity`.
//!
//! Upstream: pkg/scheduler/framework/plugins/nodeaffinity.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{NodeSelectorTerm, PodSpec};

use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason, Stage};
use super::plugin::Plugin;
use super::required_affinity::{RequiredNodeAffinity, named_nodes};
use crate::path::FieldPath;
use crate::selector;
use crate::selector::required_node_affinity;

/// Requirements that a node does not meet and that a reason names.
const MOST_LINES: usize = 8;

/// The requirements, and the names of nodes that they allow if they name some.
#[derive(Clone, Debug)]
pub(super) struct NodeAffinity {
    required: RequiredNodeAffinity,
    pub(super) names: Option<BTreeSet<String>>,
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(spec: &PodSpec) -> Prepared<NodeAffinity> {
    if required_node_affinity(spec).is_none() && spec.node_selector.is_none() {
        return Prepared::Skip;
    }
    let names = named_nodes(spec);
    if names.as_ref().is_some_and(BTreeSet::is_empty) {
        return Prepared::Failed(CycleFailure::pre_filter(
            Plugin::NodeAffinity,
            Code::UnschedulableAndUnresolvable,
            "pod affinity terms conflict".to_owned(),
        ));
    }
    Prepared::Ready(NodeAffinity {
        required: RequiredNodeAffinity::of(spec),
        names,
    })
}

/// Judges a node. Upstream: `Filter`.
pub(super) fn judge(affinity: &NodeAffinity, node: &NodeInfo) -> Outcome {
    judge_required(&affinity.required, node)
}

/// Judges a node by requirements alone.
pub(super) fn judge_required(required: &RequiredNodeAffinity, node: &NodeInfo) -> Outcome {
    let (labels, name) = (node.labels(), node.name());
    let missing = required.missing_labels(labels);
    let missing: Vec<(String, String)> = missing
        .map(|(key, value)| (key.clone(), value.clone()))
        .collect();
    let is_affine = required.matches_affinity(labels, name);
    if missing.is_empty() && is_affine {
        return Outcome::Passes;
    }
    let line = |key: &str, text: &str| {
        let found = node.label(key).map_or("is absent".to_owned(), |found| {
            format!("is `{found}` on the node")
        });
        format!("`{text}` is required, the label {found}")
    };
    let selected = missing
        .iter()
        .map(|(key, value)| line(key, &format!("{key}={value}")));
    let mut lines: Vec<String> = selected.collect();
    if !is_affine {
        let before = lines.len();
        lines.extend(required.unmet(labels, name).map(|own| match own.invalid {
            Some(why) => format!("`{}` matches no node: {why}", own.text),
            None if own.is_field => {
                format!("`{}` is required, the node's name is `{name}`", own.text)
            }
            None => line(own.key, own.text),
        }));
        if lines.len() == before {
            lines.push("no term of the required node affinity matches".to_owned());
        }
    }
    let more = lines.len().saturating_sub(MOST_LINES);
    if more > 1 {
        lines.truncate(MOST_LINES);
        lines.push(format!("and {more} more"));
    }
    let detail = lines.join("; ");
    let cause = if missing.is_empty() {
        Cause::NodeAffinity
    } else {
        Cause::NodeSelector(missing)
    };
    let reason = Reason::new(
        Plugin::NodeAffinity,
        Code::UnschedulableAndUnresolvable,
        "node(s) didn't match Pod's node affinity/selector",
        cause,
    );
    Outcome::fails(reason.detailed(detail))
}

/// Returns the failure of a preferred term that the API takes and the scheduler does not, such
/// as `Gt: ["-5"]`. It ends the cycle once two nodes fit, because they are to be compared.
///
/// Upstream: `PreScore`, `NewPreferredSchedulingTerms`
/// (k8s.io/component-helpers/scheduling/corev1/nodeaffinity).
pub(super) fn pre_score_failure(spec: &PodSpec) -> Option<CycleFailure> {
    let affinity = spec.affinity.as_ref()?.node_affinity.as_ref()?;
    let preferred = &affinity.preferred_during_scheduling_ignored_during_execution;
    let terms = preferred.iter().flatten().enumerate();
    let mut terms = terms.filter(|(_, term)| term.weight != 0 && !is_empty(&term.preference));
    let (at, why) = terms.find_map(|(at, term)| {
        let parsed = selector::NodeSelectorTerm::try_from(&term.preference);
        Some((at, parsed.err()?))
    })?;
    Some(CycleFailure {
        stage: Stage::PreScore,
        plugin: Plugin::NodeAffinity,
        message: format!("running PreScore plugin \"{}\"", Plugin::NodeAffinity),
        detail: Some(format!(
            "preferred term {at} is invalid for the scheduler: {why}"
        )),
        path: FieldPath::root()
            .field("affinity")
            .field("nodeAffinity")
            .field("preferredDuringSchedulingIgnoredDuringExecution")
            .index(at),
        code: Code::Error,
    })
}

fn is_empty(term: &NodeSelectorTerm) -> bool {
    let expressions = term.match_expressions.iter().flatten();
    let fields = term.match_fields.iter().flatten();
    expressions.chain(fields).next().is_none()
}
