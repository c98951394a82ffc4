//! The conditions, and what each requires of an object.

use super::jsonpath::JsonPath;
use crate::status::workload_kind::WorkloadKind;

/// A state that an object can be waited for.
#[derive(Clone, Debug, PartialEq)]
pub enum Condition {
    /// It has succeeded or failed; what is meant to keep running is rolled out.
    Done,
    /// A Job is Complete, a Pod has Succeeded.
    Complete,
    /// A Job or a Pod has Failed.
    Failed,
    /// It is ready to serve.
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
    /// A JSONPath leads to a value.
    JsonPath {
        /// The path.
        path: JsonPath,
        /// The value as text; `None` if any value will do.
        value: Option<String>,
    },
}

impl Condition {
    /// Returns the equivalent of `condition=Complete` and `condition=Failed` for a Job.
    pub(super) fn job_end(&self, kind: WorkloadKind) -> Option<Self> {
        match self {
            Self::Named { name, value }
                if kind == WorkloadKind::Job && value.eq_ignore_ascii_case("true") =>
            {
                let ends = [("Complete", Self::Complete), ("Failed", Self::Failed)];
                let mut ends = ends.into_iter();
                ends.find_map(|(end, word)| name.eq_ignore_ascii_case(end).then_some(word))
            }
            _ => None,
        }
    }

    /// Returns whether it is about the end of an object of this kind.
    pub fn is_about_end(&self, kind: WorkloadKind) -> bool {
        matches!(self, Self::Done | Self::Complete | Self::Failed) || self.job_end(kind).is_some()
    }

    /// Returns whether an object of this kind has to make progress to meet it.
    pub fn requires_progress(&self, kind: WorkloadKind) -> bool {
        self.is_about_end(kind) || *self == Self::Ready
    }

    /// Returns whether a stuck Pod prevents it.
    pub fn can_get_stuck(&self) -> bool {
        !matches!(self, Self::Created | Self::Deleted)
    }

    /// Returns whether it may read any field, so that the whole object has to be kept.
    pub fn needs_whole_object(&self) -> bool {
        matches!(self, Self::JsonPath { .. })
    }
}
