//! Properties of workers and forecasts that hold for any numbers and any behaviour.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::{KubernetesVersion, defaults};
use pod_probe::{
    Assumptions, Effort, Event, Happening, Kind, MAX_HORIZON, PodPlan, ProbeResult, Probes, Reason,
    StopTakes, Verdict, Worker, forecast_with,
};
use proptest::prelude::*;
use serde_json::{Value, json};

const VERSIONS: [KubernetesVersion; 5] = [
    KubernetesVersion::V1_33,
    KubernetesVersion::V1_34,
    KubernetesVersion::V1_35,
    KubernetesVersion::V1_36,
    KubernetesVersion::V1_37,
];

/// Numbers that people write, and the largest ones that the API accepts.
fn number(least: i32) -> impl Strategy<Value = i32> {
    prop_oneof![6 => least..least + 6, 2 => least..60, 1 => Just(i32::MAX)]
}

fn probe(kind: &'static str) -> impl Strategy<Value = Option<Value>> {
    let numbers = (
        number(0),
        number(1),
        number(1),
        number(1),
        number(1),
        any::<bool>(),
    );
    let probe = numbers.prop_map(
        move |(delay, period, timeout, success, failure, is_named)| {
            json!({
                "initialDelaySeconds": delay, "periodSeconds": period, "timeoutSeconds": timeout,
                "successThreshold": if kind == "readinessProbe" { success } else { 1 },
                "failureThreshold": failure,
                "tcpSocket": { "port": if is_named { json!("nope") } else { json!(80) } },
            })
        },
    );
    prop::option::weighted(0.7, probe)
}

fn container() -> impl Strategy<Value = Value> {
    let probes = (
        probe("startupProbe"),
        probe("readinessProbe"),
        probe("livenessProbe"),
    );
    probes.prop_map(|(startup, readiness, liveness)| {
        json!({"name": "c", "startupProbe": startup, "readinessProbe": readiness,
            "livenessProbe": liveness})
    })
}

fn spec() -> impl Strategy<Value = PodSpec> {
    let policy = prop::sample::select(vec!["Always", "OnFailure", "Never"]);
    let containers = prop::collection::vec(container(), 1..3);
    (policy, containers, prop::option::of(container()), number(0)).prop_map(
        |(policy, containers, sidecar, grace)| {
            let sidecars = sidecar.into_iter().map(|mut sidecar| {
                sidecar["restartPolicy"] = json!("Always");
                sidecar
            });
            let sidecars: Vec<Value> = sidecars.collect();
            let mut spec: PodSpec = serde_json::from_value(json!({
                "restartPolicy": policy, "containers": containers, "initContainers": sidecars,
                "terminationGracePeriodSeconds": grace,
            }))
            .unwrap();
            spec.containers.iter_mut().for_each(defaults::container);
            spec
        },
    )
}

fn time() -> impl Strategy<Value = Duration> {
    let seconds = prop_oneof![8 => 0_u64..200, 1 => Just(u64::MAX)];
    seconds.prop_map(Duration::from_secs)
}

fn behaviour() -> impl Strategy<Value = Assumptions> {
    let at = || prop::option::weighted(0.3, time());
    let times = (time(), time(), at(), at(), at(), at(), at(), time());
    let stop = prop::option::of(time());
    (times, stop, any::<bool>(), 0_u64..300).prop_map(|(times, stop, first_run_only, horizon)| {
        let (starts_after, slow, fails_at, recovers_at, hangs_at, errors_at, exits_at, hook) =
            times;
        Assumptions {
            starts_after,
            slow: slow / 20,
            fails_at,
            recovers_at,
            hangs_at,
            errors_at,
            exits_at: exits_at.map(|at| (at, 1)),
            stop_takes: stop.map_or(StopTakes::Never, StopTakes::Time),
            stop_code: 0,
            pre_stop_takes: hook,
            first_run_only,
            horizon: Duration::from_secs(horizon),
        }
    })
}

fn of(events: &[Event], container: usize) -> impl Iterator<Item = &Event> {
    events
        .iter()
        .filter(move |event| event.container == container)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_worker_changes_its_result_at_its_threshold_alone(
        probe in spec(),
        verdicts in prop::collection::vec(prop::sample::select(vec![
            Verdict::Success, Verdict::Warning, Verdict::Failure, Verdict::Errored,
        ]), 0..200),
    ) {
        for probe in Probes::of(&probe.containers[0], Some(30), KubernetesVersion::V1_37).0 {
            let mut worker = Worker::new(&probe);
            let mut before = worker.state();
            let mut has_passed = false;
            for verdict in &verdicts {
                let state = worker.record(*verdict);
                if state.result != before.result {
                    prop_assert!(state.consecutive >= state.threshold);
                    prop_assert_eq!(state.result, state.counted);
                }
                if *verdict == Verdict::Errored {
                    prop_assert_eq!(state.result, before.result);
                    prop_assert_eq!(state.would_restart, before.would_restart);
                }
                // A startup success is never undone.
                prop_assert!(!(has_passed && state.result != ProbeResult::Success));
                has_passed |= probe.kind == pod_probe::ProbeKind::Startup
                    && state.result == ProbeResult::Success;
                before = state;
            }
        }
    }

    #[test]
    fn forecasts_keep_to_delays_and_thresholds(
        spec in spec(),
        does in behaviour(),
        version in prop::sample::select(VERSIONS.to_vec()),
    ) {
        let plan = PodPlan::of(&spec, version);
        let events = forecast_with(&plan, &does, version, Effort::Quick);
        for event in &events {
            prop_assert!(event.earliest <= event.latest);
            prop_assert!(event.earliest <= does.horizon);
        }
        for (index, own) in plan.containers.iter().enumerate() {
            for probe in &own.probes {
                let kind = Kind::from(probe.kind);
                for event in of(&events, index) {
                    if event.instance > 0 {
                        continue;
                    }
                    // The start counts from its whole second, and it is at least a part of the first
                    // container's.
                    let earliest = probe.initial_delay.saturating_sub(Duration::from_secs(2));
                    if event.happening == Happening::FirstProbe(kind) {
                        prop_assert!(event.latest >= earliest);
                    }
                    if event.happening == Happening::Kill(Some(kind)) {
                        prop_assert!(!probe.is_errored);
                        let attempts = probe.failure_threshold - 1;
                        let attempts = probe.period.saturating_mul(attempts);
                        prop_assert!(event.latest >= earliest.saturating_add(attempts));
                    }
                }
            }
        }
    }

    #[test]
    fn a_stop_is_in_the_order_of_its_course(
        spec in spec(),
        version in prop::sample::select(VERSIONS.to_vec()),
    ) {
        let plan = PodPlan::of(&spec, version);
        let does = Assumptions {
            hangs_at: Some(Duration::from_secs(20)),
            horizon: Duration::from_mins(3),
            ..Assumptions::default()
        };
        let events = forecast_with(&plan, &does, version, Effort::Quick);
        for (index, event) in events.iter().enumerate() {
            prop_assert!(index == 0 || events[index - 1].earliest <= event.earliest);
            let follows = |other: &&Event| {
                (other.container, other.instance) == (event.container, event.instance)
                    && other.is_certain
                    && matches!(other.happening, Happening::Kill(_))
            };
            if event.is_certain && matches!(event.happening, Happening::SigTerm | Happening::Ended) {
                prop_assert!(events[index..].iter().find(follows).is_none());
            }
        }
    }

    #[test]
    fn what_only_errs_is_neither_killed_nor_ready(
        spec in spec(),
        version in prop::sample::select(VERSIONS.to_vec()),
    ) {
        let plan = PodPlan::of(&spec, version);
        let does = Assumptions {
            errors_at: Some(Duration::ZERO),
            horizon: Duration::from_mins(3),
            ..Assumptions::default()
        };
        let events = forecast_with(&plan, &does, version, Effort::Quick);
        for event in &events {
            prop_assert!(!matches!(event.happening, Happening::Kill(_) | Happening::Restart));
            if event.happening == Happening::Ready {
                prop_assert_eq!(event.reason, Reason::Running);
            }
        }
    }
}

#[test]
fn the_longest_horizon_with_the_shortest_period_is_bounded() {
    let spec: PodSpec = serde_json::from_value(json!({"containers": [{"name": "c",
        "readinessProbe": {"exec": {}, "periodSeconds": 1, "failureThreshold": 1},
        "livenessProbe": {"exec": {}, "periodSeconds": 1, "failureThreshold": i32::MAX}}]}))
    .unwrap();
    let plan = PodPlan::of(&spec, KubernetesVersion::V1_37);
    let does = Assumptions {
        starts_after: Duration::MAX,
        horizon: Duration::from_hours(24 * 30),
        ..Assumptions::default()
    };
    let events = forecast_with(&plan, &does, KubernetesVersion::V1_37, Effort::Quick);
    assert!(events.iter().all(|event| event.earliest <= MAX_HORIZON));
}
