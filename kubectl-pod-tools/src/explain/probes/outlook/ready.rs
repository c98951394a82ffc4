//! Time at which a Pod is Ready.

use std::collections::HashMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, PodSpec};
use pod_probe::{ContainerPlan, Event, Happening, ProbeKind};

use super::super::forecasts::first;
use super::super::report::{Assumed, Outlook};
use super::super::words::word;
use super::entry::{OutlookPod, Times, entry, range};
use crate::explain::seconds::not_before;
use crate::render::in_minutes;

/// Returns the sentence on when the Pod is Ready: when its last container is. The forecast goes on until
/// everything has settled, or up to a time.
pub(super) fn pod_ready(
    pod: &OutlookPod<'_>,
    ready: impl Fn(usize) -> Option<Times>,
    assumption: Assumed,
    until: Option<Duration>,
) -> Outlook {
    let mut times = (Duration::ZERO, Duration::ZERO);
    for (index, own) in pod.plan.containers.iter().enumerate() {
        let Some(ready) = ready(index) else {
            let message = never(own, until);
            return entry(None, assumption, None, message);
        };
        times = (times.0.max(ready.0), times.1.max(ready.1));
    }
    let gates = pod.spec.readiness_gates.iter().flatten().count();
    let (what, also) = if gates == 0 {
        ("the Pod can be Ready", "")
    } else {
        (
            "the containers of the Pod can be ready",
            "; the Pod is Ready once its readinessGates are met as well",
        )
    };
    let range = range(times);
    let (sentence, latest) = match InitContainers::of(pod.spec) {
        InitContainers::None => (
            format!("{range} after its first container started"),
            Some(times.1),
        ),
        InitContainers::First => (
            format!("{range} after its init containers have ended and the next container started"),
            Some(times.1),
        ),
        InitContainers::Between(name) => (
            format!(
                "{range} after its first sidecar started, and later by the time that the init containers \
                 from {name} on take"
            ),
            None,
        ),
    };
    let mut ready = entry(
        None,
        assumption,
        Some(times),
        format!("{what} {sentence}{also}"),
    );
    ready.latest_seconds = latest.map(not_before);
    ready
}

/// Returns the first time at which a container is ready, from its events.
pub(super) fn first_ready(events: &[Event], index: usize) -> Option<Times> {
    let ready = first(events, index, |happening| happening == Happening::Ready)?;
    Some((ready.earliest, ready.latest))
}

/// Returns the first time at which each container is ready, in whatever run: from the first event that may
/// come to the first that does.
pub(super) fn ready_in_any_run(events: &[Event]) -> HashMap<usize, Times> {
    let mut all: HashMap<usize, (Times, bool)> = HashMap::new();
    let ready = events
        .iter()
        .filter(|own| own.happening == Happening::Ready);
    for event in ready {
        let new = ((event.earliest, event.latest), event.is_certain);
        let (times, is_certain) = all.entry(event.container).or_insert(new);
        if !*is_certain {
            let latest = if event.is_certain {
                event.latest
            } else {
                times.1.max(event.latest)
            };
            *times = (times.0.min(event.earliest), latest);
            *is_certain = event.is_certain;
        }
    }
    let times = all.into_iter().map(|(index, (times, _))| (index, times));
    times.collect()
}

/// A container that is not ready as far as the forecast goes.
fn never(own: &ContainerPlan, until: Option<Duration>) -> String {
    let mut errored = own.probes.iter().filter(|probe| probe.is_errored);
    let errored = errored.find(|probe| probe.kind != ProbeKind::Liveness);
    let name = &own.name;
    match (errored, until) {
        (Some(probe), _) => format!(
            "the Pod is never Ready: the {} probe of container {name} can never be run",
            word(probe.kind)
        ),
        (None, None) => format!("the Pod is never Ready: container {name} is not"),
        (None, Some(until)) => format!(
            "the Pod is not Ready in the first {}: container {name} is not",
            in_minutes(until)
        ),
    }
}

/// Regular init containers, which a forecast leaves out: each has to end before the next container starts.
///
/// Upstream: `computeInitContainerActions` in
/// `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go`.
pub(in super::super) enum InitContainers<'a> {
    None,
    /// All of them run before the containers of the forecast start.
    First,
    /// One runs behind a sidecar.
    Between(&'a str),
}

impl<'a> InitContainers<'a> {
    pub(in super::super) fn of(spec: &'a PodSpec) -> Self {
        let is_sidecar = |own: &Container| own.restart_policy.as_deref() == Some("Always");
        let all = spec.init_containers.as_deref().unwrap_or_default();
        let sidecar = all.iter().position(is_sidecar).unwrap_or(all.len());
        let mut behind = all.iter().skip(sidecar);
        match behind.find(|own| !is_sidecar(own)) {
            Some(own) => Self::Between(&own.name),
            None if sidecar > 0 => Self::First,
            None => Self::None,
        }
    }

    /// Returns the words for time 0 of a forecast, if it is not the start of the Pod.
    pub(in super::super) fn origin(&self) -> Option<String> {
        match self {
            Self::None => None,
            Self::First => Some(
                "time 0 is the start of the first container after the init containers".to_owned(),
            ),
            Self::Between(name) => Some(format!(
                "time 0 is the start of the first sidecar; what comes after init container {name} is later \
                 by the time that it takes"
            )),
        }
    }
}
