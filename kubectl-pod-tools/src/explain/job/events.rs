//! Events of the controllers about a Job or a `CronJob`.

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use k8s_openapi::jiff::Timestamp;
use pod_model::lookup::{Answers, Completeness, Need};
use pod_model::selector::FieldSelector;
use serde::Serialize;

use crate::explain::mask::mask_text;

/// An event of the controller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct SeenEvent {
    pub reason: String,
    pub message: String,
    pub count: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
}

/// Reasons of normal events that explain why nothing runs; each warning does.
///
/// Upstream: pkg/controller/job/job_controller.go, pkg/controller/cronjob/cronjob_controllerv2.go.
const NORMAL: [&str; 3] = ["Suspended", "Resumed", "JobAlreadyActive"];

fn selector(metadata: &ObjectMeta) -> Option<FieldSelector> {
    let uid = metadata.uid.as_deref().filter(|uid| !uid.is_empty())?;
    Some(FieldSelector::equal([("involvedObject.uid", uid)]))
}

/// Returns the look-up of the events about an object that has been created.
pub(super) fn need_events(metadata: &ObjectMeta, namespace: &str) -> Option<Need> {
    let selector = selector(metadata)?;
    Some(Need::with_fields::<Event>(namespace, selector))
}

/// Returns the events about an object, the newest first, and the reason why they were not read.
pub(super) fn events(
    metadata: &ObjectMeta,
    namespace: &str,
    answers: &Answers,
) -> (Vec<SeenEvent>, Option<String>) {
    let Some(selector) = selector(metadata) else {
        return (Vec::new(), None);
    };
    let list = answers.with_fields::<Event>(namespace, &selector);
    let unread = match list.completeness {
        Completeness::Complete | Completeness::NotAsked => None,
        Completeness::Forbidden => Some("events: not allowed to list them".to_owned()),
        Completeness::Failed => {
            let why = list.failure.unwrap_or("the cluster failed");
            Some(format!("events: {why}"))
        }
    };
    let mut seen: Vec<SeenEvent> = Vec::new();
    for found in &list.objects {
        let event = found.object;
        let reason = event.reason.as_deref().unwrap_or_default();
        if event.type_.as_deref() != Some("Warning") && !NORMAL.contains(&reason) {
            continue;
        }
        let own = seen_event(event, reason);
        if !seen.contains(&own) {
            seen.push(own);
        }
    }
    seen.sort_by_key(|own| std::cmp::Reverse(own.last_seen));
    (seen, unread)
}

fn seen_event(event: &Event, reason: &str) -> SeenEvent {
    let series = event.series.as_ref();
    let counts = [event.count, series.and_then(|own| own.count)];
    let last = series.and_then(|own| own.last_observed_time.as_ref());
    let last = last.or(event.event_time.as_ref()).map(|time| time.0);
    SeenEvent {
        reason: reason.to_owned(),
        message: mask_text(event.message.as_deref().unwrap_or_default().trim()),
        count: counts.into_iter().flatten().max().unwrap_or(1).max(1),
        last_seen: event.last_timestamp.as_ref().map(|time| time.0).or(last),
    }
}
