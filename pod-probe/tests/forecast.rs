//! Courses that a forecast must have, or must not have.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::KubernetesVersion as V;
use pod_probe::{Assumptions, Event, Happening, Kind, PodPlan, StopTakes, forecast};
use serde_json::{Value, json};

fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

/// Returns the forecast of a Pod with a grace period of 10 s.
fn of(mut spec: Value, does: &Assumptions, version: V) -> Vec<Event> {
    spec["terminationGracePeriodSeconds"] = json!(10);
    let spec: PodSpec = serde_json::from_value(spec).unwrap();
    forecast(&PodPlan::of(&spec, version), does, version)
}

fn probe(handler: &str, period: u32, timeout: u32) -> Value {
    json!({handler: {"port": 80}, "periodSeconds": period, "timeoutSeconds": timeout,
        "successThreshold": 1, "failureThreshold": 3})
}

fn has(events: &[Event], container: usize, happening: Happening) -> bool {
    of_container(events, container, happening).next().is_some()
}

fn of_container(
    events: &[Event],
    container: usize,
    happening: Happening,
) -> impl Iterator<Item = &Event> {
    let is_it = move |event: &&Event| event.container == container && event.happening == happening;
    events.iter().filter(is_it)
}

fn silent() -> Assumptions {
    Assumptions {
        starts_after: Duration::MAX,
        ..Assumptions::default()
    }
}

/// Returns a container that its liveness probe kills, and that a rule restarts after any code but 0.
fn with_rule(action: &str) -> Value {
    json!({"name": "c", "livenessProbe": probe("tcpSocket", 1, 1), "restartPolicy": "Never",
        "restartPolicyRules": [{"action": action, "exitCodes": {"operator": "NotIn", "values": [0]}}]})
}

#[test]
fn a_rule_does_not_restart_the_only_container_of_a_pod_that_never_restarts() {
    let alone = json!({"restartPolicy": "Never", "containers": [with_rule("Restart")]});
    let events = of(alone, &silent(), V::V1_37);
    assert!(has(&events, 0, Happening::Ended));
    assert!(!has(&events, 0, Happening::Restart));
    // Beside another one its sandbox remains.
    let both =
        json!({"restartPolicy": "Never", "containers": [with_rule("Restart"), {"name": "d"}]});
    assert!(has(&of(both, &silent(), V::V1_37), 0, Happening::Restart));
}

#[test]
fn a_pod_that_restarts_makes_a_new_sandbox_for_a_container_with_a_rule() {
    let spec = json!({"restartPolicy": "Always", "containers": [with_rule("Restart")],
        "initContainers": [{"name": "s", "restartPolicy": "Always"}]});
    let events = of(spec, &silent(), V::V1_37);
    let restarts = |container| {
        of_container(&events, container, Happening::Restart)
            .next()
            .unwrap()
    };
    // The sidecar ends with the sandbox, and comes first in the new one.
    assert!(has(&events, 0, Happening::Kill(None)));
    assert!(restarts(0).earliest < restarts(1).earliest);
    assert!(restarts(0).is_certain && restarts(1).is_certain);
}

#[test]
fn all_containers_restart_by_a_rule_since_1_36() {
    let spec = json!({"restartPolicy": "Always",
        "containers": [with_rule("RestartAllContainers"), {"name": "d"}]});
    let does = Assumptions {
        exits_at: Some((s(30), 1)),
        first_run_only: true,
        ..Assumptions::default()
    };
    let other = |version| {
        let mut spec = spec.clone();
        spec["containers"][0]["livenessProbe"] = json!(null);
        of(spec, &does, version)
    };
    assert!(!has(&other(V::V1_35), 0, Happening::Restart));
    let events = other(V::V1_36);
    assert!(has(&events, 0, Happening::Restart) && has(&events, 1, Happening::Restart));
}

#[test]
fn a_server_that_exits_with_0_at_sigterm_is_not_restarted_after_a_wait_on_failure() {
    let spec = json!({"restartPolicy": "OnFailure",
        "containers": [{"name": "c", "livenessProbe": probe("tcpSocket", 1, 1)}]});
    let restarts = |stop_code| {
        let does = Assumptions {
            stop_code,
            ..silent()
        };
        let events = of(spec.clone(), &does, V::V1_37);
        of_container(&events, 0, Happening::Restart).count()
    };
    let (well, badly) = (restarts(0), restarts(143));
    assert!((1..5).contains(&well) && badly > well, "{well} {badly}");
}

#[test]
fn a_grpc_probe_waits_for_its_timeout_where_it_is_refused() {
    let spec = |handler| {
        json!({"restartPolicy": "Always",
            "containers": [{"name": "c", "livenessProbe": probe(handler, 5, 10)}]})
    };
    let kill = |handler| {
        let events = of(spec(handler), &silent(), V::V1_37);
        let kill = Happening::Kill(Some(Kind::Liveness));
        of_container(&events, 0, kill).next().unwrap().clone()
    };
    assert!(kill("tcpSocket").latest < s(20));
    assert!(kill("grpc").earliest > s(25));
}

#[test]
fn a_grpc_probe_connects_again_to_a_server_that_begins_to_listen() {
    let spec = json!({"restartPolicy": "Always",
        "containers": [{"name": "c", "startupProbe": probe("grpc", 60, 30)}]});
    let does = Assumptions {
        starts_after: s(75),
        ..Assumptions::default()
    };
    let events = of(spec, &does, V::V1_37);
    // An attempt that begins 30 s before may succeed: the next one comes up to 60 s later.
    let started = of_container(&events, 0, Happening::Started).next().unwrap();
    assert!(started.earliest < s(78), "{started:?}");
    assert!(started.latest > s(100), "{started:?}");
}

#[test]
fn a_back_off_is_forgotten_600_s_after_its_last_change() {
    let spec = json!({"restartPolicy": "Always", "containers": [{"name": "c"}]});
    let does = Assumptions {
        exits_at: Some((s(450), 1)),
        horizon: s(3600),
        ..Assumptions::default()
    };
    let events = of(spec, &does, V::V1_37);
    let of_sixth = |happening| {
        let mut all = of_container(&events, 0, happening);
        all.find(|event| event.instance == 5 + u32::from(happening == Happening::Restart))
    };
    // The wait of 160 s ends when 600 s are over since the start.
    let (ended, next) = (
        of_sixth(Happening::Ended).unwrap(),
        of_sixth(Happening::Restart).unwrap(),
    );
    assert!(
        next.earliest < ended.earliest + s(158),
        "{ended:?} {next:?}"
    );
}

#[test]
fn a_sidecar_that_has_waited_for_its_turn_has_what_is_left_of_the_grace_period() {
    let spec = json!({"restartPolicy": "Never",
        "containers": [{"name": "c", "livenessProbe": probe("tcpSocket", 1, 1)}],
        "initContainers": [{"name": "s", "restartPolicy": "Always"}]});
    let does = Assumptions {
        stop_takes: StopTakes::Never,
        ..silent()
    };
    let events = of(spec, &does, V::V1_37);
    let at = |container, happening| of_container(&events, container, happening).next().unwrap();
    let app = at(1, Happening::SigKill);
    let sidecar = at(0, Happening::SigKill);
    assert!(sidecar.earliest < app.latest + s(3), "{app:?} {sidecar:?}");
    assert!(sidecar.latest < app.latest + s(4), "{app:?} {sidecar:?}");
}

#[test]
fn sidecars_are_killed_when_the_last_app_container_has_ended() {
    let spec = json!({"restartPolicy": "Never", "containers": [{"name": "c"}],
        "initContainers": [{"name": "s", "restartPolicy": "Always"}]});
    let does = Assumptions {
        exits_at: Some((s(30), 0)),
        ..Assumptions::default()
    };
    let events = of(spec, &does, V::V1_37);
    // The sidecar ends by itself, too, or is killed: whatever is first.
    assert!(has(&events, 0, Happening::Kill(None)));
}

#[test]
fn the_instance_that_was_ready_is_the_one_that_is_unready() {
    let mut container = json!({"name": "c"});
    container["livenessProbe"] = probe("tcpSocket", 1, 1);
    container["readinessProbe"] = probe("tcpSocket", 30, 1);
    let spec = json!({"restartPolicy": "Always", "containers": [container]});
    let does = Assumptions {
        fails_at: Some(s(40)),
        first_run_only: true,
        ..Assumptions::default()
    };
    let events = of(spec, &does, V::V1_37);
    let unready = of_container(&events, 0, Happening::Unready);
    assert_eq!(unready.map(|event| event.instance).collect::<Vec<_>>(), [0]);
}
