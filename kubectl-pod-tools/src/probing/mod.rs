//! The `probe` command: runs the probes that containers declare, and judges the answers as the
//! kubelet does.
//!
//! [`run`] reads the targets: [`pods`] and their containers as [`subject`]s, each probe with its
//! way. [`session`] has a loop for each probe, which asks `pod_probe`'s schedule when to try,
//! [`attempt`] what the answer is, and `pod_probe`'s worker what follows; [`container`] joins what
//! follows for one container. Each attempt is a [`line`], which [`printer`] prints. With `--from-node`
//! [`node_helpers`] creates and deletes the Pods through which [`from_node`] connects.

mod args;
mod at;
pub mod attempt;
mod checks;
mod clock;
mod conclusion;
mod container;
mod fault;
mod follow;
mod forward;
mod from_node;
mod idle;
mod line;
mod node_connection;
mod node_helper;
mod node_helpers;
mod node_pod;
mod options;
mod pods;
mod printer;
mod program;
mod run;
mod session;
mod subject;
mod table;
mod tally;

pub(crate) use args::ProbeArgs;
