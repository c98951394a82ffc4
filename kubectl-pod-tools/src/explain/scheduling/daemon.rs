//! The nodes for a DaemonSet, in two answers: the controller makes a Pod for the node, and that
//! Pod fits.

use k8s_openapi::api::apps::v1::DaemonSet;
use k8s_openapi::api::core::v1::{Pod, PodSpec};
use pod_model::Verdict;
use pod_model::scheduling::daemon_set::{self, ShouldRun};
use pod_model::scheduling::{Evaluation, NodeResult, Outcome, Plugin, Snapshot};

use super::judge::{Judged, nearest, node_report, not_evaluated, reason_report};
use super::preemption::preemption;

/// Nodes for each of which the Pod is evaluated by itself, where its own node matters to its
/// spread.
const FEW: usize = 200;

/// Judges all nodes for a DaemonSet. `admitted` makes the Pod that the server stores.
pub(super) fn judge_daemon_set(
    snapshot: &Snapshot,
    daemon_set: &DaemonSet,
    admitted: impl Fn(&Pod) -> Pod,
) -> Judged {
    let version = snapshot.version();
    let nodes = snapshot.nodes().iter();
    let decisions: Vec<ShouldRun> = nodes
        .map(|node| daemon_set::should_run(daemon_set, node, version))
        .collect();
    let (results, chances) = evaluated(snapshot, daemon_set, &decisions, admitted);
    let nodes = decisions.iter().zip(&results);
    let nodes = nodes.map(|(decision, result)| {
        let mut report = node_report(snapshot, result);
        report.gets_pod = Some(decision.run);
        report.keeps_pod = Some(decision.continue_running);
        if !decision.run {
            // The controller decides before the scheduler is asked.
            report.fits = Some(false);
            report.reasons = decision.reasons.iter().map(reason_report).collect();
        }
        report
    });
    Judged {
        nodes: nodes.collect(),
        not_evaluated: not_evaluated(&results),
        ..chances
    }
}

/// Returns the results of all nodes, and the changes and evictions that could make the Pods fit
/// which the controller makes.
fn evaluated(
    snapshot: &Snapshot,
    daemon_set: &DaemonSet,
    decisions: &[ShouldRun],
    admitted: impl Fn(&Pod) -> Pod,
) -> (Vec<NodeResult>, Judged) {
    let nodes = snapshot.nodes();
    let Some(first) = nodes.first() else {
        return (Vec::new(), Judged::default());
    };
    let mut pod = admitted(&daemon_set::pod_for(daemon_set, first.name()));
    if nodes.len() <= FEW && pod.spec.as_ref().is_some_and(has_required_spread) {
        let one = |(index, node): (usize, &std::sync::Arc<_>)| {
            let node: &pod_model::scheduling::NodeInfo = node;
            let pod = admitted(&daemon_set::pod_for(daemon_set, node.name()));
            Evaluation::new(snapshot, &pod).node(index)
        };
        let results = nodes.iter().enumerate().map(one).collect();
        return (results, Judged::default());
    }
    // The affinity names the node of each Pod. With that of the template one Pod stands for all,
    // since the controller makes none for other nodes.
    let affinity = pod.spec.as_mut().and_then(|own| own.affinity.as_mut());
    if let Some(affinity) = affinity {
        let template = daemon_set.spec.template.spec.as_ref();
        let own = template.and_then(|own| own.affinity.as_ref());
        affinity.node_affinity = own.and_then(|own| own.node_affinity.clone());
    }
    let is_spread = pod.spec.as_ref().is_some_and(has_required_spread);
    let evaluation = Evaluation::new(snapshot, &pod);
    let mut results: Vec<NodeResult> = evaluation.nodes().collect();
    let chances = if is_spread || !evaluation.cycle_failures().is_empty() {
        Judged::default()
    } else {
        chances(&evaluation, &results, decisions)
    };
    if is_spread {
        let outcomes = results.iter_mut().flat_map(|own| &mut own.outcomes);
        let spread = outcomes.filter(|(plugin, _)| *plugin == Plugin::PodTopologySpread);
        for (_, outcome) in spread {
            // Its domains are the nodes of that affinity.
            *outcome = Outcome::NotEvaluated(format!(
                "a DaemonSet with a required spread is evaluated on at most {FEW} nodes"
            ));
        }
    }
    (results, chances)
}

/// Returns the changes and evictions that could make more of the Pods fit which the controller
/// makes.
fn chances(evaluation: &Evaluation<'_>, results: &[NodeResult], decisions: &[ShouldRun]) -> Judged {
    // Some nodes without a Pod are what most DaemonSets want, but not all of them. The controller
    // asks for what the scheduler asks for, too.
    let runs = decisions.iter().any(|own| own.run);
    let missed = results.iter().zip(decisions);
    let missed = missed.filter(|(own, decision)| decision.run == runs && own.fits() == Verdict::No);
    let missed: Vec<NodeResult> = missed.map(|(own, _)| own.clone()).collect();
    if missed.is_empty() {
        return Judged::default();
    }
    Judged {
        nearest: nearest(evaluation, &missed),
        // No eviction makes the controller want a Pod.
        preemption: runs
            .then(|| preemption(evaluation, &missed, evaluation.pod()))
            .flatten(),
        ..Judged::default()
    }
}

fn has_required_spread(spec: &PodSpec) -> bool {
    let mut all = spec.topology_spread_constraints.iter().flatten();
    all.any(|own| own.when_unsatisfiable != "ScheduleAnyway")
}
