//! The Pods on nodes that are explained.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::files::is_single;
use crate::explain::stored::{is_manifest, is_stored, node_name};
use crate::targets::{Candidate, Target};

/// The Pods on nodes that are explained: each costs a look at every node, so that those of a whole
/// cluster are part of the picture alone unless the command line chooses them.
#[derive(Debug, Default)]
pub(in crate::explain::scheduling) enum Bound {
    #[default]
    All,
    /// Those outside of Lists: manifests, and in other files than the nodes what `kubectl get`
    /// writes of one Pod.
    Single {
        nodes_in: BTreeSet<Arc<str>>,
        /// Number of the others.
        others: usize,
        is_said: bool,
        /// True if other targets wait for a node.
        has_waiting: bool,
    },
    /// None of them: other targets wait for a node.
    None { others: usize, is_said: bool },
}

impl Bound {
    /// Returns whether a target is explained.
    pub(in crate::explain::scheduling) fn has(&self, target: &Target) -> bool {
        if !is_bound(target) {
            return true;
        }
        match self {
            Self::All => true,
            Self::Single {
                nodes_in,
                has_waiting,
                ..
            } => {
                let Some(document) = target.document.as_ref() else {
                    return false;
                };
                if is_manifest(target) {
                    // Beside a target that waits it is one of the others.
                    return is_single(document) && !has_waiting;
                }
                let is_apart = !nodes_in.contains(document.source().name());
                is_single(document) && is_apart && (!has_waiting || is_stored(target))
            }
            Self::None { .. } => false,
        }
    }

    /// Returns whether a candidate may have a target that is explained.
    pub(super) fn has_live(&self, candidate: &Candidate) -> bool {
        match candidate {
            Candidate::Live(target) => self.has(target),
            _ => true,
        }
    }

    /// Returns a note about the Pods that are not explained, if there is something to say. A number
    /// of manifests `never_run`, and are explained although they name a node.
    pub(in crate::explain::scheduling) fn note(&self, never_run: usize) -> Option<String> {
        let (others, start) = match self {
            Self::Single {
                others,
                is_said: true,
                has_waiting: false,
                ..
            } => (*others, "no Pod waits for a node: "),
            Self::Single {
                others,
                is_said: true,
                ..
            }
            | Self::None {
                others,
                is_said: true,
            } => (others.saturating_sub(never_run), ""),
            _ => return None,
        };
        let (s, are, one) = match others {
            0 => return None,
            1 => ("", "is", "it"),
            _ => ("s", "are", "one of them"),
        };
        Some(format!(
            "{start}{others} Pod{s} on nodes {are} not asked about; to see where else {one} fits, give its name"
        ))
    }
}

/// Returns the number of live Pods on nodes.
pub(super) fn live(candidates: &[Candidate]) -> usize {
    let is_bound = |own: &&Candidate| matches!(own, Candidate::Live(target) if is_bound(target));
    candidates.iter().filter(is_bound).count()
}

fn is_bound(target: &Target) -> bool {
    target.is_pod() && node_name(target).is_some()
}
