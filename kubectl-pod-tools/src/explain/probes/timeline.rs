//! The events of a forecast for reports, each with its reason.

use std::time::Duration;

use pod_probe::{ContainerPlan, Event, Happening, Kind, PodPlan, ProbeKind, Reason};
use serde::Serialize;

use super::reason_text::{Of, reason_text};
use super::words::kind_word;
use crate::explain::seconds::{not_after, not_before};

/// An event, with the range of its time from the start of the first container.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct TimelineItem {
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
        let of = Of {
            instance: event.instance,
            is_gated: is_gated(container, event.happening),
            is_synced: event.happening == Happening::FirstProbe(Kind::Readiness),
        };
        let mut reason = reason_text(event.reason, of);
        if may_come_at_once(event, events) {
            reason.insert_str(0, "at once, or ");
        }
        items.push(TimelineItem {
            container: container.name.clone(),
            event: name,
            probe,
            instance: event.instance,
            occurrence: event.occurrence,
            earliest_seconds: not_after(event.earliest),
            latest_seconds: not_before(event.latest),
            is_certain: event.is_certain,
            reason,
            earliest: event.earliest,
            latest: event.latest,
        });
    }
    items
}

/// Returns whether a restart waits in some runs only: it comes sooner after the end of the run before than
/// its wait.
fn may_come_at_once(restart: &Event, events: &[Event]) -> bool {
    let (Happening::Restart, Reason::BackOff { wait, .. }) = (restart.happening, restart.reason)
    else {
        return false;
    };
    let mut events = events.iter();
    let ended = events.find(|event| {
        event.container == restart.container
            && event.instance + 1 == restart.instance
            && event.happening == Happening::Ended
    });
    // Ranges are wider than what was seen by a part of their width.
    ended.is_some_and(|ended| restart.earliest + wait / 4 < ended.earliest + wait)
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

#[cfg(test)]
mod tests {
    use super::*;

    fn event(
        instance: u32,
        happening: Happening,
        earliest: u64,
        latest: u64,
        reason: Reason,
    ) -> Event {
        Event {
            container: 0,
            instance,
            happening,
            occurrence: 0,
            earliest: Duration::from_secs(earliest),
            latest: Duration::from_secs(latest),
            is_certain: true,
            reason,
        }
    }

    #[test]
    fn a_restart_that_waits_in_some_runs_only_is_not_said_to_wait_always() {
        let wait = Reason::BackOff {
            wait: Duration::from_secs(40),
            is_one_behind: false,
        };
        let ended = event(4, Happening::Ended, 143, 205, Reason::Killed);
        let some = event(5, Happening::Restart, 149, 270, wait);
        assert!(may_come_at_once(&some, &[ended.clone(), some.clone()]));
        let all = event(5, Happening::Restart, 181, 270, wait);
        assert!(!may_come_at_once(&all, &[ended, all.clone()]));
    }
}
