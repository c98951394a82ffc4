//! The nodes that do not fit, by the plugins that refuse them.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Pod;

use crate::scheduling::{Evaluation, NodeEdit, NodeResult, Plugin, Reason, Snapshot};
use crate::verdict::Verdict;

/// A Pod that was evaluated on all nodes.
pub(super) struct Evaluated<'a> {
    pub snapshot: &'a Snapshot,
    pub pod: &'a Pod,
    pub evaluation: &'a Evaluation<'a>,
    /// The nodes that do not fit.
    pub misses: Vec<Miss<'a>>,
}

/// A node that does not fit.
pub(super) struct Miss<'a> {
    pub node: usize,
    pub plugins: BTreeSet<Plugin>,
    pub reasons: Vec<&'a Reason>,
}

impl<'a> Evaluated<'a> {
    pub(super) fn new(
        snapshot: &'a Snapshot,
        pod: &'a Pod,
        evaluation: &'a Evaluation<'a>,
        results: &'a [NodeResult],
    ) -> Self {
        let unfit = results.iter().filter(|own| own.fits() == Verdict::No);
        let misses = unfit.map(|own| {
            let reasons: Vec<&Reason> = own.reasons().collect();
            Miss {
                node: own.node,
                plugins: reasons.iter().map(|reason| reason.plugin).collect(),
                reasons,
            }
        });
        Self {
            snapshot,
            pod,
            evaluation,
            misses: misses.collect(),
        }
    }

    /// Returns the nodes that some of the plugins refuse, and no other plugin does.
    pub(super) fn only<'s>(
        &'s self,
        plugins: &'static [Plugin],
    ) -> impl Iterator<Item = &'s Miss<'a>> {
        let is_it = |miss: &&Miss<'_>| miss.plugins.iter().all(|own| plugins.contains(own));
        self.misses.iter().filter(is_it)
    }

    /// Returns whether a node fits with a change of it.
    pub(super) fn fits_with(&self, node: usize, edit: &NodeEdit) -> bool {
        self.evaluation.node_if(node, edit).fits() == Verdict::Ok
    }

    /// Returns those of some nodes on which another Pod fits.
    pub(super) fn fitting(&self, pod: &Pod, nodes: impl Iterator<Item = usize>) -> Vec<usize> {
        let evaluation = Evaluation::new(self.snapshot, pod);
        if !evaluation.cycle_failures().is_empty() {
            return Vec::new();
        }
        nodes
            .filter(|node| evaluation.node(*node).fits() == Verdict::Ok)
            .collect()
    }
}
