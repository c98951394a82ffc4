//! The reasons why texts of `kubectl get` mislead: of known objects, and that odd ones are
//! read without a panic.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::{Event, Pod};
use pod_model::KubernetesVersion;
use pod_model::kubectl_status::{StatusRule, job_row, misleading_job, misleading_pod, pod_row};
use serde_json::{Value, json};

#[path = "../../tests/upstream/kubectl_status/known.rs"]
mod known;
#[path = "../../tests/support/random/mod.rs"]
mod random;

use random::Rng;
use random::status::{Clock, pod_with_status};

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
    let mut seen = BTreeSet::new();
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
    // All but Evicted, which an event proves; a Pod and a Job share two names.
    assert_eq!(seen.len(), 32 + 10 - 2, "{seen:?}");
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

/// Returns the fault of a text that no reason calls misleading, if it does not tell the
/// whole state of a Pod.
fn untold(pod: &Value, text: &str) -> Option<&'static str> {
    let list = |field: &str| pod["status"][field].as_array().cloned().unwrap_or_default();
    let apps = list("containerStatuses");
    let all = [list("initContainerStatuses"), apps.clone()].concat();
    let phase = pod["status"]["phase"].as_str().unwrap();
    let is_true = |kind: &str| {
        let conditions = list("conditions");
        let mut own = conditions.iter().filter(|own| own["type"] == kind);
        own.any(|own| own["status"] == "True")
    };
    let reason = pod["status"]["reason"].as_str();
    let is_deleted = pod["metadata"]["deletionTimestamp"].is_string();
    let runs = |own: &Value| own["state"]["running"].is_object();
    let backs_off = |own: &Value| own["state"]["waiting"]["reason"] == "CrashLoopBackOff";
    let has_ended = matches!(phase, "Succeeded" | "Failed");
    if is_deleted != (text == "Terminating") {
        return Some("a deletion");
    }
    match text {
        "Terminating" if all.iter().any(backs_off) => Some("a back-off"),
        "Running" if !is_true("Ready") => Some("a Pod that is not Ready"),
        "Running" if !all.iter().all(|own| own["ready"] == true) => Some("a container"),
        "Terminating" | "Running" => None,
        "Completed" if phase != "Succeeded" => Some("a Pod that has not succeeded"),
        _ if phase == "Succeeded" && text != "Completed" => Some("a success"),
        _ if reason.is_some_and(|reason| reason != text) => Some("the reason of the Pod"),
        _ if !has_ended && apps.iter().any(runs) => Some("containers that run"),
        _ if !has_ended && apps.iter().filter(|own| backs_off(own)).count() > 1 => {
            Some("another back-off")
        }
        "Pending" if !is_true("PodScheduled") => Some("why it has no node"),
        "Pending" if !apps.is_empty() => Some("the state of the containers"),
        _ => None,
    }
}

/// Returns whether all containers of a Pod are ready in their first run, and it is neither
/// deleted nor disrupted.
fn is_well(pod: &Value) -> bool {
    let statuses = ["initContainerStatuses", "containerStatuses"];
    let mut statuses = statuses
        .iter()
        .filter_map(|field| pod["status"][*field].as_array())
        .flatten();
    let mut conditions = pod["status"]["conditions"].as_array().into_iter().flatten();
    let is = |own: &Value, kind: &str| own["type"] == kind && own["status"] == "True";
    pod["status"]["phase"] == "Running"
        && statuses.all(|own| own["ready"] == true && own["restartCount"] == 0)
        && conditions.clone().any(|own| is(own, "Ready"))
        && !conditions.any(|own| is(own, "DisruptionTarget"))
        && pod["metadata"]["deletionTimestamp"].is_null()
}

#[test]
fn a_text_without_a_reason_tells_the_whole_state_and_a_sound_pod_has_none() {
    let mut rng = Rng::new(0x7e11);
    let clock = Clock { now: 1_772_366_400 };
    let (mut plain, mut misleading) = (0, 0);
    for version in KubernetesVersion::ALL {
        for _ in 0..1_000 {
            let object = pod_with_status(&mut rng, clock);
            let pod: Pod = serde_json::from_value(object.clone()).unwrap();
            let row = pod_row(&pod, version);
            let found = misleading_pod(&pod, &row, &[]);
            let text = row.status.text.as_str();
            if found.is_empty() {
                plain += 1;
                assert_eq!(untold(&object, text), None, "{version}: {text}: {object}");
            } else {
                misleading += 1;
                assert!(!is_well(&object), "{version}: {text}: {found:?} {object}");
            }
        }
    }
    println!("{plain} texts tell all, {misleading} mislead");
    assert!(plain > 1_000 && misleading > 1_000, "{plain}, {misleading}");
}

#[test]
fn the_origin_of_a_text_can_be_said() {
    let mut seen: BTreeMap<_, BTreeSet<String>> = BTreeMap::new();
    for known in known::all() {
        for version in [KubernetesVersion::OLDEST, KubernetesVersion::LATEST] {
            let status = if known.object["kind"] == "Job" {
                let job: Job = serde_json::from_value(known.object.clone()).unwrap();
                job_row(&job, version).status
            } else {
                let pod: Pod = serde_json::from_value(known.object.clone()).unwrap();
                pod_row(&pod, version).status
            };
            let clause = status.origin.to_string();
            let container = status.origin.container;
            let name = container.map_or(String::new(), |own| format!("`{}`", own.name));
            assert!(clause.contains(' ') && clause.contains(&name), "{clause}");
            seen.entry(status.origin.rule).or_default().insert(clause);
        }
    }
    assert_eq!(seen.len(), 15, "{seen:?}");
    assert!(seen[&StatusRule::InitWaiting].contains("sidecar `s` waits"));
}

#[test]
fn a_reason_is_data_in_json() {
    let known = known::all();
    let name = "a crashed sidecar beside a running app";
    let crashed = known.iter().find(|known| known.name == name).unwrap();
    let pod: Pod = serde_json::from_value(crashed.object.clone()).unwrap();
    let row = pod_row(&pod, KubernetesVersion::LATEST);
    assert_eq!(
        json!(row.status),
        json!({
            "text": "Init:CrashLoopBackOff",
            "origin": {
                "rule": "init-waiting",
                "path": "status.initContainerStatuses[0].state.waiting.reason",
                "container": { "name": "s", "type": "sidecar" },
            },
        })
    );
    assert_eq!(
        json!(misleading_pod(&pod, &row, &[])),
        json!([{
            "id": "app-runs",
            "container": { "name": "s", "type": "sidecar" },
            "running": [{ "name": "a", "type": "app" }],
            "path": "status.containerStatuses[0].state.running",
        }])
    );
}
