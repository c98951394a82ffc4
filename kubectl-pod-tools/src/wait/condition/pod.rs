//! Pods (pkg/kubelet/status, pkg/apis/core: `PodPhase`).

use serde_json::Value;

use super::culprit::failure;
use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{
    condition, container_statuses, items_at, pod_is_to_end, text, text_at, true_condition,
};

/// "Done": it has ended; one that is meant to stay is done when it is Ready.
pub(super) fn done(pod: &Value) -> Answer {
    match ended(pod) {
        Some(answer) => answer,
        None if !pod_is_to_end(pod) && true_condition(pod, "Ready").is_some() => {
            Answer::Met(Evidence::new("Ready", ""))
        }
        None => Answer::NotYet(progress(pod)),
    }
}

/// How it has ended: Met is well, Never is badly.
pub(super) fn ended(pod: &Value) -> Option<Answer> {
    let reason = |otherwise: &str| match text_at(pod, "/status/reason") {
        "" => otherwise.to_owned(),
        reason => reason.to_owned(),
    };
    match text_at(pod, "/status/phase") {
        "Succeeded" => Some(Answer::Met(Evidence::new(
            reason("Succeeded"),
            text_at(pod, "/status/message"),
        ))),
        "Failed" => {
            let said = text_at(pod, "/status/message");
            let evidence = match super::culprit::failed_container(pod) {
                Some((failure, culprit)) if said.is_empty() => {
                    Evidence::new(reason("Failed"), failure).blaming(Some(culprit))
                }
                Some((failure, culprit)) => {
                    Evidence::new(reason("Failed"), format!("{said}; {failure}"))
                        .blaming(Some(culprit))
                }
                None => Evidence::new(reason("Failed"), said),
            };
            Some(Answer::Never(evidence))
        }
        _ => None,
    }
}

/// "Ready": one that has ended never will be.
pub(super) fn ready(pod: &Value) -> Answer {
    if true_condition(pod, "Ready").is_some() {
        return Answer::Met(Evidence::new("Ready", ""));
    }
    match text_at(pod, "/status/phase") {
        phase @ ("Succeeded" | "Failed") => {
            let (said, culprit) = failure(pod).unwrap_or_default();
            let mut message = "a Pod that has ended is never Ready again".to_owned();
            if !said.is_empty() {
                message = format!("{said}; {message}");
            }
            Answer::Never(Evidence::new(phase, message).blaming(culprit))
        }
        _ => {
            let mut evidence = progress(pod);
            if evidence.message.is_empty() {
                evidence.message = unready(pod).unwrap_or_default();
            }
            Answer::NotYet(evidence)
        }
    }
}

/// Whether its containers are always started again: it never succeeds
/// (pkg/kubelet/kubelet_pods.go, `getPhase`), unless one has a restartPolicy of
/// its own.
pub(super) fn stays(pod: &Value) -> bool {
    let mut containers = items_at(pod, "/spec/containers");
    text_at(pod, "/spec/restartPolicy") == "Always"
        && !containers.any(|container| container.get("restartPolicy").is_some())
}

/// Its phase, and what a failure would take where a container's own is not one.
pub(super) fn progress_to_failure(pod: &Value) -> Evidence {
    let mut evidence = progress(pod);
    if stays(pod) {
        if !evidence.message.is_empty() {
            evidence.message.push_str("; ");
        }
        evidence
            .message
            .push_str("with restartPolicy Always only an eviction or a deadline makes it fail");
    }
    evidence
}

/// Its phase, and what it waits for.
pub(super) fn progress(pod: &Value) -> Evidence {
    let phase = match text_at(pod, "/status/phase") {
        "" => "Pending",
        phase => phase,
    };
    let serves = || Some(pod).filter(|pod| !pod_is_to_end(pod));
    let said = waiting(pod)
        .or_else(|| serves().and_then(unready))
        .or_else(|| without_sandbox(pod));
    Evidence::new(phase, said.unwrap_or_default())
}

/// What the first container waits for, or why the Pod has no node.
fn waiting(pod: &Value) -> Option<String> {
    let container = container_statuses(pod).find_map(|status| {
        let waiting = status.pointer("/state/waiting")?;
        let name = text(status, "name");
        let reason = text(waiting, "reason");
        // These two say nothing: it has not come to this one yet.
        if matches!(reason, "PodInitializing" | "ContainerCreating") {
            return None;
        }
        Some(match text(waiting, "message") {
            "" => format!("container {name}: {reason}"),
            message => format!("container {name}: {reason}: {message}"),
        })
    });
    container.or_else(|| {
        let scheduled = condition(pod, "PodScheduled")?;
        (text(scheduled, "status") == "False").then(|| {
            let (reason, message) = (text(scheduled, "reason"), text(scheduled, "message"));
            format!("{reason}: {message}")
        })
    })
}

/// Why a running Pod is not Ready. The kubelet says so in the condition's own reason and
/// message (pkg/kubelet/status/generate.go, `GeneratePodReadyCondition`); of a node that
/// is lost the condition is False without either, whatever its containers are
/// (pkg/controller/util/node, `MarkPodsNotReady`).
pub(super) fn unready(pod: &Value) -> Option<String> {
    if text_at(pod, "/status/phase") != "Running" {
        return None;
    }
    let statuses = || items_at(pod, "/status/containerStatuses");
    let is_ready = |status: &&Value| status.get("ready") == Some(&Value::Bool(true));
    let (ready, all) = (statuses().filter(is_ready).count(), statuses().count());
    let count = format!("{ready} of {all} containers ready");
    let lost = (
        text_at(pod, "/status/reason"),
        text_at(pod, "/status/message"),
    );
    if !lost.0.is_empty() {
        return Some(joined(lost.0, lost.1));
    }
    let Some(condition) = condition(pod, "Ready").filter(|c| text(c, "status") != "True") else {
        return Some(count);
    };
    let (reason, message) = (text(condition, "reason"), text(condition, "message"));
    Some(match reason {
        "" if message.is_empty() && ready == all => {
            let status = text(condition, "status");
            format!("{count}, but its condition Ready is {status}: its node may not be ready")
        }
        "" if message.is_empty() => count,
        "ReadinessGatesNotReady" => joined(reason, &format!("{message}{}", gates(pod))),
        reason => format!("{count}; {}", joined(reason, message)),
    })
}

fn joined(reason: &str, message: &str) -> String {
    match (reason, message) {
        (reason, "") => reason.to_owned(),
        ("", message) => message.to_owned(),
        (reason, message) => format!("{reason}: {message}"),
    }
}

/// What the conditions behind the readiness gates say of themselves.
fn gates(pod: &Value) -> String {
    let gates = items_at(pod, "/spec/readinessGates").map(|gate| text(gate, "conditionType"));
    let of_gates = gates.filter_map(|gate| condition(pod, gate));
    let closed = of_gates.filter(|condition| text(condition, "status") != "True");
    let said = closed.filter_map(|condition| {
        let said = joined(text(condition, "reason"), text(condition, "message"));
        (!said.is_empty()).then_some(said)
    });
    let said: Vec<String> = said.collect();
    if said.is_empty() {
        String::new()
    } else {
        format!(" ({})", said.join("; "))
    }
}

/// That the sandbox of a Pod with a node is not there yet, or has no network (KEP-3085).
fn without_sandbox(pod: &Value) -> Option<String> {
    let is = |kind: &str, status: &str| {
        condition(pod, kind).is_some_and(|condition| text(condition, "status") == status)
    };
    let is_waiting = is("PodScheduled", "True") && is("PodReadyToStartContainers", "False");
    is_waiting.then(|| {
        "its sandbox and network are not ready (PodReadyToStartContainers is False)".to_owned()
    })
}
