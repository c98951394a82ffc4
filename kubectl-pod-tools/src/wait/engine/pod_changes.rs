//! Judgement of targets after changes of their Pods and events.

use std::collections::BTreeSet;
use std::time::Duration;

use super::machine::Engine;

impl Engine {
    /// Judges the targets that the keys of a Pod or of an event lead to; those with many Pods
    /// only from time to time.
    pub(super) fn judge_owners(&mut self, keys: &[String], now: Duration) {
        let of_key = keys.iter().filter_map(|key| self.by_key.get(key));
        let found: BTreeSet<usize> = of_key.flatten().copied().collect();
        let pods = keys.iter().map(|key| self.cache.all_pods_of(key)).max();
        for at in found {
            if self.throttle.is_resting(at, now) {
                self.throttle.changed.insert(at);
            } else {
                self.judge_throttled(at, pods.unwrap_or(0), now);
            }
        }
    }

    /// Judges the changed targets that may be judged again, or all with `all`. A pending end
    /// that is due is judged by the newest state.
    pub(super) fn judge_changed(&mut self, all: bool, now: Duration) {
        let is_due = |at: &usize| {
            let pending = self.targets[*at].pending();
            all || !self.throttle.is_resting(*at, now) || pending.is_some_and(|end| end.due <= now)
        };
        let changed = self.throttle.changed.iter().copied();
        let due: Vec<usize> = changed.filter(is_due).collect();
        for at in due {
            let pods = self.pods(&self.targets[at]).len();
            self.judge_throttled(at, pods, now);
        }
    }

    fn judge_throttled(&mut self, at: usize, pods: usize, now: Duration) {
        self.throttle.record_judgement(at, pods, now);
        self.report_pods(at);
        self.judge(at, now);
    }
}

#[cfg(test)]
mod tests {
    use pod_model::status::WorkloadKind;
    use serde_json::{Value, json};

    use super::super::Input;
    use super::super::retention::tests::engine;
    use super::super::throttle::{MAX_UNTHROTTLED, PAUSE_PER_POD};
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
        let mut engine = engine(WorkloadKind::Job);
        engine.feed(Input::Upsert(0, job(&json!({}))), Duration::ZERO);
        for at in 0..n {
            let now = Duration::from_millis(1 + at as u64);
            engine.feed(Input::Upsert(1, pod(at, "ContainerCreating")), now);
        }
        engine
    }

    fn message(engine: &Engine) -> String {
        engine.target(0).unwrap().evidence.to_string()
    }

    #[test]
    fn the_pods_of_one_job_are_not_looked_at_for_each_of_them() {
        let looked_at = |n| with_pods(n).throttle.looked_at;
        let (few, many) = (looked_at(400), looked_at(800));
        assert!(
            many <= few * 2 + MAX_UNTHROTTLED * MAX_UNTHROTTLED / 2,
            "{few} {many}"
        );
        assert!(many < 800 * 800 / 2 / 4, "{many}");
    }

    #[test]
    fn few_pods_are_judged_at_each_message() {
        let engine = with_pods(MAX_UNTHROTTLED);
        assert_eq!(
            engine.throttle.looked_at,
            (1..=MAX_UNTHROTTLED).sum::<usize>()
        );
        assert_eq!(engine.throttle.next(), None);
    }

    #[test]
    fn a_change_is_observed_when_the_pause_is_over() {
        let mut engine = with_pods(150);
        let now = Duration::from_secs(10);
        engine.tick(now);
        assert_eq!(engine.throttle.next(), None, "all changes are observed");
        engine.feed(Input::Upsert(1, pod(0, "ContainerCreating")), now);
        engine.feed(Input::Upsert(1, pod(1, "ErrImagePull")), now);
        let due = now + PAUSE_PER_POD * 150;
        assert_eq!(engine.throttle.next(), Some(due));
        assert!(engine.wake_at().is_some_and(|wake| wake <= due));
        engine.tick(now + Duration::from_millis(1));
        assert!(!message(&engine).contains("ErrImagePull"));
        engine.tick(due);
        assert!(
            message(&engine).contains("ErrImagePull"),
            "{}",
            message(&engine)
        );
        assert_eq!(engine.throttle.next(), None);
    }

    #[test]
    fn the_time_out_and_the_end_of_the_job_ignore_the_pause() {
        let mut engine = with_pods(150);
        let now = Duration::from_secs(10);
        engine.tick(now);
        engine.spec.timeout = Some(now);
        engine.feed(
            Input::Upsert(1, pod(0, "ContainerCreating")),
            Duration::from_millis(9_998),
        );
        engine.feed(
            Input::Upsert(1, pod(1, "ErrImagePull")),
            Duration::from_millis(9_999),
        );
        engine.tick(now);
        let end = engine.target(0).unwrap().end().cloned().unwrap();
        assert!(end.evidence.to_string().contains("ErrImagePull"), "{end:?}");

        let mut engine = with_pods(150);
        let now = Duration::from_millis(151);
        let complete = json!({"conditions": [{"type": "Complete", "status": "True"}]});
        engine.feed(Input::Upsert(0, job(&complete)), now);
        assert!(engine.target(0).unwrap().pending().is_some() || engine.finished());
    }

    #[test]
    fn an_end_that_is_due_is_explained_by_the_newest_pods() {
        let mut engine = with_pods(150);
        let failed = json!({"conditions": [{"type": "Failed", "status": "True", "reason": "BackoffLimitExceeded", "message": "m"}]});
        engine.feed(Input::Upsert(0, job(&failed)), Duration::from_secs(1));
        let due = engine.target(0).unwrap().pending().unwrap().due;
        let before = |ms| due.checked_sub(Duration::from_millis(ms)).unwrap();
        engine.feed(Input::Upsert(1, pod(0, "ContainerCreating")), before(2));
        let mut dead = pod(1, "");
        dead["status"] = json!({"phase": "Failed", "containerStatuses": [
            {"name": "main", "state": {"terminated": {"exitCode": 3, "reason": "Error"}}}
        ]});
        engine.feed(Input::Upsert(1, dead), before(1));
        assert!(engine.target(0).unwrap().end().is_none());
        engine.tick(due);
        let end = engine.target(0).unwrap().end().cloned().unwrap();
        let failing_container = end
            .evidence
            .failing_container
            .clone()
            .map(|failing_container| failing_container.pod);
        assert_eq!(failing_container.as_deref(), Some("p1"), "{end:?}");
    }
}
