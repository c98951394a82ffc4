//! A container that never answers, and one that is slow to.

use std::time::Duration;

use pod_probe::{Event, Handler, Happening, Kind, PodPlan, ProbeKind, ProbePlan};

use super::super::forecasts::{first, killed};
use super::super::report::{Assumed, ContainerProbes, Outlook};
use super::super::words::kind_word;
use super::entry::{OutlookPod, Times, entry, has, range, synced, timeouts};
use super::restarts::restarts;
use crate::render::in_minutes;

/// Times of the first kill.
struct Kill {
    /// Each attempt fails at once, or `None` if none can.
    at_once: Option<Times>,
    /// Each attempt times out.
    timed_out: Times,
}

impl Kill {
    /// Returns the times of a probe, from a forecast in which attempts fail at once.
    fn of(
        probe: &ProbePlan,
        own: &ContainerProbes,
        index: usize,
        silent: &[Event],
        kill: &Event,
    ) -> Self {
        let at_once = (kill.earliest, kill.latest);
        let kind = Kind::from(probe.kind);
        let attempt = first(silent, index, |own| own == Happening::FirstProbe(kind));
        let timed_out = attempt.map_or(at_once, |attempt| {
            let fails = timeouts(probe);
            synced((
                attempt.earliest.saturating_add(fails.0),
                attempt.latest.saturating_add(fails.1),
            ))
        });
        // A client of gRPC dials again until its time is over.
        let mut probes = own.probes.iter();
        let dials_again = probes.any(|own| {
            own.probe.kind == probe.kind && matches!(own.probe.handler, Handler::Grpc { .. })
        });
        Self {
            at_once: (!dials_again).then_some(at_once),
            timed_out,
        }
    }

    fn times(&self) -> Times {
        let (earliest, latest) = self.at_once.unwrap_or(self.timed_out);
        (earliest, latest.max(self.timed_out.1))
    }

    /// Returns both cases in words; as one range where they hardly differ.
    fn words(&self, probe: &ProbePlan) -> String {
        match self.at_once {
            Some(at_once) if probe.timeout > probe.period => format!(
                "after {} if its attempts fail at once, and after {} if they time out",
                range(at_once),
                range(self.timed_out)
            ),
            _ => format!("after {}", range(self.times())),
        }
    }
}

/// A container that never answers, and one that is slow to.
pub(super) fn failing(
    pod: &OutlookPod<'_>,
    index: usize,
    own: &ContainerProbes,
    silent: &[Event],
    all: &mut Vec<Outlook>,
) {
    let Some(container) = pod.plan.containers.get(index) else {
        return;
    };
    let name = &container.name;
    let first_kill = killed(pod.plan, silent, index);
    let with_probe = first_kill.and_then(|killed| {
        let mut probes = container.probes.iter();
        let probe = probes.find(|probe| Kind::from(probe.kind) == killed.kind)?;
        Some((killed, probe))
    });
    let Some((killed, probe)) = with_probe else {
        if !has(container, ProbeKind::Startup) && !has(container, ProbeKind::Liveness) {
            let message = format!(
                "if container {name} never answers, it is never ready, and nothing restarts it: it has no \
                 startup or liveness probe"
            );
            all.push(entry(Some(container), Assumed::NeverAnswers, None, message));
        }
        return;
    };
    let kill = Kill::of(probe, own, index, silent, killed.event);
    let (times, words) = (kill.times(), kill.words(probe));
    let verb = if killed.ends_pod {
        "ends the Pod"
    } else {
        "kills it"
    };
    let grace = if killed.ends_pod {
        with_grace(pod.plan)
    } else {
        String::new()
    };
    let message = format!(
        "if container {name} never answers, its {} probe {verb} {words}{grace}",
        kind_word(killed.kind)
    );
    all.push(entry(
        Some(container),
        Assumed::NeverAnswers,
        Some(times),
        message,
    ));
    let follows = if killed.ends_pod {
        pod.is_job.then(|| {
            "a Pod that ends so has failed, which counts for the Job's backoffLimit; it has succeeded if all \
             its containers end with exit code 0 at SIGTERM"
                .to_owned()
        })
    } else {
        restarts(index, container, silent, pod.is_job)
    };
    let follow = |message| entry(Some(container), Assumed::Restarts, None, message);
    all.extend(follows.map(follow));
    let (least, most) = super::super::seconds::rounded(times.0, times.1);
    let end = if killed.ends_pod {
        "the Pod always ends"
    } else {
        "it is always killed"
    };
    let message = format!(
        "container {name} may take {} to start; if it takes more than {}, {end}",
        text(least, most),
        in_unit(most)
    );
    all.push(entry(
        Some(container),
        Assumed::SlowStart,
        Some(times),
        message,
    ));
}

/// Formats the first of two times, in the unit of the second one.
fn text(time: Duration, other: Duration) -> String {
    if other < Duration::from_mins(2) {
        in_unit(time)
    } else {
        in_minutes(time)
    }
}

fn in_unit(time: Duration) -> String {
    crate::render::time_range(time, Some(time))
}

/// The kubelet ends a Pod of which nothing remains, and does not look at the probe's grace period.
pub(super) fn ends_pod(plan: &PodPlan, after: &str) -> String {
    format!("ends the Pod after {after}{}", with_grace(plan))
}

fn with_grace(plan: &PodPlan) -> String {
    let grace_period = plan.grace_period.max(Duration::from_secs(2));
    format!(", with the Pod's grace period of {}", in_unit(grace_period))
}
