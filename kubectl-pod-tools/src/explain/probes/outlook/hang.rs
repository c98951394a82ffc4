//! A container that has answered, and answers no more.

use pod_probe::{ContainerPlan, Handler, Happening, PodPlan, ProbeKind, ProbePlan};

use super::super::forecasts::{Standard, first};
use super::super::report::{Assumed, ContainerProbes, Outlook};
use super::entry::{Times, entry, is_last, range, sound, synced, timeouts};
use super::failing::ends_pod;
use crate::render::in_minutes;

/// Returns the time from the hang to the end of the last attempt that counts: the hang begins anywhere
/// between two attempts.
fn noticed(probe: &ProbePlan) -> Times {
    let fails = timeouts(probe);
    (fails.0, fails.1.saturating_add(probe.period))
}

/// The liveness probe does not run yet in the first part of a run.
fn early(container: &ContainerPlan) -> String {
    let delay = sound(container, ProbeKind::Liveness).map(|probe| probe.initial_delay);
    match delay {
        Some(delay) if !delay.is_zero() => format!(
            ", or later if it stops in the first {} of a run",
            in_minutes(delay)
        ),
        _ => String::new(),
    }
}

/// A container whose probes have passed, and get no answer any more. A TCP probe does not notice: the
/// connection is accepted for a process that hangs, as long as its port is open.
pub(super) fn hang(
    plan: &PodPlan,
    index: usize,
    own: &ContainerProbes,
    standard: &Standard,
) -> Option<Outlook> {
    let container = plan.containers.get(index)?;
    let events = standard.normal.of(index);
    let is_ready = |happening| happening == Happening::Ready;
    let ready = first(events, index, is_ready);
    let is_started = |happening| happening == Happening::Started;
    // One that has not started has no other probes.
    first(events, index, is_started)?;
    let is_tcp = |kind: ProbeKind| {
        let mut probes = own.probes.iter();
        probes.any(|own| {
            own.probe.kind == kind && matches!(own.probe.handler, Handler::TcpSocket { .. })
        })
    };
    let notices = |kind: ProbeKind| {
        let probe = sound(container, kind).filter(|_| !is_tcp(kind));
        probe.map(noticed)
    };
    let unready = notices(ProbeKind::Readiness).filter(|_| ready.is_some());
    let kill = notices(ProbeKind::Liveness).map(synced);
    let blind = |kind: &str| {
        format!(
            "its {kind} does not notice a hang: a TCP connection is accepted for a process that hangs"
        )
    };
    let name = &container.name;
    let early = early(container);
    let kills = |times: Times| {
        if is_last(plan, container) {
            format!(
                "its liveness probe {}{early}",
                ends_pod(plan, &range(times))
            )
        } else {
            format!("its liveness probe kills it after {}{early}", range(times))
        }
    };
    let (times, what): (Times, String) = match (unready, kill) {
        (None, None) => {
            let kind = match (is_tcp(ProbeKind::Readiness), is_tcp(ProbeKind::Liveness)) {
                (false, false) => return None,
                (true, true) => "readiness and liveness probe",
                (true, false) => "readiness probe",
                (false, true) => "liveness probe",
            };
            let message = format!("if container {name} hangs, {}", blind(kind));
            return Some(entry(Some(container), Assumed::Hangs, None, message));
        }
        (Some(unready), None) => {
            let follows = if is_tcp(ProbeKind::Liveness) {
                blind("liveness probe")
            } else {
                "nothing restarts it".to_owned()
            };
            (
                unready,
                format!(
                    "it is not ready any more after {}; {follows}",
                    range(unready)
                ),
            )
        }
        (None, Some(kill)) => {
            let until = if ready.is_some() {
                "until then it is ready"
            } else {
                "it is never ready anyway"
            };
            (kill, format!("{}; {until}", kills(kill)))
        }
        (Some(unready), Some(kill)) if kill.1 < unready.0 => (
            kill,
            format!("{}, before its readiness probe has failed", kills(kill)),
        ),
        (Some(unready), Some(kill)) => (
            (unready.0.min(kill.0), unready.1.min(kill.1)),
            format!(
                "it is not ready any more after {}, and {}",
                range(unready),
                kills(kill)
            ),
        ),
    };
    let message = format!("if container {name} stops answering, {what}");
    Some(entry(Some(container), Assumed::Hangs, Some(times), message))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use k8s_openapi::api::core::v1::PodSpec;
    use pod_model::{KubernetesVersion, defaults};
    use pod_probe::{Assumptions, Effort, Kind, forecast_with};
    use serde_json::{Value, json};

    use super::*;

    fn plan(probes: &Value) -> PodPlan {
        let mut container = json!({"name": "a", "image": "i"});
        for (field, probe) in probes.as_object().unwrap() {
            container[field] = probe.clone();
        }
        let pod = json!({"spec": {"containers": [container]}});
        let mut pod = serde_json::from_value(pod).unwrap();
        defaults::created_pod(&mut pod, KubernetesVersion::V1_37);
        let spec: PodSpec = pod.spec.unwrap();
        PodPlan::of(&spec, KubernetesVersion::V1_37)
    }

    /// A hang at any time once all probes run.
    #[test]
    fn a_hang_is_noticed_in_the_range_whenever_it_begins() {
        for probe in [
            json!({"periodSeconds": 10}),
            json!({"periodSeconds": 3, "timeoutSeconds": 2, "failureThreshold": 5}),
            json!({"periodSeconds": 2, "timeoutSeconds": 7, "initialDelaySeconds": 20}),
            json!({"periodSeconds": 5, "timeoutSeconds": 5, "failureThreshold": 1}),
        ] {
            let mut http = probe.clone();
            http["httpGet"] = json!({"port": 80});
            let probes = json!({"readinessProbe": http, "livenessProbe": http});
            let plan = plan(&probes);
            let own = &plan.containers[0].probes[1];
            let (earliest, latest) = synced(noticed(own));
            let until = latest * 2;
            let (earliest, latest) = (earliest.as_secs_f64(), latest.as_secs_f64());
            let (mut first_seen, mut last_seen) = (f64::MAX, 0.0_f64);
            for tenth in 0..10 {
                let at = Duration::from_mins(1) + own.period * tenth / 10;
                let does = Assumptions {
                    hangs_at: Some(at),
                    horizon: at + until,
                    first_run_only: true,
                    ..Assumptions::default()
                };
                let events = forecast_with(&plan, &does, KubernetesVersion::V1_37, Effort::Quick);
                let is_kill = |own| own == Happening::Kill(Some(Kind::Liveness));
                let kill = first(&events, 0, is_kill).unwrap();
                let since = |time: Duration| time.as_secs_f64() - at.as_secs_f64();
                let (from, to) = (since(kill.earliest), since(kill.latest));
                // What a forecast adds to both ends for runs that it has not made.
                let slack = 0.3 + (to - from) / 6.0;
                assert!(from + slack >= earliest, "{probe} at {at:?}: {kill:?}");
                assert!(to <= latest + slack, "{probe} at {at:?}: {kill:?}");
                first_seen = first_seen.min(from);
                last_seen = last_seen.max(to);
            }
            // And no wider than that.
            let (own, seen) = (latest - earliest, last_seen - first_seen);
            assert!(own < seen * 1.5, "{probe}: {own} against {seen}");
        }
    }
}
