//! What time alone changes, and when there is nothing left to wait for.

use std::time::Duration;

use super::input::{Creation, Role};
use super::machine::Engine;
use super::target::{End, Outcome};

impl Engine {
    /// Time passes.
    pub(crate) fn tick(&mut self, now: Duration) {
        self.judge_changed(false, now);
        self.apply_due_deadlines(now);
        let due = match self.spec.timeout {
            Some(Duration::ZERO) => self.everything_synced(),
            Some(timeout) => now >= timeout,
            None => false,
        };
        self.track_empty(now, due);
        if due && !self.finished() {
            self.judge_changed(true, now);
            self.timed_out = true;
            for at in 0..self.targets.len() {
                if self.targets[at].is_open() {
                    let end = match self.targets[at].pending.take() {
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
        }
    }

    /// Whether the time ran out before enough were found.
    pub(crate) fn out_of_time(&self) -> bool {
        self.timed_out
    }

    pub(super) fn everything_synced(&self) -> bool {
        self.synced.iter().all(|synced| *synced)
    }

    pub(super) fn targets_synced(&self) -> bool {
        let of = self.roles.iter().zip(&self.synced);
        of.filter(|(role, _)| matches!(role, Role::Targets(_)))
            .all(|(_, synced)| *synced)
    }

    /// The groups whose objects were never listed: nothing is known of them, not
    /// even that there are none.
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

    /// When time alone changes something next, or sooner.
    pub(crate) fn wake_at(&self) -> Option<Duration> {
        let timeout = self.spec.timeout.filter(|timeout| !timeout.is_zero());
        let due = self.schedule.next().into_iter();
        due.chain(self.throttle.next())
            .chain(timeout)
            .chain(self.empty_until())
            .min()
    }

    /// How many there are, of how many there are to be.
    pub(crate) fn count(&self) -> (usize, usize) {
        (self.targets.len() - self.left, self.spec.expect)
    }

    /// Whether fewer are there than are to be. Of what is to go there may be none,
    /// where a list says so.
    pub(crate) fn too_few(&self) -> bool {
        let (there, expected) = self.count();
        let nothing_is_enough = self.for_deletion()
            && self.creation() != Creation::Always
            && self.unlisted().next().is_none();
        there < expected.max(usize::from(!nothing_is_enough))
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
        let nothing_may_come = expected == 0 && (self.gave_up || self.creation() == Creation::No);
        !self.too_few() || nothing_may_come
    }
}
