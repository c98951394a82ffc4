//! The reports of a run: the one on standard output, and the JUnit file.
//!
//! Every end is reported before anything is deleted, so a report is begun before `--rm` and
//! ended after it, with the failures of that. A report explains every exit code.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::Instant;

use super::ci;
use super::engine::Outcome;
use super::junit::JunitFile;
use super::remove::Removal;
use super::report::{Printing, WaitBody, items_of_failure, items_of_removal, items_of_targets};
use super::session::Wait;
use super::wait_failure::WaitFailure;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::Format;
use crate::report::Item;
use crate::signals::Claim;

/// Time to write a report to a pipe if the run is cut short.
const REPORT: Duration = Duration::from_millis(150);

impl Wait<'_> {
    /// Prints the report except for its end, or the names, before anything is deleted.
    ///
    /// # Errors
    /// A value that the format cannot hold.
    pub(super) fn begin_report(
        &self,
        failures: &[WaitFailure],
    ) -> Result<Option<Printing>, CommandError> {
        if self.options.format == Some(Format::Name) {
            self.print_names();
        }
        let Some(format) = self.options.format.and_then(Format::structured) else {
            return Ok(None);
        };
        let mut report = Printing::begin(format)?;
        let targets = items_of_targets(&self.engine, self.subjects, self.at);
        report.print(targets.chain(self.failure_items(failures)), self.ui)?;
        Ok(Some(report))
    }

    /// Prints the items that were added since, and the end.
    ///
    /// # Errors
    /// A value that the format cannot hold.
    pub(super) fn end_report(
        &self,
        report: Option<Printing>,
        failures: &[WaitFailure],
        removal: &Removal,
    ) -> Result<(), CommandError> {
        let Some(mut report) = report else {
            return Ok(());
        };
        let undeleted = items_of_removal(removal, self.subjects, (self.at, self.now()));
        report.print(self.failure_items(failures).chain(undeleted), self.ui)?;
        report.end(self.ui);
        Ok(())
    }

    fn failure_items(&self, failures: &[WaitFailure]) -> impl Iterator<Item = Item<WaitBody>> {
        let began = self.at;
        let failures = failures.iter();
        failures.flat_map(move |failure| items_of_failure(failure, self.subjects, began))
    }

    fn print_names(&self) {
        for (_, target) in self.engine.targets() {
            let has_succeeded = target
                .end()
                .is_some_and(|end| matches!(end.outcome, Outcome::Succeeded | Outcome::Met));
            if let Some(subject) = self.subjects.get(target.group).filter(|_| has_succeeded) {
                let name = subject.resource.object(&target.name);
                self.ui.lines(&format!("{}\n", crate::ui::escape(&name)));
            }
        }
    }

    /// Returns whether the JUnit report cannot be replaced, so that it is written last.
    pub(super) fn junit_is_last(&self) -> bool {
        let file = self.options.junit.as_ref();
        self.options.remove && file.is_some_and(|file| !file.can_be_replaced())
    }

    /// Writes the JUnit report, until a limit or a signal. A failure is printed and returned.
    pub(super) async fn write_junit(
        &self,
        failures: &[WaitFailure],
        removal: &Removal,
        limit: Option<Instant>,
        claim: &Claim,
    ) -> Option<WaitFailure> {
        let file = self.options.junit.as_ref()?;
        let time = match claim.received_by_now() {
            Some(_) => Some(REPORT),
            None => limit.map(|limit| limit.saturating_duration_since(Instant::now()) + REPORT),
        };
        let text = self.junit_text(failures, removal);
        let (own, ui) = (file.clone(), Arc::clone(self.ui));
        let written = tokio::task::spawn_blocking(move || own.write(text, time, &ui));
        let interrupted = async {
            claim.received().await;
            tokio::time::sleep(REPORT).await;
        };
        let why = tokio::select! {
            biased;
            written = written => match written {
                Ok(Ok(())) => return None,
                Ok(Err(why)) => {
                    self.ui.error(&why);
                    why
                }
                // A panic is printed already.
                Err(_) => JunitFile::UNWRITTEN.to_owned(),
            },
            () = interrupted => JunitFile::UNWRITTEN.to_owned(),
        };
        Some(self.for_all_groups(Exit::Failure, Outcome::Failed, "JUnitNotWritten", why))
    }

    /// Replaces the JUnit report, if it is a file, with the failures since.
    pub(super) fn amend_junit(
        &self,
        failures: &[WaitFailure],
        removal: &Removal,
    ) -> Option<WaitFailure> {
        let file = self.options.junit.as_ref()?;
        let why = file.amend(&self.junit_text(failures, removal)).err()?;
        self.ui.error(&why);
        Some(self.for_all_groups(Exit::Failure, Outcome::Failed, "JUnitNotWritten", why))
    }

    fn junit_text(&self, failures: &[WaitFailure], removal: &Removal) -> String {
        let cases = self.engine.targets().filter_map(|(at, target)| {
            let end = target.end()?;
            Some((self.shown(at), end))
        });
        let undeleted = removal.undeleted().iter().map(|object| object.why.clone());
        let failures = failures.iter().map(|failure| failure.message().to_owned());
        let whys: Vec<String> = failures.chain(undeleted).collect();
        let why = whys.join("; ");
        ci::junit(cases, (!whys.is_empty()).then_some(why.as_str()))
    }
}
