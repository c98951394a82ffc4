//! The budgets of `wait`, measured beside `kubectl wait` on the same objects
//! at the same time: `cargo bench --bench wait`.
//!
//! Needs what the cluster of `tests/cluster` needs. kubectl is a binary of its
//! own, built from there. Machines are noisy, so what counts is the ratio.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends where it cannot measure"
)]

#[path = "../kubectl.rs"]
mod kubectl;
#[path = "../../support/mod.rs"]
mod support;

mod latency;
mod many;
mod memory;
mod process;

use std::path::PathBuf;

use support::namespace::Namespace;

/// Both programs, and where they meet.
struct Bench {
    namespace: Namespace,
    kubectl: PathBuf,
}

fn main() {
    let bench = Bench {
        kubectl: kubectl::build(&kubectl::directory()),
        namespace: Namespace::new("bench-wait"),
    };
    latency::run(&bench);
    memory::run(&bench);
    many::run(&bench);
}

/// Jobs without Pods: suspended, with one to complete or with none. An Indexed
/// Job may be changed from the one to the other, and is complete then.
fn jobs(label: &str, of: std::ops::Range<usize>, open: bool) -> String {
    let count = u8::from(open);
    let all: Vec<String> = of.map(|at| {
        format!(
            "---\napiVersion: batch/v1\nkind: Job\nmetadata: {{name: {label}-{at}, labels: {{bench: {label}}}}}\nspec:\n  suspend: true\n  completionMode: Indexed\n  completions: {count}\n  parallelism: {count}\n  template:\n    spec:\n      restartPolicy: Never\n      containers:\n      - name: main\n        image: registry.example.com/team/app:1.2.3\n        command: [/bin/app, --listen, \":8080\"]\n        env: [{{name: HOST, value: db.example.com}}, {{name: MODE, value: batch}}]\n        resources: {{requests: {{cpu: 250m, memory: 64Mi}}, limits: {{memory: 128Mi}}}}\n"
        )
    })
    .collect();
    all.concat()
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
