//! A Job's end and its Pods come by two streams: where the Pods are those of
//! before the end, it is looked at them once more.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{LIST, UID, WATCH, event, finished, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Gate, Then};
use crate::support::Run;

const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";
const PODS_WATCH: &str = "GET /api/v1/namespaces/default/pods?watch=1";

fn pod(phase: &str, state: &Value) -> Value {
    json!({
        "kind": "Pod",
        "metadata": {"name": "migrate-x", "uid": "p", "resourceVersion": "3", "ownerReferences": [{"controller": true, "kind": "Job", "uid": UID}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": phase, "containerStatuses": [{"name": "main", "state": state}]},
    })
}

fn runs() -> Value {
    pod("Running", &json!({"running": {}}))
}

fn ended(code: u32) -> Value {
    let phase = if code == 0 { "Succeeded" } else { "Failed" };
    pod(phase, &json!({"terminated": {"exitCode": code}}))
}

fn complete() -> Value {
    let mut status = finished("Complete", "CompletionsReached");
    status["succeeded"] = 1.into();
    job(9, &status)
}

/// The Job has ended when the Pods are looked at for the second time.
fn polled(before: &[Value], job: Value, after: &[Value]) -> ApiServer {
    ApiServer::new()
        .once(PODS, list(1, before))
        .on(PODS, list(9, after))
        .once(LIST, running(1))
        .on(LIST, list(9, &[job]))
}

#[test]
fn poll_lists_the_pods_after_the_end() {
    for before in [vec![runs()], vec![]] {
        let server = || polled(&before, complete(), &[ended(0)]);
        let run = wait(&server(), &["--poll", "1s", "--exit-code-from=main"]);
        assert_eq!(run.code, Some(0), "{run:?}");
        let run = wait(&server(), &["--poll", "1s", "-o", "json"]);
        let report: Value = serde_json::from_str(&run.stdout).unwrap();
        assert_eq!(report["items"][0]["pods"][0]["phase"], "Succeeded");
    }
}

#[test]
fn poll_names_the_failing_container_of_a_job() {
    let mut status = finished("Failed", "BackoffLimitExceeded");
    status["failed"] = 1.into();
    let failed = || job(9, &status);
    for before in [vec![runs()], vec![]] {
        let server = polled(&before, failed(), &[ended(3)]);
        let run = wait(&server, &["--poll", "1s"]);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stderr.contains("container main exited 3"), "{run:?}");
    }
}

#[test]
fn without_the_right_to_watch_pods_the_result_is_the_same() {
    let gate = Gate::default();
    let opened = gate.clone();
    let server = ApiServer::new()
        .once(PODS, list(1, &[runs()]))
        .on(PODS, list(9, &[ended(0)]))
        .answering(PODS_WATCH, move |_| {
            opened.open();
            Answer::refusal(403, "Forbidden", "cannot watch pods")
        })
        .on(
            WATCH,
            Answer::watch(&[], Then::Hold)
                .then(&gate, &[&format!("{}\n", event("MODIFIED", &complete()))]),
        )
        .on(LIST, running(1));
    let run = wait(&server, &["--exit-code-from=main"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

/// The watch of the Pods has just ended when the Job does.
#[test]
fn while_the_watch_of_pods_begins_again_it_is_the_same() {
    let gate = Gate::default();
    let opened = gate.clone();
    let server = ApiServer::new()
        .on(PODS, list(1, &[runs()]))
        .once(PODS_WATCH, Answer::watch(&[], Then::End))
        .once(PODS_WATCH, Answer::watch(&[], Then::End))
        .answering(PODS_WATCH, move |_| {
            opened.open();
            std::thread::sleep(Duration::from_millis(900));
            Answer::watch(&[event("MODIFIED", &ended(0))], Then::Hold)
        })
        .on(
            WATCH,
            Answer::watch(&[], Then::Hold)
                .then(&gate, &[&format!("{}\n", event("MODIFIED", &complete()))]),
        )
        .on(LIST, running(1));
    let run = wait(&server, &["--exit-code-from=main"]);
    assert_eq!(run.code, Some(0), "{run:?}");
}

#[test]
fn missing_pods_do_not_delay_the_end() {
    let timed = |more: &[&str]| -> (Run, Duration) {
        let server = polled(&[runs()], complete(), &[runs()]);
        let began = Instant::now();
        let run = wait(&server, &[&["--poll", "1s"], more].concat());
        (run, began.elapsed())
    };
    let (run, took) = timed(&["-o", "json"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(took < Duration::from_secs(9), "{took:?}");
    let (run, took) = timed(&[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(
        took < Duration::from_secs(3),
        "nobody asked for the Pods: {took:?}"
    );
}
