//! Consequences of the numbers in sentences, from forecasts under standard assumptions.

use std::time::Duration;

use k8s_openapi::api::core::v1::{Container, PodSpec};
use pod_probe::{
    ContainerPlan, Event, Handler, Happening, PodPlan, ProbeKind, Reason, RestartPolicy,
};

use super::forecasts::{Killed, Standard, first, killed};
use super::report::{Assumed, ContainerProbes, Outlook};
use super::seconds::{not_after, not_before, rounded};
use super::words::{kind_word, times};
use crate::render::time_range;

/// Waits below this are none: the kubelet looks at the containers once a second.
const AT_ONCE: Duration = Duration::from_secs(8);

/// The Pod whose consequences are told.
pub(super) struct OutlookPod<'a> {
    pub spec: &'a PodSpec,
    pub plan: &'a PodPlan,
    /// Those that are shown.
    pub containers: &'a [ContainerProbes],
}

/// Returns the consequences for the containers that are shown.
pub(super) fn outlook(pod: &OutlookPod<'_>, standard: &Standard) -> Vec<Outlook> {
    let mut all: Vec<Outlook> = pod_ready(pod, standard).into_iter().collect();
    for (index, container) in pod.plan.containers.iter().enumerate() {
        let mut shown = pod.containers.iter();
        let Some(own) = shown.find(|own| own.name == container.name) else {
            continue;
        };
        if !container.probes.is_empty() {
            silent(pod.plan, index, &standard.silent, &mut all);
            all.extend(hang(pod.plan, index, own, standard));
        }
    }
    all
}

fn range(earliest: Duration, latest: Duration) -> String {
    let (earliest, latest) = rounded(earliest, latest);
    time_range(earliest, Some(latest))
}

fn entry(
    container: Option<&ContainerPlan>,
    assumption: Assumed,
    times: Option<(Duration, Duration)>,
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

/// The Pod is Ready when its last container is. Returns `None` if the forecast does not reach that far.
fn pod_ready(pod: &OutlookPod<'_>, standard: &Standard) -> Option<Outlook> {
    let mut times = (Duration::ZERO, Duration::ZERO);
    for (index, own) in pod.plan.containers.iter().enumerate() {
        let is_ready = |happening| happening == Happening::Ready;
        let Some(ready) = first(&standard.normal, index, is_ready) else {
            if standard.is_cut {
                return None;
            }
            let message = format!("the Pod is never Ready: container {} is not", own.name);
            return Some(entry(None, Assumed::Normal, None, message));
        };
        times = (times.0.max(ready.earliest), times.1.max(ready.latest));
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
    let (sentence, latest) = match InitContainers::of(pod.spec) {
        InitContainers::None => (
            format!(
                "{} after its first container started",
                range(times.0, times.1)
            ),
            Some(times.1),
        ),
        InitContainers::First => (
            format!(
                "{} after its init containers have ended and the next container started",
                range(times.0, times.1)
            ),
            Some(times.1),
        ),
        InitContainers::Between(name) => (
            format!(
                "{} after its first sidecar started at the earliest, and later by the time that init \
                 container {name} takes and those behind it",
                range(times.0, times.0)
            ),
            None,
        ),
    };
    let mut ready = entry(
        None,
        Assumed::Normal,
        Some(times),
        format!("{what} {sentence}{also}"),
    );
    ready.latest_seconds = latest.map(not_before);
    Some(ready)
}

/// Regular init containers, which a forecast leaves out: each has to end before the next container starts.
///
/// Upstream: `computeInitContainerActions` in
/// `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_container.go`.
enum InitContainers<'a> {
    None,
    /// All of them run before the containers of the forecast start.
    First,
    /// One runs behind a sidecar.
    Between(&'a str),
}

impl<'a> InitContainers<'a> {
    fn of(spec: &'a PodSpec) -> Self {
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
}

fn has(container: &ContainerPlan, kind: ProbeKind) -> bool {
    container.probes.iter().any(|probe| probe.kind == kind)
}

/// A container that never answers, and one that is slow to.
fn silent(plan: &PodPlan, index: usize, silent: &[Event], all: &mut Vec<Outlook>) {
    let Some(container) = plan.containers.get(index) else {
        return;
    };
    let name = &container.name;
    let Some(killed) = killed(plan, silent, index) else {
        if !has(container, ProbeKind::Startup) && !has(container, ProbeKind::Liveness) {
            let message = format!(
                "if container {name} never answers, it is never ready, and nothing restarts it: it has no \
                 startup or liveness probe"
            );
            all.push(entry(Some(container), Assumed::NeverAnswers, None, message));
        }
        return;
    };
    let kill = killed.event;
    let times = (kill.earliest, kill.latest);
    let after = range(times.0, times.1);
    let follows = if killed.ends_pod {
        ends_pod(plan, &after)
    } else {
        format!(
            "kills it after {after}{}",
            restarts(index, container, silent)
        )
    };
    let message = format!(
        "if container {name} never answers, its {} probe {follows}",
        kind_word(killed.kind)
    );
    all.push(entry(
        Some(container),
        Assumed::NeverAnswers,
        Some(times),
        message,
    ));
    let (least, most) = rounded(times.0, times.1);
    let text = |time| time_range(time, Some(time));
    let (least, most) = (text(least), text(most));
    let message = format!(
        "container {name} may take {least} to start; if it takes more than {most} it is always killed, \
         and in between chance decides"
    );
    all.push(entry(
        Some(container),
        Assumed::SlowStart,
        Some(times),
        message,
    ));
}

/// The kubelet ends a Pod of which nothing remains, and does not look at the probe's grace period.
fn ends_pod(plan: &PodPlan, after: &str) -> String {
    let grace_period = plan.grace_period.max(Duration::from_secs(2));
    format!(
        "ends the Pod after {after}, with the Pod's grace period of {}",
        time_range(grace_period, Some(grace_period))
    )
}

/// Returns the restarts that follow the first kill: how many come at once, and the first wait.
fn restarts(index: usize, container: &ContainerPlan, silent: &[Event]) -> String {
    if !container.restart_rules.is_empty() {
        return "; its restartPolicyRules decide on restarts by the exit code".to_owned();
    }
    if container.restart_policy == RestartPolicy::Never {
        return "; it is not restarted".to_owned();
    }
    // Its end is judged once a wait has held the start back.
    let unless = match container.restart_policy {
        RestartPolicy::OnFailure => ", unless it ends with exit code 0 at SIGTERM: then it is done",
        _ => "",
    };
    match immediate_restarts(index, silent) {
        (0, _) => String::new(),
        (1, None) => "; the first restart comes at once".to_owned(),
        (count, None) => format!("; the first {count} restarts come at once"),
        (count, Some(wait)) => {
            let times = times(count);
            format!(
                "; it is restarted {times} at once, then after about {} s, and the waits grow up to 5 m{unless}",
                wait.as_secs().next_multiple_of(10)
            )
        }
    }
}

/// Returns how many restarts of a container come at once, and the first wait, if it was foreseen.
pub(super) fn immediate_restarts(index: usize, events: &[Event]) -> (u32, Option<Duration>) {
    let of = |instance: u32, happening: Happening| {
        let mut events = events.iter();
        events.find(|event| {
            event.container == index && event.instance == instance && event.happening == happening
        })
    };
    let mut count = 0;
    while let (Some(ended), Some(restart)) = (
        of(count, Happening::Ended),
        of(count + 1, Happening::Restart),
    ) {
        let wait = restart.earliest.saturating_sub(ended.earliest);
        if wait > AT_ONCE {
            return (count, Some(wait));
        }
        count += 1;
    }
    (count, None)
}

/// A container that answers no more. A TCP probe does not notice: the connection is accepted for a process
/// that hangs, as long as its port is open.
fn hang(
    plan: &PodPlan,
    index: usize,
    own: &ContainerProbes,
    standard: &Standard,
) -> Option<Outlook> {
    let container = plan.containers.get(index)?;
    let (at, events) = &standard.hang;
    let since = |event: &Event| {
        (
            event.earliest.saturating_sub(*at),
            event.latest.saturating_sub(*at),
        )
    };
    let is_tcp = |kind: ProbeKind| {
        let mut probes = own.probes.iter();
        probes.any(|own| {
            own.probe.kind == kind && matches!(own.probe.handler, Handler::TcpSocket { .. })
        })
    };
    let (readiness_is_tcp, liveness_is_tcp) =
        (is_tcp(ProbeKind::Readiness), is_tcp(ProbeKind::Liveness));
    let kill = killed(plan, events, index).filter(|_| !liveness_is_tcp);
    let unready = first(events, index, |happening| happening == Happening::Unready);
    let unready = unready
        .filter(|_| has(container, ProbeKind::Readiness) && !readiness_is_tcp)
        // The kill that makes it unready does not come.
        .filter(|event| !liveness_is_tcp || matches!(event.reason, Reason::Threshold { .. }));
    let unready = unready.map(since);
    let name = &container.name;
    let blind = |kind: &str| {
        format!(
            "its {kind} does not notice a hang: a TCP connection is accepted for a process that hangs"
        )
    };
    let (times, what) = match (unready, kill) {
        (None, None) => {
            let kind = match (readiness_is_tcp, liveness_is_tcp) {
                (false, false) => return None,
                (true, true) => "readiness and liveness probe",
                (true, false) => "readiness probe",
                (false, true) => "liveness probe",
            };
            let message = format!("if container {name} hangs, {}", blind(kind));
            return Some(entry(Some(container), Assumed::Hangs, None, message));
        }
        (Some(unready), None) => {
            let follows = if liveness_is_tcp {
                blind("liveness probe")
            } else {
                "nothing restarts it".to_owned()
            };
            let range = range(unready.0, unready.1);
            (
                unready,
                format!("it is not ready any more after {range}; {follows}"),
            )
        }
        (None, Some(killed)) => {
            let is_ready = |happening| happening == Happening::Ready;
            let until = match first(&standard.normal, index, is_ready) {
                Some(_) => "until then it is ready",
                None => "it is never ready anyway",
            };
            let kill = since(killed.event);
            (kill, format!("{}; {until}", kills(plan, &killed, kill)))
        }
        (Some(unready), Some(killed)) => {
            let kill = since(killed.event);
            (
                (unready.0.min(kill.0), unready.1.min(kill.1)),
                format!(
                    "it is not ready any more after {}, and {}",
                    range(unready.0, unready.1),
                    kills(plan, &killed, kill)
                ),
            )
        }
    };
    let message = format!("if the probes of container {name} get no answer any more, {what}");
    Some(entry(Some(container), Assumed::Hangs, Some(times), message))
}

fn kills(plan: &PodPlan, killed: &Killed<'_>, times: (Duration, Duration)) -> String {
    let after = range(times.0, times.1);
    if killed.ends_pod {
        format!("its liveness probe {}", ends_pod(plan, &after))
    } else {
        format!("its liveness probe kills it after {after}")
    }
}
