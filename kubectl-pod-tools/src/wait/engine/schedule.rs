//! The targets that are due. Of thousands of targets a message or a moment concerns few: to
//! check all of them each time would take quadratic time.

use std::collections::BTreeSet;
use std::time::Duration;

use super::machine::Engine;
use super::target::Target;

/// Targets that time alone changes: with a pending end, or a stuck state that may pass.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    all: BTreeSet<usize>,
    /// Those that were judged since the last tick.
    touched: Vec<usize>,
    /// When the first of them changes, or earlier; `None` if none does.
    next: Option<Duration>,
    /// Number of streams that had delivered all that exists at the last tick.
    synced: usize,
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

    /// Whether any target is open.
    pub(super) fn has_open(&self) -> bool {
        let first = self.first_that(self.first_open.get(), Target::is_open);
        self.first_open.set(first);
        first < self.targets.len()
    }

    /// Whether the uid of an open target is not known yet.
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
