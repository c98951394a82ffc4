//! The kubelet's events about hooks, and what a status says of them.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, Completeness, Need};
use pod_model::selector::FieldSelector;
use serde::Serialize;

use crate::explain::mask::mask_text;
use crate::targets::Target;

/// An event about a hook, or the state of a container whose hook has failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SeenHook {
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

fn selector(target: &Target) -> Option<FieldSelector> {
    let uid = target.metadata.uid.as_deref().filter(|uid| !uid.is_empty());
    let pairs = match (uid, target.metadata.name.as_deref()) {
        (Some(uid), _) => vec![("involvedObject.uid", uid)],
        (None, Some(name)) => vec![
            ("involvedObject.kind", "Pod"),
            ("involvedObject.name", name),
        ],
        (None, None) => return None,
    };
    Some(FieldSelector::equal(pairs))
}

/// Returns the look-up of a Pod's events, if it has run.
pub(super) fn needs(target: &Target) -> Vec<Need> {
    let selector = has_run(target).then(|| selector(target)).flatten();
    let need = |selector| Need::with_fields::<Event>(&target.pod_namespace, selector);
    selector.map(need).into_iter().collect()
}

/// Returns what is known of a Pod's hooks, and the reason why its events were not read.
pub(super) fn observed(target: &Target, answers: &Answers) -> (Vec<SeenHook>, Option<String>) {
    let mut seen = states(target);
    let Some(selector) = selector(target).filter(|_| target.is_pod()) else {
        return (seen, None);
    };
    let list = answers.with_fields::<Event>(&target.pod_namespace, &selector);
    let unread = match list.completeness {
        Completeness::Complete | Completeness::NotAsked => None,
        Completeness::Forbidden => Some("not allowed to list them".to_owned()),
        Completeness::Failed => Some(list.failure.unwrap_or("the cluster failed").to_owned()),
    };
    let mut names = HashSet::new();
    let own = list.objects.iter().map(|found| found.object);
    let own = own.filter(|event| names.insert(&event.metadata.name));
    seen.extend(own.filter_map(event));
    (seen, unread.filter(|_| has_run(target)))
}

fn event(event: &Event) -> Option<SeenHook> {
    let reason = event.reason.as_deref()?;
    let source = event.source.as_ref();
    let source = source.and_then(|source| source.component.as_deref());
    let mut named = [source, event.reporting_component.as_deref()]
        .into_iter()
        .flatten();
    let named = named.find(|name| !name.is_empty());
    if !REASONS.contains(&reason) || named.is_some_and(|name| name != "kubelet") {
        return None;
    }
    let field = event.involved_object.field_path.as_deref();
    let container = field.and_then(|field| field.split_once('{')?.1.strip_suffix('}'));
    let series = event.series.as_ref();
    let counts = [event.count, series.and_then(|own| own.count)]
        .into_iter()
        .flatten();
    let last = series.and_then(|own| own.last_observed_time.as_ref());
    let last = last.or(event.event_time.as_ref()).map(|time| time.0);
    Some(SeenHook {
        container: container.map(str::to_owned),
        reason: reason.to_owned(),
        message: mask_text(event.message.as_deref().unwrap_or_default().trim()),
        count: counts
            .filter_map(|own| u32::try_from(own).ok())
            .max()
            .unwrap_or(1)
            .max(1),
        last_seen: event.last_timestamp.as_ref().map(|time| time.0).or(last),
    })
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
