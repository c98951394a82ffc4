//! A container that never answers, and one that is slow to.

use std::time::Duration;

use pod_probe::{Event, Happening, Kind, PodPlan, ProbeKind, ProbePlan, RestartPolicy};

use super::super::forecasts::{first, killed};
use super::super::report::{Assumed, Outlook};
use super::super::words::word;
use super::entry::{
    OutlookPod, Times, entry, failures, first_attempt, has, is_last, range, run, synced, timeouts,
};
use super::restarts::restarts;
use crate::render::in_minutes;

/// The first kill of a container that never answers.
struct Kill<'a> {
    probe: &'a ProbePlan,
    /// True if the whole Pod ends with it.
    ends_pod: bool,
    /// Each attempt fails at once, or `None` if none can.
    at_once: Option<Times>,
    /// Each attempt times out.
    timed_out: Times,
}

impl<'a> Kill<'a> {
    /// Returns the kill from a forecast in which attempts fail at once. Where that has none, because
    /// another container fails as well or it does not go so far, it follows from the numbers.
    fn of(plan: &'a PodPlan, index: usize, silent: &[Event]) -> Option<Self> {
        let container = plan.containers.get(index)?;
        let forecast = killed(plan, silent, index);
        let kind = match forecast {
            Some(killed) => killed.kind,
            None if has(container, ProbeKind::Startup) => Kind::Startup,
            None => Kind::Liveness,
        };
        let mut probes = container.probes.iter();
        let probe = probes.find(|own| Kind::from(own.kind) == kind && !own.is_errored)?;
        let attempt = first(silent, index, |own| own == Happening::FirstProbe(kind));
        let attempt = attempt
            .filter(|_| forecast.is_some())
            .map_or_else(|| first_attempt(probe), |own| (own.earliest, own.latest));
        let after = |(least, most): Times| {
            synced((
                attempt.0.saturating_add(least),
                attempt.1.saturating_add(most),
            ))
        };
        let at_once = forecast.map_or_else(
            || after(failures(probe)),
            |own| (own.event.earliest, own.event.latest),
        );
        Some(Self {
            probe,
            ends_pod: is_last(plan, container),
            // A client of gRPC dials again until its time is over.
            at_once: (!probe.connects_again).then_some(at_once),
            timed_out: after(timeouts(probe)),
        })
    }

    fn times(&self) -> Times {
        let (earliest, latest) = self.at_once.unwrap_or(self.timed_out);
        (earliest, latest.max(self.timed_out.1))
    }

    /// Returns both cases in words; as one range where they hardly differ.
    fn words(&self) -> String {
        match self.at_once {
            Some(at_once) if self.probe.timeout > self.probe.period => format!(
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
    silent: &[Event],
    all: &mut Vec<Outlook>,
) {
    let Some(container) = pod.plan.containers.get(index) else {
        return;
    };
    let name = &container.name;
    let Some(kill) = Kill::of(pod.plan, index, silent) else {
        if !has(container, ProbeKind::Startup) && !has(container, ProbeKind::Liveness) {
            let message = format!(
                "if container {name} never answers, it is never ready, and nothing restarts it: it has no \
                 startup or liveness probe"
            );
            all.push(entry(Some(container), Assumed::NeverAnswers, None, message));
        }
        return;
    };
    let (times, words) = (kill.times(), kill.words());
    let verb = if kill.ends_pod {
        "ends the Pod"
    } else {
        "kills it"
    };
    let grace = if kill.ends_pod {
        with_grace(pod.plan)
    } else {
        String::new()
    };
    let message = format!(
        "if container {name} never answers, its {} probe {verb} {words}{grace}",
        word(kill.probe.kind)
    );
    all.push(entry(
        Some(container),
        Assumed::NeverAnswers,
        Some(times),
        message,
    ));
    let follows = if kill.ends_pod {
        pod.is_job.then(|| {
            "a Pod that ends so has failed, which counts for the Job's backoffLimit; it has succeeded if all \
             its containers end with exit code 0 at SIGTERM"
                .to_owned()
        })
    } else {
        // The controller looks at the Pod's policy, and counts the sidecars as well.
        restarts(
            container,
            pod.is_job && pod.plan.restart_policy == RestartPolicy::OnFailure,
        )
    };
    let follow = |message| entry(Some(container), Assumed::Restarts, None, message);
    all.extend(follows.map(follow));
    // From the start of the container itself. A server of gRPC that says that it is not ready fails at once.
    let slow = if pod.plan.containers.len() > 1 || kill.probe.connects_again {
        run(kill.probe)
    } else {
        times
    };
    let (least, most) = crate::explain::seconds::rounded(slow.0, slow.1);
    let end = if kill.ends_pod {
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
        Some(slow),
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
