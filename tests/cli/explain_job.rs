//! `explain-job -f` of manifests that never ran.

use serde_json::{Value, json};

use crate::support::{Home, Run};

pub(crate) const MIGRATE: &str = "\
apiVersion: batch/v1
kind: Job
metadata: {name: migrate}
spec:
  completions: 5
  parallelism: 2
  completionMode: Indexed
  backoffLimitPerIndex: 2
  maxFailedIndexes: 1
  activeDeadlineSeconds: 3600
  ttlSecondsAfterFinished: 600
  podFailurePolicy:
    rules:
    - {action: FailIndex, onExitCodes: {containerName: main, operator: In, values: [42, 43]}}
    - {action: Count, onPodConditions: [{type: DisruptionTarget}]}
  successPolicy: {rules: [{succeededIndexes: \"0-2\", succeededCount: 2}]}
  template:
    spec:
      restartPolicy: Never
      containers: [{name: main, image: busybox, command: [work]}]
";

/// A Job with these lines in its spec.
pub(crate) fn job(lines: &str, policy: &str, command: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: work}}\nspec:\n{lines}  template:\n    spec:\n      restartPolicy: {policy}\n      containers:\n      - {{name: main, image: busybox, command: {command}}}\n"
    )
}

pub(crate) fn offline(text: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("job.yaml", text)]);
    home.run(&[&["explain-job", "-f", "job.yaml", "--offline"], args].concat())
}

fn item(run: &Run) -> Value {
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(report["kind"], "JobReport");
    report["items"][0].clone()
}

pub(crate) fn explained(text: &str, args: &[&str]) -> Value {
    item(&offline(text, &[args, &["-o", "json"]].concat()))
}

/// The messages of the limits of a kind, with the lines of their fields.
pub(crate) fn limits(item: &Value, kind: &str) -> Vec<(String, Option<u64>)> {
    let all = item["limits"].as_array().unwrap().iter();
    let all = all.filter(|own| own["kind"] == kind);
    all.map(|own| {
        let message = own["message"].as_str().unwrap().to_owned();
        (message, own["location"]["line"].as_u64())
    })
    .collect()
}

/// The seconds of the events of a kind.
fn times(item: &Value, event: &str) -> Vec<f64> {
    let all = item["forecast"]["timeline"].as_array().unwrap().iter();
    let all = all.filter(|own| own["event"] == event);
    all.map(|own| own["atSeconds"].as_f64().unwrap()).collect()
}

#[test]
fn the_report_has_the_bounds_by_formula() {
    let run = offline(MIGRATE, &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["verdict"], "ok");
    assert_eq!(item["outcome"], "unfinished");
    assert_eq!(item["reason"], "NotCreated");
    let bounds = json!({"maxPods": 15, "maxFailures": 10, "maxSeconds": 3600});
    assert_eq!(item["bounds"], bounds);
    for (kind, words, line) in [
        ("maxPods", "completions 5 × (backoffLimitPerIndex 2 + 1)", 8),
        ("indexFailures", "an index fails at 3 failed Pods", 8),
        ("failedIndexes", "fails at 2 failed indexes", 9),
        ("deadline", "fails 1h after its start", 10),
        ("timeToLive", "is deleted 10m after its end", 11),
        ("successPolicy", "2 of the indexes 0-2", 16),
    ] {
        let found = limits(&item, kind);
        let [(message, at)] = &found[..] else {
            panic!("{kind}: {found:?}");
        };
        assert!(message.contains(words), "{message}");
        assert_eq!(*at, Some(line), "{kind}");
    }
    let policy = limits(&item, "failurePolicy");
    assert!(
        policy[0]
            .0
            .contains("container main ends with exit codes 42 or 43")
    );
    assert!(
        policy[1].0.contains("DisruptionTarget True: counts"),
        "{policy:?}"
    );
}

#[test]
fn the_text_fits_a_terminal_and_names_each_field() {
    let run = offline(MIGRATE, &["--fails", "1@30s", "--succeeds", "40s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    for words in [
        "job.batch/migrate, in job.yaml",
        "creates at most 15 Pods, bears 2 failures of each index, and ends within 1h",
        "30s in all before",
        "(spec.backoffLimitPerIndex, line 8)",
        "pods 0,1  created   indexes 0,1",
        "The Job succeeds after",
        "(SuccessPolicy)",
    ] {
        let text = run.stdout.replace('\n', " ");
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
    for line in run.stdout.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn a_job_that_never_stops_failing_ends_above_its_limit() {
    let text = job("  backoffLimit: 2\n", "Never", "[work]");
    let item = explained(&text, &["--fails", "1@1s"]);
    assert_eq!(times(&item, "created"), [0.0, 11.0, 32.0]);
    assert_eq!(item["forecast"]["outcome"], "failed");
    assert_eq!(item["forecast"]["reason"], "BackoffLimitExceeded");
    assert_eq!(item["forecast"]["pods"], 3);
    assert_eq!(item["bounds"], json!({"maxPods": 3, "maxFailures": 2}));
}

#[test]
fn failures_come_first_and_then_a_success() {
    let text = job("", "Never", "[work]");
    for args in [
        &["--fails", "1@30s,1@30s", "--succeeds", "40s"][..],
        &["--fails", "1@30s", "--fails=1@30s", "--succeeds=40s"],
    ] {
        let item = explained(&text, args);
        assert_eq!(times(&item, "created"), [0.0, 40.0, 90.0]);
        assert_eq!(item["forecast"]["outcome"], "succeeded");
        assert_eq!(item["forecast"]["seconds"], 130.0);
    }
    let only = explained(&text, &["--succeeds", "5s"]);
    assert_eq!(only["forecast"]["seconds"], 5.0);
    // Without an assumption nothing is forecast.
    assert_eq!(explained(&text, &[])["forecast"], Value::Null);
}

#[test]
fn a_container_is_restarted_in_its_pod_with_on_failure() {
    let text = job("  backoffLimit: 3\n", "OnFailure", "[work]");
    let item = explained(&text, &["--fails", "1@10s"]);
    assert_eq!(times(&item, "created"), [0.0]);
    assert_eq!(times(&item, "restarted"), [10.0, 30.0, 60.0]);
    assert_eq!(item["forecast"]["reason"], "BackoffLimitExceeded");
    let restarts = limits(&item, "restarts");
    assert!(
        restarts[0].0.starts_with("fails at 3 restarts"),
        "{restarts:?}"
    );
    assert_eq!(restarts[0].1, Some(5));
    let waits = limits(&item, "backOff");
    assert!(waits[0].0.ends_with("at most 5m"), "{waits:?}");
    assert_eq!(waits[0].1, Some(8));
}

#[test]
fn a_rule_that_ignores_failures_leaves_no_bound() {
    let rule = "  podFailurePolicy: {rules: [{action: Ignore, onExitCodes: {operator: In, values: [3]}}]}\n";
    let run = offline(&job(rule, "Never", "[work]"), &["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let item = item(&run);
    assert_eq!(item["bounds"], json!({}));
    assert_eq!(item["findings"][0]["id"], "endless-retries");
    let pods = limits(&item, "maxPods");
    assert_eq!(pods[0].1, Some(5), "{pods:?}");
    let run = offline(
        &job(rule, "Never", "[work]"),
        &["--fails", "3@1s,1@1s", "--succeeds", "1s"],
    );
    assert!(run.stdout.contains("exit code 3; ignored"), "{run:?}");
    assert!(
        run.stdout.contains("exit code 1; 1 failure, of 6"),
        "{run:?}"
    );
    let deadline = format!("  activeDeadlineSeconds: 60\n{rule}");
    let item = explained(&job(&deadline, "Never", "[work]"), &[]);
    assert_eq!(item["findings"], json!([]));
}

#[test]
fn what_can_never_end_has_the_verdict_no() {
    for (lines, command, path) in [
        ("  parallelism: 0\n", "[work]", "spec.parallelism"),
        (
            "",
            "[sleep, infinity]",
            "spec.template.spec.containers[0].command",
        ),
        (
            "",
            "[sh, -c, \"while true; do work; sleep 1; done\"]",
            "spec.template.spec.containers[0].command",
        ),
    ] {
        let run = offline(&job(lines, "Never", command), &["-o", "json"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        let item = item(&run);
        assert_eq!(item["verdict"], "no");
        assert_eq!(item["findings"][0]["id"], "endless-job");
        assert_eq!(item["findings"][0]["path"], path);
    }
    // A deadline ends it, and its Pods.
    let text = job("  activeDeadlineSeconds: 9\n", "Never", "[sleep, infinity]");
    assert_eq!(explained(&text, &[])["verdict"], "ok");
    let run = offline(&text, &["--succeeds", "1h"]);
    assert!(run.stdout.contains("the Job fails"), "{run:?}");
}

#[test]
fn what_the_server_refuses_has_the_verdict_no() {
    for limit in [-1, i32::MIN] {
        let text = job(&format!("  backoffLimit: {limit}\n"), "Never", "[work]");
        let run = offline(&text, &["-o", "json", "--fails", "1@1s"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        let item = item(&run);
        assert_eq!(item["verdict"], "no");
        assert_eq!(item["findings"][0]["path"], "spec.backoffLimit");
        assert_eq!(item["limits"], json!([]));
    }
}

#[test]
fn a_field_of_a_wrong_type_is_reported_once_with_its_place() {
    let run = offline(&job("  completions: many\n", "Never", "[work]"), &[]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(run.stderr.contains("job.yaml:5:"), "{run:?}");
    assert!(run.stdout.contains("cannot be read"), "{run:?}");
}

#[test]
fn a_suspended_or_external_job_has_no_forecast() {
    for (lines, words) in [
        ("  suspend: true\n", "suspended from the beginning"),
        ("  managedBy: example.com/queue\n", "no forecast"),
    ] {
        let run = offline(&job(lines, "Never", "[work]"), &["--fails", "1@1s"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.contains(words), "{run:?}");
        assert!(run.stdout.contains("no forecast"), "{run:?}");
    }
}

#[test]
fn a_job_of_another_controller_has_no_bounds() {
    let text = job("  managedBy: example.com/runner\n", "Never", "[work]");
    let run = offline(&text, &["-o", "json"]);
    let own = item(&run);
    assert_eq!(run.code, Some(0), "{own}");
    assert_eq!(own["bounds"], json!({}));
    assert_eq!(own["limits"], json!([]));
    let indented = text[text.find("spec:").unwrap()..].replace('\n', "\n    ");
    let cron = format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: work}}\nspec:\n  schedule: \"@hourly\"\n  jobTemplate:\n    {}\n",
        indented.trim_end()
    );
    let cron = explained(&cron, &[]);
    assert_eq!(cron["bounds"], json!({}), "{cron}");
    for (item, who) in [(own, "It is"), (cron, "Each Job of it is")] {
        let words = format!("{who} managed by the controller example.com/runner");
        let summary = item["summary"].as_str().unwrap();
        assert!(summary.contains(&words), "{summary}");
    }
}

#[test]
fn very_many_pods_are_one_screen() {
    let text = job(
        "  completions: 20000\n  parallelism: 5000\n",
        "Never",
        "[work]",
    );
    let run = offline(&text, &["--succeeds", "1s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.lines().count() < 60, "{}", run.stdout);
    assert!(run.stdout.contains("pods 0-499"), "{}", run.stdout);
}

#[test]
fn a_wrong_assumption_says_what_is_expected() {
    for (flag, words) in [
        ("--fails=1", "expected EXIT@DURATION, such as `1@30s`"),
        ("--fails=0@1s", "an exit code from 1 to 255"),
        ("--fails=1@soon", "expected a duration"),
        ("--succeeds=soon", "expected a duration"),
    ] {
        let run = offline(MIGRATE, &[flag]);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
}

#[test]
fn other_objects_are_refused_with_the_way_out() {
    let pod = "apiVersion: v1\nkind: Pod\nmetadata: {name: web}\nspec: {containers: [{name: c, image: i}]}\n";
    let home = Home::with(&[("pod.yaml", pod), ("job.yaml", MIGRATE)]);
    let run = |args: &[&str]| home.run(&[&["explain-job", "--offline"], args].concat());
    for (args, code, words) in [
        (
            &["-f", "pod.yaml"][..],
            1,
            "the input has no Job and no CronJob",
        ),
        (
            &["-f", "pod.yaml", "pod/web"],
            2,
            "pod/web does not belong to a Job",
        ),
        (
            &["-f", "job.yaml", "deploy/x"],
            2,
            "found the type Deployment",
        ),
        (&["-f", "job.yaml", "other"], 4, "jobs \"other\" not found"),
    ] {
        let run = run(args);
        assert_eq!(run.code, Some(code), "{run:?}");
        assert!(run.stderr.contains(words), "{run:?}");
    }
    let helped = run(&["-f", "pod.yaml", "pod/web"]).stderr;
    assert!(helped.contains("explain-status pod/web"), "{helped}");
    // A bare name is that of a Job, and other objects beside it are left out.
    for args in [
        &["-f", "pod.yaml", "-f", "job.yaml", "migrate"][..],
        &["-f", "pod.yaml", "-f", "job.yaml"],
    ] {
        let run = run(args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(run.stdout.starts_with("job.batch/migrate"), "{run:?}");
        assert!(!run.stdout.contains("pod/web"), "{run:?}");
    }
}
