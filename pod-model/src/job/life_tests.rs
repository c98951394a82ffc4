//! Lives of Jobs under assumptions, and that no life leaves its bounds.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::jiff::SignedDuration;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::bounds::{Bound, bounds};
use super::life::{Life, LifeAssumptions, LifeEventKind, simulate};
use super::life_pod::Run;
use super::rules::JobRules;
use crate::version::KubernetesVersion;

fn job(spec: &Value) -> Job {
    let mut spec = spec.clone();
    let policy = spec.get("restartPolicy").cloned();
    let policy = policy.unwrap_or_else(|| json!("Never"));
    spec["template"] = json!({"spec": {"containers": [{"name": "main"}], "restartPolicy": policy}});
    serde_json::from_value(json!({ "spec": spec })).unwrap()
}

fn run(exit_code: i32, seconds: i64) -> Run {
    Run {
        exit_code,
        takes: SignedDuration::from_secs(seconds),
    }
}

fn life(spec: &Value, runs: &[Run], then: Option<Run>) -> Life {
    let assumptions = LifeAssumptions {
        runs: runs.to_vec(),
        then,
        horizon: SignedDuration::from_hours(24),
    };
    simulate(&job(spec), &assumptions, KubernetesVersion::LATEST).unwrap()
}

fn created(life: &Life) -> Vec<i64> {
    let created = life.events.iter().filter_map(|event| match event.kind {
        LifeEventKind::Created { .. } => Some(event.at.as_secs()),
        _ => None,
    });
    created.collect()
}

#[test]
fn a_job_that_fails_twice_is_retried_after_its_back_offs() {
    let life = life(&json!({}), &[run(1, 30), run(1, 30)], Some(run(0, 40)));
    // 30 s and 10 s, then 30 s and 20 s.
    assert_eq!(created(&life), [0, 40, 90]);
    assert_eq!(life.end.unwrap().reason(), "CompletionsReached");
    assert_eq!(life.events.last().unwrap().at.as_secs(), 130);
}

#[test]
fn a_job_that_always_fails_ends_above_its_limit() {
    let life = life(&json!({"backoffLimit": 2}), &[], Some(run(1, 1)));
    assert_eq!(created(&life), [0, 11, 32]);
    assert_eq!(life.end.unwrap().reason(), "BackoffLimitExceeded");
}

#[test]
fn each_index_has_its_own_retries() {
    let spec = json!({"completions": 2, "parallelism": 2, "completionMode": "Indexed",
        "backoffLimitPerIndex": 1});
    let life = life(&spec, &[run(1, 5)], Some(run(0, 5)));
    assert_eq!(created(&life), [0, 0, 15, 15]);
    assert_eq!(life.end.unwrap().reason(), "CompletionsReached");
}

#[test]
fn a_deadline_ends_a_job_that_runs_on() {
    let life = life(&json!({"activeDeadlineSeconds": 60}), &[], None);
    assert_eq!(life.end.unwrap().reason(), "DeadlineExceeded");
    assert_eq!(life.events.last().unwrap().at.as_secs(), 60);
}

fn restarted(life: &Life) -> Vec<i64> {
    let restarted = life.events.iter().filter_map(|event| match event.kind {
        LifeEventKind::Restarted { .. } => Some(event.at.as_secs()),
        _ => None,
    });
    restarted.collect()
}

#[test]
fn a_container_is_restarted_in_its_pod_until_it_succeeds() {
    let spec = json!({"restartPolicy": "OnFailure"});
    let fails = run(1, 30);
    let life = life(&spec, &[fails, fails, fails], Some(run(0, 40)));
    assert_eq!(created(&life), [0]);
    // At once, after 10 s, after 20 s.
    assert_eq!(restarted(&life), [30, 70, 120]);
    assert_eq!(life.end.unwrap().reason(), "CompletionsReached");
    assert_eq!(life.events.last().unwrap().at.as_secs(), 160);
}

#[test]
fn restarts_of_all_pods_together_fail_the_job() {
    let spec = json!({"restartPolicy": "OnFailure", "backoffLimit": 4, "parallelism": 2,
        "completions": 2});
    let life = life(&spec, &[], Some(run(1, 30)));
    assert_eq!(restarted(&life), [30, 30, 70, 70]);
    assert_eq!(life.end.unwrap().reason(), "BackoffLimitExceeded");
    let deleted =
        |event: &&super::life::LifeEvent| matches!(event.kind, LifeEventKind::Deleted { .. });
    assert_eq!(life.events.iter().filter(deleted).count(), 2);
}

#[test]
fn the_failure_policy_judges_the_first_container() {
    let spec = json!({"podFailurePolicy": {"rules": [{"action": "FailJob",
        "onExitCodes": {"containerName": "main", "operator": "In", "values": [42]}}]}});
    let life = life(&spec, &[], Some(run(42, 1)));
    assert_eq!(created(&life), [0]);
    assert_eq!(life.end.unwrap().reason(), "PodFailurePolicy");
}

#[test]
fn a_failure_that_the_policy_ignores_is_marked() {
    let spec = json!({"podFailurePolicy": {"rules": [{"action": "Ignore",
        "onExitCodes": {"operator": "In", "values": [42]}}]}});
    let life = life(&spec, &[run(42, 1), run(1, 1)], Some(run(0, 1)));
    let failed = life.events.iter().filter_map(|event| match event.kind {
        LifeEventKind::Failed { is_ignored, .. } => Some(is_ignored),
        _ => None,
    });
    assert_eq!(failed.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_pod_that_ends_at_once_ends() {
    let spec = json!({"backoffLimit": 1});
    let life = life(&spec, &[], Some(run(1, 0)));
    assert_eq!(created(&life), [0, 10]);
    assert_eq!(life.end.unwrap().reason(), "BackoffLimitExceeded");
}

#[test]
fn a_job_with_very_many_pods_is_not_followed_to_its_end() {
    let spec = json!({"completions": 100_000, "parallelism": 100_000});
    let life = life(&spec, &[], None);
    assert!(life.end.is_none() && life.pods > 1_000 && life.is_cut);
}

#[test]
fn a_job_without_an_end_is_followed_to_the_horizon() {
    for (spec, then) in [
        (json!({}), None),
        (json!({}), Some(run(1, 1_000_000))),
        (json!({"parallelism": 0}), Some(run(0, 1))),
    ] {
        let life = life(&spec, &[], then);
        assert!(life.end.is_none() && !life.is_cut, "{spec}");
    }
}

proptest! {
    #[test]
    fn no_life_leaves_its_bounds(
        completions in 1..6_i32,
        parallelism in 1..4_i32,
        limit in 0..4_i32,
        per_index in proptest::option::of(0..3_i32),
        is_queue in any::<bool>(),
        codes in proptest::collection::vec((0..2_i32, 1..90_i64), 0..14),
        then in (0..2_i32, 0..90_i64),
        in_place in any::<bool>(),
    ) {
        let mut spec = json!({"parallelism": parallelism, "backoffLimit": limit});
        if in_place && per_index.is_none() {
            spec["restartPolicy"] = json!("OnFailure");
        }
        if let Some(per_index) = per_index {
            spec["completionMode"] = json!("Indexed");
            spec["backoffLimitPerIndex"] = json!(per_index);
            spec["completions"] = json!(completions);
        } else if !is_queue {
            spec["completions"] = json!(completions);
        }
        let runs: Vec<Run> = codes.iter().map(|(code, takes)| run(*code, *takes)).collect();
        let life = life(&spec, &runs, Some(run(then.0, then.1)));
        let job = job(&spec);
        let rules = JobRules::of(&job, KubernetesVersion::LATEST).unwrap();
        let Bound::AtMost { value, .. } = bounds(&job, &rules).pods else {
            panic!("no bound of {spec}");
        };
        prop_assert!(i64::try_from(life.pods).unwrap() <= value, "{} of {value}: {spec}", life.pods);
        prop_assert!(life.end.is_some(), "{life:?}");
    }
}
