//! The wait as a machine without a clock and without a network: it is fed with
//! what watches bring and with the time, and says what has come of each target.

mod crowd;
mod fold;
mod input;
mod judge;
mod known;
mod leave;
mod machine;
mod memory;
mod missing;
mod selects;
mod size;
mod target;
mod time;
mod timed;
mod vanish;

#[cfg(test)]
mod edge_tests;
#[cfg(test)]
mod tape;

pub(crate) use input::{Change, Creation, Group, Input, Role, Wanted};
pub(crate) use leave::INTERRUPTED;
pub(crate) use machine::Engine;
pub use selects::manual_selector;
pub(crate) use target::{End, Outcome, Target};
