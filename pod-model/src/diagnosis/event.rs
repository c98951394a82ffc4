//! Events about an object, of both APIs, as one type.

use k8s_openapi::api::core::v1::Event;
use k8s_openapi::api::events::v1::Event as NewerEvent;
use k8s_openapi::jiff::Timestamp;

use super::cause::Evidence;

/// An event, or several that differ in their times only.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodEvent {
    /// The container that it is about.
    pub container: Option<String>,
    /// `Killing`.
    pub reason: String,
    /// The message, in the words of the reporter.
    pub message: String,
    /// The component that reported it; empty where nobody wrote it down.
    pub reporter: String,
    /// True for the type `Warning`.
    pub is_warning: bool,
    /// Number of times.
    pub count: u32,
    /// Time of the first one.
    pub first: Option<Timestamp>,
    /// Time of the last one.
    pub last: Option<Timestamp>,
}

impl PodEvent {
    /// Returns an event of the core API.
    pub fn of(event: &Event) -> Self {
        let source = event.source.as_ref();
        let source = source.and_then(|source| source.component.as_deref());
        let series = event.series.as_ref();
        let time = event.event_time.as_ref().map(|time| time.0);
        let first = event.first_timestamp.as_ref().map(|time| time.0).or(time);
        let last = series.and_then(|series| series.last_observed_time.as_ref());
        let last = last.map(|time| time.0);
        let last = last.or(event.last_timestamp.as_ref().map(|time| time.0));
        Self {
            container: container_of(event.involved_object.field_path.as_deref()),
            reason: text(event.reason.as_deref()),
            message: said(event.message.as_deref()),
            reporter: first_of([source, event.reporting_component.as_deref()]),
            is_warning: event.type_.as_deref() == Some("Warning"),
            count: count([event.count, series.and_then(|series| series.count)]),
            first: first.or(last),
            last: last.or(time).or(first),
        }
    }

    /// Returns an event of `events.k8s.io`.
    pub fn of_newer(event: &NewerEvent) -> Self {
        let source = event.deprecated_source.as_ref();
        let source = source.and_then(|source| source.component.as_deref());
        let series = event.series.as_ref();
        let time = event.event_time.as_ref().map(|time| time.0);
        let first = event.deprecated_first_timestamp.as_ref();
        let first = first.map(|time| time.0).or(time);
        let last = event.deprecated_last_timestamp.as_ref();
        let last = last.map(|time| time.0);
        let last = series.map(|series| series.last_observed_time.0).or(last);
        let regarding = event.regarding.as_ref();
        Self {
            container: container_of(regarding.and_then(|object| object.field_path.as_deref())),
            reason: text(event.reason.as_deref()),
            message: said(event.note.as_deref()),
            reporter: first_of([event.reporting_controller.as_deref(), source]),
            is_warning: event.type_.as_deref() == Some("Warning"),
            count: count([event.deprecated_count, series.map(|series| series.count)]),
            first: first.or(last),
            last: last.or(time).or(first),
        }
    }

    /// Returns false if another component reported it; one without a reporter is believed.
    ///
    /// Anyone who may write events may give them any reason.
    pub fn is_from(&self, component: &str) -> bool {
        self.reporter.is_empty() || self.reporter == component
    }

    /// Returns it as a fact.
    pub(super) fn evidence(&self) -> Evidence {
        Evidence {
            text: if self.message.is_empty() {
                format!("event {}", self.reason)
            } else {
                format!("event {}: {}", self.reason, self.message)
            },
            path: None,
            at: self.last,
            count: self.count,
        }
    }
}

/// Returns the container that a path such as `spec.containers{web}` names.
fn container_of(field: Option<&str>) -> Option<String> {
    let name = field?.split_once('{')?.1.strip_suffix('}')?;
    Some(name.to_owned())
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().trim().to_owned()
}

/// Returns a message without the words that a recorder puts before it once it counts similar events as one.
///
/// Upstream: `EventAggregatorByReasonMessageFunc` in client-go's tools/record/events_cache.go.
fn said(message: Option<&str>) -> String {
    let message = message.unwrap_or_default().trim();
    let combined = message.strip_prefix("(combined from similar events): ");
    combined.unwrap_or(message).trim_start().to_owned()
}

fn first_of(texts: [Option<&str>; 2]) -> String {
    let mut texts = texts.into_iter().flatten();
    texts
        .find(|text| !text.is_empty())
        .unwrap_or_default()
        .to_owned()
}

/// Returns the largest of an event's counts.
fn count(counts: [Option<i32>; 2]) -> u32 {
    let counts = counts.into_iter().flatten();
    let counts = counts.filter_map(|count| u32::try_from(count).ok());
    counts.max().unwrap_or(1).max(1)
}
