//! The least change of a Pod that reaches a level of the Pod Security Standards.
//!
//! It follows from the violations alone, and each edit mends at least one that no other edit
//! mends. A field that the Pod and its containers have is set for the Pod, once.

mod containers;
mod least;
#[cfg(test)]
mod tests;
mod volumes;

pub use least::least_patch;

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::{LevelVersion, Violation, evaluate};
use crate::edit::Edit;
use crate::version::KubernetesVersion;

/// The least change that reaches a level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LevelPatch {
    /// The changes, with paths from the Pod's root.
    pub edits: Vec<LevelEdit>,
    /// The violations that no change mends.
    pub left: Vec<Violation>,
}

/// A change, and whether it can be made without asking.
#[derive(Clone, Debug, PartialEq)]
pub struct LevelEdit {
    /// The change.
    pub edit: Edit,
    /// Upstream's id of the check that it mends.
    pub check: &'static str,
    /// The reason why a person has to decide, as a lower-case phrase: the change alters the
    /// program, or overrules a value that somebody has written. `None` if it is safe.
    pub decision: Option<String>,
}

impl LevelPatch {
    /// Returns the least change with which a Pod meets a level, asked of a server's library.
    pub fn of(
        at: LevelVersion,
        server: KubernetesVersion,
        metadata: &ObjectMeta,
        spec: &PodSpec,
    ) -> Self {
        let evaluation = evaluate(at, server, metadata, spec);
        let violations: Vec<Violation> = evaluation.violations().cloned().collect();
        least_patch(&violations, spec)
    }

    /// Returns whether there is nothing to do: the Pod meets the level.
    pub fn is_empty(&self) -> bool {
        self.edits.is_empty() && self.left.is_empty()
    }

    /// Returns the changes, with or without those that a person has to decide.
    pub fn chosen(&self, with_decisions: bool) -> Vec<Edit> {
        let edits = self.edits.iter();
        let chosen = edits.filter(|own| with_decisions || own.decision.is_none());
        chosen.map(|own| own.edit.clone()).collect()
    }

    /// Returns whether the level is reached if the chosen changes are made.
    pub fn reaches_level(&self, with_decisions: bool) -> bool {
        let are_made = self.edits.iter().all(|own| own.decision.is_none());
        self.left.is_empty() && (with_decisions || are_made)
    }
}
