//! The wait as a state machine without clock and network: it is fed with the messages of
//! watches and with the time, and reports the state and the end of each target.

mod abort;
mod cache;
mod compact;
mod deadlines;
mod deletion;
mod feed;
mod input;
mod judge;
mod machine;
mod manual_selector;
mod membership;
mod missing;
mod pod_changes;
mod retention;
mod schedule;
mod size;
mod target;
mod throttle;

#[cfg(test)]
mod edge_tests;
#[cfg(test)]
mod tape;

pub(crate) use abort::{CLUSTER_LOST, INTERRUPTED};
pub(crate) use input::{Change, Creation, Group, Input, Role, WaitSpec};
pub(crate) use machine::Engine;
pub use manual_selector::manual_selector;
pub(crate) use target::{End, Outcome, Target};
