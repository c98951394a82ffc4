//! The end of a run: the last lines of logs, the report, the exit code.

use std::time::Duration;

use serde_json::Value;

use super::ci;
use super::engine::{End, Outcome, Target};
use super::fields::{container_statuses, name, number_at, text, text_at};
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
        let mut whole = None;
        if let Some(hint) = &self.options.hint
            && self
                .engine
                .targets()
                .any(|(_, target)| does_not_exist(target))
        {
            self.ui.help(hint);
        }
        let (there, expected) = self.engine.count();
        if lost.is_none() && signal.is_none() && self.engine.out_of_time() && self.is_unlisted() {
            let why = self.unlisted();
            self.ui.error(&why);
            self.annotate(&why);
            exit = exit.worse(Exit::TimedOut);
            whole = Some(why);
        } else if lost.is_none() && signal.is_none() && self.engine.too_few() {
            let (code, why) = self.too_few(there, expected);
            exit = exit.worse(code);
            whole = Some(why);
        }
        if let Some(failure) = &lost {
            self.annotate(&failure.message);
            whole = Some(failure.message.clone());
        }
        if let Some(container) = &self.options.exit_code_from
            && matches!(exit, Exit::Yes | Exit::No)
            && lost.is_none()
            && signal.is_none()
        {
            exit = self.exit_code_of(container);
        }
        if let Some(file) = &self.options.junit {
            exit = exit.worse(self.write_junit(file, whole.as_deref()));
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
            Some(failure) => Err(failure.into()),
            None => Ok(exit),
        }
    }

    /// What is still to be told, and the last lines of logs.
    async fn last_words(&mut self, lost: bool) -> Result<(), CommandError> {
        self.tell();
        while let Some(tail) = self.tails.join_next().await {
            self.take_tail(tail);
        }
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
                let pods = self.engine.targets().filter_map(|(_, target)| {
                    let subject = self.subjects.get(target.group)?;
                    let pods = self.engine.pods(target).into_iter();
                    Some(pods.map(|pod| (subject.namespace.as_str(), pod)))
                });
                failed(self.cluster, pods.flatten(), &printer, self.ui).await;
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

    /// An error of the wait as a whole, beside a run of GitHub's.
    fn annotate(&self, message: &str) {
        if ci::under_github() {
            self.ui.talk(&ci::annotation("wait", message));
        }
    }

    fn is_unlisted(&self) -> bool {
        self.engine.unlisted().next().is_some()
    }

    /// Says which objects nobody has told of: their absence means nothing.
    fn unlisted(&self) -> String {
        let subjects = self
            .engine
            .unlisted()
            .filter_map(|group| self.subjects.get(group));
        let mut kinds: Vec<String> = subjects.map(|s| s.resource.qualified()).collect();
        kinds.dedup();
        let (kinds, server) = (kinds.join(", "), self.cluster.server());
        format!("timed out: {server} has not said which {kinds} there are")
    }

    fn too_few(&self, there: usize, expected: usize) -> (Exit, String) {
        let kinds: Vec<String> = self
            .subjects
            .iter()
            .map(|s| s.resource.qualified())
            .collect();
        let kinds = kinds.join(", ");
        if self.engine.out_of_time() {
            let wanted = expected.max(1);
            let why = format!("timed out: {there} of {wanted} {kinds} are there");
            self.ui.error(&why);
            self.annotate(&why);
            (Exit::TimedOut, why)
        } else {
            let why = format!("no {kinds} match");
            self.ui.error(&why);
            self.ui
                .help("with --expect N or --wait-for-creation they are waited for");
            self.annotate(&why);
            (Exit::Gone, why)
        }
    }

    /// The exit code of a container; the first target whose code is not 0 counts.
    /// A target that failed never gives 0: where this container is not to blame,
    /// the code is that of the failure.
    fn exit_code_of(&self, container: &str) -> Exit {
        let mut codes = Vec::new();
        let mut failed = false;
        for (_, target) in self.engine.targets() {
            let end = target.end.as_ref();
            let pods = self.engine.pods(target);
            failed |= end.is_some_and(|end| end.outcome == Outcome::Failed);
            codes.extend(end.and_then(|end| container_code(end, &pods, container)));
        }
        if codes.is_empty() {
            self.ui
                .error(&format!("no container {container} has ended"));
            return Exit::No;
        }
        match codes.into_iter().find(|code| *code != 0) {
            // A container's exit code has eight bits; what has more is a failure still.
            Some(code) => Exit::Container(u8::try_from(code).unwrap_or(1)),
            None if failed => Exit::No,
            None => Exit::Container(0),
        }
    }

    fn write_junit(&self, file: &std::path::Path, whole: Option<&str>) -> Exit {
        let cases = self.engine.targets().filter_map(|(at, target)| {
            let end = target.end.as_ref()?;
            Some((self.shown(at), end))
        });
        match std::fs::write(file, ci::junit(cases, whole)) {
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
                Err(error) if error.is_not_found() => {}
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

fn does_not_exist(target: &Target) -> bool {
    let end = target.end.as_ref();
    end.is_some_and(|end| end.outcome == Outcome::Deleted && end.evidence.reason == "NotFound")
}

/// How a container ended in the Pods of a target, which come by age. Of several
/// Pods the one to blame counts; then, where it failed, the last that did not end
/// with 0, and where it did not, the last that succeeded.
fn container_code(end: &End, pods: &[&Value], container: &str) -> Option<i64> {
    let code_in = |pod: &&Value| {
        let mut statuses = container_statuses(pod);
        let status = statuses.find(|status| text(status, "name") == container)?;
        let last = || number_at(status, "/lastState/terminated/exitCode");
        number_at(status, "/state/terminated/exitCode").or_else(last)
    };
    let culprit = end.evidence.culprit.as_ref();
    let to_blame = pods
        .iter()
        .find(|pod| culprit.is_some_and(|culprit| culprit.pod == name(pod)));
    let failed = end.outcome == Outcome::Failed;
    let fits = |pod: &&&Value| match code_in(pod) {
        Some(code) if failed => code != 0,
        Some(_) => text_at(pod, "/status/phase") == "Succeeded",
        None => false,
    };
    let code = to_blame.and_then(code_in);
    code.filter(|code| !failed || *code != 0)
        .or_else(|| pods.iter().rev().find(fits).and_then(code_in))
        .or_else(|| pods.iter().rev().find_map(code_in))
}
