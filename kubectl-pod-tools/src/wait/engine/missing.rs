//! Targets that never existed: how long their creation is waited for.

use std::time::Duration;

use pod_model::status::Evidence;

use super::input::{Change, Creation};
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd, PendingReason};

/// The reason of a target that does not exist.
const NOT_FOUND: &str = "NotFound";

impl Engine {
    /// Returns whether and how long creation is waited for. A wait that checks once does not.
    pub(crate) fn creation(&self) -> Creation {
        match self.spec.wait_for_creation {
            Creation::Within(limit) if limit.is_zero() || self.spec.checks_once() => Creation::No,
            creation => creation,
        }
    }

    /// Returns how long creation is waited for at most: until the wait times out.
    pub(crate) fn creation_limit(&self, limit: Duration) -> Duration {
        match self.spec.timeout {
            Some(timeout) if timeout < limit => {
                // Discovery has taken a fraction of the first second.
                let has_fraction = timeout.subsec_nanos() > 0;
                Duration::from_secs(timeout.as_secs() + u64::from(has_fraction))
            }
            _ => limit,
        }
    }

    /// Handles a target that does not exist and never was observed.
    pub(super) fn on_never_existed(&mut self, at: usize, now: Duration) {
        let mut end = End {
            outcome: Outcome::Deleted,
            evidence: Evidence::new(NOT_FOUND, "it does not exist"),
            at: now,
        };
        let message = match self.creation() {
            Creation::No => {
                self.end(at, end);
                return;
            }
            Creation::Within(limit) => {
                let due = now.saturating_add(limit);
                end.at = due;
                let pending = PendingEnd {
                    end,
                    reason: PendingReason::Missing,
                    since: now,
                    due,
                };
                self.set_absent_pending(at, pending);
                self.schedule.touch(at);
                let limit = self.creation_limit(limit);
                format!("it does not exist yet; waiting up to {limit:?} for it")
            }
            Creation::Always => "it does not exist yet".to_owned(),
        };
        self.report_missing(at, message);
    }

    /// Reports once that a target does not exist.
    pub(super) fn report_missing(&mut self, at: usize, message: impl Into<String>) {
        let evidence = Evidence::new(NOT_FOUND, message);
        if self.targets[at].evidence != evidence {
            self.targets[at].evidence = evidence;
            self.changes.push(Change::Progress(at));
        }
    }

    /// Tracks since when all sets are empty that wait for a first match; gives up when the
    /// time for that, or for everything, is over.
    pub(super) fn track_empty(&mut self, now: Duration, is_over: bool) {
        if self.aborted || !self.awaits_first_match() {
            self.empty_since = None;
            return;
        }
        if self.empty_since.is_none() {
            self.changes.push(Change::Empty);
        }
        let since = *self.empty_since.get_or_insert(now);
        if let Creation::Within(limit) = self.creation() {
            self.gave_up = is_over || now >= since.saturating_add(limit);
        }
    }

    /// Returns whether all sets were listed and are empty, and a first match is waited for.
    fn awaits_first_match(&self) -> bool {
        let has_set = self.groups.iter().any(|group| group.takes_all);
        has_set
            && !self.gave_up
            && self.creation() != Creation::No
            && self.spec.expect == 0
            && self.too_few()
            && self.unlisted().next().is_none()
    }

    /// Returns when the time for a first match is over.
    pub(super) fn empty_until(&self) -> Option<Duration> {
        match self.creation() {
            Creation::Within(limit) => Some(self.empty_since?.saturating_add(limit)),
            Creation::No | Creation::Always => None,
        }
    }
}
