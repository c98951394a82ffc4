//! The matrix: every command against every misbehaviour of a server, on a real
//! socket. Of each cell the exit code, the time, the memory, what was said and
//! what was sent are checked by rules, not by a list of what happens today.
//!
//! `POD_TOOLS_HOSTILE=all` compares every status code with every body for every
//! command; `POD_TOOLS_HOSTILE_ONLY=TEXT` runs the cells whose name holds a text.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::print_stdout, reason = "how many cells were compared is told")]
#![expect(
    clippy::match_same_arms,
    reason = "each rule stands for itself, with its reason"
)]

mod cell;
mod commands;
mod faults;
mod files;
mod matrix;
mod memory;
mod process;
mod rules;
#[path = "../support/hostile/mod.rs"]
mod server;
mod tls;
mod world;
