//! The kubelet's events about probes, of both APIs.

use k8s_openapi::jiff::Timestamp;
use pod_model::diagnosis::PodEvent;
use serde::Serialize;

use crate::explain::events::Events;

/// Events of the kubelet with one message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SeenEvent {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// `Unhealthy`, `Killing` or `ProbeWarning`.
    pub reason: String,
    pub message: String,
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_seen: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

impl SeenEvent {
    /// Returns true for the kill of a container by one of its probes.
    ///
    /// Upstream: `computePodActions` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`.
    pub(super) fn is_kill_by_probe(&self) -> bool {
        let has = |probe: &str| self.message.contains(&format!(" failed {probe} probe"));
        self.reason == "Killing" && (has("liveness") || has("startup"))
    }
}

/// Reasons of events about probes.
///
/// Upstream: `k8s.io/kubernetes/pkg/kubelet/events/event.go`.
const REASONS: [&str; 3] = ["Unhealthy", "Killing", "ProbeWarning"];

/// Returns the events about probes.
pub(super) fn seen(events: &Events<'_>) -> Vec<SeenEvent> {
    let seen = |event: PodEvent| SeenEvent {
        container: event.container,
        reason: event.reason,
        message: event.message,
        count: event.count,
        first_seen: event.first,
        last_seen: event.last,
    };
    let all = events.of_kubelet(&REASONS);
    all.into_iter().map(seen).collect()
}
