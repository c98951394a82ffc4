//! Targets with many Pods. To judge one is to look at all of its Pods: done with each
//! message about one of them, thousands of Pods would cost the square.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use super::machine::Engine;

/// With so many Pods a target is judged with each message about one of them.
const FEW: usize = 100;
/// With more, so much time passes for each Pod between two judgements: a small share
/// of it is spent on them, and for 10,000 Pods an answer is half a second late at most.
const FOR_EACH_POD: Duration = Duration::from_micros(50);

/// The targets whose Pods have changed since they were judged.
#[derive(Debug, Default)]
pub(super) struct Crowds {
    /// When each target with many Pods is judged again, at the earliest.
    rests_until: HashMap<usize, Duration>,
    changed: BTreeSet<usize>,
    /// When the first of them is due; `None` if none is.
    next: Option<Duration>,
    /// Number of Pods that judgements after messages have looked at.
    #[cfg(test)]
    looks: usize,
}

impl Crowds {
    /// When a target is to be judged next.
    pub(super) fn next(&self) -> Option<Duration> {
        self.next
    }

    /// Whether a target with so many Pods is judged now. If not, it will be later.
    fn is_due(&mut self, at: usize, pods: usize, now: Duration) -> bool {
        if pods > FEW {
            let until = self.rests_until.entry(at).or_default();
            if *until > now {
                self.changed.insert(at);
                self.next = Some(self.next.map_or(*until, |next| next.min(*until)));
                return false;
            }
            let pods = u32::try_from(pods).unwrap_or(u32::MAX);
            *until = now + FOR_EACH_POD.saturating_mul(pods);
        }
        self.changed.remove(&at);
        #[cfg(test)]
        {
            self.looks += pods;
        }
        true
    }
}

impl Engine {
    /// Judges the targets that the keys of a Pod or of an event lead to, those with
    /// many Pods from time to time.
    pub(super) fn judge_owners(&mut self, keys: &[String], now: Duration) {
        let of_key = keys.iter().filter_map(|key| self.by_key.get(key));
        let found: BTreeSet<usize> = of_key.flatten().copied().collect();
        let pods = keys.iter().map(|key| self.known.all_pods_of(key)).max();
        for at in found {
            if self.crowds.is_due(at, pods.unwrap_or(0), now) {
                self.tell_pods(at);
                self.judge(at, now);
            }
        }
    }

    /// Judges those whose time has come, or, with `all`, whatever has changed.
    pub(super) fn judge_changed(&mut self, all: bool, now: Duration) {
        let is_due = self.crowds.next.is_some_and(|next| all || next <= now);
        if !is_due {
            return;
        }
        let until = &self.crowds.rests_until;
        let rests = |at: &usize| !all && until.get(at).is_some_and(|until| *until > now);
        let (later, due): (BTreeSet<_>, BTreeSet<_>) = std::mem::take(&mut self.crowds.changed)
            .into_iter()
            .partition(rests);
        self.crowds.next = later.iter().filter_map(|at| until.get(at)).min().copied();
        self.crowds.changed = later;
        for at in due {
            let pods = self.target(at).map_or(0, |target| self.pods(target).len());
            self.crowds.is_due(at, pods, now);
            self.tell_pods(at);
            self.judge(at, now);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::Input;
    use super::super::memory::tests::engine;
    use super::*;

    fn job(status: &Value) -> Value {
        json!({"kind": "Job", "metadata": {"name": "j", "uid": "j"}, "spec": {"completions": 1}, "status": status})
    }

    fn pod(at: usize, reason: &str) -> Value {
        json!({
            "kind": "Pod",
            "metadata": {
                "name": format!("p{at}"), "uid": format!("u{at}"),
                "ownerReferences": [{"kind": "Job", "name": "j", "uid": "j", "controller": true}],
            },
            "status": {"phase": "Pending", "containerStatuses": [
                {"name": "main", "state": {"waiting": {"reason": reason, "message": "no such image"}}}
            ]},
        })
    }

    fn with_pods(n: usize) -> Engine {
        let mut engine = engine("Job");
        engine.feed(Input::Is(0, job(&json!({}))), Duration::ZERO);
        for at in 0..n {
            let now = Duration::from_millis(1 + at as u64);
            engine.feed(Input::Is(1, pod(at, "ContainerCreating")), now);
        }
        engine
    }

    fn message(engine: &Engine) -> String {
        engine.target(0).unwrap().evidence.to_string()
    }

    #[test]
    fn the_pods_of_one_job_are_not_looked_at_with_each_of_them() {
        let looks = |n| with_pods(n).crowds.looks;
        let (few, many) = (looks(400), looks(800));
        assert!(many <= few * 2 + FEW * FEW / 2, "{few} {many}");
        assert!(many < 800 * 800 / 2 / 4, "{many}");
    }

    #[test]
    fn few_pods_are_looked_at_with_each_message() {
        let engine = with_pods(FEW);
        assert_eq!(engine.crowds.looks, (1..=FEW).sum::<usize>());
        assert_eq!(engine.crowds.next, None);
    }

    #[test]
    fn what_has_changed_is_seen_when_the_pause_is_over() {
        let mut engine = with_pods(150);
        let now = Duration::from_secs(10);
        engine.tick(now);
        assert_eq!(engine.crowds.next, None, "all of it is seen");
        engine.feed(Input::Is(1, pod(0, "ContainerCreating")), now);
        engine.feed(Input::Is(1, pod(1, "ErrImagePull")), now);
        let due = now + FOR_EACH_POD * 150;
        assert_eq!(engine.crowds.next, Some(due));
        assert!(engine.wake_at().is_some_and(|wake| wake <= due));
        engine.tick(now + Duration::from_millis(1));
        assert!(!message(&engine).contains("ErrImagePull"));
        engine.tick(due);
        assert!(
            message(&engine).contains("ErrImagePull"),
            "{}",
            message(&engine)
        );
        assert_eq!(engine.crowds.next, None);
    }

    #[test]
    fn the_time_out_and_the_end_of_the_job_do_not_wait_for_it() {
        let mut engine = with_pods(150);
        let now = Duration::from_secs(10);
        engine.tick(now);
        engine.wanted.timeout = Some(now);
        engine.feed(
            Input::Is(1, pod(0, "ContainerCreating")),
            Duration::from_millis(9_998),
        );
        engine.feed(
            Input::Is(1, pod(1, "ErrImagePull")),
            Duration::from_millis(9_999),
        );
        engine.tick(now);
        let end = engine.target(0).unwrap().end.clone().unwrap();
        assert!(end.evidence.to_string().contains("ErrImagePull"), "{end:?}");

        let mut engine = with_pods(150);
        let now = Duration::from_millis(151);
        let complete = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        engine.feed(Input::Is(0, job(&complete)), now);
        assert!(engine.target(0).unwrap().pending.is_some() || engine.finished());
    }
}
