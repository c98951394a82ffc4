//! The end of a run: the last lines of logs, the report, the exit code.

use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::ci;
use super::engine::{Outcome, Target};
use super::fields::{items_at, text_at};
use super::junit::JunitFile;
use super::left_behind::LeftBehind;
use super::logs::{Logs, failed};
use super::options::Format;
use super::report::report;
use super::run::{Ending, Wait, at};
use super::watch::Message;
use super::whole::Whole;
use crate::deadline;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{Structured, to_structured};
use crate::signals::Claim;

/// How often it is looked whether the logs have come in.
const LOOK: Duration = Duration::from_millis(20);
/// Lines of logs that are on their way when a signal comes have this time,
const FLUSH: Duration = Duration::from_secs(1);
/// and this one when the time is over.
const LATE_FLUSH: Duration = Duration::from_millis(100);
/// A report that is written to a pipe then has this time.
const REPORT: Duration = Duration::from_millis(150);

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
        let limit = self.telling_limit();
        let mut is_late = false;
        if signal.is_none() {
            tokio::select! {
                biased;
                exit = claim.received() => signal = Some(exit),
                () = self.last_words(lost.is_some()) => {}
                () = at(limit) => is_late = true,
            }
        }
        self.ui.end_progress();
        if signal.is_some() || is_late {
            self.cut_short(signal.is_some()).await;
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
            && matches!(exit, Exit::Yes | Exit::No)
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
            let is_empty = whole.as_ref().is_some_and(|whole| whole.exit == Exit::Gone);
            self.explain_missing(is_empty, limit).await;
        }
        if let Some(file) = &self.options.junit {
            let time = match signal {
                Some(_) => Some(REPORT),
                None => limit.map(|limit| limit.saturating_duration_since(Instant::now()) + REPORT),
            };
            exit = exit.worse(self.write_junit(file, whole.as_ref(), time, &claim).await);
        }
        self.print_report(whole.as_ref())?;
        // One may have come since.
        if let Some(signal) = signal.or(claim.received_by_now()) {
            self.tell_left();
            self.say_interrupted(signal);
            return Ok(exit.worse(signal));
        }
        // From here on a signal ends the run at once: nothing is left to be told.
        drop(claim);
        if self.options.remove {
            let (removed, undeleted) = self.remove(limit).await;
            self.removed = true;
            exit = exit.worse(removed);
            deadline::verdict(exit);
            self.amend_junit(whole.as_ref(), undeleted);
            self.tell_left();
        }
        match lost {
            Some(failure) => Err(failure.into()),
            None => Ok(exit),
        }
    }

    /// Until when all has to be told. Where it was to look only once, the time
    /// begins when it has looked.
    fn telling_limit(&self) -> Option<Instant> {
        if self.options.wanted.looks_once() {
            let now = Instant::now();
            deadline::set(now.into_std());
            return Some(now + deadline::TELLING);
        }
        self.options.telling_limit(self.began)
    }

    /// Tells at once what there is to tell. Whoever does not read does not hold the
    /// end up.
    async fn cut_short(&mut self, is_interrupted: bool) {
        if is_interrupted {
            self.engine.interrupt(self.now());
        }
        self.tell_at_once();
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

    /// What is still to be told, and the last lines of logs.
    async fn last_words(&mut self, lost: bool) {
        self.tell();
        while let Some(tail) = self.tails.join_next().await {
            self.take_tail(tail);
        }
        while !lost && self.followed.as_mut().is_some_and(|logs| !logs.drained()) {
            tokio::select! {
                Some(message) = self.messages.recv() => {
                    if let Message::Input(input, _) = message {
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

    fn print_report(&self, whole: Option<&Whole>) -> Result<(), CommandError> {
        let structured = match self.options.format {
            None => return Ok(()),
            Some(Format::Name) => {
                self.print_names();
                return Ok(());
            }
            Some(Format::Yaml) => Structured::Yaml,
            Some(Format::Json) => Structured::Json,
        };
        let report = report(&self.engine, self.subjects, whole, self.at);
        self.ui.data(&to_structured(&report, structured)?);
        Ok(())
    }

    /// Writes the report; a signal does not wait for whoever reads it.
    async fn write_junit(
        &self,
        file: &JunitFile,
        whole: Option<&Whole>,
        time: Option<Duration>,
        claim: &Claim,
    ) -> Exit {
        let text = self.junit_text(whole.map(Whole::why));
        let (own, ui) = (file.clone(), Arc::clone(self.ui));
        let written = tokio::task::spawn_blocking(move || own.write(text, time, &ui));
        let interrupted = async {
            claim.received().await;
            tokio::time::sleep(REPORT).await;
        };
        tokio::select! {
            biased;
            written = written => match written {
                Ok(Err(why)) => {
                    self.ui.error(&why);
                    Exit::No
                }
                // A panic has been shown.
                Err(_) => Exit::No,
                Ok(Ok(())) => Exit::Yes,
            },
            () = interrupted => Exit::No,
        }
    }

    fn junit_text(&self, whole: Option<&str>) -> String {
        let cases = self.engine.targets().filter_map(|(at, target)| {
            let end = target.end.as_ref()?;
            Some((self.shown(at), end))
        });
        ci::junit(cases, whole)
    }

    /// Says in the report, where it is a file, what could not be deleted after it was
    /// written: nothing is deleted before its end is told.
    fn amend_junit(&self, whole: Option<&Whole>, undeleted: Vec<String>) {
        let Some(file) = &self.options.junit else {
            return;
        };
        if undeleted.is_empty() {
            return;
        }
        let why: Vec<String> = whole
            .map(|whole| whole.why().to_owned())
            .into_iter()
            .chain(undeleted)
            .collect();
        if let Err(why) = file.amend(&self.junit_text(Some(&why.join("; ")))) {
            self.ui.error(&why);
        }
    }

    fn print_names(&self) {
        for (_, target) in self.engine.targets() {
            let good = target
                .end
                .as_ref()
                .is_some_and(|end| end.outcome.exit() == Exit::Yes);
            if let Some(subject) = self.subjects.get(target.group).filter(|_| good) {
                let name = subject.resource.object(&target.name);
                self.ui.lines(&format!("{}\n", crate::ui::escape(&name)));
            }
        }
    }

    /// Names what `--rm` was to delete and has not: what still runs, and all after a
    /// signal.
    fn tell_left(&self) {
        if !self.options.remove {
            return;
        }
        let mut left = LeftBehind::default();
        for (_, target) in self.engine.targets() {
            let outcome = target.end.as_ref().map(|end| end.outcome);
            let is_removed = self.removed && is_done(target);
            if let Some(subject) = self.subjects.get(target.group)
                && !is_removed
                && outcome != Some(Outcome::Deleted)
            {
                left.add(&subject.resource, &subject.namespace, &target.name);
            }
        }
        left.tell(self.ui);
    }

    /// Deletes what has ended, before a limit; what still runs is left alone. Why
    /// something may not be deleted comes along, in words.
    async fn remove(&self, limit: Option<Instant>) -> (Exit, Vec<String>) {
        let (mut exit, mut undeleted) = (Exit::Yes, Vec::new());
        for (number, target) in self.engine.targets() {
            let Some(subject) = self.subjects.get(target.group).filter(|_| is_done(target)) else {
                continue;
            };
            let uid = target.uid.as_deref();
            let (resource, namespace) = (&subject.resource, subject.namespace_of(target));
            let deleted = self
                .cluster
                .request_deletion(resource, namespace, &target.name, uid);
            let deleted = tokio::select! {
                biased;
                deleted = deleted => deleted,
                () = at(limit) => {
                    let shown = self.shown(number);
                    let why = format!("timed out: it is not known whether {shown} is deleted");
                    self.ui.error(&why);
                    undeleted.push(why);
                    exit = exit.worse(Exit::TimedOut);
                    continue;
                }
            };
            match deleted {
                Ok(answer) => self.ui.note(&deletion(&self.shown(number), &answer)),
                // Its TTL was quicker.
                Err(error) if error.is_not_found() => {}
                Err(error) => {
                    let failure = crate::error::Failure::from(error);
                    self.ui.error(&failure.message);
                    undeleted.push(failure.message);
                    exit = exit.worse(failure.exit);
                }
            }
        }
        (exit, undeleted)
    }
}

/// Whether `--rm` deletes it.
fn is_done(target: &Target) -> bool {
    target.end.as_ref().is_some_and(|end| {
        matches!(
            end.outcome,
            Outcome::Succeeded | Outcome::Met | Outcome::Failed
        )
    })
}

/// What the answer to a deletion says. With finalizers the object goes when they are
/// done with it.
pub(crate) fn deletion(shown: &str, answer: &Value) -> String {
    let finalizers: Vec<&str> = items_at(answer, "/metadata/finalizers")
        .filter_map(Value::as_str)
        .collect();
    if text_at(answer, "/metadata/deletionTimestamp").is_empty() || finalizers.is_empty() {
        return format!("{shown} deleted");
    }
    let finalizers = finalizers.join(", ");
    format!("{shown}: its deletion is asked for; finalizers hold it: {finalizers}")
}
