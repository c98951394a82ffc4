//! Retention of Pods and events: what concerns no open target is evicted, so that memory grows
//! with the targets, and not with time.

use pod_model::status::WorkloadKind;
use serde_json::Value;

use super::cache::owners;
use super::machine::Engine;
use pod_model::status::EventNote;
use pod_model::status::fields::uid;

impl Engine {
    /// Returns whether a Pod of these owners may still be needed. One that is gone shows how a Job
    /// ended, and is not needed for any other kind.
    fn is_relevant(&self, owners: &[String], gone: bool) -> bool {
        let mut known = false;
        for key in owners {
            for at in self.by_key.get(key).into_iter().flatten() {
                known = true;
                let target = &self.targets[*at];
                let is_job = self.groups[target.group].kind == WorkloadKind::Job;
                if self.spec.keep_pods || target.is_open() && (is_job || !gone) {
                    return true;
                }
            }
        }
        !known && (!self.targets_synced() || !gone && self.may_join())
    }

    /// Returns whether another object may become a target.
    fn may_join(&self) -> bool {
        let follow = self.spec.follow_recreate;
        self.groups.iter().any(|group| group.takes_all)
            || self.has_unidentified()
            || follow && self.has_open()
    }

    /// Adds a Pod or evicts it, and returns the keys of its owners.
    pub(super) fn take_pod(&mut self, stream: usize, pod: Value, gone: bool) -> Vec<String> {
        let keys = owners(&pod);
        if !self.is_relevant(&keys, gone) {
            self.cache.evict_pod(uid(&pod));
        } else if gone {
            self.cache.delete_pod(stream, pod);
        } else {
            self.cache.upsert_pod(stream, pod);
        }
        keys
    }

    /// Evicts the Pods that concern no target.
    pub(super) fn evict_irrelevant_pods(&mut self) {
        let mut pods = self.cache.all_pods();
        pods.retain(|(_, owners, gone)| !self.is_relevant(owners, *gone));
        for (id, ..) in pods {
            self.cache.evict_pod(&id);
        }
    }

    /// Adds an event, and returns its note if anything has changed.
    pub(super) fn take_note(&mut self, event: &Value) -> Option<EventNote> {
        let note = EventNote::of(event)?;
        let keys = self.cache.keys_of(&note);
        let targets = keys.iter().filter_map(|key| self.by_key.get(key));
        let mut targets = targets.flatten().peekable();
        let ended = targets.peek().is_some() && !targets.any(|at| self.targets[*at].is_open());
        if ended && !self.spec.keep_pods {
            return None;
        }
        let changed = self.cache.add_note(note);
        if self.everything_synced() {
            self.cache.evict_unowned(&self.by_key);
        }
        changed
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::super::{Change, Group, Input, Role, WaitSpec};
    use super::*;
    use crate::wait::watch::Keep;
    use pod_model::status::Condition;
    use pod_model::status::message_pattern;

    pub(in super::super) fn engine(kind: WorkloadKind) -> Engine {
        let spec = WaitSpec {
            conditions: vec![Condition::Done],
            ..WaitSpec::default()
        };
        let group = Group {
            kind,
            takes_all: true,
            is_filtered: false,
            all_namespaces: false,
            uses_job_label: false,
        };
        let roles = vec![Role::Targets(0), Role::Pods, Role::Events];
        let mut engine = Engine::new(spec, vec![group], roles);
        for stream in 0..3 {
            engine.feed(Input::Listed(stream, Vec::new()), Duration::ZERO);
        }
        engine
    }

    fn pod(owner: &str, id: &str, phase: &str) -> Value {
        json!({"kind": "Pod",
            "metadata": {"name": id, "uid": id, "ownerReferences": [{"kind": "Job", "uid": owner, "controller": true}]},
            "status": {"phase": phase}})
    }

    fn event(id: &str) -> Value {
        json!({"involvedObject": {"kind": "Pod", "name": id, "uid": id}, "reason": "Unhealthy", "message": "m"})
    }

    #[test]
    fn pods_of_an_ended_target_are_not_kept() {
        let mut engine = engine(WorkloadKind::Job);
        for n in 0..1000 {
            let (job, id) = (format!("j{n}"), format!("p{n}"));
            let meta = json!({"name": job, "uid": job});
            let now = Duration::from_secs(n);
            let mut feed = |input| engine.feed(input, now);
            feed(Input::Upsert(0, json!({"kind": "Job", "metadata": meta})));
            feed(Input::Upsert(1, pod(&job, &id, "Running")));
            feed(Input::Upsert(2, event(&id)));
            let complete = json!({"kind": "Job", "metadata": meta, "status": {"conditions": [{"type": "Complete", "status": "True"}]}});
            feed(Input::Upsert(0, complete));
            feed(Input::Upsert(1, pod(&job, &id, "Succeeded")));
            feed(Input::Upsert(2, event(&id)));
            feed(Input::Delete(1, pod(&job, &id, "Succeeded")));
        }
        let (pods, notes) = engine.cache.counts();
        assert_eq!(pods, 0);
        assert!(notes <= 512, "{notes}");
    }

    #[test]
    fn unowned_pods_that_come_and_go_are_not_kept() {
        let mut engine = engine(WorkloadKind::Deployment);
        for n in 0..3000 {
            let id = format!("p{n}");
            let mut feed = |input| engine.feed(input, Duration::from_secs(n));
            feed(Input::Upsert(1, pod("stranger", &id, "Running")));
            feed(Input::Upsert(2, event(&id)));
            feed(Input::Delete(1, pod("stranger", &id, "Running")));
            feed(Input::Upsert(2, event(&id)));
        }
        let (pods, notes) = engine.cache.counts();
        assert_eq!(pods, 0);
        assert!(notes <= 512, "{notes}");
    }

    #[test]
    fn an_event_of_a_replica_set_is_reported_at_its_deployment() {
        let mut engine = engine(WorkloadKind::Deployment);
        let meta = json!({"name": "web", "namespace": "one", "uid": "d"});
        let deployment = json!({"kind": "Deployment", "metadata": meta, "spec": {"replicas": 1}});
        engine.feed(Input::Upsert(0, deployment), Duration::ZERO);
        engine.take_changes();
        for namespace in ["one", "two"] {
            let event = json!({"reason": "FailedCreate", "message": "exceeded quota",
                "involvedObject": {"kind": "ReplicaSet", "namespace": namespace, "name": "web-5d9c", "uid": namespace}});
            engine.feed(Input::Upsert(2, event), Duration::ZERO);
        }
        let notes: Vec<_> = engine
            .take_changes()
            .into_iter()
            .filter(|change| matches!(change, Change::Event(..)))
            .collect();
        let lines = "replicaset/web-5d9c: FailedCreate: exceeded quota".to_owned();
        assert_eq!(notes, [Change::Event(0, lines)]);
    }

    /// Returns the reports of a Job's events that arrive one after the other, the first of them in
    /// the list with which the wait begins.
    fn reports(events: Vec<Value>) -> Vec<String> {
        let mut engine = engine(WorkloadKind::Job);
        engine.synced[2] = false;
        let meta = json!({"name": "j", "uid": "j"});
        engine.feed(
            Input::Upsert(0, json!({"kind": "Job", "metadata": meta})),
            Duration::ZERO,
        );
        engine.take_changes();
        let mut events = events.into_iter().map(|mut event| {
            event["involvedObject"] = json!({"kind": "Job", "name": "j", "uid": "j"});
            event["reason"] = json!("FailedCreate");
            // As a watch brings it.
            Keep::Event.of(event)
        });
        engine.feed(
            Input::Listed(2, events.next().into_iter().collect()),
            Duration::ZERO,
        );
        for event in events {
            engine.feed(Input::Upsert(2, event), Duration::ZERO);
        }
        let changes = engine.take_changes().into_iter();
        changes
            .filter_map(|change| match change {
                Change::Event(_, line) => Some(line.replace("job/j: FailedCreate: ", "")),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn a_failure_before_the_wait_is_reported_when_it_recurs() {
        let at = |second: u32| format!("2026-01-02T03:04:{second:02}Z");
        let core = |count: u32, second| json!({"message": "m", "count": count, "lastTimestamp": at(second)});
        let series = |count: u32, second| json!({"message": "m", "series": {"count": count, "lastObservedTime": at(second)}});
        for (events, expected) in [
            (vec![core(3, 1)], vec![]),
            (vec![core(3, 1), core(3, 1)], vec![]),
            (vec![core(3, 1), core(4, 2)], vec!["m (4 times)"]),
            (vec![series(3, 1), series(5, 2)], vec!["m (5 times)"]),
            // The time alone; the count alone; a new event after the old one expired.
            (vec![core(3, 1), core(3, 2)], vec!["m (4 times)"]),
            (vec![core(3, 1), core(4, 1)], vec!["m (4 times)"]),
            (vec![core(3, 1), core(1, 9)], vec!["m (4 times)"]),
            // Old news.
            (vec![core(3, 5), core(2, 4)], vec![]),
        ] {
            assert_eq!(reports(events.clone()), expected, "{events:?}");
        }
    }

    #[test]
    fn a_repeated_event_is_reported_once_and_then_counted() {
        let refused = |n: u32| {
            let name: String = n
                .to_string()
                .chars()
                .map(|c| c.to_string().replace(['0', '1', '3'], "x"))
                .collect();
            let message = format!(
                "Error creating: pods \"j-{name:b>5}\" is forbidden: exceeded quota: {}",
                "long ".repeat(20)
            );
            json!({"message": message, "lastTimestamp": format!("2026-01-02T03:04:{n:02}Z")})
        };
        let lines = reports((0..=8).map(refused).collect());
        assert_eq!(lines.len(), 3, "{lines:?}");
        assert!(
            lines[0].contains("exceeded quota") && lines[0].ends_with("(2 times)"),
            "{lines:?}"
        );
        assert!(
            lines[1].ends_with("… (4 times)") && lines[1].len() < 90,
            "{lines:?}"
        );
        assert!(lines[2].ends_with("… (8 times)"), "{lines:?}");
        // What is really another is another.
        let other = |text: &str| json!({"message": text, "lastTimestamp": "2026-01-02T03:04:05Z"});
        let lines = reports(["a", "b", "c", "b"].map(other).to_vec());
        assert_eq!(lines, ["b", "c"]);
    }

    /// client-go's recorder makes one event of them, whose message is that of the last.
    #[test]
    fn a_combined_event_is_counted_once_whatever_its_last_message() {
        let event = |message: &str, count: u32, second: u32| json!({"message": message, "count": count, "lastTimestamp": format!("2026-01-02T03:04:{second:02}Z")});
        let combined = |message: &str, count: u32| {
            event(
                &format!("(combined from similar events): {message}"),
                count,
                10 + count,
            )
        };
        let clock = |n: u32| combined(&format!("the clock says {n}"), n);
        let quota = |name: &str| format!("pods \"j-{name}\" is forbidden: q");
        for (events, expected) in [
            // Each says another thing.
            (
                (1..=9).map(clock).collect(),
                &[" 2 (2 times)", " 4 (4 times)", " 8 (8 times)"][..],
            ),
            // The same thing before, by itself.
            (
                [
                    event(&quota("x7k2p"), 1, 1),
                    event(&quota("b4d9z"), 1, 2),
                    combined(&quota("ccccc"), 1),
                    combined(&quota("ddddd"), 2),
                    combined(&quota("fffff"), 3),
                    combined(&quota("ggggg"), 6),
                ]
                .to_vec(),
                &[": q (2 times)", ": q (4 times)", ": q (8 times)"],
            ),
            // One that the recorder has forgotten begins anew.
            (
                vec![
                    clock(4),
                    combined("the clock says no", 5),
                    event("(combined from similar events): the clock says", 1, 40),
                ],
                &[" no (5 times)"],
            ),
        ] {
            let events: Vec<Value> = events;
            let lines = reports(events);
            assert_eq!(lines.len(), expected.len(), "{lines:#?}");
            for (line, end) in lines.iter().zip(expected) {
                assert!(line.ends_with(end), "{lines:#?}");
                assert!(!line.contains("combined"), "{line}");
            }
        }
    }

    #[test]
    fn an_event_that_repeats_the_state_of_its_target_is_not_reported() {
        let quota = |n: u32| {
            let end = ["x7k2p", "b4d9z"][n as usize % 2];
            format!(
                "Error creating: pods \"j-{end}\" is forbidden: exceeded quota: q, requested: pods=1, used: pods={n}, limited: THE-END"
            )
        };
        let account = |_| {
            "Error creating: pods \"j-\" is forbidden: error looking up service account one/robot: THE-END".to_owned()
        };
        let policy = |n: u32| {
            let end = ["x7k2p", "b4d9z"][n as usize % 2];
            format!(
                "Error creating: admission webhook \"validate.kyverno.svc-fail\" denied the request: resource Pod/one/j-{end} was blocked due to the following policies: THE-END"
            )
        };
        let messages: [&dyn Fn(u32) -> String; 3] = [&quota, &account, &policy];
        for message in messages {
            let mut engine = engine(WorkloadKind::Job);
            engine.synced[2] = false;
            let job = json!({"kind": "Job", "metadata": {"name": "j", "uid": "j"}, "spec": {}});
            engine.feed(Input::Upsert(0, job), Duration::ZERO);
            let mut lines = Vec::new();
            for n in 1..=8 {
                let event = json!({"message": message(n), "reason": "FailedCreate", "count": 1,
                    "metadata": {"name": format!("e{n}")}, "source": {"component": "job-controller"},
                    "involvedObject": {"kind": "Job", "name": "j", "uid": "j"},
                    "lastTimestamp": format!("2026-01-02T03:04:{n:02}Z")});
                let event = Keep::Event.of(event);
                engine.feed(
                    match n {
                        1 => Input::Listed(2, vec![event]),
                        _ => Input::Upsert(2, event),
                    },
                    Duration::from_secs(n.into()),
                );
                for change in engine.take_changes() {
                    match change {
                        Change::Event(_, note) => lines.push(note),
                        Change::Progress(at) => lines.push(engine.targets[at].evidence.to_string()),
                        _ => {}
                    }
                }
            }
            let in_full = lines.iter().filter(|line| line.contains("THE-END"));
            // What of it changes all the time is kept as it is now: the line on the
            // terminal shows it. `Repeats` prints it as a count.
            let mut patterns: Vec<_> = in_full.map(|line| message_pattern(line)).collect();
            patterns.dedup();
            assert_eq!(patterns.len(), 1, "{lines:#?}");
            let counts = ["(2 times)", "(4 times)", "(8 times)"];
            for count in counts {
                assert!(lines.iter().any(|s| s.ends_with(count)), "{lines:#?}");
            }
        }
    }

    #[test]
    fn the_last_count_is_reported_before_an_unsuccessful_end() {
        let mut engine = engine(WorkloadKind::Job);
        let meta = json!({"name": "j", "uid": "j"});
        let mut feed = |input| engine.feed(input, Duration::ZERO);
        feed(Input::Upsert(0, json!({"kind": "Job", "metadata": meta})));
        for second in 1..=7 {
            let event = json!({"message": "m", "reason": "FailedCreate", "count": second,
                "involvedObject": {"kind": "Job", "name": "j", "uid": "j"}, "lastTimestamp": format!("2026-01-02T03:04:0{second}Z")});
            feed(Input::Upsert(2, event));
        }
        let failed = json!({"conditions": [{"type": "Failed", "status": "True"}]});
        feed(Input::Upsert(
            0,
            json!({"kind": "Job", "metadata": meta, "status": failed}),
        ));
        engine.tick(Duration::from_secs(10));
        let changes: Vec<_> = engine.take_changes();
        let at = |wanted: &dyn Fn(&Change) -> bool| changes.iter().position(wanted);
        let counted =
            at(&|change| matches!(change, Change::Event(_, line) if line.ends_with("m (7 times)")));
        let ended = at(&|change| matches!(change, Change::Ended(_)));
        assert!(counted.is_some() && counted < ended, "{changes:?}");
    }
}
