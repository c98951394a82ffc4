//! The logs of the targets' containers: followed while the wait runs, or printed at the end.

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
    /// Stream the logs of all containers
    All,
    /// Print the logs of failed containers at the end
    Failed,
}
