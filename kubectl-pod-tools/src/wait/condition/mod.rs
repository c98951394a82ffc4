//! Conditions: each looks at plain data and answers Met, NotYet or Never, with
//! its evidence. None of them knows a clock, a watch or an exit code.

mod culprit;
#[cfg(test)]
mod edge_tests;
mod job;
mod jsonpath;
mod kinds;
mod named;
mod parse;
mod pod;
mod rollout;
#[cfg(test)]
mod rollout_tests;

pub(crate) use job::vanished;
pub use jsonpath::json_path_values;
pub(crate) use kinds::refusal;
pub(crate) use parse::parse;

use super::answer::{Answer, Evidence};
use super::scene::Scene;
use jsonpath::JsonPath;

/// What is waited for.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Condition {
    /// It has done what it is for, well or badly.
    Done,
    /// A Job is Complete, a Pod has Succeeded.
    Complete,
    /// A Job or a Pod has Failed.
    Failed,
    /// It serves.
    Ready,
    /// It exists.
    Created,
    /// It does not exist.
    Deleted,
    /// A condition of its status has a value.
    Named {
        /// `Ready`.
        name: String,
        /// `True`.
        value: String,
    },
    /// A path in it leads to a value.
    JsonPath {
        /// The path.
        path: JsonPath,
        /// The value as text; none when any will do.
        value: Option<String>,
    },
}

impl Condition {
    /// Where an object that exists stands.
    pub(crate) fn judge(&self, scene: &Scene) -> Answer {
        match self {
            Self::Done => kinds::done(scene),
            Self::Complete => kinds::complete(scene),
            Self::Failed => kinds::failed(scene),
            Self::Ready => kinds::ready(scene),
            Self::Created => Answer::Met(Evidence::new("Created", "")),
            Self::Deleted => Answer::NotYet(kinds::not_deleted(scene.object)),
            Self::Named { name, value } => match self.end_of_a_job(scene.kind()) {
                Some(end) => end.judge(scene),
                None => named::judge(scene, name, value),
            },
            Self::JsonPath { path, value } => jsonpath::judge(scene, path, value.as_deref()),
        }
    }

    /// Where a Job stands that was removed unseen and had ended in this way. What
    /// else was asked for may have been so, and nobody can tell.
    pub(crate) fn judge_vanished(&self, scene: &Scene, end: &Answer) -> Answer {
        match self.end_of_a_job(scene.kind()).as_ref().unwrap_or(self) {
            Self::Done | Self::Complete => end.clone(),
            Self::Failed => match end.clone() {
                Answer::Met(evidence) => Answer::Never(evidence),
                Answer::Never(evidence) => Answer::Met(evidence),
                open @ Answer::NotYet(_) => open,
            },
            Self::Ready => Answer::Never(Evidence::new("Deleted", "it is there no more")),
            Self::Created | Self::Deleted => Answer::Met(Evidence::new("Deleted", "")),
            Self::Named { .. } | Self::JsonPath { .. } => Answer::NotYet(Evidence::default()),
        }
    }

    /// `condition=Complete` and `condition=Failed`, as kubectl has them, are of a
    /// Job the same as the words for its end.
    fn end_of_a_job(&self, kind: &str) -> Option<Self> {
        match self {
            Self::Named { name, value } if kind == "Job" && value.eq_ignore_ascii_case("true") => {
                let ends = [("Complete", Self::Complete), ("Failed", Self::Failed)];
                let mut ends = ends.into_iter();
                ends.find_map(|(end, word)| name.eq_ignore_ascii_case(end).then_some(word))
            }
            _ => None,
        }
    }

    /// Whether it is about how something of this kind ends.
    pub(crate) fn is_an_end(&self, kind: &str) -> bool {
        matches!(self, Self::Done | Self::Complete | Self::Failed)
            || self.end_of_a_job(kind).is_some()
    }

    /// Whether it needs that an object of this kind goes on with what it is for.
    pub(crate) fn is_progress(&self, kind: &str) -> bool {
        self.is_an_end(kind) || *self == Self::Ready
    }

    /// Whether a Pod that is stuck stands in its way.
    pub(crate) fn can_get_stuck(&self) -> bool {
        !matches!(self, Self::Created | Self::Deleted)
    }

    /// Whether it may look at any field, so that the whole object is kept.
    pub(crate) fn needs_all(&self) -> bool {
        matches!(self, Self::JsonPath { .. })
    }
}
