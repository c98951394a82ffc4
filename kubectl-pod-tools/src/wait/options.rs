//! A checked command line.

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
    /// What to wait for, and how long.
    pub spec: WaitSpec,
    /// Interval to poll at instead of watching.
    pub poll: Option<Duration>,
    /// Whether to print that there is no time limit, once the server has answered.
    pub notes_no_timeout: bool,
    /// Format of the report.
    pub format: Option<Format>,
    /// Whether to delete the Pods and Jobs that have ended.
    pub remove: bool,
    /// The logs to print; set by [`WaitOptions::with_logs`].
    pub logs: Option<Logs>,
    /// They go to standard error, because standard output holds something else.
    pub logs_to_stderr: bool,
    /// The one whose logs are printed, as it has written them; set by
    /// [`WaitOptions::with_program`].
    pub(super) program: Option<Program>,
    /// The container whose exit code becomes that of the run.
    pub exit_code_from: Option<String>,
    /// Where to write a JUnit report.
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

    /// Until when to wait, for a wait that begins at a time. None where there is no
    /// limit, or where it looks only once.
    pub(crate) fn limit(&self, began: Instant) -> Option<Instant> {
        let limit = self.spec.timeout.filter(|limit| !limit.is_zero())?;
        began.checked_add(limit)
    }

    /// Until when all has to be told: soon after its limit.
    pub(crate) fn report_deadline(&self, began: Instant) -> Option<Instant> {
        self.limit(began)?.checked_add(TELLING)
    }

    /// Begins the time now and ends it at a limit, where there is one: what came
    /// before is part of it.
    pub(crate) fn end_at(&mut self, limit: Option<Instant>) {
        if let Some(limit) = limit {
            let left = limit.saturating_duration_since(Instant::now());
            // 0 has a meaning of its own.
            self.spec.timeout = Some(left.max(Duration::from_millis(1)));
        }
    }

    /// Prints what the program of a container writes, and nothing else of it.
    #[must_use]
    pub(crate) fn with_program(self, container: String, as_talk: bool) -> Self {
        let mut all = self.with_logs(Some(Logs::All), as_talk);
        all.program = Some(Program {
            container,
            sides: None,
        });
        all
    }

    /// What is to be told of the streams of that program.
    pub(crate) fn sides(&mut self) -> Option<Arc<Sides>> {
        let program = self.program.as_mut()?;
        Some(Arc::clone(program.sides.get_or_insert_default()))
    }

    /// Prints the containers' logs, too.
    #[must_use]
    pub(crate) fn with_logs(mut self, logs: Option<Logs>, as_talk: bool) -> Self {
        self.logs = logs;
        self.logs_to_stderr = as_talk;
        self.spec.keep_pods |= logs.is_some();
        self.spec.report_pods = logs == Some(Logs::All);
        self
    }
}
