//! The checked command line of a wait.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::engine::WaitSpec;
use super::junit::JunitFile;
use super::logs::{Logs, Program, Sides};
use crate::deadline::TELLING;
use crate::render::{Format, Formats};
use pod_model::status::Condition;

/// The checked options of a wait.
#[derive(Clone, Debug)]
pub(crate) struct WaitOptions {
    /// Conditions and limits of the wait.
    pub spec: WaitSpec,
    /// Interval to poll at instead of watching.
    pub poll: Option<Duration>,
    /// `true` to print that there is no time limit, once the server has answered.
    pub notes_no_timeout: bool,
    /// Format of the report.
    pub format: Option<Format>,
    /// `true` to delete the Pods and Jobs that have ended.
    pub remove: bool,
    /// The logs to print; set by [`WaitOptions::with_logs`].
    pub logs: Option<Logs>,
    /// `true` if logs are printed to standard error, because standard output has other data.
    pub logs_to_stderr: bool,
    /// The program whose output is printed unchanged; set by [`WaitOptions::with_program`].
    pub(super) program: Option<Program>,
    /// The container whose exit code becomes that of the run.
    pub exit_code_from: Option<String>,
    /// File of the JUnit report.
    pub junit: Option<JunitFile>,
}

/// Formats of `-o`.
pub(super) const FORMATS: Formats = Formats(&[
    (Format::Json, "The WaitReport"),
    (Format::Yaml, "The WaitReport"),
    (
        Format::Name,
        "TYPE/NAME of each target that succeeded, one a line",
    ),
]);

impl WaitOptions {
    /// Returns the options of a wait until all targets are done.
    pub(crate) fn done(timeout: Option<Duration>) -> Self {
        Self {
            spec: WaitSpec {
                conditions: vec![Condition::Done],
                timeout,
                fail_fast: true,
                ..WaitSpec::default()
            },
            poll: None,
            notes_no_timeout: false,
            format: None,
            remove: false,
            logs: None,
            logs_to_stderr: false,
            program: None,
            exit_code_from: None,
            junit: None,
        }
    }

    /// Returns when a wait that began at a time is over, or `None` if it has no limit or checks
    /// once.
    pub(crate) fn limit(&self, began: Instant) -> Option<Instant> {
        let limit = self.spec.timeout.filter(|limit| !limit.is_zero())?;
        began.checked_add(limit)
    }

    /// Returns when everything has to be printed: soon after the limit.
    pub(crate) fn report_deadline(&self, began: Instant) -> Option<Instant> {
        self.limit(began)?.checked_add(TELLING)
    }

    /// Sets the time-out to the time until a limit, if there is one.
    pub(crate) fn end_at(&mut self, limit: Option<Instant>) {
        if let Some(limit) = limit {
            let left = limit.saturating_duration_since(Instant::now());
            // 0 would check once.
            self.spec.timeout = Some(left.max(Duration::from_millis(1)));
        }
    }

    /// Prints the output of a container's program, and no other logs.
    #[must_use]
    pub(crate) fn with_program(self, container: String, to_stderr: bool) -> Self {
        let mut all = self.with_logs(Some(Logs::All), to_stderr);
        all.program = Some(Program {
            container,
            sides: None,
        });
        all
    }

    /// Returns the streams of that program's output.
    pub(crate) fn sides(&mut self) -> Option<Arc<Sides>> {
        let program = self.program.as_mut()?;
        Some(Arc::clone(program.sides.get_or_insert_default()))
    }

    /// Prints the logs of containers.
    #[must_use]
    pub(crate) fn with_logs(mut self, logs: Option<Logs>, to_stderr: bool) -> Self {
        self.logs = logs;
        self.logs_to_stderr = to_stderr;
        self.spec.keep_pods |= logs.is_some();
        self.spec.report_pods = logs == Some(Logs::All);
        self
    }
}
