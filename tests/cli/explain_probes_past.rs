//! `explain-probes` of a Pod that has run: the end of its last run, and events of every kind.

use serde_json::{Value, json};

use crate::explain_probes_truth::{assert_has, finding, ids, item};
use crate::support::Home;

/// A Pod whose last run took some seconds, with events. After one restart it runs again; later it waits.
fn ended(restarts: u32, seconds: u32, code: i32, reason: &str, events: &[Value]) -> String {
    let state = match restarts {
        1 => json!({"running": {"startedAt": "2026-01-01T00:01:00Z"}}),
        _ => json!({"waiting": {"reason": "CrashLoopBackOff"}}),
    };
    let pod = json!({
        "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"},
        "spec": {"containers": [{"name": "app", "image": "i",
            "readinessProbe": {"tcpSocket": {"port": 81}},
            "livenessProbe": {"httpGet": {"port": 80}, "initialDelaySeconds": 10}}]},
        "status": {"containerStatuses": [{"name": "app", "ready": false, "restartCount": restarts,
            "image": "i", "imageID": "", "state": state,
            "lastState": {"terminated": {"exitCode": code, "reason": reason,
                "startedAt": "2026-01-01T00:00:00Z",
                "finishedAt": format!("2026-01-01T00:00:{seconds:02}Z")}}}]},
    });
    let items: Vec<&Value> = std::iter::once(&pod).chain(events).collect();
    json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()
}

fn killing(second: u32) -> Value {
    let time = format!("2026-01-01T00:00:{second:02}Z");
    json!({"apiVersion": "v1", "kind": "Event", "metadata": {"name": "web.1"},
        "involvedObject": {"kind": "Pod", "name": "web", "fieldPath": "spec.containers{app}"},
        "reason": "Killing", "count": 1, "firstTimestamp": time, "lastTimestamp": time,
        "message": "Container app failed liveness probe, will be restarted",
        "source": {"component": "kubelet"}})
}

#[test]
fn a_run_that_was_too_short_for_a_kill_was_ended_by_no_probe() {
    let found = item(&ended(1, 20, 1, "Error", &[]), &[]);
    let message = finding(&found, "ended-before-probes")["message"]
        .as_str()
        .unwrap();
    assert_has(message, "after 20 s with exit code 1 (Error)");
    // The delay, and two periods.
    assert_has(message, "cannot kill it within 29 s");
    assert!(ids(&item(&ended(1, 28, 1, "Error", &[]), &[])).is_empty());
    // Later the failures of the run before count. Two restarts are the third run, which has ended.
    let second = item(&ended(2, 20, 1, "Error", &[]), &[]);
    assert!(ids(&second).is_empty(), "{second}");
    let later = item(&ended(12, 5, 0, "Completed", &[]), &[]);
    let message = finding(&later, "ended-before-probes")["message"]
        .as_str()
        .unwrap();
    assert_has(message, "cannot kill it within 9 s");
    assert!(ids(&item(&ended(12, 20, 0, "Completed", &[]), &[])).is_empty());
    let memory = item(&ended(1, 3, 137, "OOMKilled", &[]), &[]);
    let found = finding(&memory, "ended-before-probes");
    assert_has(found["help"].as_str().unwrap(), "memory limit");
}

#[test]
fn a_kill_before_its_time_contradicts_the_forecast() {
    let early = item(&ended(1, 3, 137, "OOMKilled", &[killing(2)]), &[]);
    assert_eq!(ids(&early), ["contradicts-forecast"]);
    let message = early["findings"][0]["message"].as_str().unwrap();
    assert_has(message, "killed by a probe 2 s after its start");
    assert_has(message, "at least 29 s");
    assert!(ids(&item(&ended(1, 40, 137, "Error", &[killing(35)]), &[])).is_empty());
    assert!(ids(&item(&ended(7, 20, 137, "Error", &[killing(12)]), &[])).is_empty());
}

#[test]
fn the_reasons_of_the_runtime_and_of_the_kubelet_are_shown() {
    let text = ended(12, 5, 137, "OOMKilled", &[]);
    let home = Home::with(&[("pod.yaml", text.as_str())]);
    let run = home.run(&["explain-probes", "-f", "pod.yaml", "--offline"]);
    let words = run.stdout.replace("\n|  ", " ").replace("\n   ", " ");
    assert_has(
        &words,
        "not ready, not running (CrashLoopBackOff), 12 restarts",
    );
    assert_has(
        &words,
        "the last run lasted 5s and ended with exit code 137 (OOMKilled)",
    );
    let found = item(&text, &[]);
    let container = &found["observed"]["containers"][0];
    assert_eq!(container["waiting"], "CrashLoopBackOff");
    assert_eq!(container["lastRun"]["reason"], "OOMKilled");
}

#[test]
fn events_of_the_newer_api_and_those_without_a_source_count() {
    let newer = json!({"apiVersion": "events.k8s.io/v1", "kind": "Event", "metadata": {"name": "x"},
        "eventTime": "2026-01-01T00:00:02.000000Z", "reason": "Unhealthy",
        "note": "Liveness probe failed: 500", "reportingController": "kubelet",
        "regarding": {"kind": "Pod", "name": "web", "fieldPath": "spec.containers{app}"},
        "series": {"count": 7, "lastObservedTime": "2026-01-01T00:09:00.000000Z"}});
    let seen = |event: &Value| {
        let found = item(
            &ended(12, 20, 0, "Completed", std::slice::from_ref(event)),
            &[],
        );
        found["observed"]["events"].clone()
    };
    assert_eq!(
        seen(&newer),
        json!([{"container": "app", "reason": "Unhealthy", "message": "Liveness probe failed: 500",
            "count": 7, "firstSeen": "2026-01-01T00:00:02Z", "lastSeen": "2026-01-01T00:09:00Z"}])
    );
    let mut other = newer.clone();
    other["reportingController"] = "someone".into();
    assert_eq!(seen(&other), json!([]));
    let mut elsewhere = newer.clone();
    elsewhere["regarding"]["name"] = "other".into();
    assert_eq!(seen(&elsewhere), json!([]));
    let mut bare = killing(12);
    bare.as_object_mut().unwrap().remove("source");
    assert_eq!(seen(&bare)[0]["reason"], "Killing");
    // The server stores both as one.
    let mut same = newer;
    same["metadata"]["name"] = "web.1".into();
    let both = item(&ended(7, 20, 0, "Completed", &[killing(12), same]), &[]);
    assert_eq!(both["observed"]["events"].as_array().unwrap().len(), 1);
}
