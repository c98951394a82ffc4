//! Events of a course.

use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_model::features::Gate;

use super::super::assumptions::ProbePlan;
use super::super::event::Event;
use super::super::happening::{Happening, Kind};
use super::super::plan::{ContainerPlan, PodPlan};
use super::super::reason::Reason;
use super::super::time::{MILLISECOND, Time, time};
use super::course::{Course, Setting, is_hasty};
use super::kills::{Kill, kills};
use super::span::Span;
use crate::probes::ProbeKind;
use crate::verdict::Verdict;

/// Lateness of a kubelet that has much to do.
const MARGIN: Time = 100 * MILLISECOND;

/// Forecasts under standard assumptions: the events of the first run of each container, in the order of
/// their earliest times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standard {
    /// Everything answers at once, and nothing ends.
    pub normal: Vec<Event>,
    /// Nothing ever answers, and each attempt fails at once: up to the first kill, and the restart
    /// that follows. `None` where it is left to chance which container ends the Pod.
    pub silent: Option<Vec<Event>>,
}

/// Returns the standard forecasts of a Pod; `None` where it is left to chance whether a container is killed
/// before its program listens.
pub fn standard(plan: &PodPlan, version: KubernetesVersion) -> Option<Standard> {
    let looks_on_demand = Gate::PLEGOnDemandRelist.is_on(version);
    let courses = |answers| {
        let setting = Setting {
            looks_on_demand,
            answers,
        };
        setting.courses(plan)
    };
    let (normal, silent) = (courses(true), courses(false));
    let mut own = plan.containers.iter().zip(&normal);
    if own.any(|(own, course)| is_hasty(own, course)) {
        return None;
    }
    let alive = vec![None; normal.len()];
    let silent = kills(plan, &silent).map(|kills| events(plan, &silent, &kills, false));
    Some(Standard {
        normal: events(plan, &normal, &alive, true),
        silent,
    })
}

fn events(
    plan: &PodPlan,
    courses: &[Course],
    kills: &[Option<Kill<'_>>],
    answers: bool,
) -> Vec<Event> {
    let mut events = Vec::new();
    for (index, (own, course)) in plan.containers.iter().zip(courses).enumerate() {
        let mut add = |instance, happening, span: Span, reason| {
            events.push(Event {
                container: index,
                instance,
                happening,
                occurrence: 0,
                earliest: Duration::from_nanos(span.lo.saturating_sub(MARGIN)),
                latest: Duration::from_nanos(span.hi.saturating_add(MARGIN)),
                is_certain: true,
                reason,
            });
        };
        for probe in &own.probes {
            if let Some(first) = course.first[probe.kind as usize]
                && (answers || probe.kind != ProbeKind::Readiness)
            {
                let reason = attempt_reason(own, probe, course);
                add(
                    0,
                    Happening::FirstProbe(Kind::from(probe.kind)),
                    first,
                    reason,
                );
            }
        }
        for (happening, at, kind) in [
            (Happening::Started, course.started, ProbeKind::Startup),
            (Happening::Ready, course.ready, ProbeKind::Readiness),
        ] {
            let reason = own.probe(kind).map_or(Reason::Running, |probe| {
                Reason::concluded(probe, Verdict::Success)
            });
            if let Some(at) = at {
                add(0, happening, at, reason);
            }
        }
        let Some(kill) = kills.get(index).copied().flatten() else {
            continue;
        };
        if kill.ends_pod {
            let grace_period = plan.grace_period;
            let reason = Reason::PodEnds { grace_period };
            add(0, Happening::Kill(None), kill.at, reason);
            continue;
        }
        let kind = Kind::from(kill.probe.kind);
        let reason = Reason::concluded(kill.probe, Verdict::Failure);
        add(0, Happening::Kill(Some(kind)), kill.at, reason);
        if let Some(at) = kill.restart {
            let at_once = Reason::AtOnce {
                restarts: 0,
                is_one_behind: true,
            };
            add(1, Happening::Restart, at, at_once);
        }
    }
    // Equal times keep the order of the course.
    events.sort_by_key(|event| event.earliest);
    events
}

fn attempt_reason(own: &ContainerPlan, probe: &ProbePlan, course: &Course) -> Reason {
    let is_over = own.probe(ProbeKind::Startup).is_some()
        && course
            .started
            .is_some_and(|started| time(probe.initial_delay) <= started.lo);
    let is_triggered =
        probe.kind == ProbeKind::Readiness && (probe.initial_delay.is_zero() || is_over);
    Reason::attempt(probe, is_triggered)
}
