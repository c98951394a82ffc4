//! The recorded situations, and what `explain-status` says about each from its record alone.

#![allow(clippy::print_stdout, reason = "a test says what it has compared")]
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::expect_used, reason = "helpers of tests fail as tests do")]

#[path = "../support/situations/mod.rs"]
mod situations;
#[path = "../support/mod.rs"]
mod support;

mod explain;
mod forms;
mod judged;
mod records;
mod redacted;
