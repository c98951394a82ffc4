//! Pods (pkg/kubelet/status, pkg/apis/core: `PodPhase`).

use serde_json::Value;

use super::failing_container::failure;
use crate::status::answer::{Answer, Evidence};
use crate::status::fields::{
    condition, container_statuses, items_at, pod_runs_to_completion, text, text_at, true_condition,
};

/// Judges `done`: it has ended, or it is Ready and meant to keep running.
pub(super) fn done(pod: &Value) -> Answer {
    match ended(pod) {
        Some(answer) => answer,
        None if !pod_runs_to_completion(pod) && true_condition(pod, "Ready").is_some() => {
            Answer::Met(Evidence::new("Ready", ""))
        }
        None => Answer::NotYet(progress(pod)),
    }
}

/// Returns `Met` if it has succeeded and `Never` if it has failed.
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
            let evidence = match super::failing_container::failed_container(pod) {
                Some((failure, failing_container)) if said.is_empty() => {
                    Evidence::new(reason("Failed"), failure)
                        .with_failing_container(Some(failing_container))
                }
                Some((failure, failing_container)) => {
                    Evidence::new(reason("Failed"), format!("{said}; {failure}"))
                        .with_failing_container(Some(failing_container))
                }
                None => Evidence::new(reason("Failed"), said),
            };
            Some(Answer::Never(evidence))
        }
        _ => None,
    }
}

/// Judges `ready`: a Pod that has ended can never be.
pub(super) fn ready(pod: &Value) -> Answer {
    if true_condition(pod, "Ready").is_some() {
        return Answer::Met(Evidence::new("Ready", ""));
    }
    match text_at(pod, "/status/phase") {
        phase @ ("Succeeded" | "Failed") => {
            let (said, failing_container) = failure(pod).unwrap_or_default();
            let mut message = "a Pod that has ended cannot become Ready".to_owned();
            if !said.is_empty() {
                message = format!("{said}; {message}");
            }
            Answer::Never(Evidence::new(phase, message).with_failing_container(failing_container))
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

/// Returns whether its containers are always restarted, so that it never succeeds
/// (pkg/kubelet/kubelet_pods.go, `getPhase`): no container has a restartPolicy of its own.
pub(super) fn always_restarts(pod: &Value) -> bool {
    let mut containers = items_at(pod, "/spec/containers");
    text_at(pod, "/spec/restartPolicy") == "Always"
        && !containers.any(|container| container.get("restartPolicy").is_some())
}

/// Returns its phase, and what could make it fail if the exit of a container cannot.
pub(super) fn progress_to_failure(pod: &Value) -> Evidence {
    let mut evidence = progress(pod);
    if always_restarts(pod) {
        if !evidence.message.is_empty() {
            evidence.message.push_str("; ");
        }
        evidence
            .message
            .push_str("with restartPolicy Always only an eviction or a deadline can make it fail");
    }
    evidence
}

/// Returns its phase, and the reason why it does not run or is not Ready.
pub(super) fn progress(pod: &Value) -> Evidence {
    let phase = match text_at(pod, "/status/phase") {
        "" => "Pending",
        phase => phase,
    };
    let keeps_running = || Some(pod).filter(|pod| !pod_runs_to_completion(pod));
    let said = waiting(pod)
        .or_else(|| keeps_running().and_then(unready))
        .or_else(|| without_sandbox(pod));
    Evidence::new(phase, said.unwrap_or_default())
}

/// Returns why the first waiting container waits, or why the Pod has no node.
fn waiting(pod: &Value) -> Option<String> {
    let container = container_statuses(pod).find_map(|status| {
        let waiting = status.pointer("/state/waiting")?;
        let name = text(status, "name");
        let reason = text(waiting, "reason");
        // These two explain nothing: it is not the turn of this container yet.
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

/// Returns why a running Pod is not Ready. The kubelet writes it to the condition's reason
/// and message (pkg/kubelet/status/generate.go, `GeneratePodReadyCondition`); on a lost node
/// the condition is False without either, whatever the state of the containers
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

/// Returns the reasons and messages of the conditions of the closed readiness gates.
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

/// Returns a message if a scheduled Pod has no sandbox or network yet (KEP-3085). Since 1.37 the
/// kubelet writes the reason (pkg/kubelet/status/generate.go).
fn without_sandbox(pod: &Value) -> Option<String> {
    true_condition(pod, "PodScheduled")?;
    let sandbox = condition(pod, "PodReadyToStartContainers")
        .filter(|sandbox| text(sandbox, "status") == "False")?;
    let reason = match text(sandbox, "message") {
        "" => String::new(),
        message => format!(": {message}"),
    };
    Some(format!(
        "its sandbox and network are not ready (PodReadyToStartContainers is False{reason})"
    ))
}
