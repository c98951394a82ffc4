//! The logs of the containers of what is waited for: followed while it runs,
//! or shown at the end.

mod container;
mod failed;
mod follow;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod prefix;
mod print;
mod resume;
mod sides;
mod sink;
mod streams;
mod turn;

pub(super) use failed::{failed, last_lines};
pub(super) use print::{Layout, Printer};
pub(crate) use sides::Sides;
pub(super) use streams::{Program, Streams};

/// The containers whose logs are printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Logs {
    /// Of all containers, as they come
    All,
    /// Of those that did not end with 0, at the end
    Failed,
}
