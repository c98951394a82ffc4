//! Servers that compress each event of a watch by itself, as Kubernetes 1.37 can.

use serde_json::json;

use super::logs::{LOG, PODS, PODS_WATCH, line, pod};
use super::{LIST, WATCH, asked, complete, ends_well, event, job, list, running, wait};
use crate::apiserver::{Answer, ApiServer, Then};

#[test]
fn each_event_of_a_watch_is_read_at_once() {
    let events = [
        event("MODIFIED", &job(2, &json!({"active": 1}))),
        event("MODIFIED", &complete(3)),
    ];
    let server = ApiServer::new()
        .on(WATCH, Answer::watch(&events, Then::Hold).gzipped())
        .on(LIST, running(1));
    ends_well(&wait(&server, &["--timeout=20s"]));
    assert_eq!(asked(&server), (1, 1), "{:?}", server.asked());
}

#[test]
fn each_line_of_a_log_is_read_at_once() {
    let containers = json!([{"name": "c", "restartCount": 0, "state": {"running": {}}}]);
    let said = [line(1, "one"), line(2, "two"), line(3, "three")];
    let said: Vec<&str> = said.iter().map(String::as_str).collect();
    let server = ApiServer::new()
        .on(LOG, Answer::raw_watch(&said, Then::Hold).gzipped())
        .on(PODS_WATCH, Answer::watch(&[], Then::Hold))
        .on(PODS, list(1, &[pod(1, "Running", &containers)]))
        .on(WATCH, Answer::watch(&[], Then::Hold))
        .on(LIST, running(1));
    let run = wait(&server, &["--logs", "--timeout=3s"]);
    assert_eq!(run.code, Some(124), "{run:?}");
    for text in ["one", "two", "three"] {
        assert!(run.stdout.contains(text), "{run:?}");
    }
    let requests = server.requests();
    let logs: Vec<_> = requests
        .iter()
        .filter(|r| r.path.contains("/log?"))
        .collect();
    assert_eq!(logs.len(), 1, "{logs:?}");
    assert_eq!(logs[0].header("accept-encoding"), ["identity"]);
}
