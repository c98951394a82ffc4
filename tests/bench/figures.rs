//! The budgets of README's "Figures", measured side by side in one run:
//! `cargo bench --bench figures`.
//!
//! kubectl is built from `tests/cluster`, kubeconform from its published
//! module; both need Go. Machines are noisy, so what counts is the ratio.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark prints, and ends where it cannot measure"
)]

mod kubectl;
mod manifest;
mod measure;
mod schemas;
mod tools;

use std::path::Path;

use measure::{Figures, side_by_side};

fn main() {
    let ours = Path::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    let tools = tools::build();

    println!("start-up: `version --client`, {} runs each", measure::RUNS);
    let pair = side_by_side(
        (ours, &["version", "--client"]),
        (&tools.kubectl, &["version", "--client"]),
    );
    report("kubectl", &pair, 10.0);

    let file = tools.dir.join("5000-pods.yaml");
    manifest::write(&file);
    let file = file.to_str().unwrap().to_owned();
    let location = schemas::write(&tools.dir);
    println!(
        "\nreading and checking 5,000 Pods ({} runs each)",
        measure::RUNS
    );
    let pair = side_by_side(
        (
            ours,
            &["create", "--dry-run=client", "-o", "name", "-f", &file],
        ),
        (
            &tools.kubeconform,
            &["-strict", "-schema-location", &location, &file],
        ),
    );
    report("kubeconform -strict", &pair, 5.0);

    println!(
        "\nexplaining the environment of 5,000 Pods ({} runs each)",
        measure::RUNS
    );
    let pair = side_by_side(
        (
            ours,
            &["explain-env", "--offline", "-o", "json", "-f", &file],
        ),
        (
            &tools.kubeconform,
            &["-strict", "-schema-location", &location, &file],
        ),
    );
    report("kubeconform -strict", &pair, 5.0);
}

fn report(other: &str, (ours, theirs): &(Figures, Figures), wanted: f64) {
    for (name, figures) in [("pod-tools", ours), (other, theirs)] {
        println!(
            "  {name:<20} {:>9.2} ms (fastest {:.2})   {:>7} KiB at most",
            figures.median, figures.fastest, figures.peak_kib
        );
    }
    let ratio = theirs.median / ours.median;
    #[expect(
        clippy::cast_precision_loss,
        reason = "a ratio of two sizes for people"
    )]
    let memory = theirs.peak_kib as f64 / ours.peak_kib.max(1) as f64;
    let verdict = if ratio >= wanted { "kept" } else { "MISSED" };
    println!(
        "  {ratio:.1} times faster (budget {wanted} times: {verdict}), {memory:.1} times less memory"
    );
}
