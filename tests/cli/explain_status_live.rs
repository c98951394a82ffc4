//! `explain-status` of the cluster: logs, rights that lack, and the watch.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const PODS: &str = "/api/v1/namespaces/default/pods";
const EVENTS: &str = "GET /api/v1/namespaces/default/events";

fn pod(name: &str, state: &Value, phase: &str) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": name, "namespace": "default", "uid": format!("uid-{name}"),
            "resourceVersion": "1", "labels": {"app": "web"}},
        "spec": {"restartPolicy": "Never", "nodeName": "node-1",
            "containers": [{"name": "app", "image": "app:1"}]},
        "status": {"phase": phase, "containerStatuses": [{"name": "app", "ready": false,
            "restartCount": 0, "image": "app:1", "imageID": "", "state": state}]},
    })
}

fn failed(name: &str) -> Value {
    let state = json!({"terminated": {"exitCode": 3, "reason": "Error",
        "startedAt": "2026-11-29T10:00:00Z", "finishedAt": "2026-11-29T10:00:05Z"}});
    pod(name, &state, "Failed")
}

fn list(kind: &str, items: &[Value]) -> Value {
    json!({"kind": format!("{kind}List"), "apiVersion": "v1",
        "metadata": {"resourceVersion": "2"}, "items": items})
}

fn node() -> Value {
    json!({"apiVersion": "v1", "kind": "Node", "metadata": {"name": "node-1"},
        "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

fn server() -> ApiServer {
    ApiServer::new()
        .on("GET /api/v1/nodes/node-1", Answer::json(&node()))
        .on(EVENTS, Answer::json(&list("Event", &[])))
}

#[test]
fn the_log_of_the_failed_run_is_evidence() {
    let log = "DB_PASSWORD=hunter2 starting\npanic: no \u{1b}[31mdatabase\n";
    let server = server()
        .on(&format!("GET {PODS}/web/log"), Answer::bytes(log))
        .on(&format!("GET {PODS}/web"), Answer::json(&failed("web")));
    let run = Home::new().run_on(&server, &["explain-status", "web", "--tail", "2"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout
            .contains("log of app, its last lines:\n| DB_PASSWORD=*** starting\n| panic: no "),
        "{run:?}"
    );
    assert!(!run.stdout.contains('\u{1b}'), "{run:?}");
    let requests = server.requests();
    let mut paths = requests.iter().map(|request| request.path.as_str());
    let of_log = paths.find(|path| path.contains("/log")).unwrap_or_default();
    assert!(
        of_log.contains("tailLines=2") && !of_log.contains("previous"),
        "{of_log}"
    );

    let run = Home::new().run_on(&server, &["explain-status", "web", "-o", "json"]);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let lines = &report["items"][0]["containers"][0]["lastRun"]["log"];
    assert_eq!(lines[0], "DB_PASSWORD=*** starting", "{report}");
}

#[test]
fn without_tail_no_log_is_read() {
    let server = server().on(&format!("GET {PODS}/web"), Answer::json(&failed("web")));
    let run = Home::new().run_on(&server, &["explain-status", "web", "--tail=0"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let asked = server.asked();
    assert!(!asked.iter().any(|line| line.contains("/log")), "{asked:?}");
    assert!(!run.stdout.contains("log of"), "{run:?}");
}

#[test]
fn rights_that_lack_are_said_and_the_rest_is_explained() {
    let refusal = || Answer::refusal(403, "Forbidden", "not allowed");
    let server = ApiServer::new()
        .on("GET /api/v1/nodes", refusal())
        .on(EVENTS, refusal())
        .on(&format!("GET {PODS}/web/log"), refusal())
        .on(&format!("GET {PODS}/web"), Answer::json(&failed("web")));
    let run = Home::new().run_on(&server, &["explain-status", "web"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    let text = run.stdout.replace('\n', " ");
    for words in [
        "ends with exit code 3",
        "events unknown: not allowed to list them",
        "log of app: not read: ",
    ] {
        assert!(text.contains(words), "{words}: {run:?}");
    }
}

#[test]
fn the_events_of_many_pods_are_read_at_once() {
    let pods: Vec<Value> = (0..40).map(|n| failed(&format!("web-{n}"))).collect();
    let server = server().on(&format!("GET {PODS}"), Answer::json(&list("Pod", &pods)));
    let run = Home::new().run_on(&server, &["explain-status", "-l", "app=web"]);
    assert_eq!(run.code, Some(1), "{run:?}");
    assert!(
        run.stdout
            .contains("40 Pods: exits-with-error: container app ends with exit code 3"),
        "{run:?}"
    );
    let asked = server.asked();
    assert!(asked.len() <= 5, "{asked:?}");
}

#[test]
fn a_target_that_does_not_exist_is_code_4() {
    let server = server().on(
        &format!("GET {PODS}/web"),
        Answer::refusal(404, "NotFound", "pods \"web\" not found"),
    );
    let run = Home::new().run_on(&server, &["explain-status", "web"]);
    assert_eq!(run.code, Some(4), "{run:?}");
}

#[test]
fn a_watch_prints_each_state_once_and_ends_with_the_last() {
    let running = pod(
        "web",
        &json!({"running": {"startedAt": "2026-11-29T10:00:00Z"}}),
        "Running",
    );
    let path = format!("GET {PODS}/web");
    let server = server()
        .once(&path, Answer::json(&running))
        .once(&path, Answer::json(&running))
        .on(&path, Answer::json(&failed("web")));
    let args = ["explain-status", "web", "--watch", "--tail=0"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(1), "{run:?}");
    let lines: Vec<&str> = run.stdout.lines().collect();
    assert_eq!(lines.len(), 2, "{run:?}");
    assert!(lines[0].contains("Z pod/web runs"), "{run:?}");
    assert!(lines[1].contains("pod/web has failed"), "{run:?}");
}

#[test]
fn a_watch_ends_with_code_4_when_the_target_is_deleted() {
    let running = pod(
        "web",
        &json!({"running": {"startedAt": "2026-11-29T10:00:00Z"}}),
        "Running",
    );
    let path = format!("GET {PODS}/web");
    let gone = Answer::refusal(404, "NotFound", "pods \"web\" not found");
    let server = server().once(&path, Answer::json(&running)).on(&path, gone);
    let args = ["explain-status", "web", "--watch", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(4), "{run:?}");
    let line: Value = serde_json::from_str(run.stdout.trim()).unwrap_or_else(|_| panic!("{run:?}"));
    assert_eq!(line["target"]["name"], "web");
    assert!(line["time"].is_string(), "{line}");
}

#[test]
fn all_namespaces_need_no_selector() {
    let pods = [failed("a"), failed("b")];
    for words in [&["-A"][..], &["pods", "-A"]] {
        let server = server().on("GET /api/v1/pods", Answer::json(&list("Pod", &pods)));
        let mut args = vec!["explain-status"];
        args.extend(words);
        let run = Home::new().run_on(&server, &args);
        assert_eq!(run.code, Some(1), "{run:?}");
        assert!(run.stdout.starts_with("2 targets: 2 not well"), "{run:?}");
    }
}
