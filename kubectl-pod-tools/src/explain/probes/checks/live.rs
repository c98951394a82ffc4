//! Checks of a Pod that has run: what happened, beside what the numbers allow.

use std::time::Duration;

use pod_model::{FieldPath, Finding, rules};
use pod_probe::Happening;

use super::super::forecasts::{Standard, first, is_kill};
use super::super::observed::{Observed, SeenEvent};
use super::super::seconds::rounded;
use super::super::words::times;
use super::super::words::word;
use super::subject::Subject;
use crate::render::time_range;

/// The kubelet's message for a redirect that it did not follow.
///
/// Upstream: `DoHTTPProbe` in `k8s.io/kubernetes/pkg/probe/http/http.go`.
const REDIRECT: &str = "Probe terminated redirects";

pub(super) fn check(subject: &Subject<'_>, found: &mut Vec<Finding>) {
    let Some(observed) = subject.observed else {
        return;
    };
    for event in &observed.events {
        found.extend(redirect(subject, event));
    }
    if let Some(standard) = &subject.forecast.standard
        && let Some(start) = observed_start(subject, observed)
    {
        found.extend(early(&start, standard));
        found.extend(slow(subject, &start, standard));
    }
}

/// A redirect that was not followed, and counted as success.
fn redirect(subject: &Subject<'_>, event: &SeenEvent) -> Option<Finding> {
    if event.reason != "ProbeWarning" || !event.message.contains(REDIRECT) {
        return None;
    }
    let container = event.container.as_deref()?;
    let mut containers = subject.containers.iter();
    let own = containers.find(|own| own.name == container)?;
    let message = event.message.to_lowercase();
    let mut probes = own.probes.iter();
    let probe = probes.find(|own| message.starts_with(word(own.probe.kind)));
    let path = probe.map_or_else(|| own.path.clone(), |own| own.path.clone());
    let times = times(event.count);
    let message = format!(
        "the answer to the probe was a redirect that the kubelet did not follow ({times}), most often \
         because it leaves the Pod: it counts as a success, so the probe says nothing about the page \
         behind it"
    );
    Some(
        Finding::new(&rules::REDIRECT_LEAVES_POD, path, message)
            .help("probe a path that answers by itself"),
    )
}

/// The start of the only container of a Pod.
struct Start<'a> {
    /// Its place in the plan.
    index: usize,
    name: &'a str,
    path: &'a FieldPath,
    /// Time until it was ready, in whole seconds: it may be a second less or more.
    took: Duration,
    /// True if it is the first run.
    is_first: bool,
}

/// Returns the start of the container, if it is the only one: the Pod's condition is then about it.
fn observed_start<'a>(subject: &Subject<'a>, observed: &'a Observed) -> Option<Start<'a>> {
    let [status] = observed.containers.as_slice() else {
        return None;
    };
    let took = observed.ready_since?.duration_since(status.started_at?);
    let mut containers = subject.containers.iter();
    let own = containers.find(|own| own.name == status.name)?;
    let mut plans = subject.plan.containers.iter();
    Some(Start {
        index: plans.position(|plan| plan.name == status.name)?,
        name: &status.name,
        path: &own.path,
        took: Duration::from_secs(u64::try_from(took.as_secs()).ok()?),
        is_first: status.restart_count == 0,
    })
}

/// The least error of two times that are cut to seconds.
const SECOND: Duration = Duration::from_secs(1);

/// A container that was ready before its probes allow it.
fn early(start: &Start<'_>, standard: &Standard) -> Option<Finding> {
    let ready = first(&standard.normal, start.index, |own| own == Happening::Ready)?;
    if !start.is_first || start.took + SECOND >= ready.earliest {
        return None;
    }
    let (earliest, _) = rounded(ready.earliest, ready.latest);
    let message = format!(
        "container {} was ready {} s after its start, although its probes allow that after {} at the \
         earliest",
        start.name,
        start.took.as_secs(),
        time_range(earliest, Some(earliest))
    );
    Some(Finding::new(
        &rules::CONTRADICTS_FORECAST,
        start.path.clone(),
        message,
    ))
}

/// A start that the numbers hardly tolerate.
fn slow(subject: &Subject<'_>, start: &Start<'_>, standard: &Standard) -> Option<Finding> {
    let kill = first(&standard.silent, start.index, is_kill)?;
    if start.took.saturating_sub(SECOND) <= kill.earliest {
        return None;
    }
    let (least, most) = rounded(kill.earliest, kill.latest);
    let message = format!(
        "container {} last became ready {} s after its start, but only {} s are tolerated for certain: \
         one that does not answer for {} s is always killed",
        start.name,
        start.took.as_secs(),
        least.as_secs(),
        most.as_secs()
    );
    let probes = subject.containers.iter().flat_map(|own| &own.probes);
    let period = probes.map(|own| own.probe.period_seconds).max();
    let period = u64::try_from(period.unwrap_or(10)).unwrap_or(1).max(1);
    let threshold = (start.took.as_secs() * 2).div_ceil(period);
    Some(
        Finding::new(&rules::SHORT_START_TOLERANCE, start.path.clone(), message).help(format!(
            "use a startupProbe with failureThreshold {threshold} and periodSeconds {period}, twice the \
             time that it took"
        )),
    )
}
