//! Shutdowns: upstream's own killContainer, hooks and order of sidecars, in virtual time, stay within our
//! ranges, which are hardly wider.

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
use pod_probe::{
    ShutdownAssumptions, ShutdownEvent, ShutdownPlan, ShutdownReason, ShutdownStep, StopTakes,
    shutdown,
};
use rng::Rng;
use serde::Deserialize;
use serde_json::{Map, Value, json};

/// The first case's seed; `POD_TOOLS_SHUTDOWN_SEED` is another one.
const SEED: u64 = 20_261_130;
/// Cases of each version, and runs of upstream for each; `POD_TOOLS_SHUTDOWN_CASES` is another number.
const CASES: u64 = 150;
const RUNS: usize = 20;
/// The most that the kubelet, a command, the runtime and a process take, in seconds: what our ranges allow.
const NOTICE: f64 = 0.5;
const RUN: f64 = 0.3;
const CALL: f64 = 0.1;
const STOP: f64 = 0.3;

/// Times of an event over all runs of upstream.
#[derive(Deserialize, Debug, Clone, Copy)]
struct Span {
    least: f64,
    most: f64,
    #[serde(rename = "in")]
    runs: usize,
}

/// A Pod, and what its containers do.
struct Case {
    spec: Value,
    grace: u64,
    assumed: ShutdownAssumptions,
    running: Vec<String>,
    /// By container; negative is never.
    takes: Map<String, Value>,
    hooks: Map<String, Value>,
}

fn seconds(time: Duration) -> f64 {
    time.as_secs_f64()
}

fn case(rng: &mut Rng) -> Case {
    let hook_takes = Duration::from_millis(rng.below(14_000) as u64);
    let stop_takes = Duration::from_millis(rng.below(6_000) as u64);
    let never = rng.percent(20);
    let mut case = Case {
        spec: Value::Null,
        grace: 1 + rng.below(14) as u64,
        assumed: ShutdownAssumptions {
            pre_stop_takes: Some(hook_takes),
            stop_takes: Some(if never {
                StopTakes::Never
            } else {
                StopTakes::Time(stop_takes)
            }),
        },
        running: Vec::new(),
        takes: Map::new(),
        hooks: Map::new(),
    };
    let mut container = |name: String, policy: Option<&str>, rng: &mut Rng| {
        let takes = if never { -1.0 } else { seconds(stop_takes) };
        case.takes.insert(name.clone(), takes.into());
        let slept = rng.below(14);
        let (hook, takes) = match rng.below(6) {
            0 | 1 => (Value::Null, None),
            2 => (json!({"sleep": {"seconds": slept}}), None),
            3 => (json!({"tcpSocket": {"port": 80}}), None),
            4 => {
                let command = ["sleep".to_owned(), slept.to_string()];
                (
                    json!({"exec": {"command": command}}),
                    Some(f64::from(u32::try_from(slept).unwrap())),
                )
            }
            _ => (
                json!({"exec": {"command": ["drain"]}}),
                Some(seconds(hook_takes)),
            ),
        };
        if let Some(takes) = takes {
            case.hooks.insert(name.clone(), takes.into());
        }
        if rng.percent(85) {
            case.running.push(name.clone());
        }
        json!({"name": name, "image": "i", "restartPolicy": policy, "command": ["server"],
            "lifecycle": {"preStop": hook}})
    };
    let sidecars = (0..rng.below(4)).map(|own| container(format!("s{own}"), Some("Always"), rng));
    let sidecars: Vec<Value> = sidecars.collect();
    let apps = (0..=rng.below(3)).map(|own| container(format!("a{own}"), None, rng));
    let apps: Vec<Value> = apps.collect();
    case.spec = json!({"initContainers": sidecars, "containers": apps});
    case
}

fn name(step: ShutdownStep) -> &'static str {
    match step {
        ShutdownStep::Delete => "delete",
        ShutdownStep::PreStop => "preStop",
        ShutdownStep::PreStopEnd => "preStopEnd",
        ShutdownStep::SigTerm => "sigterm",
        ShutdownStep::SigKill => "sigkill",
        ShutdownStep::Ended => "ended",
    }
}

/// Returns whether upstream's runs show a step: a hook that may run over ends at another time there.
fn is_shown(case: &Case, container: &str, event: &ShutdownEvent) -> bool {
    let takes = case.hooks.get(container).and_then(Value::as_f64);
    match event.step {
        ShutdownStep::Delete => false,
        ShutdownStep::PreStop => takes.is_some(),
        ShutdownStep::PreStopEnd => {
            takes.is_some_and(|takes| takes + RUN < seconds(Duration::from_secs(case.grace)))
                && !matches!(event.reason, ShutdownReason::HookOverruns { .. })
        }
        _ => true,
    }
}

#[derive(Default)]
struct Agreement {
    events: usize,
    measured: usize,
    wide: usize,
    problems: Vec<String>,
}

fn compare(
    case: &Case,
    version: KubernetesVersion,
    theirs: &BTreeMap<String, Span>,
    agreement: &mut Agreement,
) {
    let spec: PodSpec = serde_json::from_value(case.spec.clone()).unwrap();
    let grace = Duration::from_secs(case.grace);
    let plan = ShutdownPlan::of(
        &spec,
        version,
        grace,
        |_| case.assumed,
        |own| case.running.iter().any(|name| name == own.name),
    );
    let mut ours = BTreeMap::new();
    for event in shutdown(&plan) {
        let container = &plan.containers[event.container].name;
        if is_shown(case, container, &event) {
            ours.insert(format!("{container}/{}", name(event.step)), event);
        }
    }
    let mut problem = |text: String| {
        agreement.problems.push(format!(
            "{version} {text}\n  {} grace {} {:?} running {:?}",
            case.spec, case.grace, case.assumed, case.running
        ));
    };
    for (key, event) in &ours {
        let (earliest, latest) = (seconds(event.earliest), seconds(event.latest));
        let Some(span) = theirs.get(key) else {
            if event.is_certain {
                problem(format!("upstream has no {key}"));
            }
            continue;
        };
        agreement.events += 1;
        if span.least < earliest - 1e-6 || span.most > latest + 1e-6 {
            problem(format!(
                "outside {key} {span:?} ours {earliest:.3}..{latest:.3}"
            ));
        }
        if event.is_certain && span.runs != RUNS {
            problem(format!("{key} is not certain: {span:?}"));
        }
        if span.runs == RUNS {
            agreement.measured += 1;
            agreement.wide += usize::from(latest - earliest > 2.0 * (span.most - span.least) + 1.0);
        }
    }
    for (key, span) in theirs {
        // The end of a hook that may run over is not compared.
        if !ours.contains_key(key) && !key.ends_with("/preStopEnd") {
            problem(format!("missing {key} {span:?}"));
        }
    }
}

fn number(text: Result<String, std::env::VarError>, default: u64) -> u64 {
    text.map_or(default, |text| text.parse().unwrap())
}

/// The functions of the five versions differ in what they log alone, and only the oracle of the newest one
/// has them.
#[test]
fn shutdowns_agree() {
    let version = KubernetesVersion::V1_37;
    let mut oracle = Oracle::of(version);
    let seed = number(std::env::var("POD_TOOLS_SHUTDOWN_SEED"), SEED);
    let mut agreement = Agreement::default();
    for n in 0..number(std::env::var("POD_TOOLS_SHUTDOWN_CASES"), CASES) {
        let case = case(&mut Rng::new(seed + n));
        let answer = oracle.ask(
            &json!({"op": "shutdown", "spec": case.spec, "grace": case.grace,
            "running": case.running, "takes": case.takes, "hooks": case.hooks,
            "notice": NOTICE, "run": RUN, "call": CALL, "stop": STOP,
            "runs": RUNS, "seed": (seed + n) >> 2}),
        );
        let theirs = serde_json::from_value(answer["events"].clone());
        let theirs = theirs.unwrap_or_else(|_| panic!("{answer}"));
        compare(&case, version, &theirs, &mut agreement);
    }
    let Agreement {
        events,
        measured,
        wide,
        problems,
    } = agreement;
    println!("{version}, seed {seed}: {events} events; {wide} of {measured} ranges are wide");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(events > 500, "only {events} events");
    assert!(wide * 20 < measured, "{wide} of {measured} ranges are wide");
}
