//! Verdicts of probes: upstream's own prober and ours, on the same servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::too_many_lines,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "../../support/random/rng.rs"]
mod rng;

mod cases;
mod cases_handlers;
mod cases_http2;
mod cases_requests;
mod commands;
mod corpus;
mod go_servers;
mod http2;
mod known;
mod network;
mod requests;
mod script;
mod streams;
