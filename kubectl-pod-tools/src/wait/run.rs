//! The run: starts the streams, and feeds the engine until it has nothing to wait for.

use std::collections::VecDeque;
use std::sync::Arc;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::Instant;

use super::engine::{CLUSTER_LOST, Input};
use super::logs::{Layout, Logs, Printer, Streams};
use super::options::WaitOptions;
use super::repeats::Repeats;
use super::session::{Ending, Wait, reached};
use super::subject::{Subject, lookup_source, merge, pods_source, span_namespaces, streams};
use super::watch::{MAX_MEMORY, Message, Source, follow};
use crate::cluster::Cluster;
use crate::deadline;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals::{self, Claim};
use crate::ui::Ui;
use pod_model::status::{Evidence, with_count};

/// Number of messages that are buffered; the rest waits in the connections.
const MESSAGE_BUFFER: usize = 64;

/// Number of bytes after which the engine's memory is measured again.
const MEASURE_INTERVAL: usize = 16 << 20;

/// Waits until all targets have ended, and prints each end on standard error. The first signal
/// ends the wait, and the states by then are printed.
///
/// # Errors
/// A cluster that cannot be reached when the wait begins, is lost, or refuses.
pub(crate) async fn run(
    cluster: &Cluster,
    subjects: Vec<Subject>,
    options: &WaitOptions,
    ui: &Arc<Ui>,
) -> Result<Exit, CommandError> {
    let claim = signals::claim();
    let subjects = merge(subjects);
    let (engine, sources) = streams(&subjects, options.spec.clone(), options.poll);
    let (sender, messages) = mpsc::channel(MESSAGE_BUFFER);
    let layout = Layout {
        to_stderr: options.logs_to_stderr,
        is_program: options.program.is_some(),
        names_namespaces: span_namespaces(&subjects),
    };
    let printer = options.logs.map(|_| Printer::new(ui, layout));
    let followed = printer
        .as_ref()
        .filter(|_| options.logs == Some(Logs::All))
        .map(|printer| Streams::new(cluster, printer, options.program.as_ref(), ui));
    let began = Instant::now();
    if let Some(limit) = options.spec.timeout.filter(|limit| !limit.is_zero())
        && let Some(limit) = began.checked_add(limit)
    {
        deadline::set(limit.into_std());
    }
    let mut wait = Wait {
        cluster,
        subjects: &subjects,
        options,
        ui,
        engine,
        began,
        at: Timestamp::now(),
        printed: Repeats::default(),
        warned: Repeats::default(),
        notes: Vec::new(),
        ends: VecDeque::new(),
        tails: JoinSet::new(),
        open_tails: Arc::new(Semaphore::new(super::output::MAX_TAILS)),
        draw_at: ui
            .shows_progress()
            .then_some(began + super::output::FIRST_DRAW),
        printer,
        followed,
        sources: Vec::new(),
        tasks: JoinSet::new(),
        sender,
        messages,
        has_input: false,
        fed: 0,
    };
    for mut source in sources {
        source.to_delete = options.remove && source.stream < subjects.len();
        wait.start(source);
    }
    let ending = wait.run_to_end(&claim).await;
    wait.finish(ending, claim).await
}

/// Returns the failure of a stream that ended by a bug, and would be waited for indefinitely.
fn watch_failure(ended: &Result<(), JoinError>) -> Option<Failure> {
    let error = ended.as_ref().err().filter(|error| error.is_panic())?;
    let message = format!("the watch ended unexpectedly: {error}");
    Some(Failure::new(Exit::Cluster, message).help("this is a bug: please report it"))
}

impl Wait<'_> {
    fn start(&mut self, source: Source) {
        let following = follow(self.cluster.clone(), source.clone(), self.sender.clone());
        self.tasks.spawn(following);
        self.sources.push(source);
    }

    /// Starts a stream of Pods that only a Job's own selector matches.
    pub(super) fn start_pods(&mut self, stream: usize, group: usize, selector: &str) {
        let of_group = self.sources.get(group);
        if let Some(source) = of_group.and_then(|like| pods_source(like, stream, selector)) {
            self.start(source);
        }
    }

    /// Starts a lookup of one object of a group, once or from now on.
    pub(super) fn start_lookup(
        &mut self,
        stream: usize,
        group: usize,
        name: (&str, &str),
        follow: bool,
    ) {
        let of_group = self.sources.get(group);
        if let Some(source) = of_group.map(|like| lookup_source(like, stream, name, follow)) {
            self.start(source);
        }
    }

    /// Prints once that the wait has no time limit, if that was not asked for. A failure before
    /// the first answer is reported alone.
    fn note_no_timeout(&mut self) {
        let is_first = !std::mem::replace(&mut self.has_input, true);
        if is_first && self.options.notes_no_timeout {
            self.ui
                .note("no timeout set; waiting indefinitely (use `--timeout`)");
        }
    }

    /// Returns the failure of a wait that takes too much memory, after so many KiB more were fed
    /// in.
    fn check_memory(&mut self, fed: usize) -> Option<Failure> {
        self.fed += fed << 10;
        if self.fed < MEASURE_INTERVAL {
            return None;
        }
        self.fed = 0;
        (self.engine.size() > MAX_MEMORY).then(|| {
            let message = format!(
                "the targets with their Pods and events exceed {} MiB of memory",
                MAX_MEMORY >> 20
            );
            Failure::new(Exit::Cluster, message).help("select fewer targets, by name or with `-l`")
        })
    }

    /// Feeds the engine until it has nothing to wait for.
    async fn run_to_end(&mut self, claim: &Claim) -> Ending {
        loop {
            let is_finished = self.engine.finished();
            if is_finished {
                // The exit code is final, even if nobody reads the output.
                deadline::verdict(self.verdict());
            }
            self.report_changes();
            if is_finished {
                return Ending::Finished;
            }
            let wake = self.engine.wake_at().map(|wake| self.began + wake);
            tokio::select! {
                biased;
                exit = claim.received() => return Ending::Interrupted(exit),
                () = reached(wake) => {}
                () = reached(self.draw_at) => self.draw(),
                Some(tail) = self.tails.join_next() => self.on_log_tail(tail),
                Some(ended) = self.tasks.join_next() => if let Some(failure) = watch_failure(&ended) {
                    let why = Evidence::new(CLUSTER_LOST, failure.message.clone());
                    self.engine.abort(&why, self.now());
                    return Ending::Lost(failure);
                },
                // A sender is kept, so that there is always one to wait for.
                Some(message) = self.messages.recv() => match message {
                    Message::Input(input, room) => {
                        if !matches!(input, Input::Unavailable(_)) {
                            self.note_no_timeout();
                        }
                        self.engine.feed(input, self.began.elapsed());
                        if let Some(failure) = self.check_memory(room.num_permits()) {
                            let why = Evidence::new(CLUSTER_LOST, failure.message.clone());
                            self.engine.abort(&why, self.now());
                            return Ending::Lost(failure);
                        }
                    }
                    Message::Warning(text) => match self.warned.count(0, &text) {
                        1 => self.ui.warning(&text),
                        times => self.ui.warning(&with_count(&text, times)),
                    },
                    Message::Failed(error) => {
                        let why = Evidence::new(CLUSTER_LOST, error.to_string());
                        self.engine.abort(&why, self.now());
                        return Ending::Lost(error.into());
                    }
                },
            }
            self.engine.tick(self.now());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stream_that_panics_ends_the_wait() {
        let mut tasks = JoinSet::new();
        tasks.spawn(async { panic!("a bug") });
        let ended = tasks.join_next().await.unwrap();
        let failure = watch_failure(&ended).unwrap();
        assert_eq!(failure.exit, Exit::Cluster);
        assert!(failure.message.contains("a bug"), "{failure:?}");
        assert_eq!(watch_failure(&Ok(())), None);
    }
}
