//! Verdicts of probes: upstream's own prober and ours, on the same servers.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../../support/agreement.rs"]
mod agreement;
#[path = "../../support/oracle.rs"]
mod oracle;
#[path = "../../support/random/rng.rs"]
mod rng;

mod corpus;
mod streams;
