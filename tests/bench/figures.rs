//! The budgets of README's "Figures", measured side by side in one run:
//! `cargo bench --bench figures`.
//!
//! kubectl is built from `tests/cluster`, kubeconform and kube-score from their published
//! modules; all need Go. kubesec installs as a module, too, but reads its schemas over the
//! network, so that its time would be the network's. Machines are noisy, so what counts is the ratio.
//! With `UPDATE_README=1` the figures are written into README.md, with their
//! date and machine.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints figures for people, and ends where it cannot measure"
)]

mod kubectl;
mod manifest;
mod measure;
mod readme;
mod schemas;
mod tools;

use std::path::Path;

use measure::{Figures, side_by_side};
use readme::Row;

fn main() {
    let ours = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    let tools = tools::build();

    println!("start-up: `version --client`, {} runs each", measure::RUNS);
    let pair = side_by_side(
        (ours, &["version", "--client"]),
        (&tools.kubectl, &["version", "--client"]),
    );
    report("kubectl", &pair, None, 10.0);
    let mut rows = vec![Row::new("start-up (`version --client`)", "kubectl", &pair)];

    let location = schemas::write(&tools.dir);
    let mut beside_kubeconform = |what: &str, file: &Path, args: &[&str]| {
        let megabytes = std::fs::metadata(file).unwrap().len() as f64 / 1e6;
        let file = file.to_str().unwrap();
        println!("\n{what} ({megabytes:.1} MB, {} runs each)", measure::RUNS);
        let pair = side_by_side(
            (ours, &[args, &["-f", file]].concat()),
            (
                &tools.kubeconform,
                &["-strict", "-schema-location", &location, file],
            ),
        );
        report("kubeconform -strict", &pair, Some(megabytes), 5.0);
        rows.push(Row::new(what, "kubeconform (schema only)", &pair));
    };

    let file = tools.dir.join("5000-pods.yaml");
    manifest::write(&file, 3);
    let create = ["create", "--dry-run=client", "-o", "name"];
    beside_kubeconform(
        "validating 5,000 Pods (`create --dry-run=client`)",
        &file,
        &create,
    );

    beside_kubeconform(
        "explaining the environment of 5,000 Pods",
        &file,
        &["explain-env", "--offline"],
    );

    let file = tools.dir.join("5000-pods-20-variables.yaml");
    manifest::write(&file, 20);
    for format in ["table", "json"] {
        beside_kubeconform(
            &format!("explain-env -o {format} of 5,000 Pods with 20 variables each"),
            &file,
            &["explain-env", "--offline", "-o", format],
        );
    }
    let file = tools.dir.join("5000-pods.yaml");
    let path = file.to_str().unwrap();
    for format in ["table", "json"] {
        let what = format!("explain-security -o {format} of 5,000 Pods");
        println!("\n{what} ({} runs each)", measure::RUNS);
        let pair = side_by_side(
            (
                ours,
                &["explain-security", "--offline", "-o", format, "-f", path],
            ),
            (&tools.kube_score, &["score", path]),
        );
        report("kube-score", &pair, None, 5.0);
        rows.push(Row::new(&what, "kube-score", &pair));
    }
    if std::env::var_os("UPDATE_README").is_some() {
        readme::write(&rows);
    }
}

fn report(other: &str, (ours, theirs): &(Figures, Figures), megabytes: Option<f64>, wanted: f64) {
    for (name, figures) in [("pod-tools", ours), (other, theirs)] {
        let rate = megabytes.map_or(String::new(), |megabytes| {
            format!("   {:>5.1} MB/s", megabytes / figures.median * 1e3)
        });
        println!(
            "  {name:<20} {:>9.2} ms (fastest {:.2}){rate}   {:>7} KiB at most",
            figures.median, figures.fastest, figures.peak_kib
        );
    }
    let ratio = theirs.median / ours.median;
    let memory = theirs.peak_kib as f64 / ours.peak_kib.max(1) as f64;
    println!(
        "  {ratio:.1} times faster (budget {wanted} times: {}), {memory:.1} times less memory (budget: no more: {})",
        verdict(ratio >= wanted),
        verdict(memory >= 1.0)
    );
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}
