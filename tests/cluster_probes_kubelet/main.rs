//! Forecasts of probes beside a real kubelet: Pods whose program does what the forecast assumes run
//! on the cluster, and every event that leaves a trace lies inside its range.
//!
//! The program (`tests/cluster/probeserver`) records with the machine's clock when it starts and
//! when it is probed and told to end; kills, ends and readiness come from the API
//! (`observed.rs`). A time that is not known exactly is a range, and so is the start of the first
//! container, from which all times count: an event differs only if its whole range lies outside of
//! the forecast's.
//!
//! # A machine that is late
//! The forecast is that of a kubelet that gets the CPU when it wants it. Tests share theirs, so a
//! late event is no fault by itself:
//! * A program that answers "at once" does so when it listens: the ranges are those of a program
//!   that listens at the start of its container, and of one that needs as long as this one did.
//! * The earliest time has no allowance. Where lateness could make something early, the numbers of
//!   the Pods leave room: `cases.rs` says how. All probes but two have a time-out of several seconds,
//!   so that a slow answer is no failure.
//! * The latest time has half a second of allowance, and all the time since the Pod's start in which
//!   no processor was idle (`stall.rs`).
//! * A Pod with a difference runs again, beside the few others that have one, up to three times in
//!   all. It fails by two tries in which the machine was not too busy to be judged.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/mod.rs"]
mod support;

mod case;
mod cases;
mod compare;
mod observed;
mod record;
mod stall;
mod verdicts;
mod watch;

use std::path::Path;
use std::time::Duration;

use case::Case;
use compare::{Comparison, Run};
use observed::{Sources, listens_after, observe, origin};
use pod_probe::Assumptions;
use serde_json::{Value, json};
use stall::Stalls;
use support::namespace::Namespace;
use watch::{Watch, now};

/// Tries of a Pod.
const TRIES: usize = 3;
/// Tries with a difference that are too many.
const FAILS: u32 = 2;
/// Seconds after the horizon in which what is late may still come.
const AFTER: f64 = 8.0;
/// Pods that start at the same time; more of them would wait for each other.
const AT_ONCE: usize = 3;
const BETWEEN: Duration = Duration::from_millis(1500);
/// Seconds for a container to start.
const PATIENCE: f64 = 300.0;
/// The fewest events of all Pods; a quarter less than there are.
const LEAST: usize = 550;

/// A Pod, and what was wrong with it so far.
struct Tried<'a> {
    case: &'a Case,
    /// Tries with a difference on a machine that was not too busy.
    failed: u32,
    texts: Vec<String>,
}

impl<'a> Tried<'a> {
    fn new(case: &'a Case) -> Self {
        Self {
            case,
            failed: 0,
            texts: Vec::new(),
        }
    }

    fn note(&mut self, attempt: usize, found: &Comparison) {
        self.failed += u32::from(!found.is_busy);
        let busy = if found.is_busy { " (busy)" } else { "" };
        for own in &found.differences {
            let text = format!("try {attempt}{busy}: {:?}: {}", own.fault, own.text);
            println!("{text}");
            self.texts.push(text);
        }
    }
}

#[test]
fn what_a_kubelet_does_lies_inside_the_forecast() {
    let cases = cases::all();
    assert!(cases.len() >= 40);
    let mut left: Vec<Tried<'_>> = cases.iter().map(Tried::new).collect();
    let mut count = 0;
    let mut finds_other = Vec::new();
    for attempt in 1..=TRIES {
        let pods: Vec<&Case> = left.iter().map(|pod| pod.case).collect();
        let mut again = Vec::new();
        for (mut pod, found) in left.into_iter().zip(run(&pods, attempt)) {
            count += found.count;
            finds_other.extend(found.finds_other);
            if !found.differences.is_empty() {
                pod.note(attempt, &found);
                again.push(pod);
            }
        }
        left = again;
        if left.is_empty() {
            break;
        }
    }
    let failed = left.iter().filter(|pod| pod.failed >= FAILS);
    let texts: Vec<&str> = failed
        .flat_map(|pod| &pod.texts)
        .map(String::as_str)
        .collect();
    assert!(texts.is_empty(), "{}", texts.join("\n"));
    for pod in &left {
        println!("{} was not judged: the machine was busy", pod.case.name);
    }
    let all = finds_other.len();
    let found = finds_other.into_iter().filter(|found| *found).count();
    println!(
        "{} Pods, {count} events; {found} of {all} would not have been a program that does nothing wrong",
        cases.len()
    );
    assert!(count >= LEAST, "{count} events");
    assert!(
        found * 4 >= all * 3,
        "{found} of {all}: the ranges hold anything"
    );
}

/// Runs Pods beside each other to their horizons.
fn run(cases: &[&Case], attempt: usize) -> Vec<Comparison> {
    let namespace = Namespace::new(&format!("probes-kubelet-{attempt}"));
    let directory = tempfile::tempdir().unwrap();
    let stalls = Stalls::measure();
    let pods = Watch::of(&namespace, "pods");
    let events = Watch::of(&namespace, "events");
    for (index, group) in cases.chunks(AT_ONCE).enumerate() {
        if index > 0 {
            std::thread::sleep(BETWEEN);
        }
        create(&namespace, group, directory.path());
    }
    let sources = (&pods, &events);
    let result = |case: &&Case| result(case, directory.path(), sources, &stalls);
    let began = now();
    let results = cases.iter().map(result).collect();
    let took = now() - began;
    let lost = stalls.between(began, now()) / took * 100.0;
    println!("try {attempt}: no processor was idle in {lost:.0} % of the time");
    results
}

fn create(namespace: &Namespace, cases: &[&Case], directory: &Path) {
    let pod = |case: &&Case| {
        let own = directory.join(case.name);
        std::fs::create_dir(&own).unwrap();
        json!({
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": case.name},
            "spec": case.spec(own.to_str().unwrap()),
        })
    };
    let items: Vec<Value> = cases.iter().map(pod).collect();
    let list = json!({"apiVersion": "v1", "kind": "List", "items": items});
    let file = directory.join("pods.json");
    std::fs::write(&file, list.to_string()).unwrap();
    namespace.kubectl(&["create", "-f", file.to_str().unwrap()]);
}

/// Waits until a Pod has come to its horizon, and compares what happened to it.
fn result(case: &Case, directory: &Path, watches: (&Watch, &Watch), stalls: &Stalls) -> Comparison {
    let directory = directory.join(case.name);
    let read = |own: &case::Container| record::read(&directory, &own.name);
    let records = || case.containers.iter().map(read).collect::<Vec<_>>();
    let began = now();
    let origin = loop {
        if let Some(origin) = origin(&records()) {
            break origin;
        }
        assert!(now() < began + PATIENCE, "{} has not started", case.name);
        std::thread::sleep(Duration::from_millis(100));
    };
    let until = origin.1 + case.does.horizon.as_secs_f64() + AFTER;
    std::thread::sleep(Duration::from_secs_f64((until - now()).max(0.0)));
    let (pods, events) = watches;
    let sources = Sources {
        records: records(),
        states: pods.seen(|pod| pod["metadata"]["name"] == case.name),
        kills: events.seen(|event| {
            event["reason"] == "Killing" && event["involvedObject"]["name"] == case.name
        }),
    };
    let run = Run {
        case,
        origin,
        observed: observe(case, &sources),
        listens_after: listens_after(&sources.records),
        stalls,
        until,
    };
    Comparison {
        finds_other: finds_other_behaviour(&run),
        is_busy: stalls.is_busy(origin.0, until),
        ..compare::compare(&run, &case.does)
    }
}

/// Returns whether the comparison would have found another program: one that does nothing wrong.
/// Absent where that cannot be told.
fn finds_other_behaviour(run: &Run<'_>) -> Option<bool> {
    let good = Assumptions {
        horizon: run.case.does.horizon,
        ..Assumptions::default()
    };
    // A probe that is errored changes nothing.
    let is_same = run.case.does == good || run.case.does.errors_at.is_some();
    // Where much time was lost, anything may be late.
    let is_busy = run.stalls.is_busy(run.origin.0, run.until);
    let differs = || !compare::compare(run, &good).differences.is_empty();
    (!is_same && !is_busy).then(differs)
}
