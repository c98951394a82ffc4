//! Tests of inputs at their limits, and of the end of the wait.

use std::time::Duration;

use pod_model::status::WorkloadKind;
use serde_json::{Value, json};

use super::{Creation, Engine, Group, Input, Role, WaitSpec};
use pod_model::status::Condition;

const TARGETS: usize = 0;
const PODS: usize = 1;
const NOTES: usize = 2;
const SECOND: Duration = Duration::from_secs(1);

fn engine(kind: WorkloadKind, live: bool, mut spec: WaitSpec) -> Engine {
    let group = Group {
        kind,
        takes_all: live,
        is_filtered: live,
        all_namespaces: false,
        uses_job_label: false,
    };
    spec.conditions = vec![Condition::Done];
    let roles = vec![Role::Targets(0), Role::Pods, Role::Events];
    let mut engine = Engine::new(spec, vec![group], roles);
    if !live {
        engine.add_target(0, "it", None);
    }
    engine
}

fn job(succeeded: u32, ended: bool) -> Value {
    let status = if ended { "True" } else { "False" };
    json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "it", "uid": "u"},
        "status": {"succeeded": succeeded, "conditions": [{"type": "Complete", "status": status}]}})
}

fn pod(id: &str, phase: &str) -> Value {
    json!({"kind": "Pod", "metadata": {"name": id, "uid": id,
        "ownerReferences": [{"kind": "Job", "uid": "u", "controller": true}]},
        "spec": {"restartPolicy": "Never"}, "status": {"phase": phase}})
}

fn ended(engine: &Engine) -> bool {
    engine.targets().all(|(_, target)| target.end().is_some())
}

/// A report tells of Pods as the Job counted them.
#[test]
fn the_end_of_a_job_waits_for_as_many_pods_as_it_counts() {
    let of = |phases: &[&str]| -> Vec<Value> {
        let pods = phases.iter().enumerate();
        pods.map(|(n, phase)| pod(&format!("p{n}"), phase))
            .collect()
    };
    for (pods, succeeded, at_once) in [
        (&["Succeeded"][..], 1, true),
        (&["Succeeded", "Succeeded"], 2, true),
        (&["Succeeded", "Failed"], 1, true),
        (&["Succeeded"], 2, false),
        (&["Running"], 1, false),
        (&["Succeeded", "Running"], 1, false),
        (&[], 1, false),
        (&[], 0, true),
    ] {
        let spec = WaitSpec {
            keep_pods: true,
            ..WaitSpec::default()
        };
        let mut engine = engine(WorkloadKind::Job, false, spec);
        engine.feed(Input::Listed(TARGETS, vec![job(0, false)]), SECOND);
        engine.feed(Input::Listed(NOTES, Vec::new()), SECOND);
        engine.feed(Input::Listed(PODS, of(pods)), SECOND);
        engine.feed(Input::Upsert(TARGETS, job(succeeded, true)), 2 * SECOND);
        assert_eq!(ended(&engine), at_once, "{pods:?} of {succeeded}");
        engine.tick(10 * SECOND);
        assert!(ended(&engine), "{pods:?} of {succeeded}");
    }
}

#[test]
fn a_pod_of_an_unknown_owner_is_kept_until_the_targets_are_listed() {
    for listed in [false, true] {
        let mut engine = engine(WorkloadKind::Job, false, WaitSpec::default());
        // A uid that is known, and is not that of the Pod's owner.
        engine.feed(Input::Upsert(TARGETS, job(0, false)), SECOND);
        let mut other = pod("p", "Running");
        other["metadata"]["ownerReferences"][0]["uid"] = "other".into();
        if listed {
            engine.feed(Input::Listed(TARGETS, vec![job(0, false)]), SECOND);
        }
        let empty = engine.size();
        engine.feed(Input::Upsert(PODS, other), SECOND);
        assert_eq!(engine.size() > empty, !listed);
    }
}

#[test]
fn a_set_that_was_never_listed_is_not_known_to_be_whole() {
    for (kind, live, listed, unlisted) in [
        (WorkloadKind::Pod, true, false, vec![0]),
        (WorkloadKind::Pod, true, true, vec![]),
        (WorkloadKind::Pod, false, false, vec![]),
    ] {
        let mut engine = engine(kind, live, WaitSpec::default());
        if listed {
            engine.feed(Input::Listed(TARGETS, Vec::new()), SECOND);
        }
        assert_eq!(engine.unlisted().collect::<Vec<_>>(), unlisted);
        assert_eq!(engine.finished(), listed, "{live} {listed}");
    }
}

#[test]
fn an_ended_target_of_a_set_is_not_judged_again() {
    let spec = WaitSpec {
        expect: 2,
        ..WaitSpec::default()
    };
    let pod = |version: &str, phase: &str| {
        json!({"kind": "Pod", "metadata": {"name": "it", "uid": "u", "resourceVersion": version},
            "spec": {"restartPolicy": "Never"}, "status": {"phase": phase}})
    };
    for (phase, later, is_ended) in [
        ("Succeeded", "Failed", true),
        ("Failed", "Succeeded", true),
        ("Pending", "Running", false),
    ] {
        let mut engine = engine(WorkloadKind::Pod, true, spec.clone());
        engine.feed(Input::Listed(PODS, Vec::new()), SECOND);
        engine.feed(Input::Listed(NOTES, Vec::new()), SECOND);
        engine.feed(Input::Listed(TARGETS, vec![pod("1", phase)]), SECOND);
        engine.tick(9 * SECOND);
        engine.feed(Input::Upsert(TARGETS, pod("2", later)), 10 * SECOND);
        let (_, target) = engine.targets().next().unwrap();
        assert_eq!(target.end().is_some(), is_ended, "{phase}");
        let is_seen = target
            .last_seen()
            .is_some_and(|object| object["metadata"]["resourceVersion"] == "2");
        assert_eq!(is_seen, !is_ended, "{phase}");
    }
}

/// The limit bounds the memory, and allows a wait for some ten thousand objects.
#[test]
fn a_target_takes_what_is_remembered_of_it() {
    let mut engine = engine(WorkloadKind::Job, false, WaitSpec::default());
    let more = |engine: &mut Engine, letters: usize| {
        let before = engine.size();
        engine.add_target(0, &"x".repeat(letters), None);
        engine.size() - before
    };
    let (short, long) = (more(&mut engine, 10), more(&mut engine, 250));
    assert_eq!(long - short, 4 * 240);
    assert!((512..4 << 10).contains(&short), "{short}");
    let before = engine.size();
    let mut large = job(0, false);
    large["metadata"]["annotations"] = json!({"a": "x".repeat(100_000)});
    engine.feed(Input::Upsert(TARGETS, large), SECOND);
    let taken = engine.size() - before;
    assert!((100_000..110_000).contains(&taken), "{taken}");
}

#[test]
fn the_size_of_an_input_is_that_of_its_objects() {
    let one = crate::cluster::size(&job(1, true));
    assert!(one > 100, "{one}");
    for (input, objects) in [
        (Input::Listed(TARGETS, Vec::new()), 0),
        (Input::Listed(TARGETS, vec![job(1, true)]), 1),
        (Input::Listed(TARGETS, vec![job(1, true); 3]), 3),
        (Input::Upsert(TARGETS, job(1, true)), 1),
        (Input::Delete(TARGETS, job(1, true)), 1),
        (Input::Unavailable(TARGETS), 0),
        (Input::PollInterval(SECOND), 0),
    ] {
        assert_eq!(input.size(), objects * one, "{input:?}");
    }
}

#[test]
fn a_timeout_of_zero_checks_once() {
    for (timeout, once) in [
        (Some(Duration::ZERO), true),
        (Some(Duration::from_nanos(1)), false),
        (Some(SECOND), false),
        (None, false),
    ] {
        let spec = WaitSpec {
            timeout,
            ..WaitSpec::default()
        };
        assert_eq!(spec.checks_once(), once, "{timeout:?}");
    }
}

/// Who looks once, or gives no time, sees what is there.
#[test]
fn creation_is_waited_for_while_there_is_time() {
    let within = |seconds| Creation::Within(seconds * SECOND);
    for (creation, timeout, expected) in [
        (within(30), None, within(30)),
        (within(30), Some(SECOND), within(30)),
        (within(30), Some(Duration::ZERO), Creation::No),
        (within(0), None, Creation::No),
        (within(0), Some(SECOND), Creation::No),
        (Creation::Always, None, Creation::Always),
        (Creation::Always, Some(Duration::ZERO), Creation::Always),
        (Creation::No, None, Creation::No),
    ] {
        let spec = WaitSpec {
            wait_for_creation: creation,
            timeout,
            ..WaitSpec::default()
        };
        let engine = engine(WorkloadKind::Job, false, spec);
        assert_eq!(engine.creation(), expected, "{creation:?} {timeout:?}");
    }
}
