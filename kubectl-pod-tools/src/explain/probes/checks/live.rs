//! Checks of a Pod that has run: what happened, beside what the numbers allow.

use std::time::Duration;

use pod_model::{FieldPath, Finding, Severity, rules};
use pod_probe::{Handler, Happening, Kind, ProbeKind};

use super::super::forecasts::{Killed, Standard, first, killed};
use super::super::observed::Observed;
use super::super::seen_events::SeenEvent;
use super::super::words::times;
use super::super::words::word;
use super::ended;
use super::subject::Subject;
use crate::explain::seconds::rounded;
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
        found.extend(errored(subject, event));
    }
    ended::check(subject, observed, found);
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

/// The kubelet's words for an attempt that was run in vain, or could not be judged.
///
/// Upstream: `prober.probe` in `k8s.io/kubernetes/pkg/kubelet/prober/prober.go`.
const ERRORED: &str = " probe errored and resulted in ";

/// Attempts that were errored again and again: they count as nothing.
fn errored(subject: &Subject<'_>, event: &SeenEvent) -> Option<Finding> {
    if event.reason != "Unhealthy" {
        return None;
    }
    let (kind, _) = event.message.split_once(ERRORED)?;
    let container = event.container.as_deref()?;
    let mut containers = subject.containers.iter();
    let own = containers.find(|own| own.name == container)?;
    let mut probes = own.probes.iter();
    let probe = probes.find(|own| word(own.probe.kind) == kind.to_lowercase())?;
    // One whose port is not known is found in the spec; a few meet the end of the container.
    let threshold = u32::try_from(probe.probe.failure_threshold).unwrap_or(1);
    if matches!(probe.probe.handler, Handler::Unresolved { .. }) || event.count < threshold {
        return None;
    }
    let follows = match probe.probe.kind {
        ProbeKind::Startup => {
            "while they do, the container is not started, and this probe does not kill it"
        }
        ProbeKind::Readiness => "while they do, the container stays as ready or not as it was",
        ProbeKind::Liveness => "while they do, this probe does not kill the container",
    };
    let message = format!(
        "attempts of the {} probe could not be run or judged ({}): they count neither as failures nor as \
         successes; {follows}",
        word(probe.probe.kind),
        times(event.count)
    );
    let finding = Finding::new(&rules::ERRORED_PROBE, probe.path.clone(), message);
    Some(finding.with_severity(Severity::Warning).help(
        "the event has the reason, such as a program that is missing in the image, or a body that breaks",
    ))
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
    let ready = first(standard.normal.of(start.index), start.index, |own| {
        own == Happening::Ready
    })?;
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

/// A start that the numbers hardly tolerate. The time is that of readiness, so it tells something about the
/// probe that kills only if readiness has the same question, or none of its own. A time behind the latest
/// kill is no start: the container would not have lived so long, and became ready once more.
fn slow(subject: &Subject<'_>, start: &Start<'_>, standard: &Standard) -> Option<Finding> {
    let Killed { event, kind, .. } =
        killed(subject.plan, standard.silent.of(start.index), start.index)?;
    let mut containers = subject.containers.iter();
    let own = containers.find(|own| own.name == start.name)?;
    let of = |kind: ProbeKind| own.probes.iter().find(|own| own.probe.kind == kind);
    let (killer, readiness) = match kind {
        Kind::Startup => (of(ProbeKind::Startup)?, of(ProbeKind::Readiness)),
        _ => (of(ProbeKind::Liveness)?, Some(of(ProbeKind::Readiness)?)),
    };
    if readiness.is_some_and(|own| own.probe.handler != killer.probe.handler) {
        return None;
    }
    // The delay and the period of readiness alone may take that long.
    let ready = first(standard.normal.of(start.index), start.index, |own| {
        own == Happening::Ready
    })?;
    let is_late = start.took.saturating_sub(SECOND) > event.earliest.max(ready.latest);
    if !is_late || start.took > event.latest + SECOND {
        return None;
    }
    let (least, most) = rounded(event.earliest, event.latest);
    let probe = word(killer.probe.kind);
    let message = format!(
        "container {} became ready {} s after its start, and its {probe} probe kills it after {} without a \
         success: the next start may end that way",
        start.name,
        start.took.as_secs(),
        time_range(least, Some(most))
    );
    let period = u64::try_from(killer.probe.period_seconds)
        .unwrap_or(1)
        .max(1);
    let threshold = (start.took.as_secs() * 2).div_ceil(period);
    Some(
        Finding::new(&rules::SHORT_START_TOLERANCE, start.path.clone(), message).help(format!(
            "use a startupProbe with failureThreshold {threshold} and periodSeconds {period}, twice the \
             time that it took"
        )),
    )
}
