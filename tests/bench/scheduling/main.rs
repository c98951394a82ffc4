//! The scheduler's filters at scale: `cargo bench -p pod-model --bench scheduling`.
//!
//! 5,000 nodes with 50,000 running Pods are folded into a snapshot, object by object, and one
//! Pod with affinity, anti-affinity and spread is judged on every node by every plugin. Each
//! size is a process of its own; the CPU time is the program's without the making of objects.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::disallowed_methods,
    reason = "a benchmark starts itself, prints figures for people, and ends where it cannot measure"
)]

mod cluster;

use std::process::Command;

use pod_model::KubernetesVersion;
use pod_model::Verdict;
use pod_model::scheduling::{Evaluation, Input, Snapshot};

const NODES: usize = 5_000;
const PODS: usize = 50_000;
const RUNS: usize = 3;
/// Seconds of CPU time that snapshot and judgement may take.
const BUDGET: f64 = 1.0;
/// Growth of the time with nodes, Pods or both: a power of it.
const GROWTH: f64 = 1.1;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let numbers: Vec<usize> = words.iter().filter_map(|word| word.parse().ok()).collect();
    match numbers.as_slice() {
        [nodes, pods] => measure(*nodes, *pods),
        _ => compare(),
    }
}

/// Nanoseconds that this thread has been on a CPU.
fn cpu() -> u64 {
    // The number is brought up to date when the thread is scheduled.
    std::thread::yield_now();
    let times = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    let first = times.split_whitespace().next().unwrap();
    first.parse().unwrap()
}

fn peak_kib() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM:"));
    let number = line.unwrap().split_whitespace().nth(1).unwrap();
    number.parse().unwrap()
}

/// Measures one size, and prints nanoseconds of both steps, KiB and the number of nodes that fit.
fn measure(nodes: usize, pods: usize) {
    let target = cluster::target();
    let mut builder = Snapshot::builder(KubernetesVersion::LATEST);
    builder.complete(Input::Namespaces).only_for(&[&target]);
    let mut building = 0;
    for at in 0..nodes {
        let node = cluster::node(at);
        let start = cpu();
        builder.node(&node);
        building += cpu() - start;
    }
    // Reading the clock takes longer than a Pod: many at once, as pages of a list are.
    let mut at = 0;
    while at < pods {
        let page: Vec<_> = (at..pods.min(at + 500))
            .map(|at| cluster::pod(at, nodes))
            .collect();
        let start = cpu();
        for pod in &page {
            builder.pod(pod);
        }
        building += cpu() - start;
        at += page.len();
    }
    let start = cpu();
    let snapshot = builder.build();
    building += cpu() - start;
    let start = cpu();
    let evaluation = Evaluation::new(&snapshot, &target);
    let results: Vec<_> = evaluation.nodes().collect();
    let judging = cpu() - start;
    let fitting = results
        .iter()
        .filter(|result| result.fits() == Verdict::Ok)
        .count();
    println!("{building} {judging} {} {fitting}", peak_kib());
}

struct Figures {
    building: f64,
    judging: f64,
    peak_kib: u64,
    fitting: u64,
}

impl Figures {
    fn seconds(&self) -> f64 {
        self.building + self.judging
    }
}

/// The fastest of some runs.
fn figures(nodes: usize, pods: usize) -> Figures {
    let program = std::env::current_exe().unwrap();
    let runs = (0..RUNS).map(|_| {
        let mut command = Command::new(&program);
        let output = command
            .args([nodes.to_string(), pods.to_string()])
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let numbers: Vec<u64> = text
            .split_whitespace()
            .map(|word| word.parse().unwrap())
            .collect();
        let [building, judging, peak_kib, fitting] = numbers[..] else {
            panic!("{text}");
        };
        Figures {
            building: building as f64 / 1e9,
            judging: judging as f64 / 1e9,
            peak_kib,
            fitting,
        }
    });
    let fastest = runs.min_by(|a, b| a.seconds().total_cmp(&b.seconds()));
    fastest.unwrap()
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "MISSED" }
}

fn compare() {
    println!("One Pod on every node by every plugin, the fastest of {RUNS} runs\n");
    println!("   nodes    Pods   snapshot    judging       sum       peak     fit");
    let row = |nodes: usize, pods: usize| {
        let found = figures(nodes, pods);
        println!(
            "{nodes:>8}{pods:>8}{:>9.0} ms{:>8.0} ms{:>7.0} ms{:>7.1} MiB{:>8}",
            found.building * 1e3,
            found.judging * 1e3,
            found.seconds() * 1e3,
            found.peak_kib as f64 / 1024.0,
            found.fitting
        );
        found
    };
    let whole = row(NODES, PODS);
    let quarter = row(NODES / 4, PODS / 4);
    let fewer_nodes = row(NODES / 4, PODS);
    let fewer_pods = row(NODES, PODS / 4);
    println!();
    let budget = verdict(whole.seconds() <= BUDGET);
    println!("CPU {:.2} s (budget {BUDGET} s: {budget})", whole.seconds());
    for (what, less) in [
        ("nodes and Pods", &quarter),
        ("nodes", &fewer_nodes),
        ("Pods", &fewer_pods),
    ] {
        let power = (whole.seconds() / less.seconds()).log(4.0);
        let memory = (whole.peak_kib as f64 / less.peak_kib as f64).log(4.0);
        println!(
            "time grows with {what} to the power of {power:.2} (budget {GROWTH}: {}), memory {memory:.2}",
            verdict(power <= GROWTH)
        );
    }
}
