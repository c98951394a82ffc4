//! `explain-status` of many Pods beside reading them.

use std::path::Path;

use pod_model::manifest;

use crate::READ;
use crate::cost::{Cost, cost};
use crate::file::{EVENTS, templates, write};

const PODS: usize = 5_000;
const RUNS: usize = 3;
/// The most times that reading takes.
const BUDGET: f64 = 3.0;
/// Growth of the time with the number of Pods: a power of it.
const GROWTH: f64 = 1.1;

pub(crate) fn run() {
    let dir = tempfile::tempdir().unwrap();
    let templates = templates();
    let many = write(dir.path(), &templates, PODS);
    let few = write(dir.path(), &templates, PODS / 4);
    let megabytes = std::fs::metadata(&many).unwrap().len() as f64 / 1e6;
    println!(
        "\n{PODS} Pods and {} events in one file ({megabytes:.1} MB), the least of {RUNS} runs",
        PODS * EVENTS
    );
    let ours = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    let reader = std::env::current_exe().unwrap();
    let now = jiff::Timestamp::now().to_string();
    let words = ["explain-status", "--offline", "--now", now.as_str(), "-f"];
    let text = |file| [&words[..], &[file]].concat();
    let json = [&words[..], &[many.as_str(), "-o", "json"]].concat();
    // In turn, so that all meet the same weather.
    let mut costs: [Vec<Cost>; 4] = Default::default();
    for _ in 0..RUNS {
        costs[0].push(cost(&reader, &[READ, &many]));
        costs[1].push(cost(ours, &text(many.as_str())));
        costs[2].push(cost(ours, &json));
        costs[3].push(cost(ours, &text(few.as_str())));
    }
    let [read, text, json, few] = costs.map(|runs| least(&runs));
    for (who, figures) in [
        ("reading", &read),
        ("explain-status", &text),
        ("-o json", &json),
    ] {
        println!(
            "  {who:<15} {:>8.0} ms of CPU, {:>7} KiB at most",
            figures.seconds * 1e3,
            figures.peak_kib
        );
    }
    for (who, figures) in [("explain-status", &text), ("-o json", &json)] {
        let ratio = figures.seconds / read.seconds;
        println!(
            "  {who:<15} {ratio:.1} times the time of reading (budget {BUDGET} times: {})",
            verdict(ratio <= BUDGET)
        );
    }
    let growth = (text.seconds / few.seconds).log(4.0);
    println!(
        "  from {} Pods on it grows with n^{growth:.2} (budget n^{GROWTH}: {})",
        PODS / 4,
        verdict(growth <= GROWTH)
    );
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}

fn least(runs: &[Cost]) -> Cost {
    Cost {
        seconds: runs.iter().map(|run| run.seconds).fold(f64::MAX, f64::min),
        peak_kib: runs.iter().map(|run| run.peak_kib).min().unwrap(),
    }
}

/// Reads a file, and makes JSON of each object.
pub(crate) fn read(file: &str) {
    let bytes = std::fs::read(file).unwrap();
    let manifest = manifest::read(file, bytes);
    let documents = manifest.documents.iter();
    let length: usize = documents.map(|document| document.to_json().len()).sum();
    println!("{length}");
}
