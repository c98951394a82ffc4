//! Limits of time: whatever is silent, the wait ends.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{JOB, LIST, UID, WATCH, complete, finished, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::{Home, Run};

const PODS: &str = "GET /api/v1/namespaces/default/pods?limit";

#[test]
fn the_time_out_covers_the_question_what_there_is() {
    let server = ApiServer::bare().on("GET /", Answer::silent());
    let began = Instant::now();
    let args = ["wait", "certificate/web", "--timeout", "2s"];
    let run = Home::new().run_on(&server, &[&args[..], &["--for=condition=Ready"]].concat());
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(6));
    assert!(run.stderr.contains("error: timed out"), "{run:?}");
}

#[test]
fn names_are_not_counted() {
    let server = ApiServer::new().on(LIST, running(1));
    let run = wait(&server, &["--expect", "3"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(
        run.stderr
            .contains("`--expect` requires `-l`, `--field-selector` or `--all`"),
        "{run:?}"
    );
    assert!(server.asked().is_empty());
}

/// A Pod of the Job, whose container has failed.
fn failed_pod(name: &str, owner: &str, code: u32) -> Value {
    json!({
        "metadata": {"name": name, "uid": name, "ownerReferences": [{"controller": true, "kind": "Job", "uid": owner}]},
        "spec": {"restartPolicy": "Never"},
        "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "state": {"terminated": {"exitCode": code}}}]},
    })
}

/// Returns the output of `--logs=failed` for this many Pods, of which the log of the first is
/// served.
fn logs_of_failed(count: u32, silent: Answer) -> (Run, Duration) {
    let pods = (0..count).map(|n| failed_pod(&format!("p{n}"), UID, 3));
    let server = ApiServer::new()
        .on(
            "GET /api/v1/namespaces/default/pods/p0/log",
            Answer::text(200, "good\n"),
        )
        .on("GET /api/v1/namespaces/default/pods/p", silent)
        .on(PODS, list(1, &pods.collect::<Vec<Value>>()))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &[complete(1)]));
    let began = Instant::now();
    let run = wait(&server, &["--logs=failed"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(run.stdout.starts_with("[p0/c] good\n"), "{run:?}");
    let said = "warning: the log of p1/c cannot be read to the end: no data for 5 s";
    assert!(run.stderr.contains(said), "{run:?}");
    (run, began.elapsed())
}

#[test]
fn a_kubelet_that_is_silent_does_not_hold_up_the_end() {
    let (run, took) = logs_of_failed(2, Answer::raw_watch(&["one line\n"], Then::Hold));
    assert!(run.stdout.ends_with("[p1/c] one line\n"), "{run:?}");
    assert!(took < Duration::from_secs(9), "{took:?}");
    let (run, took) = logs_of_failed(9, Answer::silent());
    assert!(took < Duration::from_secs(35), "{took:?}");
    assert!(
        run.stderr
            .contains("warning: the logs of 2 more containers are not read"),
        "{run:?}"
    );
}

/// The last lines of all of them are asked for at the same time.
#[test]
fn two_hundred_ends_on_a_dead_node_are_reported_in_time() {
    let named = |n: u32| {
        let mut job = job(n + 1, &finished("Failed", "BackoffLimitExceeded"));
        job["metadata"]["name"] = format!("j{n}").into();
        job["metadata"]["uid"] = format!("u{n}").into();
        job
    };
    let jobs: Vec<Value> = (0..200).map(named).collect();
    let pods: Vec<Value> = (0..200)
        .map(|n| failed_pod(&format!("p{n}"), &format!("u{n}"), 3))
        .collect();
    let server = ApiServer::new()
        .on("GET /api/v1/namespaces/default/pods/p", Answer::silent())
        .on(
            PODS,
            Answer::json(&json!({"metadata": {"resourceVersion": "1"}, "items": pods})),
        )
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(1, &jobs));
    let began = Instant::now();
    let args = ["wait", "jobs", "--all", "-n", "default", "--timeout", "4s"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(9));
    let told: Vec<&str> = run.stderr.lines().collect();
    assert_eq!(told.len(), 200, "{run:?}");
    assert!(told[0].starts_with("error: job/j0 failed: BackoffLimitExceeded: pod p0"));
    assert!(told[199].starts_with("error: job/j199 failed"), "{run:?}");
}

/// The program has written nothing, so that only its input can be blocked.
#[test]
fn a_timeout_while_a_file_does_not_open_names_input_and_output() {
    let home = Home::new();
    let made = home.program("mkfifo", &["config"]).status().unwrap();
    assert!(made.success());
    let args = ["wait", "pod/x", "--kubeconfig", "config", "--timeout", "1s"];
    let run = home.run(&args);
    assert_eq!(run.code, Some(124), "{run:?}");
    let last = run.stderr.lines().last().unwrap();
    assert!(last.contains("input or output may be blocked"), "{run:?}");
}

/// Requests before the wait are part of its time.
#[test]
fn the_time_out_covers_what_is_sent_before_the_wait() {
    const JOBS: &str = "POST /apis/batch/v1/namespaces/default/jobs";
    const PODS: &str = "POST /api/v1/namespaces/default/pods";
    let pod = crate::POD;
    let both = format!("{pod}---\n{JOB}");
    for (server, args, told) in [
        (
            ApiServer::bare().on("GET /", Answer::silent()),
            &["create", "-f", "f.yaml", "--wait"][..],
            "nothing was sent",
        ),
        (
            ApiServer::new().on(PODS, Answer::silent()),
            &["create", "-f", "f.yaml", "--wait"],
            "timed out: 0 of 2 objects created; outcome unknown: pod/web; not tried: job.batch/migrate",
        ),
        (
            ApiServer::new()
                .on(
                    PODS,
                    Answer::json(&json!({
                        "apiVersion": "v1", "kind": "Pod",
                        "metadata": {"name": "web", "namespace": "default", "uid": "u"},
                    })),
                )
                .on(JOBS, Answer::silent()),
            &["create", "-f", "f.yaml", "--wait"],
            "timed out: 1 of 2 objects created: pod/web; outcome unknown: job.batch/migrate",
        ),
        (
            ApiServer::new().on(
                "PATCH /api/v1/namespaces/default/pods",
                Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "99999"),
            ),
            &["apply", "-f", "f.yaml", "--wait"],
            "timed out: ",
        ),
        (
            ApiServer::new().on(PODS, Answer::silent()),
            &["create", "pod", "x", "--image", "i", "--attach"],
            "timed out: 0 of 1 objects created; outcome unknown: pod/x",
        ),
    ] {
        let home = Home::with(&[("f.yaml", &both)]);
        let began = Instant::now();
        let run = home.run_on(&server, &[args, &["--timeout", "1s"]].concat());
        assert_eq!(run.code, Some(124), "{args:?}: {run:?}");
        assert!(began.elapsed() < Duration::from_secs(10), "{args:?}");
        assert!(run.stderr.contains(told), "{args:?}: {run:?}");
    }
}
