//! Probes as causes: what killed a container, and what keeps it from being ready.
//!
//! Upstream: `computePodActions` in pkg/kubelet/kuberuntime/kuberuntime_manager.go (the event Killing),
//! `recordContainerEvent` in pkg/kubelet/prober/prober.go (Unhealthy, ProbeWarning).

use k8s_openapi::api::core::v1::Probe;

use super::run::{has_events, is_before, is_during};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::scene::{ContainerState, Ended, Scene};
use crate::diagnosis::table::{self as rows, CauseRow};

/// A kind of probe, by its names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// As fields and prose name it.
    pub name: &'static str,
    /// As events name it.
    pub title: &'static str,
    pub field: &'static str,
    index: usize,
}

pub(super) const STARTUP: Kind = kind("startup", "Startup", "startupProbe", 2);
pub(super) const READINESS: Kind = kind("readiness", "Readiness", "readinessProbe", 1);
pub(super) const LIVENESS: Kind = kind("liveness", "Liveness", "livenessProbe", 0);

const fn kind(name: &'static str, title: &'static str, field: &'static str, index: usize) -> Kind {
    Kind {
        name,
        title,
        field,
        index,
    }
}

impl Kind {
    /// Returns the probe of a container.
    pub(super) fn of<'a>(self, container: &ContainerState<'a>) -> Option<&'a Probe> {
        let mut probes = container.view.probes.iter();
        let named = probes.find(|(field, _)| *field == self.field);
        debug_assert!(named.is_some(), "{} {}", self.field, self.index);
        named.and_then(|(_, probe)| *probe)
    }

    fn row_of_kill(self) -> &'static CauseRow {
        if self == STARTUP {
            &rows::STARTUP_PROBE_KILLED
        } else {
            &rows::LIVENESS_PROBE_KILLED
        }
    }
}

/// Numbers of a probe with the API's defaults, in seconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Numbers {
    pub delay: i64,
    pub period: i64,
    pub timeout: i64,
    pub failures: i64,
}

impl Numbers {
    pub(super) fn of(probe: &Probe) -> Self {
        let number = |given: Option<i32>, default: i64| {
            given
                .map(i64::from)
                .filter(|number| *number > 0)
                .unwrap_or(default)
        };
        Self {
            delay: number(probe.initial_delay_seconds, 0),
            period: number(probe.period_seconds, 10),
            timeout: number(probe.timeout_seconds, 1),
            failures: number(probe.failure_threshold, 3),
        }
    }

    /// Returns the least time from a start to a kill: attempts may begin up to a second early, since starts are
    /// cut to whole seconds.
    fn least_to_kill(self) -> i64 {
        self.delay + self.period * (self.failures - 1) - 1
    }

    /// Returns the time after which a probe that fails from the start on has killed.
    pub(super) fn most_to_kill(self) -> i64 {
        self.delay + self.period * (self.failures + 1) + 3 * self.timeout
    }
}

/// Returns the cause of an end that a probe has brought about.
pub(super) fn killed_by_probe(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    ended: Ended<'_>,
) -> Option<Cause> {
    let kills = scene.events(Some(container.name()), "Killing");
    for kind in [LIVENESS, STARTUP] {
        let words = format!("failed {} probe", kind.name);
        let mut own = kills.iter().filter(|event| event.message.contains(&words));
        if let Some(event) = own.find(|event| is_during(event, ended) && !is_before(event, ended)) {
            return Some(kill(scene, container, ended, kind).shown_by([event.evidence()]));
        }
    }
    // 137 and 143 are what SIGKILL and SIGTERM leave, and the kubelet sends both.
    if !matches!(ended.run.exit_code, 137 | 143) || has_events(scene, container, ended) {
        return None;
    }
    let lasted = ended.lasted()?;
    let kind = [LIVENESS, STARTUP].into_iter().find(|kind| {
        let probe = kind.of(container);
        probe.is_some_and(|probe| lasted >= Numbers::of(probe).least_to_kill())
    })?;
    let mut cause = kill(scene, container, ended, kind).likely();
    cause.message = format!(
        "{} was likely killed by its {} probe: it ended with exit code {} after {lasted} s, as a kill by the probe would end it; the events that would prove it are gone, as they live for an hour",
        container.noun(),
        kind.name,
        ended.run.exit_code
    );
    Some(cause)
}

fn kill(scene: &Scene<'_>, container: &ContainerState<'_>, ended: Ended<'_>, kind: Kind) -> Cause {
    let noun = container.noun();
    let name = kind.name;
    let code = match ended.run.exit_code {
        137 => "; it did not end on SIGTERM within the grace period (exit code 137)".to_owned(),
        code => format!("; it then ended with exit code {code}"),
    };
    let failed_hook = scene.events(Some(container.name()), "FailedPreStopHook");
    let failed_hook = failed_hook
        .into_iter()
        .find(|event| is_during(event, ended));
    let hook = match failed_hook {
        Some(_) => ", and its preStop hook ran longer than that, or failed",
        None => "",
    };
    let path = format!("{}.{}", container.view.path, kind.field);
    let unhealthy = unhealthy(scene, container, kind, "failed");
    let says = unhealthy.as_ref().and_then(|event| said(event));
    let cause = Cause::new(
        kind.row_of_kill(),
        format!("the {name} probe of {noun} fails, and the kubelet kills the container for it{code}{hook}"),
    )
    .of(container.name());
    let cause = match kind {
        STARTUP => cause.advise(format!(
            "See why the program does not start in time, or allow more: failureThreshold and periodSeconds of {path}."
        )),
        _ => cause.advise(format!(
            "See why the probe fails{}; if the program is only slow, raise timeoutSeconds or failureThreshold of {path}.",
            says.map_or_else(String::new, |says| format!(" ({says})"))
        )),
    };
    let hook = failed_hook.map(PodEvent::evidence);
    cause
        .shown_by(unhealthy.map(PodEvent::evidence))
        .shown_by(hook)
}

/// Returns the newest event that a probe has failed, has errored, or whatever the word is.
pub(super) fn unhealthy<'a>(
    scene: &Scene<'a>,
    container: &ContainerState<'_>,
    kind: Kind,
    verb: &str,
) -> Option<&'a PodEvent> {
    let begins = format!("{} probe {verb}", kind.title);
    let events = scene.events(Some(container.name()), "Unhealthy");
    events
        .into_iter()
        .find(|event| event.message.starts_with(&begins))
}

/// Returns how often a probe is known to have failed, by the events that are asked for.
pub(super) fn failures(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    kind: Kind,
    is_asked: impl Fn(&PodEvent) -> bool,
) -> u32 {
    let begins = format!("{} probe failed", kind.title);
    let events = scene.events(Some(container.name()), "Unhealthy");
    let own = events
        .into_iter()
        .filter(|event| event.message.starts_with(&begins) && is_asked(event));
    own.fold(0, |sum, event| sum.saturating_add(event.count))
}

/// Returns what the probe said, in one line.
pub(super) fn said(event: &PodEvent) -> Option<&str> {
    let (_, said) = event.message.split_once(": ")?;
    let line = said.lines().next().unwrap_or_default().trim();
    (!line.is_empty()).then_some(line)
}

/// Returns the request or command of a probe in words.
pub(super) fn handler(probe: &Probe) -> String {
    use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
    let port = |port: &IntOrString| match port {
        IntOrString::Int(number) => number.to_string(),
        IntOrString::String(name) => name.clone(),
    };
    if let Some(get) = &probe.http_get {
        let path = get.path.as_deref().unwrap_or("/");
        format!("GET {path} on port {}", port(&get.port))
    } else if let Some(socket) = &probe.tcp_socket {
        format!("a connection to port {}", port(&socket.port))
    } else if let Some(grpc) = &probe.grpc {
        format!("a gRPC health check on port {}", grpc.port)
    } else if let Some(exec) = &probe.exec {
        let command = exec.command.iter().flatten();
        command.cloned().collect::<Vec<_>>().join(" ")
    } else {
        "nothing".to_owned()
    }
}

/// Returns the numbers of a probe as a fact.
pub(super) fn as_fact(container: &ContainerState<'_>, kind: Kind, probe: &Probe) -> Evidence {
    let Numbers {
        period,
        timeout,
        failures,
        ..
    } = Numbers::of(probe);
    Evidence::field(
        format!("{}.{}", container.view.path, kind.field),
        format!(
            "{}, periodSeconds {period}, timeoutSeconds {timeout}, failureThreshold {failures}",
            handler(probe)
        ),
    )
}
