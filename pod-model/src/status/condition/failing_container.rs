//! The container that made a Pod fail, and how.

use serde_json::Value;

use crate::status::answer::FailingContainer;
use crate::status::fields::{
    deciding_statuses, name, number_at, pod_ended, removed_to_restart, sidecar_statuses, text,
    text_at,
};
use crate::status::observation::Observation;

/// Returns the first container that did not exit with 0, and `container hello exited 3`.
/// A sidecar is asked to terminate when the others have ended, and then exits with any code
/// (pkg/kubelet/kuberuntime, `terminationOrdering`): it counts only while the Pod runs.
pub(super) fn failed_container(pod: &Value) -> Option<(String, FailingContainer)> {
    let terminated = |status: &Value| {
        let now = status.pointer("/state/terminated").cloned();
        // A container that is about to be restarted has it in its last state.
        now.or_else(|| status.pointer("/lastState/terminated").cloned())
    };
    let sidecars = sidecar_statuses(pod).filter(|_| !pod_ended(pod));
    deciding_statuses(pod).chain(sidecars).find_map(|status| {
        let ended = terminated(status)?;
        if removed_to_restart(&ended) {
            return None;
        }
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
        Some((said, FailingContainer { pod, container }))
    })
}

/// Returns why a Pod as a whole has failed: Evicted, DeadlineExceeded, a lost node.
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

/// Returns how one Pod failed.
pub(super) fn failure(pod: &Value) -> Option<(String, Option<FailingContainer>)> {
    match (failed_as_a_whole(pod), failed_container(pod)) {
        (Some(whole), Some((said, failing_container))) => {
            Some((format!("{said} ({whole})"), Some(failing_container)))
        }
        (Some(whole), None) => Some((whole, None)),
        (None, Some((said, failing_container))) => Some((said, Some(failing_container))),
        (None, None) => None,
    }
}

/// Returns how the last of the failed Pods of a Job failed, and how many have.
pub(super) fn failure_in_pods(
    observation: &Observation,
) -> Option<(String, Option<FailingContainer>)> {
    let mut failed: Vec<_> = observation
        .pods
        .iter()
        .filter_map(|pod| Some((pod, failure(pod)?)))
        .collect();
    failed.sort_by_key(|(pod, _)| text_at(pod, "/metadata/creationTimestamp").to_owned());
    let seen = i64::try_from(failed.len()).unwrap_or(i64::MAX);
    let (pod, (said, failing_container)) = failed.pop()?;
    let mut message = format!("pod {}, {said}", name(pod));
    let index = text_at(
        pod,
        "/metadata/annotations/batch.kubernetes.io~1job-completion-index",
    );
    if !index.is_empty() {
        message = format!("index {index}, {message}");
    }
    let per_index = observation
        .object
        .pointer("/spec/backoffLimitPerIndex")
        .is_some();
    if let Some(limit) = number_at(observation.object, "/spec/backoffLimit").filter(|_| !per_index)
    {
        let failed = number_at(observation.object, "/status/failed")
            .unwrap_or(0)
            .max(seen);
        if text_at(pod, "/spec/restartPolicy") == "Never" {
            let allowed = limit.saturating_add(1);
            // Pods run in parallel, so more may fail than are allowed.
            message.push_str(&if failed > allowed {
                format!(" ({failed} attempts, of {allowed} allowed)")
            } else {
                format!(" ({failed} of {allowed} attempts)")
            });
        }
    }
    let indexes = text_at(observation.object, "/status/failedIndexes");
    if !indexes.is_empty() {
        message.push_str(&format!("; failed indexes: {indexes}"));
    }
    Some((message, failing_container))
}
