//! The kubelet's events about hooks, and what a status says of them.

use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::PodEvent;
use pod_model::lookup::{Answers, Need};
use serde::Serialize;

use crate::explain::events::Events;
use crate::explain::mask::mask_text;
use crate::targets::Target;

/// An event about a hook, or the state of a container whose hook has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SeenHook {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// `FailedPostStartHook`, `FailedPreStopHook`, `LifecycleHTTPFallback` or `PostStartHookError`.
    pub reason: String,
    pub message: String,
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// Reasons of events about hooks.
///
/// Upstream: `k8s.io/kubernetes/pkg/kubelet/events/event.go`, and `runHTTPHandler` in
/// `k8s.io/kubernetes/pkg/kubelet/lifecycle/handlers.go`.
const REASONS: [&str; 3] = [
    "FailedPostStartHook",
    "FailedPreStopHook",
    "LifecycleHTTPFallback",
];

/// Reason of a container that waits because its hook has failed: `ErrPostStartHook`.
pub(super) const POST_START_ERROR: &str = "PostStartHookError";

/// Returns whether a target is a Pod that has a status of the kubelet, or whose events a file may have.
fn has_run(target: &Target) -> bool {
    let status = target.status.as_ref();
    let has_statuses = status.is_some_and(|own| own.container_statuses.is_some());
    target.is_pod() && has_statuses
}

/// Returns the look-up of a Pod's events, if it has run.
pub(super) fn needs(target: &Target) -> Vec<Need> {
    let need = || Events::need("Pod", &target.metadata, &target.pod_namespace);
    has_run(target).then(need).flatten().into_iter().collect()
}

/// Returns what is known of a Pod's hooks, and the reason why its events were not read.
pub(super) fn observed(target: &Target, answers: &Answers) -> (Vec<SeenHook>, Option<String>) {
    let mut seen = states(target);
    if !target.is_pod() {
        return (seen, None);
    }
    let about = Events::about("Pod", &target.metadata, &target.pod_namespace, answers);
    seen.extend(about.of_kubelet(&REASONS).into_iter().map(of_event));
    let is_refused = about.are_refused() && has_run(target);
    (seen, about.unread.filter(|_| is_refused))
}

fn of_event(event: PodEvent) -> SeenHook {
    SeenHook {
        container: event.container,
        reason: event.reason,
        message: mask_text(&event.message),
        count: event.count,
        last_seen: event.last,
    }
}

fn states(target: &Target) -> Vec<SeenHook> {
    let status = target.status.as_ref().filter(|_| target.is_pod());
    let Some(status) = status else {
        return Vec::new();
    };
    let all = status.init_container_statuses.iter().flatten();
    let all = all.chain(status.container_statuses.iter().flatten());
    let failed = all.filter_map(|own| {
        let waiting = own.state.as_ref()?.waiting.as_ref()?;
        let reason = waiting.reason.as_deref()?;
        (reason == POST_START_ERROR).then(|| SeenHook {
            container: Some(own.name.clone()),
            reason: reason.to_owned(),
            message: mask_text(waiting.message.as_deref().unwrap_or_default().trim()),
            count: 1,
            last_seen: None,
        })
    });
    failed.collect()
}
