//! What was never there: how long it is waited for, and when that is over.

use std::time::Duration;

use super::input::{Change, Creation};
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd};
use pod_model::status::Evidence;

/// The reason of a target of which no object was ever seen.
const NOT_FOUND: &str = "NotFound";

impl PendingEnd {
    /// Whether it is the end of a target that was never there, whose time to come is
    /// not over.
    pub(super) fn is_missing(&self) -> bool {
        self.end.outcome == Outcome::Deleted && self.end.evidence.reason == NOT_FOUND
    }
}

impl Engine {
    /// Whether what does not exist is waited for. Who looks once sees what is there.
    pub(crate) fn creation(&self) -> Creation {
        match self.spec.wait_for_creation {
            Creation::Within(limit) if limit.is_zero() || self.spec.checks_once() => Creation::No,
            creation => creation,
        }
    }

    /// A target of which no object was ever seen is not there.
    pub(super) fn on_never_existed(&mut self, at: usize, now: Duration) {
        let creation = self.creation();
        let mut end = End {
            outcome: Outcome::Deleted,
            evidence: Evidence::new(NOT_FOUND, "it does not exist"),
            at: now,
        };
        let message = match creation {
            Creation::No => {
                self.end(at, end);
                return;
            }
            Creation::Within(limit) => {
                let due = now.saturating_add(limit);
                end.at = due;
                let since = now;
                let pending = PendingEnd { end, since, due };
                self.targets[at].pending.get_or_insert(pending);
                self.schedule.touch(at);
                format!("it does not exist yet; waiting up to {limit:?} for it")
            }
            Creation::Always => "it does not exist yet".to_owned(),
        };
        self.report_missing(at, message);
    }

    /// Says of a target that it is not there, once.
    pub(super) fn report_missing(&mut self, at: usize, message: impl Into<String>) {
        let evidence = Evidence::new(NOT_FOUND, message);
        if self.targets[at].evidence != evidence {
            self.targets[at].evidence = evidence;
            self.changes.push(Change::Progress(at));
        }
    }

    /// The end of the time to come of a target, where the wait as a whole ends before.
    pub(super) fn cut_short(pending: PendingEnd, now: Duration) -> End {
        let is_missing = pending.is_missing();
        let mut end = pending.end;
        if is_missing {
            end.at = end.at.min(now);
        }
        end
    }

    /// Notes since when all sets are empty that something is to join; gives up when
    /// the time for that, or for everything, is over.
    pub(super) fn track_empty(&mut self, now: Duration, is_over: bool) {
        if self.aborted || !self.awaits_first() {
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

    /// Whether something is still to join sets of which every one was listed, and of
    /// which none has anything.
    fn awaits_first(&self) -> bool {
        let is_live = self.groups.iter().any(|group| group.takes_all);
        is_live
            && !self.gave_up
            && self.creation() != Creation::No
            && self.spec.expect == 0
            && self.too_few()
            && self.unlisted().next().is_none()
    }

    /// When the time of what is to join an empty set is over.
    pub(super) fn empty_until(&self) -> Option<Duration> {
        match self.creation() {
            Creation::Within(limit) => Some(self.empty_since?.saturating_add(limit)),
            _ => None,
        }
    }
}
