//! The events about one object, of both APIs, with the reason where they are not known.

use std::collections::HashSet;

use k8s_openapi::api::core::v1::{Event, EventSeries};
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::diagnosis::PodEvent;
use pod_model::lookup::{Answers, Completeness, Need};
use pod_model::selector::FieldSelector;

/// The reason why events of a file are not known.
pub(super) const NOT_IN_FILE: &str = "none are in the file";

/// The events about one object.
#[derive(Default)]
pub(super) struct Events<'a> {
    core: Vec<&'a Event>,
    /// Those of `events.k8s.io` that are not among them: only files have both, the server stores them as one.
    newer: Vec<&'a NewerEvent>,
    /// The reason why they were not read, or `None` if they were.
    pub unread: Option<String>,
}

/// Returns the selector of the events about an object, by the field that names what an event is about.
fn about(kind: &str, metadata: &ObjectMeta, object: &str) -> Option<FieldSelector> {
    let uid = metadata.uid.as_deref().filter(|uid| !uid.is_empty());
    let path = |field: &str| format!("{object}.{field}");
    let pairs = match (uid, metadata.name.as_deref()) {
        (Some(uid), _) => vec![(path("uid"), uid)],
        (None, Some(name)) => vec![(path("kind"), kind), (path("name"), name)],
        (None, None) => return None,
    };
    let pairs = pairs.iter().map(|(path, value)| (path.as_str(), *value));
    Some(FieldSelector::equal(pairs))
}

impl<'a> Events<'a> {
    /// Returns the look-up of the events about an object.
    pub(super) fn need(kind: &str, metadata: &ObjectMeta, namespace: &str) -> Option<Need> {
        let selector = about(kind, metadata, "involvedObject")?;
        Some(Need::with_fields::<Event>(namespace, selector))
    }

    /// Returns the events about an object.
    pub(super) fn about(
        kind: &str,
        metadata: &ObjectMeta,
        namespace: &str,
        answers: &'a Answers,
    ) -> Self {
        let Some(selector) = about(kind, metadata, "involvedObject") else {
            return Self {
                unread: Some("it has no name".to_owned()),
                ..Self::default()
            };
        };
        let list = answers.with_fields::<Event>(namespace, &selector);
        let unread = match list.completeness {
            Completeness::Complete => None,
            // A file with events has all that somebody recorded.
            Completeness::NotAsked => {
                let has_any =
                    answers.has_any::<Event>(namespace) || answers.has_any::<NewerEvent>(namespace);
                (!has_any).then(|| NOT_IN_FILE.to_owned())
            }
            Completeness::Forbidden => Some("not allowed to list them".to_owned()),
            Completeness::Failed => Some(list.failure.unwrap_or("the cluster failed").to_owned()),
        };
        let mut names = HashSet::new();
        let core = list.objects.iter().map(|found| found.object);
        let core = core
            .filter(|event| names.insert(&event.metadata.name))
            .collect();
        let mut newer = Vec::new();
        if let Some(selector) = about(kind, metadata, "regarding") {
            let list = answers.with_fields::<NewerEvent>(namespace, &selector);
            let all = list.objects.iter().map(|found| found.object);
            newer.extend(all.filter(|event| names.insert(&event.metadata.name)));
        }
        Self {
            core,
            newer,
            unread,
        }
    }

    /// Returns true if they are in the cluster and could not be read. A file without events is taken as it is.
    pub(super) fn are_refused(&self) -> bool {
        self.unread.as_deref().is_some_and(|why| why != NOT_IN_FILE)
    }

    /// Returns all of them.
    pub(super) fn all(&self) -> Vec<PodEvent> {
        let core = self.core.iter().copied().map(PodEvent::of);
        let newer = self.newer.iter().copied().map(PodEvent::of_newer);
        core.chain(newer).collect()
    }

    /// Returns those of the kubelet with one of the reasons.
    pub(super) fn of_kubelet(&self, reasons: &[&str]) -> Vec<PodEvent> {
        let mut all = self.all();
        all.retain(|event| event.is_from("kubelet") && reasons.contains(&event.reason.as_str()));
        all
    }

    /// Returns those with a reason as the core API has them.
    pub(super) fn as_core(&self, reason: &str) -> Vec<Event> {
        let has = |own: &Option<String>| own.as_deref() == Some(reason);
        let core = self.core.iter().filter(|event| has(&event.reason));
        let newer = self.newer.iter().filter(|event| has(&event.reason));
        let core = core.copied().cloned();
        core.chain(newer.copied().map(as_core)).collect()
    }
}

/// Upstream: pkg/apis/events/v1/conversion.go.
fn as_core(event: &NewerEvent) -> Event {
    let event = event.clone();
    Event {
        metadata: event.metadata,
        action: event.action,
        count: event.deprecated_count,
        event_time: event.event_time,
        first_timestamp: event.deprecated_first_timestamp,
        involved_object: event.regarding.unwrap_or_default(),
        last_timestamp: event.deprecated_last_timestamp,
        message: event.note,
        reason: event.reason,
        related: event.related,
        reporting_component: event.reporting_controller,
        reporting_instance: event.reporting_instance,
        series: event.series.map(|series| EventSeries {
            count: Some(series.count),
            last_observed_time: Some(series.last_observed_time),
        }),
        source: event.deprecated_source,
        type_: event.type_,
    }
}
