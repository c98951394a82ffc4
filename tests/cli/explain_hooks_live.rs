//! `explain-hooks` of a Pod in the cluster.

use serde_json::{Value, json};

use crate::apiserver::{Answer, ApiServer};
use crate::support::Home;

const UID: &str = "11111111-2222-3333-4444-555555555555";
const POD: &str = "GET /api/v1/namespaces/default/pods/web";
const EVENTS: &str = "GET /api/v1/namespaces/default/events";

/// A Pod whose deletion began at 10:00:00.
fn pod() -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": "web", "namespace": "default", "uid": UID, "resourceVersion": "1",
            "deletionTimestamp": "2026-11-29T10:00:30Z", "deletionGracePeriodSeconds": 30,
            "finalizers": ["example.com/hold"]},
        "spec": {"nodeName": "node-1", "terminationGracePeriodSeconds": 30,
            "containers": [{"name": "app", "image": "nginx",
                "lifecycle": {"stopSignal": "SIGQUIT", "preStop": {"exec": {"command": ["drain"]}}}}]},
        "status": {
            "phase": "Running",
            "containerStatuses": [{"name": "app", "ready": true, "restartCount": 0,
                "image": "nginx", "imageID": "",
                "state": {"running": {"startedAt": "2026-11-29T09:00:00Z"}}}],
        },
    })
}

fn events() -> Value {
    json!({"kind": "EventList", "apiVersion": "v1", "metadata": {"resourceVersion": "2"}, "items": [{
        "apiVersion": "v1", "kind": "Event",
        "metadata": {"name": "web.1", "namespace": "default", "uid": "1", "resourceVersion": "1"},
        "involvedObject": {"kind": "Pod", "name": "web", "namespace": "default", "uid": UID,
            "fieldPath": "spec.containers{app}"},
        "reason": "FailedPreStopHook", "message": "PreStopHook failed", "count": 1, "type": "Warning",
        "source": {"component": "kubelet"}, "lastTimestamp": "2026-11-29T10:00:01Z",
    }]})
}

#[test]
fn a_live_pod_shows_its_deletion_and_the_events_of_its_hooks() {
    let server = ApiServer::new()
        .on(POD, Answer::json(&pod()))
        .on(EVENTS, Answer::json(&events()));
    let args = ["explain-hooks", "web", "--now", "2026-11-29T10:05:00Z"];
    let run = Home::new().run_on(&server, &args);
    assert_eq!(run.code, Some(0), "{run:?}");
    let text = run.stdout.replace('\n', " ");
    for words in [
        "stopSignal: SIGQUIT",
        "Deleted 5m ago, at 2026-11-29T10:00:00Z",
        "its finalizers hold it: example.com/hold",
        "SIGQUIT instead",
        "FailedPreStopHook once, app, 2026-11-29T10:00:01Z",
        "warning[failed-hook]",
    ] {
        assert!(text.contains(words), "{words}: {}", run.stdout);
    }
}

#[test]
fn without_the_right_to_list_events_the_rest_is_explained() {
    let server = ApiServer::new()
        .on(POD, Answer::json(&pod()))
        .on(EVENTS, Answer::refusal(403, "Forbidden", "not allowed"));
    let args = ["explain-hooks", "web", "-o", "json"];
    let run = Home::new().run_on(&server, &args);
    let report: Value = serde_json::from_str(&run.stdout).unwrap_or_else(|_| panic!("{run:?}"));
    let item = &report["items"][0];
    assert_eq!(item["verdict"], "unknown", "{run:?}");
    assert_eq!(item["unread"], "not allowed to list them");
    assert_eq!(item["timeline"].as_array().map(Vec::len), Some(5), "{item}");
}
