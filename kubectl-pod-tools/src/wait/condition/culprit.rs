//! Who is to blame: the container that ended badly, and how.

use serde_json::Value;

use crate::wait::answer::Culprit;
use crate::wait::fields::{
    deciding_statuses, name, number_at, pod_ended, sidecar_statuses, text, text_at,
};
use crate::wait::scene::Scene;

/// `container hello exited 3`, of the first container that did not end with 0.
/// A sidecar is told to stop when the others have ended, and then exits with
/// any code (pkg/kubelet/kuberuntime, `terminationOrdering`): it is to blame
/// only while the Pod lives.
pub(super) fn failed_container(pod: &Value) -> Option<(String, Culprit)> {
    let terminated = |status: &Value| {
        let now = status.pointer("/state/terminated").cloned();
        // A container that is to be started again says so in its last state.
        now.or_else(|| status.pointer("/lastState/terminated").cloned())
    };
    let sidecars = sidecar_statuses(pod).filter(|_| !pod_ended(pod));
    deciding_statuses(pod).chain(sidecars).find_map(|status| {
        let ended = terminated(status)?;
        let code = number_at(&ended, "/exitCode").filter(|code| *code != 0)?;
        let container = text(status, "name").to_owned();
        let mut said = format!("container {container} exited {code}");
        match text(&ended, "reason") {
            "" | "Error" => {}
            reason => said.push_str(&format!(" ({reason})")),
        }
        let restarts = number_at(status, "/restartCount").unwrap_or(0);
        if restarts > 0 {
            said.push_str(&format!(" after {restarts} restarts"));
        }
        let pod = name(pod).to_owned();
        Some((said, Culprit { pod, container }))
    })
}

/// Why a Pod as a whole has failed: Evicted, DeadlineExceeded, a node that is gone.
fn failed_as_a_whole(pod: &Value) -> Option<String> {
    let reason = text_at(pod, "/status/reason");
    let message = text_at(pod, "/status/message");
    match (text_at(pod, "/status/phase"), reason, message) {
        ("Failed", "", _) | ("Succeeded", _, _) => None,
        ("Failed", reason, "") => Some(reason.to_owned()),
        ("Failed", reason, message) => Some(format!("{reason}: {message}")),
        _ => None,
    }
}

/// How one Pod failed.
pub(super) fn failure(pod: &Value) -> Option<(String, Option<Culprit>)> {
    match (failed_as_a_whole(pod), failed_container(pod)) {
        (Some(whole), Some((said, culprit))) => Some((format!("{said} ({whole})"), Some(culprit))),
        (Some(whole), None) => Some((whole, None)),
        (None, Some((said, culprit))) => Some((said, Some(culprit))),
        (None, None) => None,
    }
}

/// How the Pods of a Job failed: the last of them, and how many there were.
pub(super) fn failure_in_pods(scene: &Scene) -> Option<(String, Option<Culprit>)> {
    let mut failed: Vec<_> = scene
        .pods
        .iter()
        .filter_map(|pod| Some((pod, failure(pod)?)))
        .collect();
    failed.sort_by_key(|(pod, _)| text_at(pod, "/metadata/creationTimestamp").to_owned());
    let seen = i64::try_from(failed.len()).unwrap_or(i64::MAX);
    let (pod, (said, culprit)) = failed.pop()?;
    let mut message = format!("pod {}, {said}", name(pod));
    let index = text_at(
        pod,
        "/metadata/annotations/batch.kubernetes.io~1job-completion-index",
    );
    if !index.is_empty() {
        message = format!("index {index}, {message}");
    }
    let per_index = scene.object.pointer("/spec/backoffLimitPerIndex").is_some();
    if let Some(limit) = number_at(scene.object, "/spec/backoffLimit").filter(|_| !per_index) {
        let failed = number_at(scene.object, "/status/failed")
            .unwrap_or(0)
            .max(seen);
        if text_at(pod, "/spec/restartPolicy") == "Never" {
            let allowed = limit.saturating_add(1);
            // Of Pods that run side by side more may fail than are allowed to.
            message.push_str(&if failed > allowed {
                format!(" ({failed} attempts, of {allowed} allowed)")
            } else {
                format!(" ({failed} of {allowed} attempts)")
            });
        }
    }
    let indexes = text_at(scene.object, "/status/failedIndexes");
    if !indexes.is_empty() {
        message.push_str(&format!("; failed indexes: {indexes}"));
    }
    Some((message, culprit))
}
