//! The Pod, one sentence, and its times.

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_probe::{ContainerPlan, PodPlan, ProbeKind, ProbePlan, RestartPolicy};

use super::super::report::{Assumed, ContainerProbes, Outlook};
use crate::explain::seconds::{not_after, not_before, rounded};
use crate::render::time_range;

/// The Pod whose consequences are told.
pub(in super::super) struct OutlookPod<'a> {
    pub spec: &'a PodSpec,
    pub plan: &'a PodPlan,
    /// Those that are shown.
    pub containers: &'a [ContainerProbes],
    /// True if a Job makes it.
    pub is_job: bool,
}

/// From the earliest to the latest time.
pub(super) type Times = (Duration, Duration);

/// A sync of the Pod comes at once, or with the kubelet's next look at its containers, once a second; and
/// what it takes itself.
const SYNC: Duration = Duration::from_millis(1_100);

/// Formats a range, rounded outwards.
pub(super) fn range(times: Times) -> String {
    let (earliest, latest) = rounded(times.0, times.1);
    time_range(earliest, Some(latest))
}

pub(super) fn entry(
    container: Option<&ContainerPlan>,
    assumption: Assumed,
    times: Option<Times>,
    message: String,
) -> Outlook {
    Outlook {
        container: container.map(|own| own.name.clone()),
        assumption,
        earliest_seconds: times.map(|(earliest, _)| not_after(earliest)),
        latest_seconds: times.map(|(_, latest)| not_before(latest)),
        message,
    }
}

/// Returns a probe of a container, if its attempts can be run.
pub(super) fn sound(container: &ContainerPlan, kind: ProbeKind) -> Option<&ProbePlan> {
    let mut probes = container.probes.iter();
    probes.find(|probe| probe.kind == kind && !probe.is_errored)
}

pub(super) fn has(container: &ContainerPlan, kind: ProbeKind) -> bool {
    container.probes.iter().any(|probe| probe.kind == kind)
}

/// An attempt takes up to this much longer than its time-out.
const OVERHEAD: Duration = Duration::from_millis(30);

/// Returns the time from the first of the attempts that fail to the end of the last one, if each of them
/// times out. An attempt that takes longer than the period takes its place: one tick is kept meanwhile.
///
/// Upstream: `worker.run` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.
pub(super) fn timeouts(probe: &ProbePlan) -> Times {
    let steps = probe.failure_threshold.saturating_sub(1);
    let fails = |timeout: Duration| {
        let step = probe.period.max(timeout);
        step.saturating_mul(steps).saturating_add(timeout)
    };
    (
        fails(probe.timeout),
        fails(probe.timeout.saturating_add(OVERHEAD)),
    )
}

/// Returns the times of the kill that follows a result.
pub(super) fn synced((earliest, latest): Times) -> Times {
    (earliest, latest.saturating_add(SYNC))
}

/// Returns the time from the start of a container to the first attempt of a startup or liveness probe: the
/// delay counts in whole seconds, and then a tick follows.
///
/// Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.
pub(super) fn first_attempt(probe: &ProbePlan) -> Times {
    let second = Duration::from_secs(1);
    let latest = probe.initial_delay.saturating_add(probe.period);
    (
        probe.initial_delay.saturating_sub(second),
        latest.saturating_add(SYNC),
    )
}

/// Returns the time from the first of the attempts that fail at once to the last one.
pub(super) fn failures(probe: &ProbePlan) -> Times {
    let steps = probe.failure_threshold.saturating_sub(1);
    let fails = probe.period.saturating_mul(steps);
    (fails, fails.saturating_add(OVERHEAD))
}

/// Returns the time from the start of a container to the kill by a probe that never passes, whether its
/// attempts fail at once or time out.
pub(super) fn run(probe: &ProbePlan) -> Times {
    let first = first_attempt(probe);
    synced((
        first.0.saturating_add(failures(probe).0),
        first.1.saturating_add(timeouts(probe).1),
    ))
}

/// Returns whether a kill leaves nothing of the Pod that runs or starts again.
///
/// A rule may let it start again.
///
/// Upstream: `computePodActions` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`.
pub(super) fn is_last(plan: &PodPlan, container: &ContainerPlan) -> bool {
    let mut apps = plan.containers.iter().filter(|own| !own.is_sidecar);
    let is_only = apps.next().is_some() && apps.next().is_none();
    is_only
        && !container.is_sidecar
        && container.restart_policy == RestartPolicy::Never
        && container.restart_rules.is_empty()
}
