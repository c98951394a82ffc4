//! A bound of a Job, or one of its times, in a phrase.

use serde::Serialize;

use super::fields::Place;

/// A phrase about the Job: `fails at 7 failed Pods`.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(in crate::explain) struct Limit {
    pub kind: LimitKind,
    pub message: String,
    #[serde(flatten)]
    pub place: Place,
}

/// The subject of a phrase.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) enum LimitKind {
    MaxPods,
    Failures,
    Restarts,
    IndexFailures,
    FailedIndexes,
    FailurePolicy,
    SuccessPolicy,
    Completions,
    Deadline,
    BackOff,
    Replacement,
    TimeToLive,
}

impl Limit {
    /// Returns whether people want to read it: defaults that change nothing are left out.
    pub(super) fn is_telling(&self) -> bool {
        !(self.kind == LimitKind::Replacement && self.place.is_default)
    }

    pub(super) fn new(kind: LimitKind, message: String, place: Place) -> Self {
        Self {
            kind,
            message,
            place,
        }
    }
}
