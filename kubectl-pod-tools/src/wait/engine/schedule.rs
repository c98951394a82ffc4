//! The targets that are due. Of thousands of targets a message or a moment concerns few: to
//! check all of them each time would take quadratic time.

use std::collections::BTreeSet;
use std::time::Duration;

/// Targets that time alone changes: with a pending end, or a stuck state that may pass.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    pub(super) all: BTreeSet<usize>,
    /// Those that were judged since the last tick.
    pub(super) touched: Vec<usize>,
    /// Time of the first change, or earlier; `None` if there is none.
    pub(super) next: Option<Duration>,
    /// Number of streams that had delivered all that exists at the last tick.
    pub(super) synced: usize,
    /// Number of targets that ticks have checked.
    #[cfg(test)]
    pub(super) checked: usize,
}

impl Schedule {
    /// Marks a target as judged.
    pub(super) fn touch(&mut self, at: usize) {
        self.touched.push(at);
    }

    /// Returns when time alone next changes something, or an earlier time.
    pub(super) fn next(&self) -> Option<Duration> {
        self.next
    }
}
