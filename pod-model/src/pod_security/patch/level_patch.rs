//! A patch as data.

use crate::edit::{Change, Edit};
use crate::finding::Finding;
use crate::path::FieldPath;
use crate::pod_security::Violation;

/// The least change that reaches a level.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LevelPatch {
    /// The changes, with paths from the Pod's root.
    pub edits: Vec<LevelEdit>,
    /// The violations that no change mends.
    pub left: Vec<Violation>,
    /// Names of the containers that start with these changes only if the user of their image is a number above 0.
    pub depends_on_image: Vec<String>,
    /// The containers that are sure not to start with all these changes, and why, as a lower-case phrase.
    pub not_starting: Option<String>,
    /// The reasons for which the API server refuses the Pod with all these changes, and not without.
    pub refused: Vec<Finding>,
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

impl LevelEdit {
    /// Returns the change as an imperative phrase, with the path that it gets.
    pub fn describe(&self, path: &FieldPath) -> String {
        match &self.edit.change {
            Change::Set(value) => format!("set {path} to {value}"),
            Change::Append(value) => format!("add {value} to {path}"),
            Change::Replace(name, value) => format!("replace {path} with {name}: {value}"),
            Change::Remove => format!("remove {path}"),
        }
    }
}
