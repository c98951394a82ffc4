//! Flags that say what for, for how long, and what counts.

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use snapbox::{assert_data_eq, str};

use super::{LIST, UID, WATCH, bookmark, complete, event, finished, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::support::Home;

const PODS: &str = "GET /api/v1/namespaces/default/pods?";

fn hold() -> Answer {
    Answer::watch(&[], Then::Hold)
}

/// The Job runs, and then becomes this.
fn becoming(status: &Value) -> ApiServer {
    let events = [bookmark(2), event("MODIFIED", &job(3, status))];
    ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, running(1))
}

#[test]
fn any_of_several_conditions_is_enough() {
    let failed = finished("Failed", "DeadlineExceeded");
    for more in [&[][..], &["--any"]] {
        let args = [&["--for=complete", "--for=failed"], more].concat();
        let run = wait(&becoming(&failed), &args);
        assert_eq!(run.code, Some(0), "{run:?}");
        assert!(
            run.stderr
                .ends_with("job/migrate: condition met: DeadlineExceeded: said so\n"),
            "{run:?}"
        );
    }
    let both = wait(&ApiServer::new(), &["--any", "--all-of"]);
    assert_eq!(both.code, Some(2), "{both:?}");
}

#[test]
fn all_of_several_conditions_hold_at_the_same_time() {
    let two = [
        "--all-of",
        "--for=jsonpath={.status.ready}=2",
        "--for=condition=Suspended=False",
    ];
    let both = json!({"ready": 2, "conditions": [{"type": "Suspended", "status": "False"}]});
    let run = wait(&becoming(&both), &two);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = wait(
        &becoming(&json!({"ready": 2})),
        &[&two[..], &["--timeout=1s"]].concat(),
    );
    assert_eq!(run.code, Some(124), "{run:?}");
    // One that can never be spoils all.
    let run = wait(
        &becoming(&finished("Failed", "R")),
        &["--all-of", "--for=complete", "--for=created"],
    );
    assert_eq!(run.code, Some(1), "{run:?}");
}

#[test]
fn a_negative_timeout_is_unlimited_and_no_timeout_is_noted() {
    let done = finished("Complete", "R");
    let run = wait(&becoming(&done), &["--timeout=-1s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("without a limit"), "{run:?}");
    let run = wait(&becoming(&done), &["--timeout", "-1s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = wait(&becoming(&done), &[]);
    assert!(
        run.stderr
            .starts_with("no timeout set; waiting indefinitely (use `--timeout`)\n"),
        "{run:?}"
    );
    let wrong = wait(&becoming(&done), &["--timeout=soon"]);
    assert_eq!(wrong.code, Some(2), "{wrong:?}");
}

#[test]
fn flags_that_contradict_each_other_are_wrong_usage() {
    let server = ApiServer::new();
    for (flags, message) in [
        (
            &["--follow-recreate", "--for=deleted"][..],
            "error: cannot combine `--follow-recreate` with `--for=deleted`\n",
        ),
        (
            &["-f", "x.yaml", "--expect=2"],
            "error: cannot combine `--expect` with `-f`\n",
        ),
        (
            &["pod"],
            "error: expected NAME or TYPE/NAME, found the type `pod`\n",
        ),
    ] {
        let run = wait(&server, flags);
        assert_eq!(run.code, Some(2), "{run:?}");
        assert!(run.stderr.starts_with(message), "{run:?}");
    }
    assert!(server.asked().is_empty());
}

#[test]
fn a_server_that_does_not_answer_is_reported_once() {
    let home = Home::new();
    let run = home.run(&["wait", "job/x", "-s", "http://127.0.0.1:1", "-o", "name"]);
    let warning = "warning: the server http://127.0.0.1:1/ cannot be reached: connection refused";
    let error = warning.replace("warning", "error");
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.starts_with(warning), "{run:?}");
    assert_eq!(run.stderr.matches(&error).count(), 1, "{run:?}");
    assert_eq!(run.stderr.lines().count(), 3, "{run:?}");
    // A target that is not known to have succeeded is not printed.
    assert_eq!(run.stdout, "", "{run:?}");
    let run = home.run(&["wait", "job/x"]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.starts_with("error: "), "{run:?}");
}

#[test]
fn wait_for_creation_waits_for_missing_targets() {
    let server = || {
        ApiServer::new()
            .on(
                WATCH,
                Answer::watch(&[bookmark(2), event("ADDED", &complete(3))], Then::Hold),
            )
            .on(LIST, list(1, &[]))
    };
    for (flag, code) in [
        ("--wait-for-creation=20s", 0),
        ("--quiet", 0),
        ("--wait-for-creation", 0),
        ("--wait-for-creation=true", 0),
        ("--for=created", 0),
        ("--wait-for-creation=false", 4),
    ] {
        let run = wait(&server(), &[flag, "--timeout=20s"]);
        assert_eq!(run.code, Some(code), "{flag} {run:?}");
    }
}

#[test]
fn the_expected_number_of_targets_has_to_exist() {
    let second = {
        let mut job = complete(3);
        job["metadata"]["name"] = "second".into();
        job["metadata"]["uid"] = "second".into();
        job
    };
    let server = || {
        ApiServer::new()
            .on(
                WATCH,
                Answer::watch(&[bookmark(2), event("ADDED", &second)], Then::Hold),
            )
            .on(LIST, list(1, &[complete(1)]))
    };
    let args = |expect, limit| {
        [
            "wait",
            "jobs",
            "--all",
            "-n",
            "default",
            "-q",
            "-o",
            "name",
            "--timeout",
            limit,
            "--expect",
            expect,
        ]
    };
    let run = Home::new().run_on(&server(), &args("2", "30s"));
    assert_eq!(
        (run.code, run.stdout.as_str()),
        (Some(0), "job.batch/migrate\njob.batch/second\n"),
        "{run:?}"
    );
    let run = Home::new().run_on(&server(), &args("3", "2s"));
    assert_eq!(run.code, Some(124), "{run:?}");
    assert_eq!(run.stderr, "error: timed out: found 2 of 3 jobs.batch\n");
}

/// A Pod whose image cannot be pulled.
fn stuck() -> ApiServer {
    let waiting = json!({"name": "c", "state": {"waiting": {"reason": "InvalidImageName", "message": "no such image"}}});
    let pod = json!({
        "metadata": {"name": "migrate-x", "uid": "p", "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Pending", "containerStatuses": [waiting]},
    });
    ApiServer::new()
        .on(&PODS.replace('?', "?watch=1"), hold())
        .on(PODS, list(1, &[pod]))
        .on(WATCH, hold())
        .on(LIST, running(1))
}

#[test]
fn a_stuck_target_ends_the_wait_unless_fail_fast_is_false() {
    let run = wait(&stuck(), &["--timeout=20s"]);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(
        run.stderr.ends_with("error: job/migrate is stuck: InvalidImageName: pod migrate-x, container c: no such image\n"),
        "{run:?}"
    );
    for flags in [
        ["--fail-fast=false", "--timeout=1s"],
        ["--stuck-after=1h", "--timeout=1s"],
    ] {
        let run = wait(&stuck(), &flags);
        assert_eq!(run.code, Some(124), "{run:?}");
    }
    let began = Instant::now();
    let run = wait(&stuck(), &["--stuck-after=1s", "--timeout=20s"]);
    assert_eq!(run.code, Some(5), "{run:?}");
    assert!(began.elapsed() >= Duration::from_secs(1));
}

#[test]
fn a_new_object_of_the_same_name_is_followed_when_asked() {
    let mut new = complete(5);
    new["metadata"]["uid"] = "new".into();
    let events = [event("DELETED", &job(3, &json!({}))), event("ADDED", &new)];
    let server = || {
        ApiServer::new()
            .on(WATCH, Answer::watch(&events, Then::Hold))
            .on(LIST, running(1))
    };
    let run = wait(&server(), &["--follow-recreate", "--timeout=20s"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let run = wait(&server(), &["--timeout=20s"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn a_job_with_its_own_selector_has_its_pods_found_by_it() {
    let mut failed = job(1, &finished("Failed", "BackoffLimitExceeded"));
    failed["spec"]["manualSelector"] = true.into();
    failed["spec"]["selector"] = json!({"matchLabels": {"app": "mine"}});
    let pod = json!({
        "metadata": {"name": "odd", "uid": "p", "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": 9}}}]},
    });
    let others = json!({"metadata": {"name": "other", "uid": "o", "ownerReferences": [{"controller": true, "kind": "Job", "uid": "other"}]}, "status": {"phase": "Failed"}});
    let server = ApiServer::new()
        .answering(PODS, move |request| {
            let path = &request.path;
            if path.contains("watch=1") {
                hold()
            } else if path.ends_with("labelSelector=app%3Dmine") {
                list(1, &[pod.clone(), others.clone()])
            } else {
                list(1, &[])
            }
        })
        .on(WATCH, hold())
        .on(LIST, list(1, &[failed]));
    let run = wait(&server, &["-o", "json", "--timeout=20s"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stderr.contains("pod odd, container c exited 9"),
        "{run:?}"
    );
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(
        report["items"][0]["pods"].as_array().unwrap().len(),
        1,
        "{report}"
    );
}

#[test]
fn the_report_is_yaml_too_and_names_are_those_that_went_well() {
    let server = || {
        let mut failed = job(1, &finished("Failed", "R"));
        failed["metadata"]["name"] = "bad".into();
        failed["metadata"]["uid"] = "bad".into();
        ApiServer::new()
            .on(WATCH, hold())
            .on(PODS, list(1, &[]))
            .on(LIST, list(1, &[complete(1), failed]))
    };
    let args = [
        "wait",
        "job/migrate",
        "job/bad",
        "-n",
        "default",
        "--timeout=20s",
        "-o",
    ];
    let names = Home::new().run_on(&server(), &[&args[..], &["name"]].concat());
    assert_eq!(
        (names.code, names.stdout.as_str()),
        (Some(1), "job.batch/migrate\n"),
        "{names:?}"
    );
    let run = Home::new().run_on(&server(), &[&args[..], &["yaml"]].concat());
    assert_eq!(run.code, Some(1), "{run:?}");
    let stable: String = run
        .stdout
        .lines()
        .map(|line| match line.split_once("At: ") {
            Some((head, _)) => format!("{head}At: TIME\n"),
            None => format!("{line}\n"),
        })
        .collect();
    assert_data_eq!(
        stable,
        str![[r#"
apiVersion: pod-tools/v1alpha1
kind: WaitReport
items:
- target:
    kind: Job
    namespace: default
    name: migrate
    uid: 11111111-2222-3333-4444-555555555555
  verdict: ok
  findings: []
  outcome: succeeded
  reason: CompletionsReached
  message: said so
  startedAt: TIME
  finishedAt: TIME
  pods: []
- target:
    kind: Job
    namespace: default
    name: bad
    uid: bad
  verdict: "no"
  findings:
  - id: wait-failed
    severity: error
    message: "R: said so"
    path: ""
  outcome: failed
  reason: R
  message: said so
  startedAt: TIME
  finishedAt: TIME
  pods: []

"#]]
    );
}

#[test]
fn a_quiet_wait_prints_only_the_failure() {
    let run = wait(&becoming(&finished("Complete", "R")), &["-q"]);
    assert_eq!(
        (run.code, run.all().as_str()),
        (Some(0), "exit code 0\n"),
        "{run:?}"
    );
    let run = wait(&becoming(&finished("Failed", "R")), &["-q"]);
    assert_eq!(
        (run.code, run.stderr.as_str()),
        (Some(1), "error: job/migrate failed: R: said so\n"),
        "{run:?}"
    );
    // A gate that nobody opens: nothing more is said while nothing changes.
    let server = ApiServer::new()
        .on(WATCH, hold().then(&Gate::default(), &[]))
        .on(LIST, running(1));
    let run = wait(&server, &["-q", "--timeout=1s"]);
    assert_eq!(run.stderr.lines().count(), 1, "{run:?}");
}
