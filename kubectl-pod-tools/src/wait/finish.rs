//! The end of a run: the last lines of logs, the report, the exit code.

use std::time::Duration;

use tokio::time::Instant;

use super::logs::{Logs, failed};
use super::remove::Removal;
use super::session::{Ending, Wait, reached};
use super::wait_failure::WaitFailure;
use super::watch::Message;
use crate::deadline;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::signals::Claim;

/// Interval at which the completeness of the logs is checked.
const LOG_POLL: Duration = Duration::from_millis(20);
/// Time for the remaining log lines after a signal.
const FLUSH: Duration = Duration::from_secs(1);
/// Time for the remaining log lines after the time-out.
const LATE_FLUSH: Duration = Duration::from_millis(100);

/// The result of a run so far.
struct RunResult {
    exit: Exit,
    signal: Option<Exit>,
    failures: Vec<WaitFailure>,
}

impl RunResult {
    fn add(&mut self, whole: Option<WaitFailure>) {
        if let Some(whole) = whole {
            self.exit = self.exit.worse(whole.exit);
            self.failures.push(whole);
        }
    }
}

impl Wait<'_> {
    /// Prints the result, and returns the exit code.
    ///
    /// # Errors
    /// The cluster was lost, or standard output cannot be written.
    pub(super) async fn finish(
        &mut self,
        ending: Ending,
        claim: Claim,
    ) -> Result<Exit, CommandError> {
        let (lost, mut signal) = match ending {
            Ending::Finished => (None, None),
            Ending::Lost(error) => (Some(error), None),
            Ending::Interrupted(exit) => (None, Some(exit)),
        };
        let limit = self.report_deadline();
        let mut is_late = false;
        if signal.is_none() {
            tokio::select! {
                biased;
                exit = claim.received() => signal = Some(exit),
                () = self.drain_logs(lost.is_some()) => {}
                () = reached(limit) => is_late = true,
            }
        }
        self.ui.end_progress();
        if signal.is_some() || is_late {
            self.finish_now(signal.is_some()).await;
        }
        let mut exit = self.exit();
        let mut whole = match (&lost, signal) {
            (Some(failure), _) => Some(self.lost(failure)),
            (None, Some(signal)) => self.left(signal),
            (None, None) => self.incomplete(),
        };
        if let Some(whole) = &whole {
            exit = exit.worse(whole.exit);
        }
        if let Some(container) = &self.options.exit_code_from
            && matches!(exit, Exit::Success | Exit::Failure)
            && lost.is_none()
            && signal.is_none()
        {
            exit = self
                .exit_code_of(container)
                .unwrap_or_else(|| whole.insert(self.without_code(container)).exit);
        }
        deadline::verdict(match (&lost, signal) {
            (Some(failure), _) => failure.exit,
            (None, Some(signal)) => signal,
            (None, None) => self.unless_removed(exit),
        });
        if lost.is_none() && signal.is_none() && !is_late {
            let is_empty = whole
                .as_ref()
                .is_some_and(|whole| whole.exit == Exit::NotFound);
            self.explain_missing(is_empty, limit).await;
        }
        let mut result = RunResult {
            exit,
            signal,
            failures: whole.into_iter().collect(),
        };
        Box::pin(self.report_and_remove(&mut result, limit, &claim)).await?;
        match (lost, result.signal) {
            (_, Some(signal)) => {
                self.print_interrupted(signal);
                Ok(result.exit.worse(signal))
            }
            (Some(failure), None) => Err(failure.into()),
            (None, None) => Ok(result.exit),
        }
    }

    /// Writes the reports, and in between deletes the targets of `--rm`. After a signal nothing is
    /// deleted.
    async fn report_and_remove(
        &self,
        result: &mut RunResult,
        limit: Option<Instant>,
        claim: &Claim,
    ) -> Result<(), CommandError> {
        let is_interrupted = result.signal.is_some();
        let junit_is_last = !is_interrupted && self.junit_is_last();
        let mut removal = None;
        if !junit_is_last {
            let nothing = Removal::default();
            let failed = self
                .write_junit(&result.failures, &nothing, limit, claim)
                .await;
            result.add(failed);
        }
        let report = self.begin_report(&result.failures)?;
        let reported = result.failures.len();
        // A signal may have arrived since.
        result.signal = result.signal.or(claim.received_by_now());
        if let Some(signal) = result.signal {
            result.add(self.left(signal).filter(|_| !is_interrupted));
        } else if self.options.remove {
            let removed = self.remove(limit, claim).await;
            result.signal = removed.signal();
            result.exit = result.exit.worse(removed.exit());
            deadline::verdict(result.exit);
            removal = Some(removed);
        }
        self.print_left_behind(removal.as_ref());
        let removal = removal.unwrap_or_default();
        if junit_is_last {
            let failed = self
                .write_junit(&result.failures, &removal, limit, claim)
                .await;
            result.add(failed);
        } else if result.failures.len() > reported || !removal.undeleted().is_empty() {
            result.add(self.amend_junit(&result.failures, &removal));
        }
        self.end_report(report, &result.failures[reported..], &removal)
    }

    /// Returns when everything has to be printed. If the wait checks once, the time begins after
    /// the check.
    fn report_deadline(&self) -> Option<Instant> {
        if self.options.spec.checks_once() {
            let now = Instant::now();
            deadline::set(now.into_std());
            return Some(now + deadline::TELLING);
        }
        self.options.report_deadline(self.began)
    }

    /// Prints the remaining output at once. A reader that does not read does not delay the end.
    async fn finish_now(&mut self, is_interrupted: bool) {
        if is_interrupted {
            self.engine.interrupt(self.now());
        }
        self.report_remaining();
        if let Some(logs) = self.followed.take()
            && !is_interrupted
        {
            logs.finish();
        }
        if let Some(printer) = self.printer.take() {
            let time = if is_interrupted { FLUSH } else { LATE_FLUSH };
            let _ = tokio::time::timeout(time, printer.finish()).await;
        }
    }

    /// Prints the remaining ends, and the remaining lines of logs.
    async fn drain_logs(&mut self, lost: bool) {
        self.report_changes();
        while let Some(tail) = self.tails.join_next().await {
            self.on_log_tail(tail);
        }
        while !lost && self.followed.as_mut().is_some_and(|logs| !logs.drained()) {
            tokio::select! {
                Some(message) = self.messages.recv() => {
                    if let Message::Input(input, _) = message {
                        self.engine.feed_after_end(input);
                    }
                    for change in self.engine.take_changes() {
                        self.on_change(change);
                    }
                }
                () = tokio::time::sleep(LOG_POLL) => {}
            }
        }
        if let Some(logs) = self.followed.take() {
            logs.finish();
        }
        if self.options.logs == Some(Logs::Failed)
            && !lost
            && let Some(printer) = &self.printer
        {
            let pods = self.engine.targets().filter_map(|(_, target)| {
                let subject = self.subjects.get(target.group)?;
                let pods = self.engine.pods(target).into_iter();
                Some(pods.map(|pod| (subject.namespace_of(target), pod)))
            });
            failed(self.cluster, pods.flatten(), printer, self.ui).await;
        }
        if let Some(printer) = self.printer.take() {
            printer.finish().await;
        }
    }
}
