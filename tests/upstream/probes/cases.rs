//! Random Pods with probes, and random behaviour of their containers.

use std::time::Duration;

use pod_model::KubernetesVersion;
use pod_model::features::Gate;
use pod_probe::{Assumptions, StopTakes};
use serde_json::{Map, Value, json};

use crate::rng::Rng;

/// A Pod, the behaviour of its containers, and how far to look.
pub(crate) struct Case {
    pub spec: Value,
    pub does: Value,
    pub assumptions: Assumptions,
    pub until: u64,
}

fn probe(rng: &mut Rng, kind: &str) -> Value {
    let mut probe = json!({
        "initialDelaySeconds": rng.pick(&[0, 0, 0, 1, 2, 5, 10, 15, 30]),
        "periodSeconds": rng.pick(&[1, 2, 3, 5, 10, 10, 15, 20, 30]),
        "timeoutSeconds": rng.pick(&[1, 1, 1, 2, 3, 5, 12]),
        "successThreshold": if kind == "readinessProbe" { rng.pick(&[1, 1, 1, 2, 3]) } else { 1 },
        "failureThreshold": rng.pick(&[1, 2, 3, 3, 3, 5, 10, 30]),
    });
    if kind != "readinessProbe" && rng.percent(20) {
        probe["terminationGracePeriodSeconds"] = json!(rng.pick(&[1, 2, 3, 5, 10, 60]));
    }
    probe
}

fn container(rng: &mut Rng, name: &str, network: bool) -> Value {
    let mut container = json!({"name": name, "image": "i"});
    for (kind, chance) in [
        ("startupProbe", 40),
        ("readinessProbe", 60),
        ("livenessProbe", 60),
    ] {
        if rng.percent(chance) {
            let mut own = probe(rng, kind);
            if network {
                // A name that no port has is an error by itself.
                let port = if rng.percent(4) {
                    json!("nope")
                } else {
                    json!(80)
                };
                own["tcpSocket"] = json!({"port": port});
            } else {
                own["exec"] = json!({"command": ["x"]});
            }
            container[kind] = own;
        }
    }
    if rng.percent(20) {
        let hook = if rng.percent(50) {
            json!({"sleep": {"seconds": rng.pick(&[1, 3, 10])}})
        } else {
            json!({"exec": {"command": ["x"]}})
        };
        container["lifecycle"] = json!({"preStop": hook});
    }
    container
}

/// Gives a container a restart policy of its own, with rules for exit codes.
fn add_restart_rules(rng: &mut Rng, container: &mut Value) {
    container["restartPolicy"] = json!(rng.pick(&["Always", "OnFailure", "Never", "Never"]));
    let rule = |rng: &mut Rng| {
        let codes: &[i32] = rng.pick(&[&[0], &[1], &[143], &[137, 143], &[0, 1]]);
        json!({
            "action": rng.pick(&["Restart", "Restart", "Restart", "RestartAllContainers"]),
            "exitCodes": {"operator": rng.pick(&["In", "NotIn"]), "values": codes},
        })
    };
    let count = rng.pick(&[0, 1, 1, 2]);
    let rules: Vec<Value> = (0..count).map(|_| rule(rng)).collect();
    if !rules.is_empty() {
        container["restartPolicyRules"] = json!(rules);
    }
}

/// Makes gRPC probes of TCP ones.
fn make_grpc(container: &mut Value) {
    for kind in ["startupProbe", "readinessProbe", "livenessProbe"] {
        if let Some(probe) = container.get_mut(kind).and_then(Value::as_object_mut)
            && probe["tcpSocket"]["port"].is_number()
            && let Some(handler) = probe.remove("tcpSocket")
        {
            probe.insert("grpc".to_owned(), handler);
        }
    }
}

/// Adds what came later: the rest of a seed's case stays as it was.
fn extend(case: &mut Case, rng: &mut Rng, version: KubernetesVersion) {
    let network = case.does["network"] == json!(true);
    let is_grpc = rng.percent(30) && network;
    let has_rules = rng.percent(15);
    for container in case.spec["containers"].as_array_mut().into_iter().flatten() {
        let is_chosen = rng.percent(70);
        let mut with_rules = container.clone();
        add_restart_rules(rng, &mut with_rules);
        if has_rules && is_chosen && Gate::ContainerRestartRules.is_on(version) {
            *container = with_rules;
        }
        if is_grpc {
            make_grpc(container);
        }
    }
    if rng.percent(25) {
        case.assumptions.stop_code = rng.pick(&[0, 0, 1]);
        case.does["stopCode"] = json!(case.assumptions.stop_code);
    }
    let second = container(rng, "s1", network);
    if rng.percent(15)
        && let Some(sidecars) = case
            .spec
            .get_mut("initContainers")
            .and_then(Value::as_array_mut)
    {
        sidecars.push(second);
    }
    for sidecar in case
        .spec
        .get_mut("initContainers")
        .and_then(Value::as_array_mut)
        .into_iter()
        .flatten()
    {
        sidecar["restartPolicy"] = json!("Always");
        if is_grpc {
            make_grpc(sidecar);
        }
    }
    // So long a run that the back-off is forgotten before its wait is over.
    if rng.percent(2) {
        let run = rng.pick(&[560, 585, 595]);
        case.assumptions.exits_at = Some((Duration::from_secs(run), 1));
        case.does["exitsAt"] = json!(run);
        case.does["exitCode"] = json!(1);
        case.until = 2 * run + 200;
        case.assumptions.horizon = Duration::from_secs(case.until);
    }
}

/// Returns a random case.
pub(crate) fn case(rng: &mut Rng, version: KubernetesVersion) -> Case {
    let mut case = base(rng);
    extend(&mut case, rng, version);
    case
}

fn base(rng: &mut Rng) -> Case {
    let network = rng.percent(50);
    let mut spec = json!({
        "restartPolicy": rng.pick(&["Always", "Always", "Always", "OnFailure", "Never"]),
        "terminationGracePeriodSeconds": rng.pick(&[0, 1, 5, 10, 30, 30]),
    });
    let count = rng.pick(&[1, 1, 1, 2, 3]);
    let containers: Vec<Value> = (0..count)
        .map(|at| container(rng, &format!("c{at}"), network))
        .collect();
    spec["containers"] = json!(containers);
    if rng.percent(20) {
        let mut sidecar = container(rng, "s0", network);
        sidecar["restartPolicy"] = json!("Always");
        spec["initContainers"] = json!([sidecar]);
    }
    let mut does = Map::new();
    let mut assumptions = Assumptions::default();
    let mut at = |rng: &mut Rng, name: &str, choices: &[u64]| {
        let seconds = rng.pick(choices);
        does.insert(name.to_owned(), json!(seconds));
        Duration::from_secs(seconds)
    };
    if rng.percent(50) {
        assumptions.starts_after = at(rng, "startsAfter", &[1, 3, 7, 20, 45, 90, 3600]);
    }
    if rng.percent(20) {
        assumptions.slow = at(rng, "slow", &[1, 2, 3]);
    }
    match rng.below(6) {
        0 => assumptions.fails_at = Some(at(rng, "failsAt", &[10, 33, 60, 100])),
        1 => assumptions.hangs_at = Some(at(rng, "hangsAt", &[10, 33, 60, 100])),
        2 => assumptions.errors_at = Some(at(rng, "errorsAt", &[10, 33, 60, 100])),
        3 => {
            assumptions.exits_at = Some((at(rng, "exitsAt", &[1, 10, 33, 60, 100]), 1));
            does.insert("exitCode".to_owned(), json!(1));
        }
        _ => {}
    }
    let mut at = |rng: &mut Rng, name: &str, choices: &[u64]| {
        let seconds = rng.pick(choices);
        does.insert(name.to_owned(), json!(seconds));
        Duration::from_secs(seconds)
    };
    if rng.percent(30) {
        assumptions.recovers_at = Some(at(rng, "recoversAt", &[40, 80, 130]));
    }
    if rng.percent(30) {
        assumptions.stop_takes = StopTakes::Time(at(rng, "stopTakes", &[1, 4, 20]));
    }
    if rng.percent(10) {
        assumptions.pre_stop_takes = at(rng, "preStopTakes", &[1, 4, 20]);
    }
    if rng.percent(10) {
        assumptions.stop_takes = StopTakes::Never;
        does.insert("stopTakes".to_owned(), json!(-1));
    }
    if rng.percent(20) {
        assumptions.first_run_only = true;
        does.insert("firstRunOnly".to_owned(), json!(true));
    }
    does.insert("network".to_owned(), json!(network));
    let until = rng.pick(&[60, 150, 300]);
    assumptions.horizon = Duration::from_secs(until);
    Case {
        spec,
        does: Value::Object(does),
        assumptions,
        until,
    }
}
