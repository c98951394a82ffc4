//! Scores by taints and by the preferred node affinity.
//!
//! Upstream: pkg/scheduler/framework/plugins/tainttoleration and nodeaffinity.

use k8s_openapi::api::core::v1::{Pod, PodSpec, Toleration};

use super::normalize::by_maximum;
use crate::scheduling::NodeInfo;
use crate::scheduling::tolerations;
use crate::selector::NodeSelectorTerm;
use crate::version::KubernetesVersion;

/// The effect of taints that only count here.
const PREFER_NO_SCHEDULE: &str = "PreferNoSchedule";

/// `TaintToleration`: the fewer taints of effect `PreferNoSchedule` are not tolerated, the better.
pub(super) fn taints(pod: &Pod, nodes: &[&NodeInfo], version: KubernetesVersion) -> Vec<i64> {
    let tolerations = tolerations::of(pod).iter();
    let relevant = tolerations.filter(|toleration| {
        let effect = toleration.effect.as_deref().unwrap_or_default();
        effect.is_empty() || effect == PREFER_NO_SCHEDULE
    });
    let relevant: Vec<Toleration> = relevant.cloned().collect();
    let count = |node: &&NodeInfo| {
        let taints = tolerations::untolerated(node.taints(), &relevant, version, |taint| {
            taint.effect == PREFER_NO_SCHEDULE
        });
        i64::try_from(taints.count()).unwrap_or(i64::MAX)
    };
    by_maximum(nodes.iter().map(count).collect(), true)
}

/// `NodeAffinity`: the weights of the preferred terms that match.
pub(super) fn affinity(spec: &PodSpec, nodes: &[&NodeInfo]) -> Vec<i64> {
    let affinity = spec.affinity.as_ref();
    let affinity = affinity.and_then(|affinity| affinity.node_affinity.as_ref());
    let preferred = affinity.and_then(|affinity| {
        affinity
            .preferred_during_scheduling_ignored_during_execution
            .as_ref()
    });
    let terms: Vec<(i64, NodeSelectorTerm)> = preferred
        .into_iter()
        .flatten()
        .filter_map(|term| {
            let parsed = NodeSelectorTerm::try_from(&term.preference).ok()?;
            Some((i64::from(term.weight), parsed))
        })
        .collect();
    let sum = |node: &&NodeInfo| {
        let matching = terms
            .iter()
            .filter(|(_, term)| term.matches(node.labels(), node.name()));
        matching.map(|(weight, _)| weight).sum()
    };
    by_maximum(nodes.iter().map(sum).collect(), false)
}
