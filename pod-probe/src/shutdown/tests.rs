//! The ranges, beside the rules of the kubelet run with random times.

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::{ContainerType, KubernetesVersion};
use serde_json::json;

use super::plan::Stops;
use super::*;
use crate::StopTakes;

const SECOND: Duration = Duration::from_secs(1);

fn plan(spec: serde_json::Value, grace: u64, assumed: ShutdownAssumptions) -> ShutdownPlan {
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    let grace = Duration::from_secs(grace);
    ShutdownPlan::of(
        &spec,
        KubernetesVersion::V1_37,
        grace,
        |_| assumed,
        |own| own.container_type != ContainerType::Init,
    )
}

fn sleeps(seconds: u64) -> serde_json::Value {
    json!({"preStop": {"sleep": {"seconds": seconds}}})
}

fn find(events: &[ShutdownEvent], container: usize, step: ShutdownStep) -> Option<&ShutdownEvent> {
    events
        .iter()
        .find(|own| own.container == container && own.step == step)
}

#[test]
fn hooks_of_all_containers_start_together_and_signals_of_sidecars_wait() {
    let spec = json!({
        "initContainers": [
            {"name": "first", "restartPolicy": "Always", "lifecycle": sleeps(1)},
            {"name": "second", "restartPolicy": "Always"},
        ],
        "containers": [{"name": "app", "lifecycle": sleeps(5)}],
    });
    let assumed = ShutdownAssumptions {
        stop_takes: Some(StopTakes::Time(SECOND)),
        ..ShutdownAssumptions::default()
    };
    let plan = plan(spec, 30, assumed);
    let events = shutdown(&plan);
    for container in [0, 2] {
        let hook = find(&events, container, ShutdownStep::PreStop).unwrap();
        assert_eq!(hook.earliest, Duration::ZERO);
        assert!(hook.latest < SECOND);
    }
    let times: Vec<u64> = [2, 1, 0]
        .map(|own| find(&events, own, ShutdownStep::SigTerm).unwrap())
        .map(|own| own.earliest.as_secs())
        .to_vec();
    assert_eq!(times, [5, 6, 7]);
    assert!(!events.iter().any(|own| own.step == ShutdownStep::SigKill));
    let last = find(&events, 0, ShutdownStep::SigTerm).unwrap();
    let ShutdownReason::AfterContainers {
        containers,
        left,
        is_late,
    } = &last.reason
    else {
        panic!("{last:?}");
    };
    assert_eq!(containers, &["app", "second"]);
    assert!(*left > 20 * SECOND && !is_late);
}

#[test]
fn when_the_grace_is_used_up_all_get_two_seconds() {
    let spec = json!({
        "initContainers": [{"name": "side", "restartPolicy": "Always"}],
        "containers": [
            {"name": "app", "lifecycle": {"preStop": {"exec": {"command": ["sleep", "60"]}}}},
            {"name": "deaf", "command": ["sleep", "infinity"]},
        ],
    });
    let events = shutdown(&plan(spec, 10, ShutdownAssumptions::default()));
    let at = |container, step| find(&events, container, step).unwrap();
    for own in [0, 1] {
        assert_eq!(at(own, ShutdownStep::SigTerm).earliest, 10 * SECOND);
    }
    assert_eq!(at(2, ShutdownStep::SigTerm).earliest, Duration::ZERO);
    assert_eq!(at(2, ShutdownStep::SigKill).earliest, 10 * SECOND);
    assert_eq!(at(2, ShutdownStep::Ended).reason, ShutdownReason::Killed);
    let hook = at(1, ShutdownStep::PreStopEnd);
    assert!(matches!(hook.reason, ShutdownReason::HookOverruns { .. }));
    let waited = &at(0, ShutdownStep::SigTerm).reason;
    assert!(
        matches!(
            waited,
            ShutdownReason::GraceUsedUp { .. }
                | ShutdownReason::AfterContainers { is_late: true, .. }
        ),
        "{waited:?}"
    );
}

#[test]
fn a_sidecar_does_not_wait_for_containers_that_have_ended() {
    let spec = json!({
        "initContainers": [{"name": "side", "restartPolicy": "Always"}],
        "containers": [{"name": "app"}],
    });
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    let runs = |own: &pod_model::ContainerView<'_>| own.name == "side";
    let assumed = ShutdownAssumptions::default();
    let plan = ShutdownPlan::of(
        &spec,
        KubernetesVersion::V1_37,
        30 * SECOND,
        |_| assumed,
        runs,
    );
    let events = shutdown(&plan);
    assert_eq!(events.len(), 3);
    assert_eq!(events[1].reason, ShutdownReason::NoHook);
}

#[test]
fn a_sidecar_that_has_ended_breaks_the_chain() {
    let spec = json!({
        "initContainers": [
            {"name": "first", "restartPolicy": "Always"},
            {"name": "ended", "restartPolicy": "Always"},
            {"name": "last", "restartPolicy": "Always", "lifecycle": sleeps(5)},
        ],
        "containers": [{"name": "app"}],
    });
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    let runs = |own: &pod_model::ContainerView<'_>| own.name != "ended";
    let assumed = ShutdownAssumptions::default();
    let plan = ShutdownPlan::of(
        &spec,
        KubernetesVersion::V1_37,
        30 * SECOND,
        |_| assumed,
        runs,
    );
    let events = shutdown(&plan);
    let first = find(&events, 0, ShutdownStep::SigTerm).unwrap();
    assert!(first.latest < 3 * SECOND, "{first:?}");
    assert!(find(&events, 1, ShutdownStep::SigTerm).unwrap().earliest >= 5 * SECOND);
}

/// Random numbers that are the same in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn between(&mut self, lo: u64, hi: u64) -> Duration {
        Duration::from_micros(lo * 1_000 + self.below((hi - lo) * 1_000 + 1))
    }
}

/// The times of one container as `killContainer` and the runtime make them: SIGTERM, SIGKILL if it
/// comes, the end.
fn kill(
    random: &mut Random,
    plan: &ShutdownPlan,
    own: &StoppingContainer,
    turn: Option<Duration>,
) -> (Duration, Option<Duration>, Duration) {
    let mut now = random.between(0, 500);
    let mut left = plan.grace_period.as_secs();
    if let Some(hook) = own.pre_stop {
        let around = if hook.is_action || hook.fails {
            random.between(0, 50)
        } else {
            random.between(1, 300)
        };
        let takes = hook
            .takes
            .map_or(plan.grace_period * 2, |takes| takes + around);
        let waits = takes.min(plan.grace_period);
        now += waits;
        left -= waits.as_secs();
    }
    if let Some(turn) = turn
        && left > 0
    {
        let waits = turn.saturating_sub(now).min(Duration::from_secs(left));
        now += waits;
        left -= waits.as_secs();
    }
    let left = Duration::from_secs(left.max(2));
    let signal = now + random.between(0, 100);
    let killed = signal + left + random.between(0, 50);
    let reaction = random.between(1, 300);
    let takes = match own.stops {
        Stops::After(takes) => Some(takes),
        Stops::Never => None,
        Stops::Perhaps => (random.below(2) == 0).then_some(Duration::ZERO),
    };
    match takes.map(|takes| signal + takes + reaction) {
        Some(ended) if ended <= killed => (signal, None, ended),
        _ => (signal, Some(killed), killed + random.between(1, 300)),
    }
}

fn run(random: &mut Random, plan: &ShutdownPlan) -> Vec<(Duration, Option<Duration>, Duration)> {
    let mut all = vec![None; plan.containers.len()];
    for sidecars in [false, true] {
        for (index, own) in plan.containers.iter().enumerate().rev() {
            if (own.role == ShutdownRole::Sidecar) != sidecars {
                continue;
            }
            let next = own.next_sidecar;
            let waits_for = |(other, own): (usize, &StoppingContainer)| {
                own.role == ShutdownRole::App || next == Some(other)
            };
            let before = plan
                .containers
                .iter()
                .enumerate()
                .filter(|own| waits_for(*own));
            let ends = before.filter_map(|(other, _)| all[other].map(|(_, _, ended)| ended));
            let turn = ends.max().map(|at: Duration| at + random.between(0, 100));
            let turn = turn.filter(|_| sidecars);
            all[index] = Some(kill(random, plan, own, turn));
        }
    }
    all.into_iter().flatten().collect()
}

#[test]
fn what_the_kubelet_does_lies_in_the_ranges_and_reaches_their_ends() {
    let mut random = Random(16);
    let (mut inside, mut wide) = (0, Vec::new());
    for case in 0..400 {
        let hook = |random: &mut Random| match random.below(5) {
            0 => json!({}),
            1 => sleeps(random.below(12)),
            2 => json!({"preStop": {"exec": {"command": ["sleep", random.below(14).to_string()]}}}),
            3 => json!({"preStop": {"tcpSocket": {"port": 80}}}),
            _ => json!({"preStop": {"exec": {"command": ["drain"]}}}),
        };
        let command = |random: &mut Random| match random.below(4) {
            0 => json!(["sleep", "infinity"]),
            1 => json!(["sh", "-c", "prepare; server"]),
            _ => json!(["server"]),
        };
        let of = |random: &mut Random, name: String, policy: Option<&str>| json!({"name": name, "restartPolicy": policy, "lifecycle": hook(random), "command": command(random)});
        let sidecars: Vec<_> = (0..random.below(3))
            .map(|own| of(&mut random, format!("s{own}"), Some("Always")))
            .collect();
        let apps: Vec<_> = (0..=random.below(2))
            .map(|own| of(&mut random, format!("a{own}"), None))
            .collect();
        let spec = json!({"initContainers": sidecars, "containers": apps});
        let assumed = ShutdownAssumptions {
            pre_stop_takes: (random.below(2) == 0).then(|| random.between(0, 12_000)),
            stop_takes: (random.below(2) == 0).then(|| StopTakes::Time(random.between(0, 6_000))),
        };
        let plan = plan(spec, 1 + random.below(12), assumed);
        let events = shutdown(&plan);
        let mut seen: Vec<(Duration, Duration, usize)> =
            vec![(Duration::MAX, Duration::ZERO, 0); events.len()];
        let runs = 300;
        for _ in 0..runs {
            let found = run(&mut random, &plan);
            for (index, event) in events.iter().enumerate() {
                let (signal, killed, ended) = found[event.container];
                let at = match event.step {
                    ShutdownStep::SigTerm => Some(signal),
                    ShutdownStep::SigKill => killed,
                    ShutdownStep::Ended => Some(ended),
                    _ => continue,
                };
                assert!(
                    at.is_some() || !event.is_certain,
                    "case {case}: {event:?} {plan:?}"
                );
                let Some(at) = at else { continue };
                assert!(
                    event.earliest <= at && at <= event.latest,
                    "case {case}: {at:?} {event:?} {plan:?}"
                );
                inside += 1;
                seen[index] = (
                    seen[index].0.min(at),
                    seen[index].1.max(at),
                    seen[index].2 + 1,
                );
            }
            for (container, (_, killed, _)) in found.iter().enumerate() {
                let has = find(&events, container, ShutdownStep::SigKill).is_some();
                assert!(
                    killed.is_none() || has,
                    "case {case}: no SIGKILL of {container} in {events:?} {plan:?}"
                );
            }
        }
        for (event, (least, most, count)) in events.iter().zip(seen) {
            if count == runs && event.is_certain {
                let before = least.saturating_sub(event.earliest);
                wide.push(before + event.latest.saturating_sub(most));
            }
        }
    }
    wide.sort();
    let most = wide[wide.len() * 95 / 100];
    assert!(inside > 200_000, "{inside}");
    assert!(
        most < Duration::from_millis(1_500),
        "of 95 % the slack is up to {most:?}"
    );
}
