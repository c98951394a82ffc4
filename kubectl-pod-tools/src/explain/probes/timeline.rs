//! The events of a forecast for reports, each with its reason.

use std::time::Duration;

use pod_probe::{ContainerPlan, Event, Happening, Kind, PodPlan, ProbeKind};
use serde::Serialize;

use super::reason_text::reason_text;
use super::seconds::{not_after, not_before};
use super::words::kind_word;

/// An event, with the range of its time from the start of the first container.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimelineItem {
    pub container: String,
    /// `firstProbe`, `ready` and so on.
    pub event: &'static str,
    /// The probe that runs or kills.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub probe: Option<&'static str>,
    /// 0 is the first run of the container.
    pub instance: u32,
    /// Its number among equal events of the run, from 0 on.
    pub occurrence: u32,
    pub earliest_seconds: f64,
    pub latest_seconds: f64,
    /// False if it depends on chance.
    pub is_certain: bool,
    pub reason: String,
    #[serde(skip)]
    pub earliest: Duration,
    #[serde(skip)]
    pub latest: Duration,
}

/// Returns the events of the containers that `is_shown` accepts.
pub(super) fn timeline(
    plan: &PodPlan,
    events: &[Event],
    is_shown: impl Fn(&str) -> bool,
) -> Vec<TimelineItem> {
    let mut items = Vec::new();
    for event in events {
        let Some(container) = plan.containers.get(event.container) else {
            continue;
        };
        if !is_shown(&container.name) {
            continue;
        }
        let (name, probe) = words(event.happening);
        items.push(TimelineItem {
            container: container.name.clone(),
            event: name,
            probe,
            instance: event.instance,
            occurrence: event.occurrence,
            earliest_seconds: not_after(event.earliest),
            latest_seconds: not_before(event.latest),
            is_certain: event.is_certain,
            reason: reason_text(event.reason, is_gated(container, event.happening)),
            earliest: event.earliest,
            latest: event.latest,
        });
    }
    items
}

/// Returns whether a probe's first attempt waits for the startup probe.
fn is_gated(container: &ContainerPlan, happening: Happening) -> bool {
    let has_startup = || {
        let mut probes = container.probes.iter();
        probes.any(|probe| probe.kind == ProbeKind::Startup)
    };
    matches!(
        happening,
        Happening::FirstProbe(Kind::Readiness | Kind::Liveness)
    ) && has_startup()
}

fn words(happening: Happening) -> (&'static str, Option<&'static str>) {
    match happening {
        Happening::FirstProbe(kind) => ("firstProbe", Some(kind_word(kind))),
        Happening::Started => ("started", None),
        Happening::Ready => ("ready", None),
        Happening::Unready => ("unready", None),
        Happening::Kill(kind) => ("kill", kind.map(kind_word)),
        Happening::SigTerm => ("sigterm", None),
        Happening::SigKill => ("sigkill", None),
        Happening::Ended => ("ended", None),
        Happening::Restart => ("restart", None),
    }
}
