//! Conditions: each looks at plain data and answers Met, NotYet or Never, with
//! its evidence. None of them knows a clock, a watch or an exit code.

mod culprit;
mod job;
mod jsonpath;
mod kinds;
mod named;
mod parse;
mod pod;
mod rollout;

pub(crate) use job::vanished;
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
            Self::Named { name, value } => named::judge(scene, name, value),
            Self::JsonPath { path, value } => jsonpath::judge(scene, path, value.as_deref()),
        }
    }

    /// Whether it is about how something ends.
    pub(crate) fn is_an_end(&self) -> bool {
        matches!(self, Self::Done | Self::Complete | Self::Failed)
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
