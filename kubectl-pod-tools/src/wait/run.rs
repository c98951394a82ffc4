//! The run: starts the streams, and feeds the engine with what they bring until
//! it has nothing to wait for.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep_until};

use super::engine::Engine;
use super::logs::{Layout, Logs, Printer, Streams};
use super::options::WaitOptions;
use super::progress::EventLine;
use super::repeats::Repeats;
use super::subject::{Subject, lookup_source, merge, pods_source, span_namespaces, streams};
use super::watch::{MAX_MEMORY, Message, Source, follow};
use crate::cluster::Cluster;
use crate::deadline;
use crate::error::{CommandError, Failure};
use crate::exit::Exit;
use crate::signals::{self, Claim};
use crate::ui::Ui;
use pod_model::status::{Evidence, with_count};

/// Messages that wait to be fed in; the rest waits with the server.
const MESSAGE_BUFFER: usize = 64;

/// The engine's memory is measured after so many bytes were fed in.
const MEASURE_INTERVAL: usize = 16 << 20;

/// Waits until all have ended. What becomes of each is said once, on standard
/// error. The first signal ends the wait, and what is known by then is told.
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
        as_talk: options.logs_to_stderr,
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
        fed: 0,
    };
    for mut source in sources {
        source.to_delete = options.remove && source.stream < subjects.len();
        wait.start(source);
    }
    let ending = wait.run_to_end(&claim).await;
    wait.finish(ending, claim).await
}

/// How the wait ended.
pub(super) enum Ending {
    /// There is nothing left to wait for.
    Finished,
    /// The cluster cannot be asked any more.
    Lost(Failure),
    /// By a signal.
    Interrupted(Exit),
}

pub(super) struct Wait<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) subjects: &'a [Subject],
    pub(super) options: &'a WaitOptions,
    pub(super) ui: &'a Arc<Ui>,
    pub(super) engine: Engine,
    pub(super) began: Instant,
    pub(super) at: Timestamp,
    /// What was said of each target.
    pub(super) printed: Repeats,
    /// What was said of the streams.
    warned: Repeats,
    /// What an event said last of each target.
    pub(super) notes: Vec<Option<EventLine>>,
    /// The ends that are still to be told, in their order; each with the last lines
    /// of the log, where these are there or are not waited for.
    pub(super) ends: VecDeque<(usize, Option<Vec<String>>)>,
    /// The last lines that are on their way.
    pub(super) tails: JoinSet<(usize, Vec<String>)>,
    pub(super) open_tails: Arc<Semaphore>,
    /// When the lines of progress are drawn next; none where there are none.
    pub(super) draw_at: Option<Instant>,
    pub(super) printer: Option<Printer>,
    pub(super) followed: Option<Streams>,
    /// Those of the groups first, in their order.
    sources: Vec<Source>,
    tasks: JoinSet<()>,
    sender: mpsc::Sender<Message>,
    pub(super) messages: mpsc::Receiver<Message>,
    /// Bytes that were fed in since the engine was last measured.
    fed: usize,
}

/// Ready at a time; never without one.
pub(super) async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

/// A stream that ended by a bug would be waited for without end.
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

    /// Begins a stream of Pods that only a Job's own selector finds.
    pub(super) fn start_pods(&mut self, stream: usize, group: usize, selector: &str) {
        let of_group = self.sources.get(group);
        if let Some(source) = of_group.and_then(|like| pods_source(like, stream, selector)) {
            self.start(source);
        }
    }

    /// Looks for one object of a group, once or from now on.
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

    /// The time as the engine knows it.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// The failure of a wait for more than it may know of, after so many KiB more
    /// were fed in.
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
                // It stands, whoever reads what is told of it.
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
                    let why = Evidence::new("ClusterLost", failure.message.clone());
                    self.engine.abort(&why, self.now());
                    return Ending::Lost(failure);
                },
                // A sender is kept, so that there is always one to wait for.
                Some(message) = self.messages.recv() => match message {
                    Message::Input(input, room) => {
                        self.engine.feed(input, self.began.elapsed());
                        if let Some(failure) = self.check_memory(room.num_permits()) {
                            let why = Evidence::new("ClusterLost", failure.message.clone());
                            self.engine.abort(&why, self.now());
                            return Ending::Lost(failure);
                        }
                    }
                    Message::Warning(text) => match self.warned.count(0, &text) {
                        1 => self.ui.warning(&text),
                        times => self.ui.warning(&with_count(&text, times)),
                    },
                    Message::Failed(error) => {
                        let why = Evidence::new("ClusterLost", error.to_string());
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
