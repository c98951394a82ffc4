//! Waits without the right to watch or to list.

use serde_json::json;

use super::{LIST, ONE, WATCH, asked, bookmark, complete, ends_well, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Then};

#[test]
fn without_the_right_to_watch_the_targets_are_polled() {
    let forbidden = Answer::refusal(403, "Forbidden", "cannot watch resource \"jobs\"");
    let server = ApiServer::new()
        .on(WATCH, forbidden)
        .once(LIST, running(1))
        .once(LIST, running(2))
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(
        run.stderr
            .contains("watching jobs.batch is not allowed: polling every 2 s instead"),
        "{run:?}"
    );
    assert_eq!(asked(&server), (3, 1));
}

#[test]
fn without_the_right_to_list_each_object_is_polled() {
    let forbidden = Answer::refusal(403, "Forbidden", "cannot list resource \"jobs\"");
    let server = ApiServer::new()
        .on(LIST, forbidden.clone())
        .once(ONE, Answer::json(&job(1, &json!({}))))
        .on(ONE, Answer::json(&complete(9)));
    ends_well(&wait(&server, &[]));
    let nothing = ApiServer::new()
        .on(LIST, forbidden.clone())
        .on(ONE, forbidden);
    let run = wait(&nothing, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    assert!(
        run.stderr
            .contains("error: not allowed to get jobs.batch \"migrate\""),
        "{run:?}"
    );
}

/// An API server that has just started refuses what its roles allow until it has
/// read them.
#[test]
fn a_refusal_of_an_earlier_right_is_retried() {
    let forbidden = || Answer::refusal(403, "Forbidden", "jobs.batch is forbidden");
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[bookmark(2)], Then::End))
        .once(WATCH, forbidden())
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .once(LIST, running(1))
        .once(LIST, forbidden())
        .once(LIST, forbidden())
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(!run.stderr.contains("polling every"), "{run:?}");
}

#[test]
fn poll_watches_nothing() {
    let server = ApiServer::new()
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &["--poll", "200ms"]));
    assert_eq!(asked(&server), (2, 0));
}

#[test]
fn a_poll_without_a_pause_is_refused() {
    let server = ApiServer::new();
    let run = wait(&server, &["--poll", "0"]);
    assert_eq!(run.code, Some(2), "{run:?}");
    assert!(run.stderr.contains("--poll 2s"), "{run:?}");
}
