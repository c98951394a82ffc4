//! Changes of nodes.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Taint;

use super::change::{Change, NearestChange};
use super::evaluated::Evaluated;
use super::selectors::label_edits;
use crate::scheduling::tolerations::UNSCHEDULABLE;
use crate::scheduling::{Cause, NodeEdit, NodeInfo, Plugin};

/// Taints that the node controller sets and removes by the state of a node: nobody else
/// should (pkg/controller/nodelifecycle).
const OF_STATE: [&str; 8] = [
    "node.kubernetes.io/disk-pressure",
    "node.kubernetes.io/memory-pressure",
    "node.kubernetes.io/network-unavailable",
    "node.kubernetes.io/not-ready",
    "node.kubernetes.io/out-of-service",
    "node.kubernetes.io/pid-pressure",
    "node.kubernetes.io/unreachable",
    "node.cloudprovider.kubernetes.io/uninitialized",
];

/// Labels that say what a node is: the kubelet or the cloud sets them (`KubeletLabels` in
/// k8s.io/kubelet/pkg/apis/well_known_labels.go).
const OF_NODE: [&str; 7] = [
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "node.kubernetes.io/instance-type",
];
/// Labels that say where a node is: people set them where no cloud does, and never another one.
const OF_PLACE: [&str; 4] = [
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Returns whether people may change a label of a node.
fn is_free(key: &str, node: &NodeInfo) -> bool {
    !OF_NODE.contains(&key) && (!OF_PLACE.contains(&key) || node.label(key).is_none())
}

/// Returns whether a taint says in which state its node is.
pub(super) fn is_of_state(taint: &Taint) -> bool {
    taint.key == UNSCHEDULABLE || OF_STATE.contains(&taint.key.as_str())
}

/// Returns the changes of nodes that free at least one.
pub(super) fn node_changes(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    let mut changes = labels(evaluated);
    changes.extend(taints(evaluated));
    changes.extend(uncordon(evaluated));
    changes
}

fn uncordon(evaluated: &Evaluated<'_>) -> Option<NearestChange> {
    let misses = evaluated.only(&[Plugin::NodeUnschedulable, Plugin::TaintToleration]);
    let nodes = misses.filter_map(|miss| {
        let node = evaluated.snapshot.nodes().get(miss.node)?;
        if !node.is_unschedulable() {
            return None;
        }
        // The node controller removes the taint as well.
        let taints = node.taints().iter();
        let taints = taints.filter(|taint| taint.key != UNSCHEDULABLE);
        let edit = NodeEdit {
            unschedulable: Some(false),
            taints: Some(taints.cloned().collect()),
            ..NodeEdit::default()
        };
        evaluated.fits_with(miss.node, &edit).then_some(miss.node)
    });
    let nodes: Vec<usize> = nodes.collect();
    (!nodes.is_empty()).then_some(NearestChange {
        change: Change::Uncordon,
        nodes,
    })
}

fn taints(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    let mut changes: Vec<NearestChange> = Vec::new();
    let mut by_text: BTreeMap<(String, Option<String>, String), usize> = BTreeMap::new();
    for miss in evaluated.only(&[Plugin::TaintToleration]) {
        let Some(node) = evaluated.snapshot.nodes().get(miss.node) else {
            continue;
        };
        for reason in &miss.reasons {
            let Cause::Taint(taint) = &reason.cause else {
                continue;
            };
            if is_of_state(taint) {
                continue;
            }
            let others = node.taints().iter();
            let others = others.filter(|own| !is_same(own, taint)).cloned();
            let edit = NodeEdit {
                taints: Some(others.collect()),
                ..NodeEdit::default()
            };
            if !evaluated.fits_with(miss.node, &edit) {
                continue;
            }
            let key = (taint.key.clone(), taint.value.clone(), taint.effect.clone());
            let at = *by_text.entry(key).or_insert_with(|| {
                changes.push(NearestChange {
                    change: Change::RemoveTaint(taint.clone()),
                    nodes: Vec::new(),
                });
                changes.len() - 1
            });
            changes[at].nodes.push(miss.node);
        }
    }
    changes
}

/// Returns whether two taints are one for the API: a key and an effect.
fn is_same(one: &Taint, other: &Taint) -> bool {
    (&one.key, &one.effect) == (&other.key, &other.effect)
}

fn labels(evaluated: &Evaluated<'_>) -> Vec<NearestChange> {
    let Some(spec) = &evaluated.pod.spec else {
        return Vec::new();
    };
    let mut nodes_of: BTreeMap<(String, Option<String>), (bool, Vec<usize>)> = BTreeMap::new();
    for miss in evaluated.only(&[Plugin::NodeAffinity]) {
        let Some(node) = evaluated.snapshot.nodes().get(miss.node) else {
            continue;
        };
        let Some(edits) = label_edits(spec, node).filter(|edits| edits.len() == 1) else {
            continue;
        };
        let Some((key, value)) = edits.first_key_value() else {
            continue;
        };
        if !is_free(key, node) {
            continue;
        }
        let edit = NodeEdit {
            labels: edits.clone(),
            ..NodeEdit::default()
        };
        if evaluated.fits_with(miss.node, &edit) {
            let own = nodes_of.entry((key.clone(), value.clone())).or_default();
            own.0 |= node.labels().contains_key(key);
            own.1.push(miss.node);
        }
    }
    let changes = nodes_of.into_iter().map(|((key, value), own)| {
        let (overwrites, nodes) = own;
        let change = match value {
            Some(value) => Change::AddLabel {
                key,
                value,
                overwrites,
            },
            None => Change::RemoveLabel { key },
        };
        NearestChange { change, nodes }
    });
    changes.collect()
}
