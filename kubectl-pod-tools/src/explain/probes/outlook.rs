//! Consequences of the numbers in sentences, from forecasts under standard assumptions.

use std::time::Duration;

use pod_probe::{ContainerPlan, Event, Happening, Kind, PodPlan, ProbeKind, RestartPolicy};
use serde::Serialize;

use super::forecasts::{Standard, first, is_kill};
use super::seconds::{not_after, not_before, rounded};
use super::words::{kind_word, times};
use crate::render::time_range;

/// Waits below this are none: the kubelet looks at the containers once a second.
const AT_ONCE: Duration = Duration::from_secs(8);

/// One consequence.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Outlook {
    /// `None` for the Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<String>,
    /// The assumption.
    pub assumption: Assumed,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub earliest_seconds: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub latest_seconds: Option<f64>,
    pub message: String,
}

/// A standard assumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) enum Assumed {
    /// Everything answers at once.
    Normal,
    /// Nothing ever answers.
    NeverAnswers,
    /// It answers some time after its start.
    SlowStart,
    /// It answers, and then no more.
    Hangs,
}

/// Returns the consequences for the containers that `is_shown` accepts.
pub(super) fn outlook(
    plan: &PodPlan,
    standard: &Standard,
    is_shown: impl Fn(&str) -> bool,
) -> Vec<Outlook> {
    let mut all = vec![pod_ready(plan, &standard.normal)];
    for (index, container) in plan.containers.iter().enumerate() {
        if is_shown(&container.name) && !container.probes.is_empty() {
            silent(index, container, &standard.silent, &mut all);
            all.extend(hang(index, container, standard));
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

/// The Pod is Ready when its last container is.
fn pod_ready(plan: &PodPlan, normal: &[Event]) -> Outlook {
    let mut times = (Duration::ZERO, Duration::ZERO);
    for (index, own) in plan.containers.iter().enumerate() {
        let Some(ready) = first(normal, index, |happening| happening == Happening::Ready) else {
            let message = format!("the Pod is never Ready: container {} is not", own.name);
            return entry(None, Assumed::Normal, None, message);
        };
        times = (times.0.max(ready.earliest), times.1.max(ready.latest));
    }
    let message = format!(
        "the Pod can be Ready {} after its first container started",
        range(times.0, times.1)
    );
    entry(None, Assumed::Normal, Some(times), message)
}

fn has(container: &ContainerPlan, kind: ProbeKind) -> bool {
    container.probes.iter().any(|probe| probe.kind == kind)
}

/// A container that never answers, and one that is slow to.
fn silent(index: usize, container: &ContainerPlan, silent: &[Event], all: &mut Vec<Outlook>) {
    let name = &container.name;
    let Some(kill) = first(silent, index, is_kill) else {
        if !has(container, ProbeKind::Startup) && !has(container, ProbeKind::Liveness) {
            let message = format!(
                "if container {name} never answers, it is never ready, and nothing restarts it: it has no \
                 startup or liveness probe"
            );
            all.push(entry(Some(container), Assumed::NeverAnswers, None, message));
        }
        return;
    };
    let kind = match kill.happening {
        Happening::Kill(Some(kind)) => kind_word(kind),
        _ => kind_word(Kind::Liveness),
    };
    let times = (kill.earliest, kill.latest);
    let message = format!(
        "if container {name} never answers, its {kind} probe kills it after {}{}",
        range(times.0, times.1),
        restarts(index, container, silent)
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

/// Returns the restarts that follow the first kill: how many come at once, and the first wait.
fn restarts(index: usize, container: &ContainerPlan, silent: &[Event]) -> String {
    if container.restart_policy == RestartPolicy::Never {
        return "; it is not restarted".to_owned();
    }
    match immediate_restarts(index, silent) {
        (0, _) => String::new(),
        (1, None) => "; the first restart comes at once".to_owned(),
        (count, None) => format!("; the first {count} restarts come at once"),
        (count, Some(wait)) => {
            let times = times(count);
            format!(
                "; it is restarted {times} at once, then after about {} s, and the waits grow up to 5 m",
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

/// A container that answers no more.
fn hang(index: usize, container: &ContainerPlan, standard: &Standard) -> Option<Outlook> {
    let (at, events) = &standard.hang;
    let since = |event: &Event| {
        (
            event.earliest.saturating_sub(*at),
            event.latest.saturating_sub(*at),
        )
    };
    let unready = first(events, index, |happening| happening == Happening::Unready).map(since);
    let kill = first(events, index, is_kill).map(since);
    let name = &container.name;
    let readiness = unready.filter(|_| has(container, ProbeKind::Readiness));
    let (times, what) = match (readiness, kill) {
        (None, None) => return None,
        (Some(unready), None) => (
            unready,
            format!(
                "it is not ready any more after {}; nothing restarts it",
                range(unready.0, unready.1)
            ),
        ),
        (None, Some(kill)) => {
            let is_ready = |happening| happening == Happening::Ready;
            let until = match first(&standard.normal, index, is_ready) {
                Some(_) => "until then it is ready",
                None => "it is never ready anyway",
            };
            let range = range(kill.0, kill.1);
            (
                kill,
                format!("its liveness probe kills it after {range}; {until}"),
            )
        }
        (Some(unready), Some(kill)) => (
            (unready.0.min(kill.0), unready.1.min(kill.1)),
            format!(
                "it is not ready any more after {}, and its liveness probe kills it after {}",
                range(unready.0, unready.1),
                range(kill.0, kill.1)
            ),
        ),
    };
    let message = format!("if container {name} hangs, {what}");
    Some(entry(Some(container), Assumed::Hangs, Some(times), message))
}
