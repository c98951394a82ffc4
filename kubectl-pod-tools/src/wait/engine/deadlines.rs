//! The effects of time, and the end of the wait.

use std::collections::BTreeSet;
use std::time::Duration;

use super::input::{Creation, Role};
use super::machine::Engine;
use super::target::{End, Outcome, PendingEnd, PendingReason, Target, TrackedStuck};

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

    /// Returns whether the explanation that an end waits for has arrived.
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

    /// Returns whether the time was over before enough was found.
    pub(crate) fn out_of_time(&self) -> bool {
        self.timed_out
    }

    /// Returns whether every stream has delivered all that exists.
    pub(super) fn everything_synced(&self) -> bool {
        self.synced.iter().all(|synced| *synced)
    }

    /// Returns whether every stream of targets has delivered all that exists.
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

    /// Returns whether there are fewer targets than expected. For deletion none is enough, if the
    /// sets were listed.
    pub(crate) fn too_few(&self) -> bool {
        let (count, expected) = self.count();
        let none_is_enough = self.for_deletion()
            && self.creation() != Creation::Always
            && self.unlisted().next().is_none();
        count < expected.max(usize::from(!none_is_enough))
    }

    /// Returns whether there is nothing left to wait for.
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

impl Engine {
    /// Applies the deadlines of all scheduled targets, if one of them is due or another stream
    /// has delivered all that exists, and otherwise of those that were judged since the last
    /// time.
    pub(super) fn apply_due_deadlines(&mut self, now: Duration) {
        let touched = std::mem::take(&mut self.schedule.touched);
        let synced = self.synced.iter().filter(|synced| **synced).count();
        let is_due = self.schedule.next.is_some_and(|next| next <= now);
        let mut all = BTreeSet::from_iter(touched);
        if is_due || synced != self.schedule.synced {
            self.schedule.synced = synced;
            self.schedule.next = None;
            all.append(&mut self.schedule.all);
        }
        for at in all {
            self.apply_deadlines_of(at, now);
        }
        // Targets that were touched meanwhile were touched by this.
        self.schedule.touched.clear();
    }

    fn apply_deadlines_of(&mut self, at: usize, now: Duration) {
        let is_timed = |target: &Target| target.stuck().is_some() || target.pending().is_some();
        #[cfg(test)]
        {
            self.schedule.checked += 1;
        }
        if !is_timed(&self.targets[at]) {
            return;
        }
        self.apply_deadlines(at, now);
        let target = &self.targets[at];
        if is_timed(target) {
            let due = self.due_at(target);
            self.schedule.all.insert(at);
            self.schedule.next = self.schedule.next.into_iter().chain(due).min();
        }
    }

    /// Returns when time alone changes a target, or `None` if it does not. A stuck state does
    /// not overtake a pending end.
    fn due_at(&self, target: &Target) -> Option<Duration> {
        if let Some(pending) = target.pending() {
            return Some(pending.due);
        }
        let stuck = target.stuck().filter(|_| self.spec.fail_fast);
        stuck.and_then(|stuck| self.stuck_deadline(stuck))
    }

    /// Returns whether any target is open.
    pub(super) fn has_open(&self) -> bool {
        let first = self.first_that(self.first_open.get(), Target::is_open);
        self.first_open.set(first);
        first < self.targets.len()
    }

    /// Returns whether the uid of an open target is not known yet.
    pub(super) fn has_unidentified(&self) -> bool {
        let is_unknown = |target: &Target| target.is_open() && target.uid().is_none();
        let first = self.first_that(self.first_unidentified.get(), is_unknown);
        self.first_unidentified.set(first);
        first < self.targets.len()
    }

    /// Returns the first target from an index on for which something holds, or the number of
    /// targets if there is none.
    fn first_that(&self, from: usize, holds: impl Fn(&Target) -> bool) -> usize {
        let rest = self.targets.iter().skip(from);
        from + rest.take_while(|target| !holds(target)).count()
    }
}

#[cfg(test)]
mod tests {
    use pod_model::status::WorkloadKind;
    use serde_json::{Value, json};

    use super::super::Input;
    use super::super::retention::tests::engine;
    use super::super::target::State;
    use super::*;

    /// Returns an unschedulable Pod: a stuck state that may pass.
    fn pod(at: usize, done: bool) -> Value {
        let status = if done {
            json!({"phase": "Succeeded"})
        } else {
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node"}]})
        };
        json!({"kind": "Pod", "metadata": {"name": format!("p{at}"), "uid": format!("u{at}")}, "status": status})
    }

    /// Returns the number of targets that ticks check when so many end one by one.
    fn checked(n: usize) -> usize {
        let mut engine = engine(WorkloadKind::Pod);
        let pods = (0..n).map(|at| pod(at, false)).collect();
        engine.feed(Input::Listed(0, pods), Duration::ZERO);
        for at in 0..n {
            let now = Duration::from_millis(1);
            engine.feed(Input::Upsert(0, pod(at, true)), now);
            assert_eq!(engine.finished(), at + 1 == n);
            assert_eq!(
                engine.first_open.get(),
                at + 1,
                "the search does not start over"
            );
        }
        engine.schedule.checked
    }

    #[test]
    fn targets_that_a_message_does_not_concern_are_not_checked() {
        let (few, many) = (checked(200), checked(400));
        assert!(many <= few * 2 + 50, "{few} {many}");
    }

    #[test]
    fn a_stuck_state_ends_the_wait_when_it_is_due() {
        let mut engine = engine(WorkloadKind::Pod);
        engine.spec.fail_fast = true;
        engine.spec.stuck_after = Some(Duration::from_secs(10));
        let pods = (0..5).map(|at| pod(at, false)).collect();
        engine.feed(Input::Listed(0, pods), Duration::from_secs(1));
        assert_eq!(engine.wake_at(), Some(Duration::from_secs(11)));
        engine.tick(Duration::from_secs(10));
        assert!(!engine.finished());
        engine.tick(Duration::from_secs(11));
        assert!(engine.finished());
    }

    #[test]
    fn a_target_that_returns_is_open_again() {
        let mut engine = engine(WorkloadKind::Pod);
        let pods = (0..3).map(|at| pod(at, false)).collect();
        engine.feed(Input::Listed(0, pods), Duration::ZERO);
        engine.set_state(1, State::Left);
        assert_eq!((engine.count().0, engine.has_unidentified()), (2, false));
        engine.feed(Input::Upsert(0, pod(0, true)), Duration::ZERO);
        engine.feed(Input::Upsert(0, pod(2, true)), Duration::ZERO);
        assert!(!engine.has_open());
        engine.feed(Input::Upsert(0, pod(1, false)), Duration::ZERO);
        assert!(engine.has_open());
        assert_eq!(engine.count().0, 3);
    }
}
