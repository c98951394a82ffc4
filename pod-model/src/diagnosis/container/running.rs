//! A container that runs, and is not well, or was not: probes that fail, that err for ever, and earlier runs.

use k8s_openapi::jiff::Timestamp;

use super::ended;
use super::probes::{
    Kind, LIVENESS, Numbers, READINESS, STARTUP, as_fact, failures, handler, said, unhealthy,
};
use super::run::logs;
use crate::container::ContainerType;
use crate::diagnosis::cause::{BetterByItself, Cause, Evidence};
use crate::diagnosis::event::PodEvent;
use crate::diagnosis::scene::{ContainerState, Scene, YOUNG};
use crate::diagnosis::table as rows;
use crate::diagnosis::words::{lasting, restarts, seconds};

/// After so long the back-off is forgotten, and an end counts as the first one again.
const FORGOTTEN: i64 = 600;

/// So few restarts are no habit, however long a run lasts.
const SELDOM: i32 = 2;

/// Seconds by which a run has to outlast an earlier one: times have whole seconds, and ends take a while.
const MARGIN: i64 = 10;

pub(super) fn causes(scene: &Scene<'_>, container: &ContainerState<'_>) -> Vec<Cause> {
    if !container.is_running() {
        return Vec::new();
    }
    let mut causes = Vec::new();
    causes.extend(earlier_run(scene, container));
    causes.extend(not_started(scene, container));
    causes.extend(not_ready(scene, container));
    causes.extend(errs(scene, container));
    causes.extend(redirected(scene, container));
    if container.view.container_type == ContainerType::Init {
        causes.push(init_runs(scene, container));
    }
    causes
}

/// Returns whether an event is about the run that goes on.
fn is_of_this_run(container: &ContainerState<'_>, event: &PodEvent) -> bool {
    match (container.running_since(), event.last) {
        (Some(since), Some(last)) => last.as_second() >= since.as_second(),
        _ => true,
    }
}

/// The container has ended before, and runs again.
fn earlier_run(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let ended = container.latest_end()?;
    let mut cause = ended::cause(scene, container, ended)?;
    container.running_since()?;
    let (runs, last) = (container.runs_for(scene), ended.lasted());
    let count = container.restarts();
    let outlasts = |last: i64| runs.is_some_and(|runs| runs > last + MARGIN);
    // A program that ends once an hour runs well for an hour: only a run longer than that says more.
    let is_past = count <= SELDOM || last.is_some_and(outlasts);
    let noun = container.noun();
    let yet = if is_past || last.is_none() || runs.is_none() {
        ""
    } else {
        ", and not yet for as long as the last time"
    };
    cause.message = format!(
        "{}; it runs again after {}{yet}",
        cause.message,
        restarts(count)
    );
    let by_probe = [LIVENESS, STARTUP].into_iter().find(|kind| {
        let row = match *kind {
            LIVENESS => &rows::LIVENESS_PROBE_KILLED,
            _ => &rows::STARTUP_PROBE_KILLED,
        };
        cause.row == row
    });
    if let Some(kind) = by_probe {
        return Some(after_a_kill(scene, container, kind, is_past, cause));
    }
    match (runs, last) {
        (Some(runs), _) if runs >= FORGOTTEN && is_past => {
            cause = cause.harmless();
            cause.better_by_itself = BetterByItself::Unknown;
            cause.message = format!(
                "{noun} has restarted ({}), and runs well for {}: {}",
                restarts(count),
                lasting(runs),
                cause.message
            );
        }
        // One end after a long run is no habit yet.
        (_, Some(last)) if count <= 1 && last >= YOUNG => cause = cause.may_pass(),
        // It has not got as far as it did before.
        (Some(runs), Some(last)) if runs < FORGOTTEN && !outlasts(last) => {}
        _ => cause = cause.may_pass(),
    }
    Some(cause)
}

fn after_a_kill(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    kind: Kind,
    is_past: bool,
    cause: Cause,
) -> Cause {
    let fails_again = unhealthy(scene, container, kind, "failed");
    let fails_again = fails_again.is_some_and(|event| is_of_this_run(container, event));
    if fails_again {
        return cause;
    }
    let time = kind
        .of(container)
        .map(|probe| Numbers::of(probe).most_to_kill());
    let runs = container.runs_for(scene);
    let survives = runs.zip(time).filter(|(runs, time)| runs > time);
    match survives {
        Some((runs, _)) if is_past => {
            let mut cause = cause.harmless();
            let runs = lasting(runs);
            cause
                .message
                .push_str(&format!("; since then the probe succeeds ({runs})"));
            cause
        }
        Some(_) => cause.may_pass(),
        // One kill is no habit yet.
        None if container.restarts() <= 1 => cause.may_pass(),
        None => cause,
    }
}

fn not_started(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let probe = STARTUP.of(container)?;
    let status = container.status?;
    if status.started != Some(false) {
        return None;
    }
    let noun = container.noun();
    let failed = unhealthy(scene, container, STARTUP, "failed");
    let failed = failed.filter(|event| is_of_this_run(container, event));
    let numbers = Numbers::of(probe);
    let left = container
        .running_since()
        .zip(scene.now)
        .map(|(since, now)| {
            numbers.delay + numbers.period * numbers.failures - seconds(since, now)
        });
    let left = match left {
        Some(left) if left > 0 => format!("; the kubelet restarts it if that lasts {left} s more"),
        _ => String::new(),
    };
    let holds = if container.view.container_type == ContainerType::Sidecar {
        ", and the following containers wait for it"
    } else {
        ""
    };
    let says = failed
        .and_then(said)
        .map_or_else(String::new, |said| format!(": {said}"));
    Some(
        Cause::new(
            &rows::STARTUP_PROBE_FAILS,
            format!("the startup probe of {noun} has not succeeded yet{says}{holds}{left}"),
        )
        .of(container.name())
        .may_pass()
        .since(container.running_since())
        .shown_by(failed.map(PodEvent::evidence))
        .shown_by([as_fact(container, STARTUP, probe)])
        .advise(format!(
            "Wait, or see why {} does not succeed: {}",
            handler(probe),
            logs(scene, container)
        )),
    )
}

fn not_ready(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let probe = READINESS.of(container)?;
    if container.is_ready() || container.status?.started == Some(false) {
        return None;
    }
    let noun = container.noun();
    let of_run = |event: &&PodEvent| is_of_this_run(container, event);
    let failed = unhealthy(scene, container, READINESS, "failed").filter(of_run);
    let errored = unhealthy(scene, container, READINESS, "errored").filter(of_run);
    let path = format!("{}.readinessProbe", container.view.path);
    let newest = |event: Option<&PodEvent>| event.and_then(|event| event.last);
    let since = failed.or(errored).and_then(|event| event.first);
    if errored.is_some() && newest(errored) >= newest(failed) {
        let says = errored.and_then(said).unwrap_or("it cannot be run");
        return Some(
            Cause::new(
                &rows::READINESS_PROBE_ERRORED,
                format!("the readiness probe of {noun} cannot be run, so that the container never becomes ready: {says}"),
            )
            .of(container.name())
            .shown_by(errored.map(PodEvent::evidence))
            .shown_by([as_fact(container, READINESS, probe)])
            .since(since)
            .advise(format!("Correct the probe ({path}): {}.", handler(probe))),
        );
    }
    let says = failed.and_then(said);
    let timed_out = says.is_some_and(|says| {
        says.contains("timed out") || says.contains("deadline exceeded") || says.contains("Timeout")
    });
    let what = match says {
        Some(says) => format!(
            "the readiness probe of {noun} fails ({}): {says}",
            handler(probe)
        ),
        None => format!(
            "the readiness probe of {noun} ({}) has not succeeded",
            handler(probe)
        ),
    };
    let mut cause = Cause::new(
        &rows::READINESS_PROBE_FAILS,
        format!("{what}; it is not restarted for that, and gets no requests through Services"),
    )
    .of(container.name())
    .shown_by(failed.map(PodEvent::evidence))
    .shown_by([as_fact(container, READINESS, probe)])
    .since(since);
    cause.better_by_itself = BetterByItself::Unknown;
    let numbers = Numbers::of(probe);
    let first_try = YOUNG.max(numbers.delay + numbers.period * numbers.failures);
    let is_young = container
        .runs_for(scene)
        .is_some_and(|runs| runs < first_try);
    let count = failures(scene, container, READINESS, |event| {
        is_of_this_run(container, event)
    });
    if is_young || i64::from(count) < numbers.failures {
        cause = cause.may_pass();
    }
    Some(if timed_out {
        cause.advise(format!(
            "See why it takes so long, or raise timeoutSeconds ({path}.timeoutSeconds)."
        ))
    } else {
        cause.advise(format!(
            "See what the program answers to {}, and whether the probe ({path}) asks for the right thing.",
            handler(probe)
        ))
    })
}

/// A liveness or startup probe that errs never fails: it protects nothing.
fn errs(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let (kind, event) = [LIVENESS, STARTUP].into_iter().find_map(|kind| {
        let event = unhealthy(scene, container, kind, "errored")?;
        is_of_this_run(container, event).then_some((kind, event))
    })?;
    let failed = unhealthy(scene, container, kind, "failed");
    if failed.is_some_and(|failed| failed.last > event.last) {
        return None;
    }
    let says = said(event).unwrap_or_default();
    let path = format!("{}.{}", container.view.path, kind.field);
    let row = match kind {
        LIVENESS => &rows::LIVENESS_PROBE_ERRORED,
        _ => &rows::STARTUP_PROBE_ERRORED,
    };
    let cause = Cause::new(
        row,
        format!(
            "the {} probe of {} cannot be run ({says}); it neither succeeds nor fails, and protects nothing",
            kind.name,
            container.noun()
        ),
    )
    .of(container.name())
    .shown_by([event.evidence()])
    .since(event.first)
    .advise(format!("Correct the probe ({path})."));
    Some(match kind {
        LIVENESS => cause.harmless(),
        // The container never counts as started.
        _ => cause,
    })
}

fn redirected(scene: &Scene<'_>, container: &ContainerState<'_>) -> Option<Cause> {
    let warnings = scene.events(Some(container.name()), "ProbeWarning");
    let event = warnings
        .into_iter()
        .find(|event| is_of_this_run(container, event))?;
    let kind = [READINESS, LIVENESS, STARTUP]
        .into_iter()
        .find(|kind| event.message.starts_with(kind.title))?;
    let row = match kind {
        READINESS => &rows::READINESS_PROBE_REDIRECTED,
        _ => &rows::LIVENESS_PROBE_REDIRECTED,
    };
    let path = format!("{}.{}", container.view.path, kind.field);
    let says = said(event).unwrap_or_default();
    Some(
        Cause::new(
            row,
            format!(
                "the {} probe of {} is answered by a redirect, which counts as success whatever is there: {says}",
                kind.name,
                container.noun()
            ),
        )
        .of(container.name())
        .harmless()
        .shown_by([event.evidence()])
        .advise(format!("Ask for a path that answers by itself ({path}.httpGet.path).")),
    )
}

fn init_runs(scene: &Scene<'_>, container: &ContainerState<'_>) -> Cause {
    let since: Option<Timestamp> = container.running_since();
    let mut cause = Cause::new(
        &rows::INIT_CONTAINER_RUNS,
        format!(
            "{} runs, and all that follow wait for its end",
            container.noun()
        ),
    )
    .of(container.name())
    .may_pass()
    .since(since)
    .advise(format!("See what it waits for: {}", logs(scene, container)));
    let command: Vec<&str> = container
        .view
        .command
        .iter()
        .chain(container.view.args)
        .map(String::as_str)
        .collect();
    if !command.is_empty() {
        let path = format!("{}.command", container.view.path);
        cause = cause.shown_by([Evidence::field(path, command.join(" "))]);
    }
    cause
}
