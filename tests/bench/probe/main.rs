//! The budgets of probes: `cargo bench --bench probe`.
//!
//! * `probe --watch` of 500 containers at a period of one second in one process, and after it a
//!   shell loop of curl at the same schedule, against the same server.
//! * `explain-probes`, and as it `explain-resources`, `explain-scheduling` and `explain-security`, of
//!   5,000 Pods in one file, beside reading that file into JSON: all equal, and all different. CPU
//!   time of all threads.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a benchmark prints figures for people, and ends where it cannot measure"
)]

#[path = "../growth/cost.rs"]
mod cost;
mod explain;
mod server;
mod watch;

/// The word that makes this program read a file and nothing else.
const READ: &str = "read";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    if let [read, file] = words.as_slice()
        && read == READ
    {
        explain::read(file);
        return;
    }
    watch::run();
    explain::run();
}

fn verdict(kept: bool) -> &'static str {
    if kept { "kept" } else { "MISSED" }
}
