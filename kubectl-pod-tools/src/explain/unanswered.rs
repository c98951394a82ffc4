//! Targets for which the command line's question has no answer.

use crate::error::Failure;

/// The failure of the first target without an answer, and the number of such targets.
#[derive(Default)]
pub(super) struct Unanswered {
    first: Option<Failure>,
    count: usize,
}

impl Unanswered {
    /// The failure of one target.
    pub(super) fn one(failure: Failure) -> Self {
        Self {
            first: Some(failure),
            count: 1,
        }
    }

    pub(super) fn add(&mut self, other: Self) {
        self.count += other.count;
        self.first = self.first.take().or(other.first);
    }

    /// Returns the failure to end with.
    pub(super) fn failure(self) -> Option<Failure> {
        let mut failure = self.first?;
        if self.count > 1 {
            failure
                .message
                .push_str(&format!(" (and {} more targets)", self.count - 1));
        }
        Some(failure)
    }
}
