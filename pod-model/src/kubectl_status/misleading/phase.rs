//! Texts that contradict the phase or the reason of the Pod.

use k8s_openapi::api::core::v1::Event;

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::{Found, Seen, View};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

pub(super) fn find(view: &View<'_>, events: &[Event], found: &mut Found) {
    let status = FieldPath::root().field("status");
    if let Some(reason) = contradiction(view) {
        let path = status.field("phase");
        found.push(Misleading { reason, path });
    }
    pod_reason(view, found);
    disruption(view, found);
    evicted(view, events, found);
    for (value, field) in [
        (view.status().and_then(|s| s.reason.as_deref()), "reason"),
        (view.status().and_then(|s| s.phase.as_deref()), "phase"),
    ] {
        let value = value.filter(|value| {
            matches!(
                (field, *value),
                ("reason", "NodeLost") | ("phase", "Unknown")
            )
        });
        if let Some(value) = value {
            let value = value.to_owned();
            found.push(Misleading {
                reason: PodMisleading::NotWritten { value },
                path: status.field(field),
            });
        }
    }
}

/// Returns the reason of a text that reads as something else than the phase.
fn contradiction(view: &View<'_>) -> Option<PodMisleading> {
    let (text, phase) = (view.text(), view.phase());
    let waits = matches!(
        view.rule(),
        StatusRule::Waiting
            | StatusRule::InitWaiting
            | StatusRule::InitProgress
            | StatusRule::SchedulingGated
    );
    let reads_well = match view.rule() {
        StatusRule::RunningBesideCompleted | StatusRule::NotReadyBesideCompleted => true,
        StatusRule::Terminated => {
            let own = view.origin_status();
            let end = own.as_ref().and_then(Seen::terminated);
            end.is_some_and(|end| end.exit_code == 0)
        }
        _ => false,
    };
    match phase {
        "Failed" if reads_well => Some(PodMisleading::HasFailed),
        "Succeeded" | "Failed" if waits => Some(PodMisleading::HasEnded {
            phase: phase.to_owned(),
        }),
        "Succeeded" if !matches!(text, "Completed" | "Succeeded") => {
            let container = view.origin()?.clone();
            Some(PodMisleading::HasSucceeded { container })
        }
        "Pending" | "Running" if text == "Completed" => Some(PodMisleading::NotEnded {
            phase: phase.to_owned(),
        }),
        _ => None,
    }
}

/// A container's text stands in for the reason of the Pod, and one reason is hard to read.
fn pod_reason(view: &View<'_>, found: &mut Found) {
    let Some(status) = view.status() else { return };
    let reason = status.reason.as_deref().unwrap_or_default();
    let path = FieldPath::root().field("status").field("reason");
    if view.rule() == StatusRule::PodReason && reason == "Terminated" {
        let reason = PodMisleading::NodeShutdown;
        found.push(Misleading { reason, path });
    } else if view.is_of_container() && !reason.is_empty() {
        let reason = PodMisleading::PodReasonHidden {
            reason: reason.to_owned(),
            message: status.message.clone().unwrap_or_default(),
        };
        found.push(Misleading { reason, path });
    }
}

fn disruption(view: &View<'_>, found: &mut Found) {
    let Some((path, condition)) = view.condition("DisruptionTarget") else {
        return;
    };
    // The reason of the Pod says it already, such as Evicted.
    if condition.status != "True" || view.rule() == StatusRule::PodReason {
        return;
    }
    let reason = PodMisleading::Disrupted {
        reason: condition.reason.clone().unwrap_or_default(),
        message: condition.message.clone().unwrap_or_default(),
    };
    found.push(Misleading { reason, path });
}

/// The limits of emptyDir volumes and of ephemeral storage evict without a trace in the
/// status if the containers end well (pkg/kubelet/eviction, `localStorageEviction`).
fn evicted(view: &View<'_>, events: &[Event], found: &mut Found) {
    let status = view.status();
    if status.is_some_and(|status| status.reason.as_deref() == Some("Evicted")) {
        return;
    }
    let uid = view.pod.metadata.uid.as_deref();
    let is_about_it = |event: &&Event| {
        let own = event.involved_object.uid.as_deref();
        event.reason.as_deref() == Some("Evicted") && (own.is_none() || uid.is_none() || own == uid)
    };
    let Some(event) = events.iter().find(is_about_it) else {
        return;
    };
    let message = event.message.clone().unwrap_or_default();
    found.push(Misleading {
        reason: PodMisleading::Evicted { message },
        path: FieldPath::root(),
    });
}
