//! The run: starts the streams, feeds the engine, tells what comes of it.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until};

use super::answer::Evidence;
use super::ci;
use super::condition::Condition;
use super::engine::{Change, Engine, Outcome, Wanted};
use super::fields::{container_statuses, number_at, text};
use super::logs::{Logs, last_lines, logs};
use super::report::report;
use super::sentence::sentence;
use super::subject::{Subject, merged, streams};
use super::watch::{Message, follow};
use crate::cluster::{Cluster, ClusterError};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::render::{Structured, to_structured};
use crate::ui::Ui;

/// A checked command line.
#[derive(Clone, Debug)]
pub(crate) struct WaitOptions {
    /// What for, and for how long.
    pub wanted: Wanted,
    /// So often instead of a watch.
    pub poll: Option<Duration>,
    /// What to print at the end.
    pub format: Option<Format>,
    /// Delete what is done.
    pub remove: bool,
    /// Whose logs to print at the end.
    pub logs: Option<Logs>,
    /// Whose exit code becomes ours.
    pub exit_code_from: Option<String>,
    /// Where to write a JUnit report.
    pub junit: Option<PathBuf>,
}

/// What `-o` can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// The WaitReport
    Json,
    /// The WaitReport
    Yaml,
    /// TYPE/NAME of what succeeded, one a line
    Name,
}

impl WaitOptions {
    /// Until it is done, for as long as this.
    pub(crate) fn done(timeout: Option<Duration>) -> Self {
        Self {
            wanted: Wanted {
                conditions: vec![Condition::Done],
                timeout,
                fail_fast: true,
                ..Wanted::default()
            },
            poll: None,
            format: None,
            remove: false,
            logs: None,
            exit_code_from: None,
            junit: None,
        }
    }
}

/// Waits until all have ended. What becomes of each is said once, on standard
/// error.
///
/// # Errors
/// A cluster that cannot be reached when the wait begins, is lost, or refuses.
pub(crate) async fn run(
    cluster: &Cluster,
    subjects: Vec<Subject>,
    options: &WaitOptions,
    ui: &Ui,
) -> Result<Exit, CommandError> {
    let subjects = merged(subjects);
    let (engine, sources) = streams(&subjects, options.wanted.clone(), options.poll);
    let (sender, messages) = mpsc::channel(64);
    let mut tasks = tokio::task::JoinSet::new();
    for source in sources {
        tasks.spawn(follow(cluster.clone(), source, sender.clone()));
    }
    drop(sender);
    let mut wait = Wait {
        cluster,
        subjects: &subjects,
        options,
        ui,
        engine,
        began: Instant::now(),
        at: Timestamp::now(),
        told: Vec::new(),
    };
    let lost = wait.until_the_end(messages).await;
    drop(tasks);
    wait.finish(lost).await
}

struct Wait<'a> {
    cluster: &'a Cluster,
    subjects: &'a [Subject],
    options: &'a WaitOptions,
    ui: &'a Ui,
    engine: Engine,
    began: Instant,
    at: Timestamp,
    /// What was said last of each target.
    told: Vec<String>,
}

impl Wait<'_> {
    /// Feeds the engine until it has nothing to wait for; the error that ended
    /// the wait, if one did.
    async fn until_the_end(
        &mut self,
        mut messages: mpsc::Receiver<Message>,
    ) -> Option<ClusterError> {
        loop {
            self.tell().await;
            if self.engine.finished() {
                return None;
            }
            let wake = self.engine.wake_at().map(|wake| self.began + wake);
            let sleep = async {
                match wake {
                    Some(wake) => sleep_until(wake).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = sleep => {}
                message = messages.recv() => match message {
                    Some(Message::Input(input)) => self.engine.feed(input, self.began.elapsed()),
                    Some(Message::Said(text)) => self.ui.warning(&text),
                    Some(Message::Failed(error)) => {
                        let why = Evidence::new("ClusterLost", error.to_string());
                        self.engine.abort(&why, self.began.elapsed());
                        return Some(error);
                    }
                    // One look was asked for, and it is over; what is still
                    // open has its time to be explained.
                    None if wake.is_none() => return None,
                    None => {
                        if let Some(wake) = wake {
                            sleep_until(wake).await;
                        }
                    }
                },
            }
            self.engine.tick(self.began.elapsed());
        }
    }

    fn shown(&self, at: usize) -> String {
        let Some(target) = self.engine.target(at) else {
            return String::new();
        };
        let kind = self
            .subjects
            .get(target.group)
            .map_or("", |s| &s.resource.kind);
        format!("{}/{}", kind.to_lowercase(), target.name)
    }

    async fn tell(&mut self) {
        for change in self.engine.take_changes() {
            match change {
                Change::Note(_, said) => self.ui.note(&format!("  {said}")),
                Change::Moved(at) => {
                    let Some(target) = self.engine.target(at).filter(|t| t.end.is_none()) else {
                        continue;
                    };
                    let now = target.evidence.to_string();
                    if self.told.len() <= at {
                        self.told.resize(at + 1, String::new());
                    }
                    if self.told[at] != now {
                        self.ui.note(&format!("{}: {now}", self.shown(at)));
                        self.told[at] = now;
                    }
                }
                Change::Ended(at) => self.tell_end(at).await,
            }
        }
    }

    async fn tell_end(&self, at: usize) {
        let Some(target) = self.engine.target(at) else {
            return;
        };
        let (Some(end), Some(subject)) = (&target.end, self.subjects.get(target.group)) else {
            return;
        };
        let bad = matches!(end.outcome, Outcome::Failed | Outcome::Stuck);
        let lines = match end.evidence.culprit.as_ref().filter(|_| bad) {
            Some(culprit) => last_lines(self.cluster, &subject.namespace, culprit).await,
            None => Vec::new(),
        };
        let conditions = &self.options.wanted.conditions;
        let said = sentence(&self.shown(at), end, conditions, &lines);
        match end.outcome {
            Outcome::Succeeded | Outcome::Met | Outcome::Unfinished => self.ui.note(&said),
            _ => {
                self.ui.error(&said);
                if ci::under_github() {
                    self.ui.talk(&ci::annotation(&self.shown(at), &said));
                }
            }
        }
    }

    async fn finish(&mut self, lost: Option<ClusterError>) -> Result<Exit, CommandError> {
        self.tell().await;
        let mut exit = Exit::Yes;
        for (_, target) in self.engine.targets() {
            exit = exit.worse(
                target
                    .end
                    .as_ref()
                    .map_or(Exit::TimedOut, |end| end.outcome.exit()),
            );
        }
        let (there, expected) = self.engine.count();
        if lost.is_none() && there < expected.max(1) {
            exit = exit.worse(self.too_few(there, expected));
        }
        if let Some(container) = &self.options.exit_code_from
            && matches!(exit, Exit::Yes | Exit::No)
            && lost.is_none()
        {
            exit = self.exit_code_of(container);
        }
        if let Some(whose) = self.options.logs {
            self.print_logs(whose).await?;
        }
        if let Some(file) = &self.options.junit {
            exit = exit.worse(self.write_junit(file));
        }
        match self.options.format {
            None => {}
            Some(Format::Name) => self.print_names()?,
            Some(format) => {
                let structured = match format {
                    Format::Yaml => Structured::Yaml,
                    _ => Structured::Json,
                };
                let report = report(&self.engine, self.subjects, self.at);
                self.ui.data(&to_structured(&report, structured)?)?;
            }
        }
        if self.options.remove {
            exit = exit.worse(self.remove().await);
        }
        match lost {
            Some(error) => Err(error.into()),
            None => Ok(exit),
        }
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

    /// Data, unless a report is: then they are talk.
    async fn print_logs(&self, whose: Logs) -> Result<(), CommandError> {
        for (_, target) in self.engine.targets() {
            let Some(subject) = self.subjects.get(target.group) else {
                continue;
            };
            for pod in self.engine.pods(target) {
                let text = logs(self.cluster, &subject.namespace, pod, whose, self.ui).await;
                if self.options.format.is_some() {
                    self.ui.talk(&text);
                } else {
                    self.ui.data(&text)?;
                }
            }
        }
        Ok(())
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
