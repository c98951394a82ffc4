//! The `wait` command: it always ends with an answer.
//!
//! Data flows one way. [`watch`] delivers objects and events, [`engine`] asks
//! [`pod_model::status`] about them, and [`run`] prints the changes: [`output`] while they
//! happen, as lines or as [`progress`], and [`finish`] at the end. [`logs`] are followed at the
//! same time. The engine knows neither clock nor network.

mod args;
mod ci;
mod engine;
mod exit_code;
mod finish;
#[cfg(fuzzing)]
pub(crate) mod fuzzing;
mod junit;
mod left_behind;
mod logs;
mod namespace;
mod options;
mod output;
mod progress;
mod remove;
mod repeats;
mod report;
mod reports;
mod run;
mod sentence;
mod session;
mod subject;
#[cfg(test)]
mod subject_tests;
mod targets;
mod wait_failure;
mod watch;

pub use engine::manual_selector;

pub(crate) use args::{Timeout, WaitArgs, parse_limit};
pub(crate) use left_behind::LeftBehind;
#[cfg(fuzzing)]
pub(crate) use logs::fuzzing::log as fuzzing_log;
pub(crate) use logs::{Logs, Sides};
pub(crate) use options::WaitOptions;
pub(crate) use remove::{Deletion, DeletionError};
pub(crate) use run::run;
pub(crate) use subject::Subject;
