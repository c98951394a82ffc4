//! Several targets, by selector, by file and by name.

use serde_json::{Value, json};

use super::{LIST, WATCH, asked, complete, event, job, list};
use crate::apiserver::{Answer, ApiServer, Then};
use crate::support::Home;

#[test]
fn five_hundred_targets_share_one_list_and_one_watch() {
    let named = |index: u32, done: bool| {
        let mut job = if done {
            complete(index)
        } else {
            job(index, &json!({}))
        };
        job["metadata"]["name"] = format!("j{index}").into();
        job["metadata"]["uid"] = format!("u{index}").into();
        job
    };
    let jobs: Vec<Value> = (0..500).map(|index| named(index, false)).collect();
    let ends: Vec<Value> = (0..500)
        .map(|index| event("MODIFIED", &named(index, true)))
        .collect();
    let lines: Vec<String> = ends.iter().map(ToString::to_string).collect();
    let text = lines.join("\n") + "\n";
    let server = ApiServer::new()
        .on(WATCH, Answer::raw_watch(&[text.as_str()], Then::Hold))
        .on(LIST, list(1, &jobs));
    let run = Home::new().run_on(
        &server,
        &[
            "wait", "jobs", "-l", "a=b", "-n", "default", "-q", "-o", "name",
        ],
    );
    assert_eq!(
        (run.code, run.stdout.lines().count()),
        (Some(0), 500),
        "{}",
        run.stderr
    );
    assert_eq!(asked(&server), (1, 1));
}

#[test]
fn a_target_that_no_longer_matches_is_looked_up_once_by_its_name() {
    let gone = event("DELETED", &job(2, &json!({"active": 2})));
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[gone], Then::Hold))
        .once(LIST, list(1, &[job(1, &json!({"active": 2}))]))
        .on(LIST, list(2, &[complete(2)]));
    let run = Home::new().run_on(&server, &["wait", "jobs", "-l", "a=b", "-n", "default"]);
    assert_eq!(run.code, Some(0), "{run:?}");
    let requests = server.requests();
    let looks: Vec<_> = requests
        .iter()
        .filter(|r| r.path.contains("/jobs?") && r.path.contains("metadata.name%3Dmigrate"))
        .collect();
    assert_eq!(looks.len(), 1, "{requests:#?}");
    assert!(!looks[0].path.contains("labelSelector"), "{looks:?}");
}

#[test]
fn a_set_that_is_to_go_is_that_of_the_first_list_and_may_be_empty() {
    let arguments = [
        "wait",
        "jobs",
        "-l",
        "a=b",
        "--for=deleted",
        "-n",
        "default",
    ];
    let empty = ApiServer::new().on(LIST, list(1, &[]));
    let run = Home::new().run_on(&empty, &arguments);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("match"), "{run:?}");

    let mut another = job(2, &json!({}));
    another["metadata"]["name"] = "another".into();
    another["metadata"]["uid"] = "u".into();
    let mut going = job(3, &json!({"active": 2}));
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    let events = [event("ADDED", &another), event("DELETED", &going)];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[job(1, &json!({"active": 2}))]));
    let run = Home::new().run_on(&server, &arguments);
    assert_eq!(run.code, Some(0), "{run:?}");
    assert!(!run.stderr.contains("another"), "{run:?}");
}

#[test]
fn a_target_that_left_its_set_with_a_finalizer_is_not_deleted() {
    let mut going = job(2, &json!({"active": 2}));
    going["metadata"]["deletionTimestamp"] = "2026-01-01T00:00:00Z".into();
    going["metadata"]["finalizers"] = json!(["example.com/archive"]);
    let events = [event("MODIFIED", &going), event("DELETED", &going)];
    let server = || {
        let events = events.clone();
        ApiServer::new()
            .answering(WATCH, move |request| {
                if request.path.contains("metadata.name%3Dmigrate") {
                    Answer::watch(&[], Then::Hold)
                } else {
                    Answer::watch(&events, Then::Hold)
                }
            })
            .once(LIST, list(1, &[job(1, &json!({"active": 2}))]))
            .on(LIST, list(2, &[going.clone()]))
    };
    let arguments = ["wait", "jobs", "-l", "a=b", "-n", "default", "--timeout=2s"];
    let run = Home::new().run_on(&server(), &[&arguments[..], &["--for=deleted"]].concat());
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(
        run.stderr
            .contains("blocked by finalizers: example.com/archive"),
        "{run:?}"
    );
    let run = Home::new().run_on(&server(), &arguments);
    assert!(!run.stderr.contains("was deleted while waiting"), "{run:?}");
}
