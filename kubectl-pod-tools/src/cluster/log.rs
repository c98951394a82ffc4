//! Events of requests, for the log.

use std::sync::Arc;

/// Receives the events of requests.
pub(crate) type Log = Arc<dyn Fn(LogEvent<'_>) + Send + Sync>;

/// An event of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LogEvent<'a> {
    /// A response, for `-v`.
    Answer(&'a str),
    /// A wait, with its reason.
    Wait(&'a str),
    /// A warning for the user.
    Warning(&'a str),
}
