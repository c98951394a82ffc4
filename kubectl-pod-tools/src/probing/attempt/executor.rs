//! Commands of exec probes.

use std::time::Duration;

use futures::future::BoxFuture;
use pod_probe::Execution;

/// Runs commands in a container, or in its place.
pub trait Executor: Send + Sync {
    /// Runs a command to its end, or ends it after the time-out.
    ///
    /// The output is that of standard output and standard error as it came, cut to
    /// `pod_probe::MAX_OUTPUT` bytes.
    fn execute<'a>(&'a self, command: &'a [String], timeout: Duration) -> BoxFuture<'a, Execution>;
}
