//! The end of a run: the last lines of logs, the report, the exit code.

use std::time::Duration;

use super::ci;
use super::engine::Outcome;
use super::fields::{container_statuses, number_at, text};
use super::logs::{Logs, failed};
use super::options::Format;
use super::report::report;
use super::run::{Ending, Wait};
use super::watch::Message;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{Structured, to_structured};
use crate::signals::Claim;

/// How often it is looked whether the logs have come in.
const LOOK: Duration = Duration::from_millis(20);
/// Lines of logs that are on their way when a signal comes have this time.
const FLUSH: Duration = Duration::from_secs(1);

impl Wait<'_> {
    /// Tells what came of it.
    ///
    /// # Errors
    /// A cluster that was lost; standard output that cannot be written.
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
        if signal.is_none() {
            signal = tokio::select! {
                biased;
                exit = claim.received() => Some(exit),
                result = self.last_words(lost.is_some()) => {
                    result?;
                    None
                }
            };
        }
        self.ui.end_progress();
        if signal.is_some() {
            self.engine.interrupt(self.now());
            self.tell_at_once();
            self.followed = None;
            if let Some(printer) = self.printer.take() {
                // Whoever does not read does not hold the end up.
                let _ = tokio::time::timeout(FLUSH, printer.finish()).await;
            }
        }
        let mut exit = self.exit();
        let (there, expected) = self.engine.count();
        if lost.is_none() && signal.is_none() && self.engine.too_few() {
            exit = exit.worse(self.too_few(there, expected));
        }
        if let Some(container) = &self.options.exit_code_from
            && matches!(exit, Exit::Yes | Exit::No)
            && lost.is_none()
            && signal.is_none()
        {
            exit = self.exit_code_of(container);
        }
        if let Some(file) = &self.options.junit {
            exit = exit.worse(self.write_junit(file));
        }
        self.print_report()?;
        if let Some(signal) = signal {
            self.say_interrupted(signal == Exit::Terminated);
            return Ok(exit.worse(signal));
        }
        // From here on a signal ends the run at once: nothing is left to be told.
        drop(claim);
        if self.options.remove {
            exit = exit.worse(self.remove().await);
        }
        match lost {
            Some(error) => Err(error.into()),
            None => Ok(exit),
        }
    }

    /// What is still to be told, and the last lines of logs.
    async fn last_words(&mut self, lost: bool) -> Result<(), CommandError> {
        self.tell().await;
        while !lost && self.followed.as_mut().is_some_and(|logs| !logs.drained()) {
            tokio::select! {
                Some(message) = self.messages.recv() => {
                    if let Message::Input(input) = message {
                        self.engine.feed_late(input);
                    }
                    for change in self.engine.take_changes() {
                        self.take(change);
                    }
                }
                () = tokio::time::sleep(LOOK) => {}
            }
        }
        if let Some(logs) = self.followed.take() {
            logs.finish();
        }
        if let Some(printer) = self.printer.take() {
            if self.options.logs == Some(Logs::Failed) && !lost {
                for (_, target) in self.engine.targets() {
                    let Some(subject) = self.subjects.get(target.group) else {
                        continue;
                    };
                    for pod in self.engine.pods(target) {
                        failed(self.cluster, &subject.namespace, pod, &printer, self.ui).await;
                    }
                }
            }
            printer.finish().await?;
        }
        Ok(())
    }

    fn exit(&self) -> Exit {
        let ends = self.engine.targets().map(|(_, target)| {
            let end = target.end.as_ref();
            end.map_or(Exit::TimedOut, |end| end.outcome.exit())
        });
        ends.fold(Exit::Yes, Exit::worse)
    }

    fn print_report(&self) -> Result<(), CommandError> {
        let structured = match self.options.format {
            None => return Ok(()),
            Some(Format::Name) => return self.print_names(),
            Some(Format::Yaml) => Structured::Yaml,
            Some(Format::Json) => Structured::Json,
        };
        let report = report(&self.engine, self.subjects, self.at);
        Ok(self.ui.data(&to_structured(&report, structured)?)?)
    }

    fn too_few(&self, there: usize, expected: usize) -> Exit {
        let kinds: Vec<String> = self
            .subjects
            .iter()
            .map(|s| s.resource.qualified())
            .collect();
        let kinds = kinds.join(", ");
        if self.engine.out_of_time() {
            let wanted = expected.max(1);
            self.ui
                .error(&format!("timed out: {there} of {wanted} {kinds} are there"));
            Exit::TimedOut
        } else {
            self.ui.error(&format!("no {kinds} match"));
            self.ui
                .help("with --expect N or --wait-for-creation they are waited for");
            Exit::Gone
        }
    }

    /// The exit code of a container, of the last Pod of each target; the first
    /// that is not 0 counts.
    fn exit_code_of(&self, container: &str) -> Exit {
        let mut codes = Vec::new();
        for (_, target) in self.engine.targets() {
            let pods = self.engine.pods(target);
            let code = pods.into_iter().rev().find_map(|pod| {
                let mut statuses = container_statuses(pod);
                let status = statuses.find(|status| text(status, "name") == container)?;
                number_at(status, "/state/terminated/exitCode")
            });
            codes.extend(code);
        }
        if codes.is_empty() {
            self.ui
                .error(&format!("no container {container} has ended"));
            return Exit::No;
        }
        let code = codes.into_iter().find(|code| *code != 0).unwrap_or(0);
        // A container's exit code has eight bits; what has more is a failure still.
        Exit::Container(u8::try_from(code).unwrap_or(1))
    }

    fn write_junit(&self, file: &std::path::Path) -> Exit {
        let cases = self.engine.targets().filter_map(|(at, target)| {
            let end = target.end.as_ref()?;
            Some((self.shown(at), end))
        });
        match std::fs::write(file, ci::junit(cases)) {
            Ok(()) => Exit::Yes,
            Err(error) => {
                let why = crate::error::system(&error);
                self.ui
                    .error(&format!("cannot write {}: {why}", file.display()));
                Exit::No
            }
        }
    }

    fn print_names(&self) -> Result<(), CommandError> {
        for (_, target) in self.engine.targets() {
            let good = target
                .end
                .as_ref()
                .is_some_and(|end| end.outcome.exit() == Exit::Yes);
            if let Some(subject) = self.subjects.get(target.group).filter(|_| good) {
                let name = subject.resource.object(&target.name);
                self.ui.data(&format!("{}\n", crate::ui::escape(&name)))?;
            }
        }
        Ok(())
    }

    /// Deletes what has ended; what still runs is left alone.
    async fn remove(&self) -> Exit {
        let mut exit = Exit::Yes;
        for (at, target) in self.engine.targets() {
            let done = target.end.as_ref().is_some_and(|end| {
                matches!(
                    end.outcome,
                    Outcome::Succeeded | Outcome::Met | Outcome::Failed
                )
            });
            let Some(subject) = self.subjects.get(target.group).filter(|_| done) else {
                continue;
            };
            let uid = target.uid.as_deref();
            let deleted = self
                .cluster
                .delete(&subject.resource, &subject.namespace, &target.name, uid)
                .await;
            match deleted {
                Ok(()) => self.ui.note(&format!("{} deleted", self.shown(at))),
                // Its TTL was quicker.
                Err(error) if error.code() == Some(404) => {}
                Err(error) => {
                    let failure = crate::error::Failure::from(error);
                    self.ui.error(&failure.message);
                    exit = exit.worse(failure.exit);
                }
            }
        }
        exit
    }
}
