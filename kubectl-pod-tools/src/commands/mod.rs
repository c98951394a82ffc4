//! The table of commands, and the commands that are not a module of their own.

mod apply;
mod completion;
mod create;
mod probe;
mod rules;
mod shared;
mod table;
mod version;
mod wait;

pub(crate) use apply::ApplyArgs;
pub(crate) use completion::CompletionArgs;
pub(crate) use create::{CreateArgs, JobArgs, PodArgs};
pub(crate) use probe::ProbeArgs;
pub(crate) use rules::RulesArgs;
pub(crate) use shared::SharedArgs;
pub(crate) use table::Commands;
pub(crate) use version::VersionArgs;
pub(crate) use wait::WaitArgs;
