//! Judgements of nodes whose Pods are not known.

use pod_model::scheduling::Plugin;

use super::judge::{Judged, looks_at_volumes};
use super::report::{NodeReport, NotEvaluatedReport, NotScoredReport};

/// Plugins whose reasons follow from the Pods of the cluster.
const OF_PODS: [&str; 2] = ["InterPodAffinity", "PodTopologySpread"];
/// The end of the only message of those that does not (`ErrReasonNodeLabelNotMatch` in
/// pkg/scheduler/framework/plugins/podtopologyspread/plugin.go).
const OF_LABELS: &str = "(missing required label)";

/// Takes back what was judged as if no Pod ran: a refusal that needs none stays, all else is not
/// known.
pub(super) fn forget_pods(judged: &mut Judged) {
    for node in &mut judged.nodes {
        forget(node);
    }
    judged.nearest.retain(|own| !own.is_about_pods);
    judged.not_scored = Vec::new();
    judged.preemption = None;
}

/// Returns what is known of a Pod some of whose volumes of claim templates could not be judged: all
/// that is certain `with` these, and what follows `without` them where it refuses.
pub(super) fn forget_claims(with: Judged, without: Judged, why: &str) -> Judged {
    let is_judged = with.cycle.is_empty();
    let mut judged = without;
    if with.nodes.iter().any(is_refused_for_volumes) {
        judged.preemption = with.preemption;
    }
    judged.has_open_claims = true;
    for (node, mut with) in judged.nodes.iter_mut().zip(with.nodes) {
        if is_judged && with.fits.is_some() {
            with.not_evaluated.clear();
            *node = with;
        } else if node.fits == Some(true) {
            node.fits = None;
            node.score = None;
            node.scores.clear();
            node.not_evaluated = with.not_evaluated;
        }
    }
    judged.not_scored = with.not_scored;
    let others = std::mem::replace(&mut judged.not_evaluated, with.not_evaluated);
    for own in &mut judged.not_evaluated {
        let is_same = |other: &NotEvaluatedReport| other.reason == own.reason;
        if looks_at_volumes(own.plugin) && !others.iter().any(is_same) {
            own.reason = format!("{why}: {}", own.reason);
        }
    }
    judged
}

/// Returns whether a plugin that looks at volumes refuses a node.
pub(super) fn is_refused_for_volumes(node: &NodeReport) -> bool {
    let mut reasons = node.reasons.iter();
    reasons.any(|own| looks_at_volumes(&own.plugin))
}

/// Takes back what some plugins have said of a Pod that counts others by a label whose value is not
/// known.
pub(super) fn forget_labels(judged: &mut Judged, plugins: &[Plugin], key: &str) {
    if plugins.is_empty() {
        return;
    }
    let plugins = plugins.iter().map(|own| own.name());
    let plugins: Vec<&'static str> = plugins.collect();
    let mut open = 0;
    for node in &mut judged.nodes {
        node.reasons.retain(|own| {
            !plugins.contains(&own.plugin.as_str()) || own.message.ends_with(OF_LABELS)
        });
        if node.reasons.is_empty() && node.gets_pod != Some(false) {
            node.fits = None;
            node.score = None;
            node.scores.clear();
            node.not_evaluated.extend(&plugins);
            open += 1;
        }
    }
    judged.nearest.retain(|own| !own.is_about_pods);
    judged.not_scored = Vec::new();
    judged.preemption = None;
    if open > 0 {
        let reports = plugins.into_iter().map(|plugin| NotEvaluatedReport {
            plugin,
            reason: unknown_value(key),
            nodes: open,
        });
        judged.not_evaluated.extend(reports);
    }
}

/// Takes back the scores of a plugin that compares nodes by a label whose value is not known.
pub(super) fn forget_score(judged: &mut Judged, plugin: Plugin, key: &str) {
    let plugin = plugin.name();
    let mut is_scored = false;
    for node in &mut judged.nodes {
        if let Some(weighted) = node.scores.remove(plugin) {
            node.score = node.score.map(|total| total - weighted);
            is_scored = true;
        }
    }
    if is_scored {
        judged.not_scored.push(NotScoredReport {
            plugin,
            reason: unknown_value(key),
        });
    }
}

fn unknown_value(key: &str) -> String {
    format!("the value of the label `{key}` is not known, which the Pods of this target have")
}

fn forget(node: &mut NodeReport) {
    node.score = None;
    node.scores.clear();
    for own in &mut node.reasons {
        if own.plugin == "NodeResourcesFit" {
            // It says how much others request.
            own.detail = None;
        }
    }
    let is_known =
        |plugin: &str, message: &str| !OF_PODS.contains(&plugin) || message.ends_with(OF_LABELS);
    let plugins = node.reasons.iter();
    let unknown = plugins.filter(|own| !is_known(&own.plugin, &own.message));
    let unknown = unknown.filter_map(|own| OF_PODS.into_iter().find(|name| *name == own.plugin));
    let unknown: Vec<&str> = unknown.collect();
    node.not_evaluated.extend(unknown);
    node.reasons
        .retain(|own| is_known(&own.plugin, &own.message));
    if node.reasons.is_empty() && node.gets_pod != Some(false) {
        node.fits = None;
    }
}

#[cfg(test)]
mod tests {
    use super::super::report::ReasonReport;
    use super::*;

    fn reason(plugin: &str, message: &str) -> ReasonReport {
        ReasonReport {
            plugin: plugin.to_owned(),
            message: message.to_owned(),
            detail: Some("0m of 4000m are requested by others".to_owned()),
            preemptible: true,
        }
    }

    fn forgotten(fits: bool, reasons: Vec<ReasonReport>) -> NodeReport {
        let node = NodeReport {
            fits: Some(fits),
            reasons,
            score: Some(300),
            ..NodeReport::default()
        };
        let mut judged = Judged {
            nodes: vec![node],
            ..Judged::default()
        };
        forget_pods(&mut judged);
        judged.nodes.remove(0)
    }

    #[test]
    fn a_refusal_because_of_other_pods_is_not_known() {
        let node = forgotten(
            false,
            vec![reason(
                "InterPodAffinity",
                "node(s) didn't match pod affinity rules",
            )],
        );
        assert_eq!((node.fits, node.reasons.len()), (None, 0));
        assert_eq!(node.not_evaluated, ["InterPodAffinity"]);
        let node = forgotten(true, Vec::new());
        assert_eq!((node.fits, node.score), (None, None));
    }

    #[test]
    fn a_refusal_whatever_runs_there_stays() {
        for (plugin, message) in [
            ("NodeResourcesFit", "Insufficient cpu"),
            ("TaintToleration", "node(s) had untolerated taint(s)"),
            (
                "PodTopologySpread",
                "node(s) didn't match pod topology spread constraints (missing required label)",
            ),
        ] {
            let node = forgotten(false, vec![reason(plugin, message)]);
            assert_eq!(
                (node.fits, node.reasons.len()),
                (Some(false), 1),
                "{plugin}"
            );
        }
    }
}
