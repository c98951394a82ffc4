//! Containers that do not run at the beginning.

use crate::error::Failure;
use crate::exit::Exit;

/// A container whose probes cannot be run.
pub(super) struct Idle {
    /// Its place among the subjects.
    pub(super) at: usize,
    /// The reason, as a sentence.
    pub(super) reason: String,
    /// False if its Pod has ended.
    pub(super) may_run: bool,
}

impl Idle {
    /// Returns the failure of some, of which there is at least one.
    pub(super) fn failure(idle: &[Self]) -> Failure {
        let failure = Failure::new(Exit::Failure, Self::message(idle).unwrap_or_default());
        if idle.iter().any(|own| own.may_run) {
            failure.help("use `--until ready` or `--watch` to wait for it")
        } else {
            failure
        }
    }

    /// Returns the sentence about some, if there are any.
    pub(super) fn message(idle: &[Self]) -> Option<String> {
        let (first, others) = idle.split_first()?;
        let reason = &first.reason;
        Some(match others.len() {
            0 => reason.clone(),
            1 => format!("{reason}, nor does 1 other container run"),
            count => format!("{reason}, nor do {count} other containers run"),
        })
    }
}
