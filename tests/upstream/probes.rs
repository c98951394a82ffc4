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

#[path = "probes/cases.rs"]
mod cases;
#[path = "probes/compare.rs"]
mod compare;

use compare::{Agreement, compare};
use oracle::{Oracle, of_each_minor};
use pod_model::KubernetesVersion;

/// The first case's seed; `POD_TOOLS_PROBES_SEED` is another one.
const SEED: u64 = 20_261_129;

fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

fn forecasts_agree(version: KubernetesVersion) {
    let mut oracle = Oracle::of(version);
    let seed = number("POD_TOOLS_PROBES_SEED", SEED);
    let mut agreement = Agreement::default();
    for case in 0..number("POD_TOOLS_PROBES_CASES", 16) {
        let runs = usize::try_from(number("POD_TOOLS_PROBES_RUNS", 20)).unwrap();
        compare(
            &mut |question| oracle.ask(question),
            version,
            seed + case,
            runs,
            &mut agreement,
        );
    }
    println!("{agreement:#?}");
    assert_eq!(
        agreement.outside,
        0,
        "seed {seed}: {}",
        agreement.problems.join("\n")
    );
}
of_each_minor!(forecasts_agree);
