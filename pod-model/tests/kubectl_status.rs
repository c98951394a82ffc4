//! The reasons why texts of `kubectl get` mislead: of known objects, and that odd ones are
//! read without a panic.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use pod_model::KubernetesVersion;
use pod_model::kubectl_status::{job_row, misleading_job, misleading_pod, pod_row};
use serde_json::{Value, json};

#[path = "../../tests/upstream/kubectl_status/known.rs"]
mod known;

/// The name, the path and the words of each reason.
fn reasons(object: &Value, version: KubernetesVersion) -> Vec<[String; 3]> {
    let name = |reason: &dyn std::fmt::Debug| {
        let text = format!("{reason:?}");
        let end = text.find([' ', '{']).unwrap_or(text.len());
        text[..end].to_owned()
    };
    if object["kind"] == "Job" {
        let job: Job = serde_json::from_value(object.clone()).unwrap();
        let found = misleading_job(&job, &job_row(&job, version));
        let found = found.into_iter();
        found
            .map(|own| {
                [
                    name(&own.reason),
                    own.path.to_string(),
                    own.reason.to_string(),
                ]
            })
            .collect()
    } else {
        let pod: Pod = serde_json::from_value(object.clone()).unwrap();
        let found = misleading_pod(&pod, &pod_row(&pod, version), &[]);
        let found = found.into_iter();
        found
            .map(|own| {
                [
                    name(&own.reason),
                    own.path.to_string(),
                    own.reason.to_string(),
                ]
            })
            .collect()
    }
}

/// Returns whether a path leads to a field of the object.
fn leads(object: &Value, path: &str) -> bool {
    let pointer = path.replace(['.', '['], "/").replace(']', "");
    object.pointer(&format!("/{pointer}")).is_some()
}

#[test]
fn known_objects_mislead_for_their_reasons() {
    let mut seen = std::collections::BTreeSet::new();
    for version in KubernetesVersion::ALL {
        for known in known::all() {
            let found = reasons(&known.object, version);
            let names: Vec<&str> = found.iter().map(|own| own[0].as_str()).collect();
            assert_eq!(names, known.misleads(version), "{version}: {}", known.name);
            for [name, _, words] in &found {
                assert!(words.contains(' '), "{name}: {words}");
                seen.insert(name.clone());
            }
        }
    }
    println!("{} reasons: {seen:?}", seen.len());
    // All but Evicted, which an event proves; a Pod and a Job share two names.
    assert_eq!(seen.len(), 31 + 10 - 2, "{seen:?}");
}

#[test]
fn a_reason_names_a_field_that_is_there_or_is_missed() {
    let missed = [
        "spec.restartPolicy",
        "spec.schedulingGates",
        "spec.suspend",
        "status.active",
        "status.completionTime",
        "status.containerStatuses",
        "status.ready",
        "status.succeeded",
    ];
    for known in known::all() {
        for [name, path, _] in reasons(&known.object, KubernetesVersion::LATEST) {
            assert!(
                leads(&known.object, &path) || missed.contains(&path.as_str()),
                "{}: {name}: {path}",
                known.name
            );
        }
    }
}

#[test]
fn an_event_proves_an_eviction_that_the_status_does_not_tell() {
    let known = known::all();
    let completed = known
        .iter()
        .find(|known| known.name == "completed")
        .unwrap();
    let mut pod: Pod = serde_json::from_value(completed.object.clone()).unwrap();
    pod.metadata.uid = Some("1".to_owned());
    let row = pod_row(&pod, KubernetesVersion::LATEST);
    let evicted = |uid: Option<&str>, reason: &str| {
        let event: Event = serde_json::from_value(json!({
            "metadata": {},
            "involvedObject": { "uid": uid },
            "reason": reason,
            "message": "Usage of EmptyDir volume \"scratch\" exceeds the limit",
        }))
        .unwrap();
        misleading_pod(&pod, &row, &[event])
    };
    for uid in [Some("1"), None] {
        let found = evicted(uid, "Evicted");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(
            found[0].reason.to_string(),
            "the kubelet evicted the Pod: Usage of EmptyDir volume \"scratch\" exceeds the limit"
        );
    }
    // Another Pod of the name, and another event.
    assert_eq!(evicted(Some("2"), "Evicted"), []);
    assert_eq!(evicted(Some("1"), "Killing"), []);
}
