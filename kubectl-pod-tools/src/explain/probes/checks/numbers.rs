//! Checks of the numbers of probes, and of what is missing beside them.

use pod_model::{ContainerType, Finding, Severity, rules};
use pod_probe::{GracePeriodOrigin, Handler, ProbeKind};

use super::super::outlook::Immediate;
use super::super::report::EffectiveProbe;
use super::subject::Probed;

/// A delay that is worth a startup probe, in seconds.
const LONG_DELAY: i32 = 30;
/// A delay that leaves a hang unnoticed for a time that hurts, in seconds.
const VERY_LONG_DELAY: i32 = 60;

pub(super) fn check(probed: Probed<'_>, found: &mut Vec<Finding>) {
    let of = |kind: ProbeKind| probed.own.probes.iter().find(|own| own.probe.kind == kind);
    let startup = of(ProbeKind::Startup);
    let readiness = of(ProbeKind::Readiness);
    let liveness = of(ProbeKind::Liveness);
    let can_run = |own: &&EffectiveProbe| can_run(own);
    found.extend(probed.own.probes.iter().filter(can_run).filter_map(timeout));
    let startup_runs = startup.as_ref().is_none_or(can_run);
    // A startup probe that is errored holds the liveness probe back for ever.
    if let Some(liveness) = liveness.filter(|own| can_run(own) && startup_runs) {
        if startup.is_none() {
            found.extend(long_delay(liveness));
        }
        if let Some(readiness) = readiness.filter(can_run) {
            found.extend(identical(readiness, liveness));
        }
        if startup.is_none() && readiness.is_none() {
            found.extend(restarts(probed, liveness));
        }
    }
    let kill = [startup, liveness.filter(|_| startup_runs)];
    for own in kill.into_iter().flatten().filter(can_run) {
        found.extend(ignored_grace(probed, own));
    }
}

/// Returns whether attempts have a verdict at all: one that is always errored changes nothing.
fn can_run(own: &EffectiveProbe) -> bool {
    !matches!(
        own.probe.handler,
        Handler::Unresolved { .. } | Handler::Missing {}
    )
}

/// An attempt that takes longer than the period: ticks are skipped.
fn timeout(own: &EffectiveProbe) -> Option<Finding> {
    let (period, timeout) = (own.probe.period_seconds, own.probe.timeout_seconds);
    if timeout <= period {
        return None;
    }
    let (period, timeout) = (i64::from(period), i64::from(timeout));
    let threshold = i64::from(own.probe.failure_threshold);
    let message = format!(
        "timeoutSeconds {timeout} is longer than periodSeconds {period}: an attempt without an answer \
         takes {timeout} s, and of the ticks of that time only one is kept. If none gets an answer, \
         {threshold} failures in a row take at least {threshold} × {timeout} = {} s, not {threshold} × \
         {period} = {} s",
        threshold * timeout,
        threshold * period
    );
    let path = own.path.field("timeoutSeconds");
    Some(
        Finding::new(&rules::TIMEOUT_LONGER_THAN_PERIOD, path, message).help(format!(
            "use at most {period} for timeoutSeconds, or a longer period"
        )),
    )
}

/// Returns the time between two attempts without an answer, in seconds. A refused connection of gRPC is
/// tried again until the time-out.
fn step(own: &EffectiveProbe) -> i32 {
    let probe = &own.probe;
    match probe.handler {
        Handler::Grpc { .. } => probe.period_seconds.max(probe.timeout_seconds),
        _ => probe.period_seconds,
    }
}

/// A long delay in place of a startup probe.
fn long_delay(own: &EffectiveProbe) -> Option<Finding> {
    let delay = own.probe.initial_delay_seconds;
    if delay < LONG_DELAY {
        return None;
    }
    let (delay, period) = (i64::from(delay), i64::from(own.probe.period_seconds.max(1)));
    let count = i64::from(own.probe.failure_threshold);
    // The startup probe has to tolerate what the delay does, so the rest counts as a period.
    let threshold = (delay + period - 1) / period + count;
    let message = format!(
        "the liveness probe does not run for {delay} s after each start, also after each restart: a \
         container that hangs after 5 s is not noticed for {} s more. A start without \
         an answer is killed after about {delay} + {count} × {} s",
        delay - 5,
        step(own)
    );
    let severity = if own.probe.initial_delay_seconds >= VERY_LONG_DELAY {
        Severity::Warning
    } else {
        Severity::Info
    };
    let path = own.path.field("initialDelaySeconds");
    Some(
        Finding::new(&rules::LONG_LIVENESS_DELAY, path, message)
            .with_severity(severity)
            .help(format!(
                "add a startupProbe with failureThreshold {threshold} and periodSeconds {period} in place \
                 of the delay"
            )),
    )
}

/// A readiness probe that fails no earlier than the liveness probe of the same question.
fn identical(readiness: &EffectiveProbe, liveness: &EffectiveProbe) -> Option<Finding> {
    let numbers = |own: &EffectiveProbe| {
        let probe = &own.probe;
        let (count, period) = (probe.failure_threshold, probe.period_seconds);
        (count, period, i64::from(count) * i64::from(period))
    };
    let (ready, live) = (numbers(readiness), numbers(liveness));
    if readiness.probe.handler != liveness.probe.handler || ready.2 < live.2 {
        return None;
    }
    // An answer that is late for readiness may be in time for liveness: then it is another question.
    if liveness.probe.timeout_seconds > readiness.probe.timeout_seconds {
        return None;
    }
    let message = format!(
        "readiness and liveness ask the same question, and liveness gives up no later ({} × {} = {} s) \
         than readiness ({} × {} = {} s): a container that is only overloaded is killed, not only \
         taken out of traffic",
        live.0, live.1, live.2, ready.0, ready.1, ready.2
    );
    Some(
        Finding::new(&rules::IDENTICAL_PROBES, liveness.path.clone(), message)
            .related_path("the same question", readiness.path.clone())
            .help("give the liveness probe a higher failureThreshold, or a question of its own"),
    )
}

/// A liveness probe alone: what it kills stays Ready.
fn restarts(probed: Probed<'_>, liveness: &EffectiveProbe) -> Option<Finding> {
    // A container without ports is hardly behind a Service.
    if probed.own.container_type != ContainerType::App || probed.view.ports.is_empty() {
        return None;
    }
    let pods = probed.subject.spec.restart_policy.as_deref();
    if probed.view.restart_policy.or(pods) == Some("Never") {
        return None;
    }
    let probe = &liveness.probe;
    let subject = probed.subject;
    let mut plans = subject.plan.containers.iter();
    let plan = plans.find(|plan| plan.name == probed.own.name);
    let immediate = plan.and_then(Immediate::of);
    let delay = match probe.initial_delay_seconds {
        0 => String::new(),
        delay => format!("{delay} + "),
    };
    let restarted = match immediate.map(|immediate| immediate.count()) {
        None => "again and again".to_owned(),
        Some(None) => "again and again without a wait".to_owned(),
        Some(Some(count)) => format!("{count} times without a wait"),
    };
    let message = format!(
        "without a readiness probe the container counts as ready whenever it runs, also while its \
         liveness probe fails: one that never answers gets traffic, and is restarted {restarted}, each \
         time after about {delay}{} × {} s",
        probe.failure_threshold,
        step(liveness)
    );
    let path = liveness.path.clone();
    Some(
        Finding::new(&rules::READY_THROUGH_RESTARTS, path, message)
            .help("add a readinessProbe with a lower failureThreshold"),
    )
}

/// A grace period that the kubelet does not use.
fn ignored_grace(probed: Probed<'_>, own: &EffectiveProbe) -> Option<Finding> {
    let spec = probed.subject.spec;
    let policy = probed
        .view
        .restart_policy
        .or(spec.restart_policy.as_deref());
    // Sidecars do not count: they never end by themselves.
    let is_app = probed.own.container_type == ContainerType::App;
    let is_alone = spec.containers.len() == 1;
    let all_end = spec
        .containers
        .iter()
        .all(|own| own.restart_policy.is_none());
    let is_own = own.probe.termination_grace_period_origin == Some(GracePeriodOrigin::Probe);
    if policy != Some("Never") || !is_app || !is_own || !(is_alone || all_end) {
        return None;
    }
    let seconds = own.probe.termination_grace_period_seconds?;
    let pods = spec.termination_grace_period_seconds?.max(2);
    if seconds == pods {
        return None;
    }
    if !is_alone {
        let message = format!(
            "the probe's grace period of {seconds} s is not used if the other containers have ended (sidecars \
             do not count): under restartPolicy Never the Pod then ends as a whole, with its own grace period \
             of {pods} s"
        );
        let path = own.path.field("terminationGracePeriodSeconds");
        let finding = Finding::new(&rules::IGNORED_PROBE_GRACE, path, message);
        return Some(finding.with_severity(Severity::Info));
    }
    let message = format!(
        "the probe's grace period of {seconds} s is not used: under restartPolicy Never no container of \
         the Pod remains when the probe kills its only one (sidecars do not count), so the Pod ends as a \
         whole, with its own grace period of {pods} s"
    );
    let path = own.path.field("terminationGracePeriodSeconds");
    Some(
        Finding::new(&rules::IGNORED_PROBE_GRACE, path, message)
            .help("set terminationGracePeriodSeconds of the Pod"),
    )
}
