//! Events between a request and its answer, for whoever reports them.

use std::sync::Arc;

/// Receives the events between a request and its answer.
pub(crate) type Log = Arc<dyn Fn(LogEvent<'_>) + Send + Sync>;

/// An event between a request and its answer.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LogEvent<'a> {
    /// An answer of the server, for `-v`.
    Answer(&'a str),
    /// Why nothing happens for a while.
    Wait(&'a str),
    /// A warning for the person at the keyboard.
    Warning(&'a str),
}
