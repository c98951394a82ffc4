//! Conditions: each judges an [`Observation`](super::Observation) as met, not yet met or
//! never to be met, with its evidence.

#[cfg(test)]
mod edge_tests;
mod failing_container;
mod job;
mod jsonpath;
mod kinds;
mod named;
mod parse;
mod pod;
mod rollout;
#[cfg(test)]
mod rollout_tests;

pub use job::judge_deleted_job;
pub use jsonpath::{JsonPath, json_path_values};
pub use parse::parse;

use super::answer::{Answer, Evidence};
use super::observation::Observation;
use super::workload_kind::WorkloadKind;

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
    /// Judges an object that exists.
    pub fn judge(&self, observation: &Observation) -> Answer {
        match self {
            Self::Done => kinds::done(observation),
            Self::Complete => kinds::complete(observation),
            Self::Failed => kinds::failed(observation),
            Self::Ready => kinds::ready(observation),
            Self::Created => Answer::Met(Evidence::new("Created", "")),
            Self::Deleted => Answer::NotYet(kinds::not_deleted(observation.object)),
            Self::Named { name, value } => match self.job_end(observation.kind()) {
                Some(end) => end.judge(observation),
                None => named::judge(observation, name, value),
            },
            Self::JsonPath { path, value } => jsonpath::judge(observation, path, value.as_deref()),
        }
    }

    /// Judges a Job that was deleted unobserved after it had ended in this way. Any other
    /// condition may have held, and it is not known.
    pub fn judge_deleted(&self, observation: &Observation, end: &Answer) -> Answer {
        match self.job_end(observation.kind()).as_ref().unwrap_or(self) {
            Self::Done | Self::Complete => end.clone(),
            Self::Failed => match end.clone() {
                Answer::Met(evidence) => Answer::Never(evidence),
                Answer::Never(evidence) => Answer::Met(evidence),
                open @ Answer::NotYet(_) => open,
            },
            Self::Ready => Answer::Never(Evidence::new("Deleted", "it no longer exists")),
            Self::Created | Self::Deleted => Answer::Met(Evidence::new("Deleted", "")),
            Self::Named { .. } | Self::JsonPath { .. } => Answer::NotYet(Evidence::default()),
        }
    }

    /// Returns the equivalent of `condition=Complete` and `condition=Failed` for a Job.
    fn job_end(&self, kind: WorkloadKind) -> Option<Self> {
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

    /// Whether it is about the end of an object of this kind.
    pub fn is_about_end(&self, kind: WorkloadKind) -> bool {
        matches!(self, Self::Done | Self::Complete | Self::Failed) || self.job_end(kind).is_some()
    }

    /// Whether an object of this kind has to make progress to meet it.
    pub fn requires_progress(&self, kind: WorkloadKind) -> bool {
        self.is_about_end(kind) || *self == Self::Ready
    }

    /// Whether a stuck Pod prevents it.
    pub fn can_get_stuck(&self) -> bool {
        !matches!(self, Self::Created | Self::Deleted)
    }

    /// Whether it may read any field, so that the whole object has to be kept.
    pub fn needs_whole_object(&self) -> bool {
        matches!(self, Self::JsonPath { .. })
    }
}
