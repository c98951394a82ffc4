//! kubectl plugins that create, apply and explain Pods and Jobs: the shell
//! around `pod-model`, `pod-env` and `pod-probe`.
//!
//! Each binary is one call into this library. A command goes the same way
//! always: arguments as typed, options as checked, run, report; and a report
//! is blocks, which renderers turn into text, JSON or YAML.

mod bounded;
mod cli;
mod cluster;
mod commands;
mod complete;
mod connection;
mod context;
mod deadline;
mod diagnostics;
mod error;
mod exit;
mod flag_value;
#[cfg(fuzzing)]
pub mod fuzzing;
mod generate;
mod input;
mod label_selector;
mod panic;
mod parallel;
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

/// The allocator of all binaries.
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
pub use label_selector::{Selector, read_label_selector};
/// For tests alone.
#[doc(hidden)]
pub use targets::label_selector_error;
/// For tests alone.
#[doc(hidden)]
pub use wait::{json_path_values, manual_selector};

pub use cli::{run_completion, run_create_pod, run_env, run_suite, run_wait};
