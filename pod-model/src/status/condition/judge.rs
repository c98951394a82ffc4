//! The judgement of a condition.

use super::spec::Condition;
use super::{jsonpath, kinds, named};
use crate::status::answer::{Answer, Evidence};
use crate::status::observation::Observation;

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
}
