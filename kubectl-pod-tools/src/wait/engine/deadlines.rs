//! The effects of time, and the end of the wait.

use std::time::Duration;

use super::input::{Creation, Role};
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd, PendingReason, TrackedStuck};

impl Engine {
    /// Advances the time.
    pub(crate) fn tick(&mut self, now: Duration) {
        self.judge_changed(false, now);
        self.apply_due_deadlines(now);
        let is_over = match self.spec.timeout {
            Some(Duration::ZERO) => self.everything_synced(),
            Some(timeout) => now >= timeout,
            None => false,
        };
        self.track_empty(now, is_over);
        if is_over && !self.finished() {
            self.judge_changed(true, now);
            self.time_out(now);
        }
    }

    /// Ends all open targets, because the time is over.
    fn time_out(&mut self, now: Duration) {
        self.timed_out = true;
        for at in 0..self.targets.len() {
            if !self.targets[at].is_open() {
                continue;
            }
            let end = match self.targets[at].take_pending() {
                Some(pending) => Self::cut_short(pending, now),
                None => End {
                    outcome: Outcome::TimedOut,
                    evidence: self.targets[at].evidence.clone(),
                    at: now,
                },
            };
            self.end(at, end);
        }
    }

    /// Returns the end that a pending one becomes when the time is over.
    fn cut_short(pending: PendingEnd, now: Duration) -> End {
        let mut end = pending.end;
        if pending.reason == PendingReason::Missing {
            end.at = end.at.min(now);
        }
        end
    }

    /// Applies what time has made of a stuck state or of a pending end.
    pub(super) fn apply_deadlines(&mut self, at: usize, now: Duration) {
        // This is done at each message: the object is inflated only if it is needed.
        if self.spec.keep_pods && self.targets[at].pending().is_some() {
            self.with_inflated(at, |engine| engine.apply_deadlines_to_object(at, now));
        } else {
            self.apply_deadlines_to_object(at, now);
        }
    }

    pub(super) fn apply_deadlines_to_object(&mut self, at: usize, now: Duration) {
        let target = &self.targets[at];
        if let Some(pending) = target.pending() {
            if pending.due <= now || self.is_explained(at, pending) {
                let end = pending.end.clone();
                self.end(at, end);
            }
            return;
        }
        let is_due = |stuck: &&TrackedStuck| {
            let is_over = self
                .stuck_deadline(stuck)
                .is_some_and(|deadline| now >= deadline);
            self.spec.fail_fast && is_over
        };
        if let Some(stuck) = target.stuck().filter(is_due) {
            let end = End {
                outcome: Outcome::Stuck,
                evidence: stuck.evidence.clone(),
                at: now,
            };
            self.end(at, end);
        }
    }

    /// Whether the explanation that an end waits for has arrived.
    fn is_explained(&self, at: usize, pending: &PendingEnd) -> bool {
        if pending.reason != PendingReason::Unexplained || !self.everything_synced() {
            return false;
        }
        let end = &pending.end;
        let has_reason = end.evidence.failing_container.is_some() || end.outcome.is_success();
        has_reason && !(self.spec.keep_pods && self.pods_are_stale(at, pending.since))
    }

    /// Returns when a stuck state ends its target, or `None` while it is gone.
    pub(super) fn stuck_deadline(&self, stuck: &TrackedStuck) -> Option<Duration> {
        let grace = self.spec.stuck_after.unwrap_or(stuck.state.grace);
        stuck.gone.is_none().then(|| stuck.since + grace)
    }

    /// Whether the time was over before enough was found.
    pub(crate) fn out_of_time(&self) -> bool {
        self.timed_out
    }

    /// Whether every stream has delivered all that exists.
    pub(super) fn everything_synced(&self) -> bool {
        self.synced.iter().all(|synced| *synced)
    }

    /// Whether every stream of targets has delivered all that exists.
    pub(super) fn targets_synced(&self) -> bool {
        let streams = self.roles.iter().zip(&self.synced);
        streams
            .filter(|(role, _)| matches!(role, Role::Targets(_)))
            .all(|(_, synced)| *synced)
    }

    /// Returns the sets that were never listed: it is not known whether they are empty.
    pub(crate) fn unlisted(&self) -> impl Iterator<Item = usize> {
        self.roles
            .iter()
            .zip(&self.synced)
            .filter_map(|(role, synced)| match role {
                Role::Targets(group) if !synced && self.groups.get(*group)?.takes_all => {
                    Some(*group)
                }
                _ => None,
            })
    }

    /// Returns when time alone next changes something, or an earlier time.
    pub(crate) fn wake_at(&self) -> Option<Duration> {
        let timeout = self.spec.timeout.filter(|timeout| !timeout.is_zero());
        let due = self.schedule.next().into_iter();
        due.chain(self.throttle.next())
            .chain(timeout)
            .chain(self.empty_until())
            .min()
    }

    /// Whether there are fewer targets than expected. For deletion none is enough, if the
    /// sets were listed.
    pub(crate) fn too_few(&self) -> bool {
        let (count, expected) = self.count();
        let none_is_enough = self.for_deletion()
            && self.creation() != Creation::Always
            && self.unlisted().next().is_none();
        count < expected.max(usize::from(!none_is_enough))
    }

    /// Whether there is nothing left to wait for.
    pub(crate) fn finished(&self) -> bool {
        if self.aborted || self.timed_out {
            return true;
        }
        if self.unlisted().next().is_some() {
            return false;
        }
        let (_, expected) = self.count();
        if self.has_open() {
            return false;
        }
        let nothing_will_match = expected == 0 && (self.gave_up || self.creation() == Creation::No);
        !self.too_few() || nothing_will_match
    }
}
