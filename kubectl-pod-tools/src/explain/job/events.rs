//! Events of the controllers about a Job or a `CronJob`.

use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, Need};
use serde::Serialize;

use crate::explain::events::Events;
use crate::explain::mask::mask_text;

/// An event of the controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SeenEvent {
    pub reason: String,
    pub message: String,
    pub count: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// Reasons of normal events that explain why nothing runs; each warning does.
///
/// Upstream: pkg/controller/job/job_controller.go, pkg/controller/cronjob/cronjob_controllerv2.go.
const NORMAL: [&str; 3] = ["Suspended", "Resumed", "JobAlreadyActive"];

/// Returns the look-up of the events about an object that has been created.
pub(super) fn need_events(kind: &str, metadata: &ObjectMeta, namespace: &str) -> Option<Need> {
    let is_created = metadata.uid.as_deref().is_some_and(|uid| !uid.is_empty());
    is_created
        .then(|| Events::need(kind, metadata, namespace))
        .flatten()
}

/// Returns the events about an object, the newest first, and the reason why they were not read.
pub(super) fn events(
    kind: &str,
    metadata: &ObjectMeta,
    namespace: &str,
    answers: &Answers,
) -> (Vec<SeenEvent>, Option<String>) {
    if metadata.uid.as_deref().is_none_or(str::is_empty) {
        return (Vec::new(), None);
    }
    let about = Events::about(kind, metadata, namespace, answers);
    let mut seen: Vec<SeenEvent> = Vec::new();
    for event in about.all() {
        if !event.is_warning && !NORMAL.contains(&event.reason.as_str()) {
            continue;
        }
        let own = SeenEvent {
            reason: event.reason,
            message: mask_text(&event.message),
            count: event.count,
            last_seen: event.last,
        };
        if !seen.contains(&own) {
            seen.push(own);
        }
    }
    seen.sort_by_key(|own| std::cmp::Reverse(own.last_seen));
    let is_refused = about.are_refused();
    let unread = about.unread.filter(|_| is_refused);
    (seen, unread.map(|why| format!("events: {why}")))
}
