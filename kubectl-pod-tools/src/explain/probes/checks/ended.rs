//! Checks of a run that has ended: whether a probe can have ended it.

use std::collections::HashMap;
use std::time::Duration;

use pod_model::{Finding, rules};
use pod_probe::{Handler, Probe, ProbeKind};

use super::super::observed::{LastRun, Observed, SeenContainer};
use super::super::report::ContainerProbes;
use super::super::seen_events::SeenEvent;
use super::subject::Subject;

/// The least error of two times that are cut to seconds.
const SECOND: Duration = Duration::from_secs(1);

pub(super) fn check(subject: &Subject<'_>, observed: &Observed, found: &mut Vec<Finding>) {
    let statuses = observed.containers.iter();
    let statuses: HashMap<&str, &SeenContainer> =
        statuses.map(|own| (own.name.as_str(), own)).collect();
    let mut kills: HashMap<&str, Vec<&SeenEvent>> = HashMap::new();
    for event in observed.events.iter().filter(|own| own.is_kill_by_probe()) {
        let name = event.container.as_deref().unwrap_or_default();
        kills.entry(name).or_default().push(event);
    }
    for own in subject.containers {
        let name = own.name.as_str();
        if let Some(status) = statuses.get(name)
            && let Some(run) = &status.last_run
        {
            let kills = kills.get(name).map_or(&[][..], Vec::as_slice);
            found.extend(ended(own, status, run, kills));
        }
    }
}

/// A run that was too short for its probes.
fn ended(
    own: &ContainerProbes,
    status: &SeenContainer,
    run: &LastRun,
    kills: &[&SeenEvent],
) -> Option<Finding> {
    let probes = own.probes.iter().map(|own| &own.probe);
    let least = probes
        .filter_map(|probe| least(probe, run.is_first))
        .min()?;
    let kill = kills.iter().find(|event| {
        event.last_seen.is_some_and(|at| {
            let since = at.duration_since(run.started_at).as_secs();
            let until = run.finished_at.duration_since(at).as_secs();
            since >= 0 && until >= -1
        })
    });
    let seconds = least.as_secs();
    if let Some(kill) = kill {
        let after = kill.last_seen?.duration_since(run.started_at).as_secs();
        let is_early = u64::try_from(after).is_ok_and(|after| after + 1 < seconds);
        let message = format!(
            "container {} was killed by a probe {after} s after its start, although its probes need at \
             least {seconds} s",
            own.name
        );
        let finding = Finding::new(&rules::CONTRADICTS_FORECAST, own.path.clone(), message);
        return is_early.then_some(finding);
    }
    // One that ends once is what many containers do.
    if status.restart_count == 0 || run.lasted() + SECOND >= least {
        return None;
    }
    let reason = match &run.reason {
        Some(reason) => format!(" ({reason})"),
        None => String::new(),
    };
    let message = format!(
        "the last run of container {} ended after {} s with exit code {}{reason}, and its probes cannot \
         kill it within {seconds} s: no probe ended it",
        own.name,
        run.lasted().as_secs(),
        run.exit_code
    );
    let finding = Finding::new(&rules::ENDED_BEFORE_PROBES, own.path.clone(), message);
    let out_of_memory = run.reason.as_deref() == Some("OOMKilled");
    Some(finding.help(if out_of_memory {
        "raise its memory limit, or make it use less".to_owned()
    } else {
        format!("read its log: kubectl logs --previous -c {} POD", own.name)
    }))
}

/// Returns the least time from a container's start to its kill by a probe, or `None` for a probe that
/// kills nothing. Each failure of the first run takes a tick of its own. Later, those at the end of the
/// run before count on, so that one is enough.
///
/// Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.
fn least(probe: &Probe, is_first: bool) -> Option<Duration> {
    let can_run = !matches!(
        probe.handler,
        Handler::Unresolved { .. } | Handler::Missing {}
    );
    if probe.kind == ProbeKind::Readiness || !can_run {
        return None;
    }
    let seconds = |number: i32| u64::try_from(number).unwrap_or_default();
    let more = seconds(probe.failure_threshold).saturating_sub(1);
    let more = if is_first { more } else { 0 };
    let delay = seconds(probe.initial_delay_seconds).saturating_sub(1);
    let ticks = more.saturating_mul(seconds(probe.period_seconds));
    Some(Duration::from_secs(delay.saturating_add(ticks)))
}
