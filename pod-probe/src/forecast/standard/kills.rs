//! Kills of containers that never answer.

use std::time::Duration;

use super::super::assumptions::ProbePlan;
use super::super::plan::{ContainerPlan, PodPlan};
use super::super::time::{ASK, START, STOP, Time, time};
use super::course::{Course, SYNC, connecting};
use super::span::Span;
use crate::probes::ProbeKind;

/// The first kill of a container by a probe.
#[derive(Clone, Copy, Debug)]
pub(super) struct Kill<'a> {
    pub(super) probe: &'a ProbePlan,
    pub(super) at: Span,
    /// Nothing of the Pod runs on or starts again.
    pub(super) ends_pod: bool,
    /// The next start of the container.
    pub(super) restart: Option<Span>,
}

/// Returns the kill of each container, in their order; `None` where it is left to chance which one ends
/// the Pod.
///
/// Upstream: `computePodActions` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`.
pub(super) fn kills<'a>(plan: &'a PodPlan, courses: &[Course]) -> Option<Vec<Option<Kill<'a>>>> {
    if plan
        .containers
        .iter()
        .any(|own| !own.restart_rules.is_empty())
    {
        return None;
    }
    let own = plan.containers.iter().zip(courses);
    let mut kills: Vec<_> = own.map(|(own, course)| kill(own, course)).collect();
    wait_for_others(plan, &mut kills);
    let is_app = |index: usize| !plan.containers[index].is_sidecar;
    // A container that has not started yet is to start.
    let stays = |index: usize| {
        is_app(index)
            && (kills.get(index).is_none_or(Option::is_none)
                || plan.containers[index].restarts_after_kill())
    };
    if (0..plan.containers.len()).any(stays) {
        return Some(kills);
    }
    let Some(last) = kills.len().checked_sub(1) else {
        return Some(kills);
    };
    let end = kills[last].map(|kill| kill.at)?;
    let first = plan.sidecars();
    if first != last {
        return None;
    }
    // What is begun when the Pod ends may not come.
    let mut begun = courses.iter().flat_map(|own| own.first.iter().flatten());
    if begun.any(|first| first.hi >= end.lo) {
        return None;
    }
    for kill in &mut kills[..last] {
        match kill {
            Some(own) if own.at.lo > end.hi => *kill = None,
            Some(own) if own.restart.is_none_or(|restart| restart.hi >= end.lo) => return None,
            _ => {}
        }
    }
    if let Some(kill) = &mut kills[last] {
        kill.ends_pod = true;
    }
    Some(kills)
}

/// A sync may be busy with other containers that are killed before.
fn wait_for_others(plan: &PodPlan, kills: &mut [Option<Kill<'_>>]) {
    let stops: Vec<Time> = plan.containers.iter().map(|own| stop(own).1).collect();
    let all = stops.iter().copied().fold(0, Time::saturating_add);
    // By time: the sum of what those up to it wait for.
    let mut begun: Vec<(Time, Time)> = kills
        .iter()
        .zip(&stops)
        .filter_map(|(kill, stop)| Some((kill.as_ref()?.at.lo, *stop)))
        .collect();
    begun.sort_unstable();
    let mut sum: Time = 0;
    for (_, waits) in &mut begun {
        sum = sum.saturating_add(*waits);
        *waits = sum;
    }
    for (kill, own) in kills.iter_mut().zip(&stops) {
        let Some(kill) = kill else { continue };
        let until = kill.at.hi.saturating_add(all);
        let count = begun.partition_point(|(at, _)| *at <= until);
        let waits = count.checked_sub(1).map_or(0, |last| begun[last].1);
        let waits = waits.saturating_sub(*own);
        kill.at = kill.at.plus(0, waits);
        kill.restart = kill.restart.map(|at| at.plus(0, waits));
    }
}

fn kill<'a>(own: &'a ContainerPlan, course: &Course) -> Option<Kill<'a>> {
    // A startup probe holds the others back.
    let probe = own
        .probe(ProbeKind::Startup)
        .or_else(|| own.probe(ProbeKind::Liveness))?;
    let first = course.first[probe.kind as usize].filter(|_| !probe.is_errored)?;
    let others = Time::from(probe.failure_threshold.saturating_sub(1));
    let refused = connecting(probe);
    // The tick that comes during an attempt makes the next one at its end.
    let late = if refused >= time(probe.period) {
        ASK.1.saturating_mul(others)
    } else {
        0
    };
    let others = time(probe.period).max(refused).saturating_mul(others);
    let least = others.saturating_add(refused);
    let failed = first.plus(
        least.saturating_add(ASK.0),
        least.saturating_add(late + ASK.1),
    );
    let at = failed.plus(0, SYNC);
    let (least, most) = stop(own);
    let restart = at.plus(least.saturating_add(START.0), most.saturating_add(START.1));
    Some(Kill {
        probe,
        at,
        ends_pod: false,
        restart: own.restarts_after_kill().then_some(restart),
    })
}

/// Returns the time from a kill to the end of a container.
fn stop(own: &ContainerPlan) -> (Time, Time) {
    let hook = |grace: Duration| own.pre_stop.map_or(0, |takes| time(takes.min(grace)));
    let probes = own.probes.iter();
    let killers = probes.filter(|probe| probe.kind != ProbeKind::Readiness);
    let hooks = killers.map(|probe| hook(probe.grace_period));
    let hooks = hooks.fold(None, |span: Option<(Time, Time)>, hook| {
        Some(span.map_or((hook, hook), |(least, most)| {
            (least.min(hook), most.max(hook))
        }))
    });
    // One that nothing kills takes no time.
    hooks.map_or((0, 0), |(least, most)| {
        (
            least.saturating_add(STOP.0),
            most.saturating_add(STOP.1).saturating_add(START.1),
        )
    })
}
