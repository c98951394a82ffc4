//! `explain-job` of `CronJobs`: schedules, time zones and what holds a run back.

use serde_json::{Value, json};

use crate::support::{Home, Run};

/// A CronJob with these lines in its spec.
fn cron(lines: &str) -> String {
    format!(
        "apiVersion: batch/v1\nkind: CronJob\nmetadata: {{name: nightly}}\nspec:\n{lines}  jobTemplate:\n    spec:\n      backoffLimit: 1\n      template:\n        spec:\n          restartPolicy: Never\n          containers: [{{name: main, image: busybox, command: [work]}}]\n"
    )
}

/// The same as the server stores it: created on 2026-01-01, with this status.
fn live(lines: &str, status: &str) -> String {
    let text = cron(lines).replace(
        "{name: nightly}",
        "{name: nightly, namespace: demo, uid: u-1, creationTimestamp: \"2026-01-01T00:00:00Z\"}",
    );
    format!("{text}status: {status}\n")
}

fn run_job(name: &str, status: &str) -> String {
    format!(
        "---\napiVersion: batch/v1\nkind: Job\nmetadata:\n  name: {name}\n  namespace: demo\n  uid: {name}\n  ownerReferences: [{{apiVersion: batch/v1, kind: CronJob, name: nightly, uid: u-1, controller: true}}]\nspec:\n  template:\n    spec: {{restartPolicy: Never, containers: [{{name: main, image: busybox}}]}}\nstatus: {status}\n"
    )
}

fn offline(text: &str, now: &str, args: &[&str]) -> Run {
    let home = Home::with(&[("cron.yaml", text)]);
    let words = ["explain-job", "-f", "cron.yaml", "--offline", "--now", now];
    home.run(&[&words[..], &["cronjob/nightly"], args].concat())
}

fn item(text: &str, now: &str) -> (Value, Option<i32>) {
    let run = offline(text, now, &["-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    (report["items"][0].clone(), run.code)
}

#[test]
fn a_time_that_the_clocks_skip_has_no_run_that_day() {
    let text = cron("  schedule: \"30 2 * * *\"\n  timeZone: Europe/Berlin\n");
    let (item, code) = item(&text, "2026-03-27T12:00:00Z");
    assert_eq!(code, Some(0));
    assert_eq!(item["verdict"], "ok");
    assert_eq!(item["outcome"], "scheduled");
    let runs = json!([
        "2026-03-28T01:30:00Z",
        // Not on the 29th.
        "2026-03-30T00:30:00Z",
        "2026-03-31T00:30:00Z",
        "2026-04-01T00:30:00Z",
        "2026-04-02T00:30:00Z",
    ]);
    assert_eq!(item["nextRuns"], runs);
    assert_eq!(item["timeZone"], "Europe/Berlin");
    let text = offline(&text, "2026-03-27T12:00:00Z", &[]).stdout;
    for words in [
        "Sat 2026-03-28 02:30 +01:00   in 13h",
        "Mon 2026-03-30 02:30 +02:00",
        "The clocks of Europe/Berlin go forward before the run of Mon 2026-03-30",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
    for line in text.lines() {
        assert!(line.chars().count() <= 80, "{line}");
    }
}

#[test]
fn an_hour_that_comes_twice_has_its_runs_as_the_controller_has_them() {
    let text = cron("  schedule: \"30 1 * * *\"\n  timeZone: America/New_York\n");
    let (item, _) = item(&text, "2026-10-31T12:00:00Z");
    let runs = item["nextRuns"].as_array().unwrap();
    assert_eq!(runs[0], "2026-11-01T05:30:00Z");
    // The second 01:30 of the day is a run, too.
    assert_eq!(runs[1], "2026-11-01T06:30:00Z");
    assert_eq!(runs[2], "2026-11-02T06:30:00Z");
}

#[test]
fn a_change_of_the_clocks_is_told_with_its_direction() {
    let text = cron("  schedule: \"30 2 * * *\"\n  timeZone: Europe/Berlin\n");
    for (now, words) in [
        // The run of the 29th is left out before the first one.
        (
            "2026-03-28T12:00:00Z",
            "go forward before the run of Mon 2026-03-30 02:30 +02:00",
        ),
        (
            "2026-10-24T12:00:00Z",
            "a time that they show twice may have two runs",
        ),
    ] {
        let text = offline(&text, now, &[]).stdout.replace('\n', " ");
        assert!(text.contains(words), "{words}: {text}");
        assert_eq!(text.contains("that they skip"), now < "2026-06", "{text}");
    }
    let text = offline(&text, "2026-06-01T12:00:00Z", &[]).stdout;
    assert!(!text.contains("The clocks"), "{text}");
}

#[test]
fn without_a_time_zone_it_is_the_controllers() {
    let text = cron("  schedule: \"@hourly\"\n");
    let (item, _) = item(&text, "2026-01-01T00:30:00Z");
    assert_eq!(item["nextRuns"][0], "2026-01-01T01:00:00Z");
    assert_eq!(item["isControllersZone"], true);
    assert_eq!(item["nextRuns"].as_array().map(Vec::len), Some(5));
    assert_eq!(item["bounds"], json!({"maxPods": 2, "maxFailures": 1}));
    assert_eq!(
        item["limits"][0]["path"],
        "spec.jobTemplate.spec.completions"
    );
}

#[test]
fn a_schedule_that_never_comes_or_is_none_has_the_verdict_no() {
    for (lines, words) in [
        (
            "  schedule: \"0 0 30 2 *\"\n",
            "has no time within five years",
        ),
        ("  schedule: \"0 0 * *\"\n", "expected 5 fields"),
        (
            "  schedule: \"0 0 * * *\"\n  timeZone: Mars/Base\n",
            "there is no time zone `Mars/Base`",
        ),
        (
            "  schedule: \"0 0 * * *\"\n  startingDeadlineSeconds: 0\n",
            "its startingDeadlineSeconds is 0",
        ),
    ] {
        let (item, code) = item(&cron(lines), "2026-01-01T00:00:00Z");
        assert_eq!(code, Some(1), "{item}");
        assert_eq!(item["verdict"], "no");
        assert_eq!(item["outcome"], "blocked");
        assert_eq!(item["nextRuns"], json!([]));
        let summary = item["summary"].as_str().unwrap();
        assert!(summary.contains(words), "{summary}");
    }
}

#[test]
fn a_run_that_an_earlier_job_forbids_is_told() {
    let text = live(
        "  schedule: \"0 * * * *\"\n  concurrencyPolicy: Forbid\n",
        "{lastScheduleTime: \"2026-01-01T10:00:00Z\", active: [{kind: Job, name: nightly-1, namespace: demo, uid: nightly-1}]}",
    ) + &run_job(
        "nightly-1",
        "{startTime: \"2026-01-01T10:00:00Z\", active: 1}",
    );
    let (item, code) = item(&text, "2026-01-01T13:10:00Z");
    assert_eq!(code, Some(0), "{item}");
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(item["reason"], "JobAlreadyActive");
    assert_eq!(item["missedRuns"], 3);
    let summary = item["summary"].as_str().unwrap();
    for words in [
        "job/nightly-1 still runs",
        "concurrencyPolicy is Forbid",
        "3 runs",
    ] {
        assert!(summary.contains(words), "{words}: {summary}");
    }
    assert_eq!(item["jobs"][0]["outcome"], "unfinished");
}

#[test]
fn a_run_that_is_too_late_is_missed() {
    let text = live(
        "  schedule: \"0 * * * *\"\n  startingDeadlineSeconds: 60\n",
        "{lastScheduleTime: \"2026-01-01T10:00:00Z\"}",
    );
    // A run whose deadline is over is not looked for any more.
    let (late, _) = item(&text, "2026-01-01T11:10:00Z");
    assert_eq!(late["reason"], "Scheduled", "{late}");
    assert_eq!(late["nextRuns"][0], "2026-01-01T12:00:00Z");
    let (due, _) = item(&text, "2026-01-01T11:00:30Z");
    assert_eq!(due["reason"], "Due");
    assert_eq!(due["verdict"], "ok");
}

#[test]
fn a_deadline_of_no_time_or_of_centuries_lets_no_run_start() {
    for seconds in ["0", "9999999999"] {
        let lines = format!("  schedule: \"0 * * * *\"\n  startingDeadlineSeconds: {seconds}\n");
        let text = live(&lines, "{lastScheduleTime: \"2026-01-01T10:00:00Z\"}");
        let (item, code) = item(&text, "2026-01-01T11:00:00Z");
        assert_eq!(code, Some(1), "{item}");
        assert_eq!(item["reason"], "NeverRuns");
        assert_eq!(item["findings"][0]["id"], "endless-schedule", "{item}");
        assert_eq!(item["findings"][0]["path"], "spec.startingDeadlineSeconds");
    }
    // It overflows, which is no reason to end.
    let most = "  schedule: \"0 * * * *\"\n  startingDeadlineSeconds: -9223372036854775807\n";
    let (item, code) = item(&live(most, "{}"), "2026-01-01T11:00:00Z");
    assert_eq!(code, Some(0), "{item}");
}

#[test]
fn of_the_runs_of_a_minute_only_the_first_starts() {
    let text = cron("  schedule: \"@every 30s\"\n");
    let (item, _) = item(&text, "2026-01-01T10:00:10Z");
    let runs = json!([
        "2026-01-01T10:00:40Z",
        "2026-01-01T10:01:10Z",
        "2026-01-01T10:02:10Z",
        "2026-01-01T10:03:10Z",
        "2026-01-01T10:04:10Z",
    ]);
    assert_eq!(item["nextRuns"], runs);
    let advice = item["advice"][0].as_str().unwrap();
    assert!(advice.contains("named by the minute"), "{advice}");
}

#[test]
fn a_job_of_a_cron_job_stays_as_long_as_its_history_does() {
    let limit = |text: &str| {
        let (item, _) = item(text, "2026-01-01T10:00:10Z");
        let limits = item["limits"].as_array().unwrap().clone();
        limits.last().unwrap().clone()
    };
    let found = limit(&cron("  schedule: \"@hourly\"\n"));
    assert_eq!(found["kind"], "timeToLive");
    assert_eq!(
        found["message"],
        "stays as long as it is among the last 3 that succeeded and the last 1 that failed"
    );
    assert_eq!(found["path"], "spec.successfulJobsHistoryLimit");
    let found = limit(&cron(
        "  schedule: \"@hourly\"\n  successfulJobsHistoryLimit: 7\n",
    ));
    let message = found["message"].as_str().unwrap();
    assert!(message.contains("the last 7 that"), "{message}");
    // Its Job is explained by itself.
    let home = Home::with(&[("job.yaml", &run_job("nightly-1", "{active: 1}"))]);
    let run = home.run(&["explain-job", "-f", "job.yaml", "--offline"]);
    let text = run.stdout.replace('\n', " ");
    assert!(
        text.contains("the history limits of cronjob/nightly"),
        "{run:?}"
    );
}

#[test]
fn a_suspended_cron_job_shows_the_runs_that_it_would_have() {
    let text = live("  schedule: \"0 * * * *\"\n  suspend: true\n", "{}");
    let (item, _) = item(&text, "2026-01-01T10:10:00Z");
    assert_eq!(item["reason"], "Suspended");
    assert_eq!(item["verdict"], "unknown");
    assert_eq!(item["nextRuns"][0], "2026-01-01T11:00:00Z");
}

#[test]
fn a_last_run_that_failed_is_told() {
    let text = live(
        "  schedule: \"0 * * * *\"\n",
        "{lastScheduleTime: \"2026-01-01T10:00:00Z\"}",
    ) + &run_job(
        "nightly-1",
        "{startTime: \"2026-01-01T10:00:00Z\", failed: 2, conditions: [{type: Failed, status: \"True\", reason: BackoffLimitExceeded, lastTransitionTime: \"2026-01-01T10:01:30Z\"}]}",
    );
    let (item, _) = item(&text, "2026-01-01T10:10:00Z");
    assert_eq!(item["verdict"], "unknown");
    let summary = item["summary"].as_str().unwrap();
    assert!(
        summary.contains("job/nightly-1, failed (BackoffLimitExceeded)"),
        "{summary}"
    );
    let text = offline(&text, "2026-01-01T10:10:00Z", &[]).stdout;
    assert!(text.contains("10m ago   1m30s"), "{text}");
}

#[test]
fn a_run_under_assumptions_is_that_of_one_job() {
    let text = cron("  schedule: \"0 * * * *\"\n");
    let run = offline(
        &text,
        "2026-01-01T00:00:00Z",
        &["--fails", "1@5s", "-o", "json"],
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let forecast = &report["items"][0]["forecast"];
    assert_eq!(forecast["reason"], "BackoffLimitExceeded");
    assert_eq!(forecast["pods"], 2);
}
