//! The judge of states: `cargo bench --bench status`.
//!
//! * Every recorded situation, judged by `explain-status`, by kstatus and by Argo CD's health in one run. The peers are
//!   a Go program, built in `tests/bench/peers`.
//! * `explain-status` of 5,000 Pods with 20,000 events in one file, beside reading that file into JSON.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints figures for people, and ends where it cannot measure"
)]
#![allow(clippy::expect_used, reason = "helpers of tests fail as tests do")]

#[path = "../growth/cost.rs"]
mod cost;
mod figures;
mod file;
mod peers;
#[path = "../../support/situations/mod.rs"]
mod situations;
#[path = "../../support/mod.rs"]
mod support;

/// The word that makes this program read a file and nothing else.
const READ: &str = "read";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [read, file] = words.as_slice()
        && read == READ
    {
        figures::read(file);
        return;
    }
    peers::run();
    figures::run();
}
