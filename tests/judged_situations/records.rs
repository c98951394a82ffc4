//! The records by themselves: each holds what its situation says, and nothing of the machine that made it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::situations::{Situation, Verdict, directory, read_yaml};

/// The fewest situations.
const LEAST: usize = 60;

/// Causes that no situation has: general ones, which the judge names where nothing tells more, those that this cluster
/// of one node cannot make, and those of workloads that have small cases in `pod-model/tests/diagnosis`.
const UNSEEN: [&str; 30] = [
    "being-deleted",
    "container-config-error",
    "container-creation-fails",
    "container-start-fails",
    "cron-job-invalid",
    "cron-job-missed",
    "cron-job-run-failed",
    "end-not-seen",
    "evicted",
    "image-platform-missing",
    "image-pull-fails",
    "job-failed",
    "liveness-probe-redirected",
    "node-shutdown",
    "not-scheduled",
    "not-taken-up",
    "pod-creation-refused",
    "pod-failed",
    "preempted",
    "progress-deadline-exceeded",
    "readiness-unknown",
    "resize-infeasible",
    "rolling-out",
    "rollout-on-delete",
    "rollout-partitioned",
    "starting",
    "startup-probe-errored",
    "unschedulable",
    "volume-attach-fails",
    "volume-mount-fails",
];

#[test]
fn each_record_is_of_its_situation() {
    let all = Situation::all();
    assert!(all.len() >= LEAST, "{}", all.len());
    for one in &all {
        let objects = one.record();
        for condition in one.end() {
            assert!(condition.holds(&objects), "{}: {condition:?}", one.name);
        }
        let (kind, name) = one.description.target.split_once('/').unwrap();
        let is_target = |object: &serde_json::Value| {
            let own = object["kind"].as_str().unwrap();
            let own_name = object["metadata"]["name"].as_str().unwrap();
            own.eq_ignore_ascii_case(kind) && own_name == name
        };
        assert!(
            objects.iter().any(is_target),
            "{}: no {kind} {name}",
            one.name
        );
        let recorded: BTreeMap<String, String> = read_yaml(&one.file("recorded.yaml"));
        let now = recorded["now"].parse::<jiff::Timestamp>();
        assert!(now.is_ok(), "{}: {recorded:?}", one.name);
        assert!(recorded["version"].starts_with("v1."), "{}", one.name);
    }
}

#[test]
fn records_tell_nothing_of_the_machine_that_made_them() {
    for one in Situation::all() {
        let text = fs::read_to_string(one.file("objects.json")).unwrap();
        for path in [
            "/work/",
            "/tmp/",
            "/root/",
            "/home/",
            "target/cluster",
            "127.0.0.1:5000",
            "podtools",
        ] {
            assert!(!text.contains(path), "{}: {path}", one.name);
        }
    }
}

#[test]
fn expectations_are_complete_and_name_known_causes() {
    let causes: BTreeMap<String, String> = read_yaml(&directory().join("causes.yaml"));
    let mut used = BTreeSet::new();
    let all = Situation::all();
    for one in &all {
        let expected = &one.description.expect;
        assert!(!one.description.about.is_empty(), "{}", one.name);
        let right = expected.verdict.first().expect("a verdict");
        // Nothing else is as wrong as the opposite of the truth.
        let opposite = match right {
            Verdict::Ok => Some(Verdict::No),
            Verdict::No => Some(Verdict::Ok),
            Verdict::Unknown => None,
        };
        assert!(
            opposite.is_none_or(|opposite| !expected.verdict.contains(&opposite)),
            "{}",
            one.name
        );
        assert!(
            *right == Verdict::Ok || expected.cause.is_some(),
            "{}: no cause",
            one.name
        );
        assert!(
            expected
                .says
                .iter()
                .all(|word| !expected.never.contains(word)),
            "{}",
            one.name
        );
        if let Some(cause) = &expected.cause {
            assert!(
                causes.contains_key(cause),
                "{}: causes.yaml has no {cause}",
                one.name
            );
            used.insert(cause);
        }
    }
    let unused = causes.keys().filter(|cause| !used.contains(cause));
    assert_eq!(
        unused.collect::<Vec<_>>(),
        UNSEEN,
        "causes without a situation"
    );
}
