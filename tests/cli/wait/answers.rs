//! Answers of which nothing is concluded: without a uid, with one name twice.

use serde_json::{Value, json};

use super::{JOB, LIST, WATCH, create, event, job, list, wait};
use crate::apiserver::{Answer, ApiServer, Then};

fn without_uid(version: u32) -> Value {
    let mut job = job(version, &json!({"active": 2}));
    job["metadata"]["uid"] = Value::Null;
    job
}

#[test]
fn an_object_without_a_uid_is_not_another_object() {
    let running = || list(1, &[job(1, &json!({"active": 2}))]);
    for condition in ["--for=deleted", "--for=done"] {
        let watched = event("MODIFIED", &without_uid(2));
        let server = ApiServer::new()
            .on(WATCH, Answer::watch(&[watched], Then::Hold))
            .on(LIST, running());
        let run = wait(&server, &[condition, "--timeout=2s"]);
        assert_eq!(run.code, Some(124), "{condition}: {run:?}");
        let server = ApiServer::new().on(LIST, list(1, &[without_uid(1)]));
        let run = wait(&server, &[condition, "--timeout=2s"]);
        assert_eq!(run.code, Some(3), "{condition}: {run:?}");
        assert!(
            run.stderr.contains("the Job \"migrate\" has no uid"),
            "{run:?}"
        );
    }
}

#[test]
fn a_list_with_a_duplicate_name_proves_nothing() {
    let mut another = job(1, &json!({"active": 2}));
    another["metadata"]["uid"] = "another".into();
    for condition in ["--for=deleted", "--for=done"] {
        let jobs = [job(1, &json!({"active": 2})), another.clone()];
        let server = ApiServer::new().on(LIST, list(1, &jobs));
        let run = wait(&server, &[condition, "--timeout=2s"]);
        assert_eq!(run.code, Some(3), "{condition}: {run:?}");
        assert!(
            run.stderr
                .contains("the list has the Job \"migrate\" twice"),
            "{run:?}"
        );
    }
}

const CREATE: &str = "POST /apis/batch/v1/namespaces/default/jobs";

/// The Job as it is stored, but for what the server leaves out.
fn stored(leave_out: &str) -> Answer {
    let mut job = job(1, &json!({}));
    job["metadata"][leave_out] = Value::Null;
    assert!(JOB.contains("completions: 2"));
    Answer::json(&job)
}

#[test]
fn a_created_object_is_waited_for_in_its_namespace() {
    let server = ApiServer::new()
        .on(CREATE, stored("namespace"))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[super::complete(9)]));
    let run = create(&server, &[]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let elsewhere = |path: &String| path.contains("namespaces//");
    assert!(
        !server.asked().iter().any(elsewhere),
        "{:?}",
        server.asked()
    );
}

#[test]
fn an_object_stored_without_a_uid_is_not_known_to_be_ours() {
    let server = ApiServer::new()
        .on(CREATE, stored("uid"))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, list(9, &[super::complete(9)]));
    let run = create(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(run.stderr.contains("has no uid"), "{run:?}");
}
