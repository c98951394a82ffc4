//! Forecasts of probes: no run of upstream's own prober, status manager and back-off falls outside
//! of our ranges, and our ranges are hardly wider than what the runs show.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/rng.rs"]
mod rng;

use std::collections::BTreeMap;
use std::time::Duration;

use k8s_openapi::api::core::v1::PodSpec;
use oracle::Oracle;
use pod_model::KubernetesVersion;
use pod_probe::{Assumptions, Happening, Kind, PodPlan, StopTakes, forecast};
use rng::Rng;
use serde::Deserialize;
use serde_json::{Map, Value, json};

#[derive(Deserialize, Debug, Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
    #[serde(rename = "in")]
    runs: usize,
}

struct Case {
    spec: Value,
    does: Value,
    assumptions: Assumptions,
    until: u64,
}

fn probe(rng: &mut Rng, kind: &str) -> Value {
    let handler = if rng.percent(50) {
        json!({"exec": {"command": ["x"]}})
    } else {
        json!({"tcpSocket": {"port": 80}})
    };
    let mut probe = handler;
    let extra = json!({
        "initialDelaySeconds": rng.pick(&[0, 0, 0, 1, 2, 5, 10, 15, 30]),
        "periodSeconds": rng.pick(&[1, 2, 3, 5, 10, 10, 15, 20, 30]),
        "timeoutSeconds": rng.pick(&[1, 1, 1, 2, 3, 5, 12]),
        "successThreshold": if kind == "readinessProbe" { rng.pick(&[1, 1, 1, 2, 3]) } else { 1 },
        "failureThreshold": rng.pick(&[1, 2, 3, 3, 3, 5, 10, 30]),
    });
    for (key, value) in extra.as_object().unwrap() {
        probe[key] = value.clone();
    }
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
            let fields = own.as_object_mut().unwrap();
            fields.remove("exec");
            fields.remove("tcpSocket");
            own[if network { "tcpSocket" } else { "exec" }] = if network {
                json!({"port": 80})
            } else {
                json!({"command": ["x"]})
            };
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

fn case(rng: &mut Rng) -> Case {
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
    if rng.percent(20) && spec["restartPolicy"] != "Never" {
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

fn name(happening: Happening) -> String {
    let kind = |kind| match kind {
        Kind::Startup => "startup",
        Kind::Readiness => "readiness",
        Kind::Liveness => "liveness",
    };
    match happening {
        Happening::FirstProbe(of) => format!("firstProbe.{}", kind(of)),
        Happening::Started => "started".to_owned(),
        Happening::Ready => "ready".to_owned(),
        Happening::Unready => "unready".to_owned(),
        Happening::Kill(Some(of)) => format!("kill.{}", kind(of)),
        Happening::Kill(None) => "kill".to_owned(),
        Happening::SigTerm => "sigterm".to_owned(),
        Happening::SigKill => "sigkill".to_owned(),
        Happening::Ended => "ended".to_owned(),
        Happening::Restart => "restart".to_owned(),
    }
}

fn compare(version: KubernetesVersion, cases: usize, runs: usize) {
    let mut oracle = Oracle::of(version);
    let mut rng = Rng::new(std::env::var("SEED").map_or(20_261_129, |s| s.parse().unwrap()));
    let (mut events, mut outside, mut missing, mut wide) = (0, 0, 0, 0);
    let mut bad_cases = 0;
    for number in 0..cases {
        let case = case(&mut rng);
        let question = json!({"op": "probes", "spec": case.spec, "does": case.does,
            "until": case.until, "runs": runs, "seed": number * 1000});
        let answer = oracle.ask(&question);
        let theirs: BTreeMap<String, Span> =
            serde_json::from_value(answer["events"].clone()).unwrap_or_else(|_| panic!("{answer}"));
        let spec: PodSpec = serde_json::from_value(case.spec.clone()).unwrap();
        let plan = PodPlan::of(&spec, version);
        let ours: BTreeMap<String, _> = forecast(&plan, &case.assumptions, version)
            .into_iter()
            .map(|event| {
                let container = &plan.containers[event.container].name;
                let what = name(event.happening);
                let key = format!("{container}/{}/{what}/{}", event.instance, event.occurrence);
                (key, event)
            })
            .collect();
        let mut problems = Vec::new();
        for (key, span) in &theirs {
            events += 1;
            let Some(event) = ours.get(key) else {
                missing += 1;
                problems.push(format!("missing {key} {span:?}"));
                continue;
            };
            let (earliest, latest) = (event.earliest.as_secs_f64(), event.latest.as_secs_f64());
            if span.least < earliest - 1e-6 || span.most > latest + 1e-6 {
                outside += 1;
                problems.push(format!(
                    "outside {key} {span:?} ours {earliest:.3}..{latest:.3}"
                ));
            }
            let theirs = (span.most - span.least).max(1.0);
            if latest - earliest > 1.5 * theirs
                && span.most < case.until as f64 - 60.0
                && span.runs == runs
            {
                wide += 1;
                if std::env::var_os("WIDE").is_some() {
                    problems.push(format!(
                        "wide {key} {span:?} ours {earliest:.3}..{latest:.3}"
                    ));
                }
            }
        }
        if !problems.is_empty() {
            bad_cases += 1;
            if bad_cases <= std::env::var("SHOW").map_or(5, |s| s.parse().unwrap()) {
                println!("case {number}: {}\n  {}", case.spec, case.does);
                for problem in problems.iter().take(12) {
                    println!("    {problem}");
                }
            }
        }
    }
    println!(
        "{version}: {cases} cases, {events} events, {outside} outside, {missing} missing, {wide} wide, {bad_cases} cases with problems"
    );
}

#[test]
fn look() {
    let cases = std::env::var("CASES").map_or(100, |s| s.parse().unwrap());
    let runs = std::env::var("RUNS").map_or(40, |s| s.parse().unwrap());
    compare(KubernetesVersion::V1_37, cases, runs);
}
