//! `wait` on a real cluster that breaks: parts of it are stopped and started
//! again, and objects vanish. Next to each of ours runs a `kubectl wait` under
//! the same fault; what it does is printed, and asserted only where it cannot
//! be otherwise.
//!
//! The cluster is this binary's own, and its tests run one after the other.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]
#![expect(clippy::print_stdout, reason = "the comparison is there to be read")]

#[path = "../support/mod.rs"]
mod support;

mod concurrent;
mod many;
mod objects;
mod outages;
mod requests;

use support::cluster::own_cluster;
use support::namespace::Namespace;

/// A namespace of the cluster that may be broken.
fn place(test: &str) -> Namespace {
    own_cluster();
    Namespace::alone(test)
}
