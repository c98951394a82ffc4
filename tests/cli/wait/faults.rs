//! A server that behaves badly: nothing is missed, and nothing spins.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::{
    LIST, WATCH, asked, bookmark, complete, ends_well, event, job, list, running, too_old, wait,
};
use crate::apiserver::{Answer, ApiServer, Then};

#[test]
fn an_end_in_a_gap_between_two_watches_is_not_missed() {
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[too_old()], Then::Hold))
        .once(
            WATCH,
            Answer::refusal(410, "Expired", "too old resource version"),
        )
        .once(LIST, running(1))
        .once(LIST, running(3))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
    // One more watch may begin before the end has gone through.
    let (lists, watches) = asked(&server);
    assert!(lists == 3 && watches <= 3, "{lists} {watches}");
}

#[test]
fn a_deletion_in_a_gap_is_found_by_the_next_list() {
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[bookmark(2), too_old()], Then::Hold))
        .once(LIST, running(1))
        .on(LIST, list(9, &[]));
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn a_server_that_always_says_410_is_not_asked_without_end() {
    let server = ApiServer::new()
        .on(
            WATCH,
            Answer::refusal(410, "Expired", "too old resource version"),
        )
        .on(LIST, running(1));
    let run = wait(&server, &["--timeout", "6s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    let (lists, watches) = asked(&server);
    assert!(
        (2..12).contains(&lists) && watches <= lists,
        "{lists} {watches}"
    );
}

#[test]
fn a_watch_that_is_closed_every_time_misses_nothing_and_does_not_spin() {
    let server = ApiServer::new()
        .once(WATCH, Answer::watch(&[bookmark(2)], Then::End))
        .once(WATCH, Answer::watch(&[], Then::End))
        .once(
            WATCH,
            Answer::watch(
                &[event("MODIFIED", &job(3, &json!({"succeeded": 1})))],
                Then::End,
            ),
        )
        .once(WATCH, Answer::watch(&[], Then::End))
        .once(
            WATCH,
            Answer::watch(&[event("MODIFIED", &complete(4))], Then::End),
        )
        .on(LIST, running(1));
    ends_well(&wait(&server, &[]));
    let versions: Vec<String> = server
        .requests()
        .iter()
        .filter(|r| r.path.contains("jobs?watch=1"))
        .map(|r| {
            r.path
                .split("resourceVersion=")
                .nth(1)
                .unwrap()
                .split('&')
                .next()
                .unwrap()
                .to_owned()
        })
        .collect();
    assert_eq!(
        versions,
        ["1", "2", "2", "3", "3"],
        "each goes on where the last one ended"
    );
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&[], Then::End))
        .on(LIST, running(1));
    assert_eq!(wait(&server, &["--timeout", "5s"]).code, Some(124));
    let (lists, watches) = asked(&server);
    assert!(
        lists == 1 && (2..12).contains(&watches),
        "{lists} {watches}"
    );
}

#[test]
fn bookmarks_alone_are_no_reason_to_end_or_to_ask() {
    let bookmarks: Vec<Value> = (2..40).map(bookmark).collect();
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&bookmarks, Then::Hold))
        .on(LIST, running(1));
    assert_eq!(wait(&server, &["--timeout", "3s"]).code, Some(124));
    assert_eq!(asked(&server), (1, 1));
}

#[test]
fn half_a_line_of_json_is_looked_at_again() {
    let half = Answer::raw_watch(&["{\"type\": \"MODIFIED\", \"obj"], Then::End);
    let server = ApiServer::new()
        .once(WATCH, half)
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
    let half = list(1, &[complete(1)]).half();
    let server = ApiServer::new()
        .once(LIST, half)
        .on(LIST, list(9, &[complete(9)]));
    ends_well(&wait(&server, &[]));
}

#[test]
fn a_server_that_is_unavailable_for_a_while_is_waited_for() {
    let unwell = || Answer::refusal(500, "InternalError", "etcd leader changed");
    let later = Answer::refusal(429, "TooManyRequests", "later").header("retry-after", "1");
    let server = ApiServer::new()
        .once(WATCH, unwell())
        .once(WATCH, later.clone())
        .once(LIST, later)
        .once(LIST, unwell())
        .once(LIST, Answer::closed())
        .once(LIST, running(1))
        .once(LIST, unwell())
        .once(LIST, running(1))
        .on(LIST, list(9, &[complete(9)]));
    let run = wait(&server, &[]);
    ends_well(&run);
    assert!(
        run.stderr.contains("etcd leader changed; trying again"),
        "{run:?}"
    );
    assert!(
        run.stderr.contains("connection to the server restored"),
        "{run:?}"
    );
}

#[test]
fn a_server_that_is_unavailable_from_the_start_is_exit_code_3() {
    let server = ApiServer::new().on(LIST, Answer::refusal(500, "InternalError", "no etcd"));
    let run = wait(&server, &[]);
    assert_eq!(run.code, Some(3), "{run:?}");
    let (lists, _) = asked(&server);
    assert!((2..10).contains(&lists), "{lists}");
}

#[test]
fn a_silent_server_does_not_outlast_the_time_out() {
    let server = ApiServer::new().on(LIST, Answer::silent());
    let began = Instant::now();
    let run = wait(&server, &["--timeout", "2s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    assert!(began.elapsed() < Duration::from_secs(10));
    let server = ApiServer::new().on(LIST, Answer::silent());
    assert_eq!(wait(&server, &["--request-timeout", "1s"]).code, Some(3));
}

#[test]
fn a_version_that_decreases_does_not_end_the_wait() {
    let events = [
        event("MODIFIED", &job(90, &json!({"succeeded": 1}))),
        event("MODIFIED", &job(5, &json!({"active": 2}))),
        event("MODIFIED", &complete(7)),
    ];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, running(80));
    ends_well(&wait(&server, &[]));
}

#[test]
fn objects_of_ten_megabytes_go_through() {
    let large = |mut job: Value| {
        job["metadata"]["annotations"] = json!({"large": "x".repeat(10 << 20)});
        job
    };
    let events = [
        event("MODIFIED", &large(job(2, &json!({"active": 1})))),
        event("MODIFIED", &large(complete(3))),
    ];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold))
        .on(LIST, list(1, &[large(job(1, &json!({})))]));
    ends_well(&wait(&server, &[]));
}
