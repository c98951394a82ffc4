//! The events of a shutdown for reports, each with its reason.

use std::time::Duration;

use pod_probe::{ShutdownEvent, ShutdownPlan, ShutdownStep};
use serde::Serialize;

use super::reason_text::reason_text;
use crate::explain::seconds::{not_after, not_before, rounded};
use crate::render::{Cell, TimelineEvent, Tone};

/// An event, with the range of its time from the deletion.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct TimelineItem {
    pub container: String,
    /// `delete`, `preStop` and so on.
    pub event: ShutdownStep,
    pub earliest_seconds: f64,
    pub latest_seconds: f64,
    /// False if it depends on what is not known.
    pub is_certain: bool,
    pub reason: String,
    #[serde(skip)]
    pub earliest: Duration,
    #[serde(skip)]
    pub latest: Duration,
}

/// Returns the events in the order of time, of the containers that `is_shown` accepts. `signal` is the
/// stop signal of a container, if it is another one than SIGTERM.
pub(super) fn timeline(
    plan: &ShutdownPlan,
    events: &[ShutdownEvent],
    is_shown: impl Fn(&str) -> bool,
    signal: impl Fn(&str) -> Option<String>,
) -> Vec<TimelineItem> {
    let item = |event: &ShutdownEvent| {
        let own = plan.containers.get(event.container)?;
        let mut reason = reason_text(&event.reason, own.role);
        if event.step == ShutdownStep::SigTerm
            && let Some(signal) = signal(&own.name)
        {
            reason.insert_str(0, &format!("{signal} instead; "));
        }
        Some(TimelineItem {
            container: own.name.clone(),
            event: event.step,
            earliest_seconds: not_after(event.earliest),
            latest_seconds: not_before(event.latest),
            is_certain: event.is_certain,
            reason,
            earliest: event.earliest,
            latest: event.latest,
        })
    };
    let items = events.iter().filter_map(item);
    let mut items: Vec<_> = items.filter(|own| is_shown(&own.container)).collect();
    // Equal times are in the order of the course.
    items.sort_by_key(|own| (own.earliest, own.latest, own.event));
    items
}

/// Returns the events for people: the deletion is one, and the place of now is marked.
pub(super) fn for_people(items: &[TimelineItem], now: Option<Duration>) -> Vec<TimelineEvent> {
    let mut has_delete = false;
    let mut is_behind = false;
    let mut events = Vec::new();
    let is_named = items.iter().any(|own| own.container != items[0].container);
    for item in items {
        let is_delete = item.event == ShutdownStep::Delete;
        if is_delete && std::mem::replace(&mut has_delete, true) {
            continue;
        }
        if let Some(now) = now
            && !is_behind
            && item.earliest > now
        {
            is_behind = true;
            events.push(marker(now));
        }
        let (earliest, latest) = rounded(item.earliest, item.latest);
        let perhaps = if item.is_certain { "" } else { "perhaps: " };
        let tone = match item.event {
            ShutdownStep::SigKill => Tone::Error,
            ShutdownStep::SigTerm => Tone::Warning,
            _ => Tone::Plain,
        };
        let is_whole = is_delete || !is_named;
        events.push(TimelineEvent {
            earliest,
            latest: Some(latest),
            container: if is_whole {
                String::new()
            } else {
                item.container.clone()
            },
            event: Cell::new(word(item.event), tone),
            reason: format!("{perhaps}{}", item.reason),
        });
    }
    if let Some(now) = now.filter(|_| !is_behind && !events.is_empty()) {
        events.push(marker(now));
    }
    events
}

fn marker(now: Duration) -> TimelineEvent {
    TimelineEvent {
        earliest: now,
        latest: Some(now),
        container: String::new(),
        event: Cell::new("now", Tone::Warning),
        reason: String::new(),
    }
}

/// Returns the name of an event.
pub(super) fn word(step: ShutdownStep) -> &'static str {
    match step {
        ShutdownStep::Delete => "delete",
        ShutdownStep::PreStop => "preStop",
        ShutdownStep::PreStopEnd => "preStopEnd",
        ShutdownStep::SigTerm => "sigterm",
        ShutdownStep::SigKill => "sigkill",
        ShutdownStep::Ended => "ended",
    }
}
