//! kubectl plugins that validate, create, wait for and explain Pods and Jobs: the shell around
//! `pod-model` and `pod-env`.
//!
//! One binary calls this library; the others run that one. Every command goes the same way:
//! arguments as typed, options as checked, run, report. A report is blocks, which renderers
//! turn into text, JSON or YAML.

mod any_certificate;
mod bounded;
mod cli;
mod cluster;
mod command;
mod commands;
mod complete;
mod completion_kind;
mod connection;
mod context;
mod deadline;
mod diagnostics;
mod error;
mod exit;
mod explain;
mod failures;
mod flag_value;
#[cfg(fuzzing)]
pub mod fuzzing;
mod generate;
mod input;
mod invocation;
mod panic;
mod parallel;
mod probing;
mod render;
mod report;
mod shell_quote;
mod signals;
mod stack;
mod submit;
mod targets;
mod ui;
mod url;
mod wait;

/// The allocator of the program.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// For tests alone.
#[doc(hidden)]
pub use cli::suite_command;
/// For tests alone.
#[doc(hidden)]
pub use connection::shown as effective_configuration;
/// For tests alone.
#[doc(hidden)]
pub use probing::attempt;
/// For tests alone.
#[doc(hidden)]
pub use wait::manual_selector;

pub use cli::main;
