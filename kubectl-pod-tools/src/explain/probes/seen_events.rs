//! The kubelet's events about probes, of both APIs.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, List};
use pod_model::selector::FieldSelector;
use serde::Serialize;

use crate::targets::Target;

/// Events of the kubelet with one message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenEvent {
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

/// Returns the selector of a Pod's events by `object`, the field that names what an event is about.
pub(super) fn of_target(target: &Target, object: &str) -> Option<FieldSelector> {
    let uid = target.metadata.uid.as_deref().filter(|uid| !uid.is_empty());
    let path = |field: &str| format!("{object}.{field}");
    let pairs = match (uid, target.metadata.name.as_deref()) {
        (Some(uid), _) => vec![(path("uid"), uid)],
        (None, Some(name)) => vec![(path("kind"), "Pod"), (path("name"), name)],
        (None, None) => return None,
    };
    let pairs = pairs.iter().map(|(path, value)| (path.as_str(), *value));
    Some(FieldSelector::equal(pairs))
}

/// Returns the events of `events.k8s.io` that files have and that are not among those of the core
/// API: the server stores both as one. It is never asked for these.
pub(super) fn newer(target: &Target, answers: &Answers, core: &List<'_, Event>) -> Vec<SeenEvent> {
    let Some(selector) = of_target(target, "regarding") else {
        return Vec::new();
    };
    let list = answers.with_fields::<NewerEvent>(&target.pod_namespace, &selector);
    let core = core.objects.iter();
    let known: HashSet<_> = core.map(|own| &own.object.metadata.name).collect();
    let all = list.objects.iter().map(|found| found.object);
    all.filter(|event| !known.contains(&event.metadata.name))
        .filter_map(seen_newer)
        .collect()
}

/// Returns true unless an event names another component than the kubelet; one that was written down
/// without its source is believed.
fn is_kubelets(components: [Option<&str>; 2]) -> bool {
    let mut named = components.into_iter().flatten();
    let named = named.find(|name| !name.is_empty());
    named.is_none_or(|name| name == "kubelet")
}

/// Returns the container that a path such as `spec.containers{web}` names.
fn container_of(field: Option<&str>) -> Option<String> {
    let name = field?.split_once('{')?.1.strip_suffix('}')?;
    Some(name.to_owned())
}

/// Returns the largest of an event's counts.
fn count(counts: [Option<i32>; 2]) -> u32 {
    let counts = counts.into_iter().flatten();
    let counts = counts.filter_map(|count| u32::try_from(count).ok());
    counts.max().unwrap_or(1).max(1)
}

/// Returns an event of the core API, if it is about probes.
pub(super) fn seen(event: &Event) -> Option<SeenEvent> {
    let reason = event.reason.as_deref()?;
    let source = event.source.as_ref();
    let source = source.and_then(|source| source.component.as_deref());
    if !REASONS.contains(&reason) || !is_kubelets([source, event.reporting_component.as_deref()]) {
        return None;
    }
    let series = event.series.as_ref();
    let time = event.event_time.as_ref().map(|time| time.0);
    let first = event.first_timestamp.as_ref().map(|time| time.0).or(time);
    let last = series.and_then(|series| series.last_observed_time.as_ref());
    let last = last.map(|time| time.0);
    let last = last.or(event.last_timestamp.as_ref().map(|time| time.0));
    Some(SeenEvent {
        container: container_of(event.involved_object.field_path.as_deref()),
        reason: reason.to_owned(),
        message: trimmed(event.message.as_deref()),
        count: count([event.count, series.and_then(|series| series.count)]),
        first_seen: first,
        last_seen: last.or(time).or(first),
    })
}

/// Returns an event of `events.k8s.io`, if it is about probes.
fn seen_newer(event: &NewerEvent) -> Option<SeenEvent> {
    let reason = event.reason.as_deref()?;
    let source = event.deprecated_source.as_ref();
    let source = source.and_then(|source| source.component.as_deref());
    if !REASONS.contains(&reason) || !is_kubelets([event.reporting_controller.as_deref(), source]) {
        return None;
    }
    let series = event.series.as_ref();
    let time = event.event_time.as_ref().map(|time| time.0);
    let first = event.deprecated_first_timestamp.as_ref();
    let last = event.deprecated_last_timestamp.as_ref();
    let last = last.map(|time| time.0);
    let last = series.map(|series| series.last_observed_time.0).or(last);
    let regarding = event.regarding.as_ref();
    let first = first.map(|time| time.0).or(time);
    Some(SeenEvent {
        container: container_of(regarding.and_then(|object| object.field_path.as_deref())),
        reason: reason.to_owned(),
        message: trimmed(event.note.as_deref()),
        count: count([event.deprecated_count, series.map(|series| series.count)]),
        first_seen: first,
        last_seen: last.or(time).or(first),
    })
}

fn trimmed(message: Option<&str>) -> String {
    message.unwrap_or_default().trim().to_owned()
}
