//! The wait as a machine without a clock and without a network: it is fed with
//! what watches bring and with the time, and says what has come of each target.

mod judge;
mod known;
mod machine;
mod selects;
mod target;

#[cfg(test)]
mod tape;

pub(crate) use machine::{Change, Engine, Group, INTERRUPTED, Input, Role, Wanted};
pub(crate) use target::{End, Outcome, Target};
