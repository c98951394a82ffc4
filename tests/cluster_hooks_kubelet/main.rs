//! Shutdowns beside a real kubelet: containers write down when their hooks run and when SIGTERM comes, and
//! the kubelet when they ended. Nothing comes before its range, and sidecars come in their order.
//!
//! A machine that is late makes things late, never early: hooks and signals are only awaited longer. So the
//! earliest time has no allowance but for the coarse clock of files, and the latest a generous one; how
//! many are late by more than a second is printed.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod case;

use std::path::Path;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use case::{CASES, Case};
use pod_model::KubernetesVersion;
use pod_probe::{ShutdownEvent, ShutdownPlan, ShutdownStep, shutdown};
use serde_json::{Value, json};
use support::namespace::Namespace;

/// The clock of files lags behind by a tick.
const TICK: f64 = 0.02;
/// Seconds by which a machine that shares its processors may be late.
const LATE: f64 = 45.0;

/// The time between two moments in which something was.
#[derive(Clone, Copy, Debug)]
struct Between(f64, f64);

fn now() -> f64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    since.as_secs_f64()
}

fn modified(file: &Path) -> Option<f64> {
    let time = std::fs::metadata(file).ok()?.modified().unwrap();
    Some(time.duration_since(UNIX_EPOCH).unwrap().as_secs_f64())
}

#[test]
fn what_a_kubelet_does_at_the_end_lies_inside_the_timeline() {
    let namespace = Namespace::new("hooks-kubelet");
    let directory = tempfile::tempdir().unwrap();
    create(&namespace, &CASES, directory.path());
    let (mut count, mut late, mut problems) = (0, 0, Vec::new());
    let deleted: Vec<Between> = CASES
        .iter()
        .map(|case| {
            let started = |name: &str| {
                directory
                    .path()
                    .join(case.name)
                    .join(format!("{name}.started"))
            };
            namespace.until(&format!("{} to run", case.name), || {
                let mut own = case.containers.iter();
                let has_started = own.all(|own| modified(&started(own.name)).is_some());
                has_started.then_some(())
            });
            // The kubelet has seen it as well.
            namespace.until_ready(case.name);
            delete(&namespace, case)
        })
        .collect();
    for (case, deleted) in CASES.iter().zip(deleted) {
        let status = ended(&namespace, case);
        let own = directory.path().join(case.name);
        compare(case, deleted, &own, &status, |event, problem| {
            count += 1;
            match problem {
                Ok(over) => late += usize::from(over > 1.0),
                Err(text) => problems.push(format!("{}: {text} {event:?}", case.name)),
            }
        });
        order(case, &own);
        let remove = "[{\"op\":\"remove\",\"path\":\"/metadata/finalizers\"}]";
        namespace.kubectl(&["patch", "pod", case.name, "--type=json", "-p", remove]);
    }
    println!("{count} events, {late} of them late by more than a second");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    assert!(count >= 30, "{count} events");
}

fn create(namespace: &Namespace, cases: &[Case], directory: &Path) {
    let pod = |case: &Case| {
        let own = directory.join(case.name);
        std::fs::create_dir(&own).unwrap();
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            // The status is there when all has ended.
            "metadata": {"name": case.name, "finalizers": ["pod-tools.test/hold"]},
            "spec": case.spec(own.to_str().unwrap()),
        })
    };
    let items: Vec<Value> = cases.iter().map(pod).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let file = directory.join("pods.json");
    std::fs::write(&file, list.to_string()).unwrap();
    namespace.kubectl(&["create", "-f", file.to_str().unwrap()]);
}

/// Deletes a Pod; returns when that was.
fn delete(namespace: &Namespace, case: &Case) -> Between {
    let grace = case.asks.map(|asks| format!("--grace-period={asks}"));
    let mut args = vec!["delete", "pod", case.name, "--wait=false"];
    args.extend(grace.as_deref());
    let before = now();
    namespace.kubectl(&args);
    Between(before, now())
}

/// Waits for the end of all containers; returns the status.
fn ended(namespace: &Namespace, case: &Case) -> Value {
    namespace.until(&format!("{} to end", case.name), || {
        let status = namespace.get(&format!("pod/{}", case.name))["status"].clone();
        let mut all = case.containers.iter();
        let has_ended = |name: &str| state(&status, name).is_some();
        all.all(|own| has_ended(own.name)).then_some(status)
    })
}

/// Returns the end of a container: its time, cut to seconds, and its exit code.
fn state(status: &Value, name: &str) -> Option<(f64, i64)> {
    let lists = ["initContainerStatuses", "containerStatuses"];
    let mut all = lists
        .iter()
        .flat_map(|list| status[list].as_array().into_iter().flatten());
    let own = all.find(|own| own["name"] == name)?;
    let ended = &own["state"]["terminated"];
    let at: k8s_openapi::jiff::Timestamp = ended["finishedAt"].as_str()?.parse().unwrap();
    let seconds = Duration::from_secs(at.as_second().try_into().unwrap());
    Some((seconds.as_secs_f64(), ended["exitCode"].as_i64()?))
}

/// Compares the events of a Pod: each is in its range, with the seconds by which it is late, or not.
fn compare(
    case: &Case,
    deleted: Between,
    directory: &Path,
    status: &Value,
    mut found: impl FnMut(&ShutdownEvent, Result<f64, String>),
) {
    let spec = serde_json::from_value(case.spec("/")).unwrap();
    let grace = Duration::from_secs(case.asks.unwrap_or(case.grace));
    let plan = ShutdownPlan::of(
        &spec,
        KubernetesVersion::V1_37,
        grace,
        |_| case.assumed(),
        |_| true,
    );
    let events = shutdown(&plan);
    for event in &events {
        let name = plan.containers[event.container].name.as_str();
        let file = |what: &str| modified(&directory.join(format!("{name}.{what}")));
        let (ended_at, code) = state(status, name).unwrap();
        let runs_script = case
            .containers
            .iter()
            .any(|own| own.name == name && own.is_exec());
        let seen = match event.step {
            ShutdownStep::Delete => continue,
            // An action leaves no trace; one that runs over ends with its container.
            ShutdownStep::PreStop | ShutdownStep::PreStopEnd if !runs_script => continue,
            ShutdownStep::PreStop => file("preStop").map(|at| Between(at, at)),
            ShutdownStep::PreStopEnd if case.runs_over() => continue,
            ShutdownStep::PreStopEnd => file("preStopEnd").map(|at| Between(at, at)),
            ShutdownStep::SigTerm => file("sigterm").map(|at| Between(at, at)),
            ShutdownStep::Ended => Some(Between(ended_at, ended_at + 1.0)),
            ShutdownStep::SigKill => {
                if event.is_certain && code != 137 {
                    found(event, Err(format!("it ended with {code}")));
                }
                continue;
            }
        };
        let Some(Between(least, most)) = seen else {
            found(event, Err("it has left no trace".to_owned()));
            continue;
        };
        let (earliest, latest) = (event.earliest.as_secs_f64(), event.latest.as_secs_f64());
        let over = least - deleted.1 - latest;
        if most - deleted.0 < earliest - TICK {
            found(event, Err(format!("early: {:.3}", most - deleted.0)));
        } else if over > LATE {
            found(event, Err(format!("late by {over:.3}")));
        } else {
            found(event, Ok(over));
        }
    }
    let killed = |name: &str| {
        let has = |own: &&ShutdownEvent| {
            own.step == ShutdownStep::SigKill && plan.containers[own.container].name == name
        };
        events.iter().find(has).is_some()
    };
    for own in case.containers.iter().filter(|own| !killed(own.name)) {
        let (_, code) = state(status, own.name).unwrap();
        assert_eq!(code, 0, "{}: {} was killed: {status}", case.name, own.name);
    }
}

/// Each sidecar gets SIGTERM after the end of what it waits for, unless the grace period is used up.
fn order(case: &Case, directory: &Path) {
    let at = |name: &str, what: &str| modified(&directory.join(format!("{name}.{what}"))).unwrap();
    for (before, after) in case.ordered {
        let (ended, signal) = (at(before, "ended"), at(after, "sigterm"));
        assert!(
            ended <= signal + TICK,
            "{}: {before} {ended} {after} {signal}",
            case.name
        );
    }
}
