//! Which targets are to be looked at. Of thousands that are waited for, a message or a
//! moment is_relevant few: to look at all of them each time would take the square.

use std::collections::BTreeSet;
use std::time::Duration;

use super::machine::Engine;
use super::target::Target;
use pod_model::status::stuck::StuckState;

/// Targets that time alone changes: with an end that waits for its explanation, or a
/// stuck state that may pass.
#[derive(Debug, Default)]
pub(super) struct Schedule {
    all: BTreeSet<usize>,
    /// Those that were looked at since the last tick.
    touched: Vec<usize>,
    /// When the first of them changes, or sooner; `None` if none does.
    next: Option<Duration>,
    /// Number of streams that had told what they have, at the last tick.
    synced: usize,
    /// Number of targets that ticks have looked at.
    #[cfg(test)]
    pub(super) looks: usize,
}

impl Schedule {
    /// Takes note of a target that was looked at.
    pub(super) fn touch(&mut self, at: usize) {
        self.touched.push(at);
    }

    /// When time alone changes something next, or sooner.
    pub(super) fn next(&self) -> Option<Duration> {
        self.next
    }
}

impl Engine {
    /// Looks at the targets that time has changed: all that wait for something, where one
    /// of them is due or a stream has told what it has, and otherwise those that were
    /// looked at since the last time.
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
        // What was looked at meanwhile was looked at for this.
        self.schedule.touched.clear();
    }

    fn apply_deadlines_of(&mut self, at: usize, now: Duration) {
        let is_timed = |target: &Target| target.tracked.is_some() || target.pending.is_some();
        #[cfg(test)]
        {
            self.schedule.looks += 1;
        }
        if !is_timed(&self.targets[at]) {
            return;
        }
        self.apply_deadlines(at, now);
        let target = &self.targets[at];
        if target.is_open() && is_timed(target) {
            let due = self.due_at(target);
            self.schedule.all.insert(at);
            self.schedule.next = self.schedule.next.into_iter().chain(due).min();
        }
    }

    /// When time alone changes a target; `None` if it does not.
    fn due_at(&self, target: &Target) -> Option<Duration> {
        let grace = |row: &StuckState| self.spec.stuck_after.unwrap_or(row.grace);
        let stuck = target
            .tracked
            .as_ref()
            .filter(|tracked| tracked.gone.is_none());
        let stuck = stuck.filter(|_| self.spec.fail_fast);
        // An end that is pending is not overtaken by a stuck state.
        let pending = target.pending.as_ref().map(|pending| pending.due);
        pending.or_else(|| stuck.map(|tracked| tracked.since + grace(tracked.row)))
    }

    /// Whether any target is open.
    pub(super) fn has_open(&self) -> bool {
        let first = self.first_that(self.first_open.get(), Target::is_open);
        self.first_open.set(first);
        first < self.targets.len()
    }

    /// Whether an object of any uid may become one of the open targets.
    pub(super) fn has_unidentified(&self) -> bool {
        let is_unknown = |target: &Target| target.is_open() && target.uid.is_none();
        let first = self.first_that(self.first_unidentified.get(), is_unknown);
        self.first_unidentified.set(first);
        first < self.targets.len()
    }

    /// The first target from one on of which something holds; the number of targets if
    /// there is none.
    fn first_that(&self, from: usize, holds: impl Fn(&Target) -> bool) -> usize {
        let rest = self.targets.iter().skip(from);
        from + rest.take_while(|target| !holds(target)).count()
    }

    /// Says whether a target has left its set. One that comes back is open again.
    pub(super) fn set_left(&mut self, at: usize, left: bool) {
        let target = &mut self.targets[at];
        match (std::mem::replace(&mut target.left, left), left) {
            (false, true) => self.left += 1,
            (true, false) => {
                self.left -= 1;
                self.first_open.set(self.first_open.get().min(at));
                self.first_unidentified
                    .set(self.first_unidentified.get().min(at));
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use pod_model::status::WorkloadKind;
    use serde_json::{Value, json};

    use super::super::Input;
    use super::super::retention::tests::engine;
    use super::*;

    /// A Pod that nobody can schedule: a stuck state that may pass.
    fn pod(at: usize, done: bool) -> Value {
        let status = if done {
            json!({"phase": "Succeeded"})
        } else {
            json!({"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "no node"}]})
        };
        json!({"kind": "Pod", "metadata": {"name": format!("p{at}"), "uid": format!("u{at}")}, "status": status})
    }

    /// How many targets are looked at by ticks, and by the search for one that is open,
    /// when so many end one by one.
    fn looks(n: usize) -> usize {
        let mut engine = engine(WorkloadKind::Pod);
        let pods = (0..n).map(|at| pod(at, false)).collect();
        engine.feed(Input::Listed(0, pods), Duration::ZERO);
        for at in 0..n {
            let now = Duration::from_millis(1);
            engine.feed(Input::Upsert(0, pod(at, true)), now);
            assert_eq!(engine.finished(), at + 1 == n);
            assert_eq!(engine.first_open.get(), at + 1, "it is not searched anew");
        }
        engine.schedule.looks
    }

    #[test]
    fn what_a_message_does_not_concern_is_not_looked_at() {
        let (few, many) = (looks(200), looks(400));
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
    fn what_comes_back_is_open_again() {
        let mut engine = engine(WorkloadKind::Pod);
        let pods = (0..3).map(|at| pod(at, false)).collect();
        engine.feed(Input::Listed(0, pods), Duration::ZERO);
        engine.set_left(1, true);
        assert_eq!((engine.count().0, engine.has_unidentified()), (2, false));
        engine.feed(Input::Upsert(0, pod(0, true)), Duration::ZERO);
        engine.feed(Input::Upsert(0, pod(2, true)), Duration::ZERO);
        assert!(!engine.has_open());
        engine.feed(Input::Upsert(0, pod(1, false)), Duration::ZERO);
        assert!(engine.has_open());
        assert_eq!(engine.count().0, 3);
    }
}
