//! `explain-job` of the recorded situations of Jobs and `CronJobs`.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::support::Home;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/situations")
}

/// The rest of the line that begins with this text.
fn field(text: &str, key: &str) -> String {
    let mut lines = text.lines();
    let line = lines.find_map(|line| line.trim().strip_prefix(key));
    let value = line.unwrap_or_else(|| panic!("{key}: {text}")).trim();
    value.trim_matches('"').to_owned()
}

fn explained(name: &str, more: &[&str]) -> (Value, String) {
    let directory = root().join(name);
    let read = |file: &str| fs::read_to_string(directory.join(file)).unwrap();
    let now = field(&read("recorded.yaml"), "now:");
    let target = field(&read("situation.yaml"), "target:");
    let file = directory.join("objects.json");
    let home = Home::new();
    let words = ["explain-job", &target, "--offline", "--now", &now, "-f"];
    let args = [&words[..], &[file.to_str().unwrap()], more].concat();
    let text = home.run(&args);
    let run = home.run(&[&args[..], &["-o", "json"]].concat());
    assert_eq!(run.code, text.code, "{text:?}");
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = report["items"][0].clone();
    let code = i32::from(item["verdict"] == "no");
    assert_eq!(run.code, Some(code), "{run:?}");
    (item, text.stdout)
}

/// A situation: verdict, outcome, reason, and words of the sentence.
const RECORDED: [(&str, &str, &str, &str, &str); 25] = [
    (
        "job-backoff-limit",
        "no",
        "failed",
        "BackoffLimitExceeded",
        "2 Pods failed, and backoffLimit 1 bears 1",
    ),
    (
        "job-backoff-limit-on-failure",
        "no",
        "failed",
        "BackoffLimitExceeded",
        "its Pods were deleted with their logs",
    ),
    (
        "job-complete",
        "ok",
        "succeeded",
        "CompletionsReached",
        "1 of 1 Pods have succeeded",
    ),
    (
        "job-deadline",
        "no",
        "failed",
        "DeadlineExceeded",
        "longer than activeDeadlineSeconds, 2s",
    ),
    (
        "job-failed-indexes",
        "no",
        "failed",
        "FailedIndexes",
        "index 1 failed for good, and 2 of 3",
    ),
    (
        "job-failure-policy",
        "no",
        "failed",
        "PodFailurePolicy",
        "exit code 42, which spec.podFailurePolicy.rules[1] (FailJob)",
    ),
    (
        "job-failure-target",
        "no",
        "failed",
        "BackoffLimitExceeded",
        "fails for certain",
    ),
    (
        "job-failures-ignored",
        "unknown",
        "unfinished",
        "BackOff",
        "1 failure is ignored by a rule of podFailurePolicy",
    ),
    (
        "job-held-by-container",
        "unknown",
        "unfinished",
        "HeldByContainer",
        "runs on",
    ),
    (
        "job-image-not-found",
        "unknown",
        "unfinished",
        "PodNotRunning",
        "ImagePullBackOff",
    ),
    (
        "job-managed-by",
        "unknown",
        "unfinished",
        "ManagedBy",
        "example.com/queue",
    ),
    (
        "job-max-failed-indexes",
        "no",
        "failed",
        "MaxFailedIndexesExceeded",
        "the indexes 0-2 failed for good, and maxFailedIndexes allows 2",
    ),
    (
        "job-out-of-memory",
        "no",
        "failed",
        "BackoffLimitExceeded",
        "backoffLimit 0 bears none",
    ),
    (
        "job-parallelism-zero",
        "unknown",
        "unfinished",
        "NoParallelism",
        "parallelism is 0",
    ),
    (
        "job-pod-security",
        "unknown",
        "unfinished",
        "FailedCreate",
        "runAsNonRoot",
    ),
    (
        "job-quota-wants-limits",
        "unknown",
        "unfinished",
        "FailedCreate",
        "limits.memory",
    ),
    (
        "job-resumed",
        "unknown",
        "unfinished",
        "Running",
        "1 Pod is active",
    ),
    (
        "job-retries",
        "unknown",
        "unfinished",
        "BackOff",
        "and it bears",
    ),
    (
        "job-running",
        "unknown",
        "unfinished",
        "Running",
        "1 Pod is active",
    ),
    (
        "job-service-account-missing",
        "unknown",
        "unfinished",
        "FailedCreate",
        "serviceaccount",
    ),
    (
        "job-success-policy",
        "ok",
        "succeeded",
        "SuccessPolicy",
        "a rule of successPolicy is met",
    ),
    (
        "job-suspended",
        "unknown",
        "unfinished",
        "Suspended",
        "until spec.suspend is false",
    ),
    (
        "cron-job-forbidden",
        "unknown",
        "blocked",
        "JobAlreadyActive",
        "concurrencyPolicy is Forbid",
    ),
    (
        "cron-job-suspended",
        "unknown",
        "blocked",
        "Suspended",
        "until spec.suspend is false",
    ),
    (
        "cron-job-waits",
        "ok",
        "scheduled",
        "Scheduled",
        "runs next at",
    ),
];

#[test]
fn each_recorded_job_has_its_outcome_and_reason() {
    for (name, verdict, outcome, reason, words) in RECORDED {
        let (item, text) = explained(name, &[]);
        assert_eq!(item["verdict"], verdict, "{name}: {item}");
        assert_eq!(item["outcome"], outcome, "{name}");
        assert_eq!(item["reason"], reason, "{name}");
        let summary = item["summary"].as_str().unwrap();
        assert!(summary.contains(words), "{name}: {summary}");
        // A finding quotes lines of the file.
        let is_finding = |line: &&str| line.contains("[endless-");
        let lines = text.lines().skip(1).take_while(|line| !is_finding(line));
        for line in lines {
            assert!(line.chars().count() <= 80, "{name}: {line}");
        }
    }
}

#[test]
fn a_job_that_fails_for_certain_has_not_ended() {
    let (item, text) = explained("job-failure-target", &[]);
    assert_eq!(item["isEnded"], false);
    assert_eq!(item["counts"]["terminating"], 1);
    assert!(
        text.contains("It becomes Failed when its last Pod has ended"),
        "{text}"
    );
}

#[test]
fn the_next_retry_is_at_the_latest() {
    let (item, text) = explained("job-retries", &[]);
    assert_eq!(item["nextRetryIsExact"], false);
    assert_eq!(item["nextRetry"], "2026-11-30T07:32:35Z");
    assert!(text.contains("in 17s at the latest"), "{text}");
    assert!(text.contains("kubectl logs -n demo job-retries-"), "{text}");
}

#[test]
fn the_rule_that_caught_a_pod_is_named() {
    let (item, text) = explained("job-failure-policy", &[]);
    let rule = &item["pods"][0]["rule"];
    assert_eq!(rule["path"], "spec.podFailurePolicy.rules[1]");
    assert_eq!(rule["action"], "FailJob");
    assert!(
        text.contains("rules of podFailurePolicy that caught Pods"),
        "{text}"
    );
}

#[test]
fn indexes_are_ranges() {
    let (item, _) = explained("job-max-failed-indexes", &[]);
    assert_eq!(item["indexes"]["failed"], "0-2");
    let (item, _) = explained("job-failed-indexes", &[]);
    assert_eq!(item["indexes"]["succeeded"], "0,2");
    assert_eq!(item["indexes"]["total"], 3);
}

#[test]
fn logs_that_are_gone_are_not_offered() {
    let (item, text) = explained("job-backoff-limit-on-failure", &[]);
    assert!(!text.contains("kubectl logs"), "{text}");
    assert_eq!(item["goneFailures"], 1);
    assert!(text.contains("restartPolicy Never keeps failed"), "{text}");
}

#[test]
fn all_jobs_of_a_record_are_explained_and_its_pods_are_not() {
    let file = root().join("job-retries/objects.json");
    let file = file.to_str().unwrap();
    let run = Home::new().run(&["explain-job", "-f", file, "--offline", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let items = report["items"].as_array().unwrap();
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["target"]["kind"], "Job");
}

#[test]
fn a_pod_leads_to_its_job() {
    let file = root().join("job-complete/objects.json");
    let file = file.to_str().unwrap();
    let args = [
        "explain-job",
        "-f",
        file,
        "--offline",
        "pods",
        "--all",
        "-o",
        "json",
    ];
    let run = Home::new().run(&args);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = &report["items"][0];
    assert_eq!(item["target"]["kind"], "Pod");
    assert_eq!(item["job"], "job-complete");
    assert_eq!(item["outcome"], "succeeded");
}
