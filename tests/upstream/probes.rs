//! Forecasts of probes: no run of upstream's own prober, status manager and back-off falls outside
//! of our ranges, and our ranges are hardly wider than what the runs show.
//!
//! By hand, 1,880 fresh cases of all minors with 300 runs of upstream each: of 31,795 events 6, of two Pods, are
//! outside; 8 of 100 ranges are wide.

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
/// Cases of each version, and runs of upstream for each: `POD_TOOLS_PROBES_CASES`, `POD_TOOLS_PROBES_RUNS`.
const CASES: u64 = 24;
const RUNS: u64 = 25;

/// Seeds of cases that a forecast got wrong once: an attempt that connects again while its container is
/// replaced; one that takes as long as the kubelet waits for its next look; containers with restart rules in a
/// new sandbox; an attempt that asks when its container has just ended.
const REMEMBERED: [u64; 4] = [88_047, 120_111, 120_166, 130_039];

fn number(text: Result<String, std::env::VarError>, default: u64) -> u64 {
    text.map_or(default, |text| text.parse().unwrap())
}

/// Upstream's runs depend on the order of its goroutines, which no seed fixes: one of them may show a
/// course that is too rare for our runs. What a rule gets wrong shows again: an event counts as outside if it
/// is so in a second set of runs, too, with another seed.
fn forecasts_agree(version: KubernetesVersion) {
    let mut oracle = Oracle::of(version);
    let seed = number(std::env::var("POD_TOOLS_PROBES_SEED"), SEED);
    let runs = usize::try_from(number(std::env::var("POD_TOOLS_PROBES_RUNS"), RUNS)).unwrap();
    let mut agreement = Agreement::default();
    let cases = number(std::env::var("POD_TOOLS_PROBES_CASES"), CASES);
    for seed in REMEMBERED.into_iter().chain(seed..seed + cases) {
        let mut ask = |question: &_| oracle.ask(question);
        compare(&mut ask, version, seed, runs, &mut agreement);
    }
    let Agreement {
        events,
        once,
        measured,
        wide,
        ..
    } = agreement;
    let problems = agreement.problems.join("\n");
    println!(
        "{version}, seed {seed}: {events} events, {once} outside once; {wide} of {measured} ranges are wide"
    );
    assert!(events > 50, "only {events} events");
    assert!(
        agreement.problems.is_empty(),
        "outside twice, seed {seed}:\n{problems}"
    );
}
of_each_minor!(forecasts_agree);
