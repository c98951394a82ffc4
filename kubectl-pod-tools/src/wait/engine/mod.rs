//! The wait as a state machine without clock and network: it is fed with the messages of watches
//! and with the time, and reports the state and the end of each target.
//!
//! | word | meaning |
//! |---|---|
//! | target | one object that is waited for, whether it exists or not ([`Target`]) |
//! | group | targets of one kind and namespace, named or selected ([`Group`]) |
//! | stream | one list and watch; its index identifies it, its [`Role`] says what it delivers |
//! | observation | the object of a target with its Pods and events, which conditions judge |
//! | evidence | reason and message of a state or an end |
//! | note | an event that explains the state of a target |
//! | obstacle | what prevents a condition: a stuck state, or a hold that a person has to end |
//! | stuck | in a state that the target cannot leave on its own; tracked until it has lasted long enough |
//! | pending end | an end that is not final yet (`PendingEnd`) |
//! | left | no longer part of the set of a selector, and not waited for |

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
