//! A Pod that has failed as a whole, or was ended from outside.
//!
//! Upstream, in `k8s.io/kubernetes/pkg/kubelet`: eviction/eviction_manager.go and helpers.go, lifecycle/predicate.go
//! and handlers.go, active_deadline.go, nodeshutdown, preemption/preemption.go.

use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::pod::wants::selector;
use crate::diagnosis::scene::Scene;
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{quoted_after, word_after};

/// Returns why a Pod was ended or refused as a whole.
pub(in crate::diagnosis) fn cause(scene: &Scene<'_>) -> Option<Cause> {
    let status = scene.status()?;
    let reason = status.reason.as_deref().unwrap_or_default();
    let message = status.message.as_deref().unwrap_or_default().trim();
    let shown = (!reason.is_empty()).then(|| {
        let text = if message.is_empty() {
            reason.to_owned()
        } else {
            format!("{reason}: {message}")
        };
        Evidence::field("status.reason", text)
    });
    let evicted = scene.events(None, "Evicted");
    let evicted = evicted.into_iter().find(|event| event.is_from("kubelet"));
    let by_event = || evicted.map(|event| eviction(scene, &event.message));
    let cause = match reason {
        "Evicted" => eviction(
            scene,
            if message.is_empty() {
                evicted.map_or("", |event| &event.message)
            } else {
                message
            },
        ),
        "DeadlineExceeded" => deadline(scene),
        "Terminated" | "NodeShutdown" => node_shutdown(scene, message),
        "Preempting" => preempted(scene, message),
        "" => by_event().or_else(|| disrupted(scene))?,
        _ if scene.phase() == "Failed" && is_rejection(reason, message) => {
            rejected(scene, reason, message)
        }
        _ if scene.phase() == "Failed" => by_another(reason, message),
        _ => return None,
    };
    let cause = if scene.phase() == "Succeeded" {
        looks_completed(cause)
    } else {
        cause
    };
    let evidence = evicted.map(PodEvent::evidence);
    let at = evicted.and_then(|event| event.last);
    Some(cause.shown_by(shown).shown_by(evidence).since(at))
}

/// A Pod whose program ends well on SIGTERM counts as succeeded.
fn looks_completed(mut cause: Cause) -> Cause {
    cause.message.push_str("; its program ended well on SIGTERM, so that its phase is Succeeded, though nobody knows whether its work is done");
    cause.may_pass()
}

fn node(scene: &Scene<'_>) -> String {
    scene
        .node_name()
        .map_or_else(|| "the node".to_owned(), |name| format!("node {name}"))
}

fn eviction(scene: &Scene<'_>, message: &str) -> Cause {
    let node = node(scene);
    let replaced = "This Pod does not come back; what owns it makes another.";
    if let Some(volume) = quoted_after(message, "EmptyDir volume ") {
        let limit = quoted_after(message, "exceeds the limit ").unwrap_or("that it has");
        return Cause::new(
            &rows::EVICTED_VOLUME_LIMIT,
            format!("the Pod was evicted: its emptyDir {volume} became larger than its sizeLimit of {limit}"),
        )
        .advise("Raise sizeLimit of the volume, or write less.");
    }
    if message.contains("ephemeral local storage usage exceeds")
        || message.contains("exceeded its local ephemeral storage limit")
    {
        let limit = word_after(message, "limit of containers ")
            .or_else(|| quoted_after(message, "storage limit "))
            .unwrap_or("that it has");
        return Cause::new(
            &rows::EVICTED_STORAGE_LIMIT,
            format!("the Pod was evicted: it wrote more than its limit of ephemeral-storage, {limit}"),
        )
        .advise("Raise limits.ephemeral-storage, or write less to the containers' file systems, logs and emptyDirs.");
    }
    let resource = word_after(message, "low on resource: ").or_else(|| {
        message
            .split_once("condition: [")
            .and_then(|(_, rest)| rest.split(']').next())
    });
    match resource.unwrap_or_default() {
        resource if resource.to_lowercase().contains("memory") => Cause::new(
            &rows::EVICTED_MEMORY,
            format!("the Pod was evicted, since {node} was short of memory"),
        )
        .advise(format!("{replaced} Set requests.memory to what the containers use: those that use more than they ask for go first.")),
        resource if resource.to_lowercase().contains("disk")
            || resource.contains("storage")
            || resource.contains("inodes") =>
        {
            Cause::new(
                &rows::EVICTED_DISK,
                format!("the Pod was evicted, since {node} was short of disk (ephemeral-storage)"),
            )
            .advise(format!("{replaced} Free disk on the node, and set requests.ephemeral-storage."))
        }
        _ => {
            let words = message.trim_end_matches(['.', ' ']);
            Cause::new(&rows::EVICTED, format!("the Pod was evicted from {node}: {words}")).advise(replaced)
        }
    }
}

fn deadline(scene: &Scene<'_>) -> Cause {
    let seconds = scene.spec().and_then(|spec| spec.active_deadline_seconds);
    let seconds = seconds.map_or_else(String::new, |seconds| format!(" of {seconds} s"));
    Cause::new(
        &rows::DEADLINE_EXCEEDED,
        format!("the Pod ran longer than its activeDeadlineSeconds{seconds}, and was ended"),
    )
    .advise("Raise activeDeadlineSeconds, or see why the work takes so long.")
}

fn node_shutdown(scene: &Scene<'_>, message: &str) -> Cause {
    let node = node(scene);
    Cause::new(
        &rows::NODE_SHUTDOWN,
        format!("{node} was shut down: {message}"),
    )
    .advise("This Pod does not come back; what owns it makes another.")
}

fn preempted(scene: &Scene<'_>, message: &str) -> Cause {
    Cause::new(
        &rows::PREEMPTED,
        format!(
            "the Pod had to make room on {} for one of a higher priority: {message}",
            node(scene)
        ),
    )
    .advise(
        "This Pod does not come back; what owns it makes another. A priorityClassName protects it.",
    )
}

/// `DisruptionTarget` says who ended a Pod that has ended.
fn disrupted(scene: &Scene<'_>) -> Option<Cause> {
    if !scene.has_ended() || !scene.is("DisruptionTarget", "True") {
        return None;
    }
    let condition = scene.condition("DisruptionTarget")?;
    let message = condition.message.as_deref().unwrap_or_default();
    Some(match condition.reason.as_deref().unwrap_or_default() {
        "PreemptionByScheduler" => preempted(scene, message),
        "TerminationByKubelet" => eviction(scene, message),
        "DeletionByPodGC" => Cause::new(
            &rows::NODE_GONE,
            format!(
                "the Pod was deleted, since {} no longer exists",
                node(scene)
            ),
        )
        .advise("What owns it makes another."),
        "DeletionByTaintManager" => Cause::new(
            &rows::NODE_GONE,
            format!(
                "the Pod was deleted, since {} has a taint that it does not tolerate: {message}",
                node(scene)
            ),
        )
        .advise("What owns it makes another."),
        _ => Cause::new(&rows::EVICTED, format!("the Pod was evicted: {message}"))
            .advise("What owns it makes another."),
    })
}

/// Reasons of the kubelet's admission, beside those for resources.
///
/// Upstream: the `Admit` functions of pkg/kubelet/lifecycle, sysctl, cm/admission and allocation.
const REJECTIONS: [&str; 11] = [
    "AppArmor",
    "HostPortConflict",
    "InvalidNodeInfo",
    "NodeAffinity",
    "NodeShutdown",
    "PodFeatureUnsupported",
    "PodLevelResourcesNotSupported",
    "PodOSNotSupported",
    "SysctlForbidden",
    "TopologyAffinityError",
    "UnexpectedAdmissionError",
];

fn is_rejection(reason: &str, message: &str) -> bool {
    message.starts_with("Pod was rejected")
        || reason.starts_with("OutOf")
        || reason.starts_with("PodOS")
        || reason.starts_with("Unexpected")
        || REJECTIONS.contains(&reason)
}

/// Another component than the kubelet has written a reason, such as that of a virtual node.
fn by_another(reason: &str, message: &str) -> Cause {
    let words = match message.trim_end_matches('.') {
        "" => reason.to_owned(),
        message => format!("{reason}: {message}"),
    };
    Cause::new(&rows::POD_FAILED, format!("its status says {words}"))
        .advise("What owns it makes another; the reason is that of the component which ran it.")
}

fn rejected(scene: &Scene<'_>, reason: &str, message: &str) -> Cause {
    let node = node(scene);
    let words = message
        .trim_start_matches("Pod was rejected: ")
        .trim_start_matches("Pod ");
    let hint = match reason {
        "NodeAffinity" => "Its nodeSelector or affinity does not fit the labels of the node",
        "SysctlForbidden" => {
            "The node's kubelet has to allow the sysctl (--allowed-unsafe-sysctls)"
        }
        _ => {
            "If spec.nodeName was set by hand, leave it to the scheduler, which knows what is free"
        }
    };
    let wants = if reason == "NodeAffinity" {
        selector(scene)
    } else {
        String::new()
    };
    Cause::new(
        &rows::REJECTED_BY_KUBELET,
        format!("the kubelet of {node} refused the Pod ({reason}): {words}{wants}"),
    )
    .advise(format!(
        "This Pod never comes back; what owns it makes another. {hint}."
    ))
}
