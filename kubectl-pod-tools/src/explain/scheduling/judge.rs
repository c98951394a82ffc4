//! The judgement of all nodes for one Pod.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Pod;
use pod_model::Verdict;
use pod_model::scheduling::score::Scores;
use pod_model::scheduling::{
    CycleFailure, Evaluation, KnownLabels, NodeResult, Outcome, Plugin, Reason, Snapshot, Stage,
    kubelet_admission, nearest_changes,
};

use super::change_text::nearest_report;
use super::preemption::preemption;
use super::report::{
    CycleReport, NearestReport, NodeReport, NotEvaluatedReport, NotScoredReport, PreemptionReport,
    ReasonReport,
};

/// Changes that a report has.
const MOST_CHANGES: usize = 12;

/// The nodes for a Pod.
#[derive(Default)]
pub(super) struct Judged {
    pub nodes: Vec<NodeReport>,
    pub cycle: Vec<CycleReport>,
    pub nearest: Vec<NearestReport>,
    pub not_evaluated: Vec<NotEvaluatedReport>,
    pub not_scored: Vec<NotScoredReport>,
    pub preemption: Option<PreemptionReport>,
    /// True if the volumes of claim templates were left out.
    pub has_open_claims: bool,
}

impl Judged {
    /// Returns whether a plugin that looks at volumes was not evaluated.
    pub(super) fn has_open_volumes(&self) -> bool {
        let mut open = self.not_evaluated.iter();
        open.any(|own| looks_at_volumes(own.plugin))
    }
}

/// Returns whether a plugin looks at the volumes of a Pod.
pub(super) fn looks_at_volumes(plugin: &str) -> bool {
    const ALL: [Plugin; 4] = [
        Plugin::VolumeRestrictions,
        Plugin::NodeVolumeLimits,
        Plugin::VolumeBinding,
        Plugin::VolumeZone,
    ];
    ALL.iter().any(|own| own.name() == plugin)
}

/// Judges all nodes for a Pod.
pub(super) fn judge(snapshot: &Snapshot, pod: &Pod) -> Judged {
    judge_freeing(snapshot, pod, |_| true)
}

/// Judges all nodes for a Pod. Changes that free a node are looked for where `may_be_free`, by the
/// number of the node.
pub(super) fn judge_freeing(
    snapshot: &Snapshot,
    pod: &Pod,
    may_be_free: impl Fn(usize) -> bool,
) -> Judged {
    let evaluation = Evaluation::new(snapshot, pod);
    let results: Vec<NodeResult> = evaluation.nodes().collect();
    let fitting = results.iter().filter(|own| own.fits() == Verdict::Ok);
    let fitting = fitting.count();
    let mut cycle: Vec<CycleReport> = evaluation
        .cycle_failures()
        .iter()
        .map(cycle_report)
        .collect();
    let is_held_back = !cycle.is_empty();
    if fitting > 1 {
        cycle.extend(evaluation.pre_score_failure().map(cycle_report));
    }
    let nearest = if is_held_back || fitting == results.len() {
        Vec::new()
    } else {
        nearest(
            &evaluation,
            results.iter().filter(|own| may_be_free(own.node)),
        )
    };
    let preemption = (fitting == 0 && !is_held_back)
        .then(|| preemption(&evaluation, &results, pod))
        .flatten();
    let mut nodes: Vec<NodeReport> = results
        .iter()
        .map(|own| node_report(snapshot, own))
        .collect();
    let not_scored = add_scores(&evaluation, &results, &mut nodes);
    Judged {
        nodes,
        not_scored,
        not_evaluated: not_evaluated(&results),
        cycle,
        nearest,
        preemption,
        has_open_claims: false,
    }
}

/// Returns the single changes that make more of some nodes fit. No change lets the Pod run on a node
/// whose kubelet refuses it all the same.
pub(super) fn nearest<'a>(
    evaluation: &Evaluation<'_>,
    results: impl IntoIterator<Item = &'a NodeResult>,
) -> Vec<NearestReport> {
    let (snapshot, pod) = (evaluation.snapshot(), evaluation.pod());
    let known = KnownLabels::of(snapshot);
    let is_admitted =
        |own: &&NodeResult| kubelet_admission::unforeseen(snapshot, own.node, pod).is_empty();
    let results = results.into_iter();
    let admitted: Vec<NodeResult> = results.filter(is_admitted).cloned().collect();
    let changes = nearest_changes(snapshot, pod, evaluation, &admitted, &known);
    let changes = changes.iter().take(MOST_CHANGES);
    changes
        .map(|own| nearest_report(snapshot, pod, own))
        .collect()
}

/// Adds the scores of the nodes that fit, and returns the plugins that are left out: without the
/// Pod's Services and controller that of the default spread is one.
fn add_scores(
    evaluation: &Evaluation<'_>,
    results: &[NodeResult],
    nodes: &mut [NodeReport],
) -> Vec<NotScoredReport> {
    let fitting = results.iter().filter(|own| own.fits() == Verdict::Ok);
    let fitting: Vec<usize> = fitting.map(|own| own.node).collect();
    if fitting.is_empty() {
        return Vec::new();
    }
    let scores = Scores::of(evaluation, &fitting, None);
    for own in scores.nodes {
        if let Some(node) = nodes.get_mut(own.node) {
            node.score = Some(own.total);
            let plugins = own.plugins.iter();
            node.scores = plugins
                .map(|own| (own.plugin.name(), own.weighted))
                .collect();
        }
    }
    let unknown = scores.unknown.into_iter();
    let unknown = unknown.map(|(plugin, reason)| NotScoredReport {
        plugin: plugin.name(),
        reason,
    });
    unknown.collect()
}

/// Returns a node with every reason against it.
pub(super) fn node_report(snapshot: &Snapshot, result: &NodeResult) -> NodeReport {
    let node = snapshot.nodes().get(result.node);
    let open = result
        .outcomes
        .iter()
        .filter_map(|(plugin, outcome)| match outcome {
            Outcome::NotEvaluated(_) => Some(plugin.name()),
            _ => None,
        });
    NodeReport {
        name: node.map(|own| own.name().to_owned()).unwrap_or_default(),
        fits: match result.fits() {
            Verdict::Ok => Some(true),
            Verdict::No => Some(false),
            Verdict::Unknown => None,
        },
        reasons: reasons(result).map(reason_report).collect(),
        not_evaluated: open.collect(),
        ..NodeReport::default()
    }
}

/// Returns every reason against a node, without that of the narrowing if its plugin says more.
fn reasons(result: &NodeResult) -> impl Iterator<Item = &Reason> {
    let says_more = result.narrowed.as_ref().is_some_and(|narrowed| {
        let mut outcomes = result.outcomes.iter();
        outcomes.any(|(plugin, outcome)| *plugin == narrowed.plugin && outcome.is_failure())
    });
    result.reasons().skip(usize::from(says_more))
}

/// Returns a reason as reports have it.
pub(super) fn reason_report(reason: &Reason) -> ReasonReport {
    ReasonReport {
        plugin: reason.plugin.name().to_owned(),
        message: reason.message.clone(),
        detail: reason.detail.clone(),
        preemptible: reason.code.is_preemptible(),
    }
}

fn cycle_report(failure: &CycleFailure) -> CycleReport {
    CycleReport {
        stage: match failure.stage {
            Stage::PreEnqueue => "PreEnqueue",
            Stage::PreFilter => "PreFilter",
            Stage::PreScore => "PreScore",
        },
        plugin: failure.plugin.name(),
        message: failure.message.clone(),
        detail: failure.detail.clone(),
        path: failure.path.clone(),
    }
}

/// Returns the plugins that could not be evaluated, each with its reason once.
pub(super) fn not_evaluated(results: &[NodeResult]) -> Vec<NotEvaluatedReport> {
    let mut counts: BTreeMap<(&'static str, &str), usize> = BTreeMap::new();
    for result in results {
        for (plugin, outcome) in &result.outcomes {
            if let Outcome::NotEvaluated(why) = outcome {
                *counts.entry((plugin.name(), why)).or_default() += 1;
            }
        }
    }
    let all = counts
        .into_iter()
        .map(|((plugin, reason), nodes)| NotEvaluatedReport {
            plugin,
            reason: reason.to_owned(),
            nodes,
        });
    all.collect()
}
