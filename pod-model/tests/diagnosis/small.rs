//! Small Pods with the few fields that a rule is about.

use k8s_openapi::api::core::v1::{Event, Node, Pod};
use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::{Cause, Diagnosis, PodEvent, Scene, diagnose};
use pod_model::{KubernetesVersion, Verdict};
use serde_json::{Value, json};

use crate::NOW;

/// Returns the time that lies so many seconds back, as the API writes it.
pub(crate) fn ago(seconds: i64) -> Value {
    json!(Timestamp::from_second(NOW - seconds).unwrap().to_string())
}

/// Returns a Pod of one container, which began so many seconds ago.
pub(crate) fn pod(age: i64, phase: &str, container: Value, status: Value) -> Value {
    let mut own = json!({"name": "main", "image": "nginx:1"});
    own.as_object_mut()
        .unwrap()
        .extend(container.as_object().unwrap().clone());
    let mut state =
        json!({"name": "main", "image": "", "imageID": "", "ready": false, "restartCount": 0});
    state
        .as_object_mut()
        .unwrap()
        .extend(status.as_object().unwrap().clone());
    let ready = if state["ready"] == json!(true) {
        "True"
    } else {
        "False"
    };
    json!({
        "metadata": {"name": "web", "namespace": "demo", "creationTimestamp": ago(age)},
        "spec": {"nodeName": "n1", "restartPolicy": "Always", "containers": [own]},
        "status": {
            "phase": phase,
            "startTime": ago(age),
            "conditions": [
                {"type": "Ready", "status": ready, "reason": "ContainersNotReady"},
                {"type": "ContainersReady", "status": ready},
            ],
            "containerStatuses": [state],
        },
    })
}

/// Returns a Pod whose container waits, so many seconds after it began.
pub(crate) fn waiting(age: i64, reason: &str, message: &str) -> Value {
    let state = json!({"waiting": {"reason": reason, "message": message}});
    pod(age, "Pending", json!({}), json!({"state": state}))
}

/// Returns the end of a run: its code and reason, and how many seconds ago it began and ended.
pub(crate) fn end(code: i32, reason: &str, began: i64, ended: i64) -> Value {
    json!({"terminated": {"exitCode": code, "reason": reason, "startedAt": ago(began), "finishedAt": ago(ended)}})
}

/// Returns an event of the kubelet, whose last time lies so many seconds back.
pub(crate) fn event(reason: &str, message: &str, last: i64, count: i32) -> Value {
    json!({
        "metadata": {},
        "involvedObject": {"kind": "Pod", "name": "web"},
        "source": {"component": "kubelet"},
        "reason": reason,
        "message": message,
        "count": count,
        "firstTimestamp": ago(last + 10),
        "lastTimestamp": ago(last),
    })
}

/// Returns an event about the container.
pub(crate) fn own_event(reason: &str, message: &str, last: i64, count: i32) -> Value {
    let mut event = event(reason, message, last, count);
    event["involvedObject"]["fieldPath"] = json!("spec.containers{main}");
    event
}

/// Returns what is said of a Pod of a version, with its node if that is known.
pub(crate) fn judge_with(
    pod: &Value,
    events: &[Value],
    version: KubernetesVersion,
    node: Option<&Node>,
) -> Diagnosis {
    let pod: Pod = serde_json::from_value(pod.clone()).unwrap();
    let events = events.iter().map(|event| {
        let event: Event = serde_json::from_value(event.clone()).unwrap();
        PodEvent::of(&event)
    });
    let events: Vec<PodEvent> = events.collect();
    diagnose(&Scene {
        pod: &pod,
        events: &events,
        has_events: true,
        now: Timestamp::from_second(NOW).ok(),
        version,
        node,
        nodes: &[],
        claims: &[],
        volumes: &[],
        keys: &[],
    })
}

/// Returns what is said of a Pod of the newest version.
pub(crate) fn judge(pod: &Value, events: &[Value]) -> Diagnosis {
    judge_with(pod, events, KubernetesVersion::LATEST, None)
}

/// Asserts the verdict and the first cause, and returns that.
pub(crate) fn assert_cause(diagnosis: &Diagnosis, verdict: Verdict, id: &str) -> Cause {
    assert_eq!(diagnosis.verdict, verdict, "{diagnosis:#?}");
    let first = diagnosis.causes.first();
    assert_eq!(first.map(|cause| cause.row.id), Some(id), "{diagnosis:#?}");
    first.unwrap().clone()
}
