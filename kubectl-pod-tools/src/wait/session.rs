//! The state of a running wait, which its output, its end and its reports share.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until};

use super::engine::Engine;
use super::logs::{Printer, Streams};
use super::options::WaitOptions;
use super::progress::EventLine;
use super::repeats::Repeats;
use super::subject::Subject;
use super::watch::{Message, Source};
use crate::cluster::Cluster;
use crate::error::Failure;
use crate::exit::Exit;
use crate::ui::Ui;

/// The end of a wait.
pub(super) enum Ending {
    /// All targets have ended.
    Finished,
    /// The cluster cannot be reached any more.
    Lost(Failure),
    /// A signal arrived.
    Interrupted(Exit),
}

/// A running wait.
pub(super) struct Wait<'a> {
    pub(super) cluster: &'a Cluster,
    pub(super) subjects: &'a [Subject],
    pub(super) options: &'a WaitOptions,
    pub(super) ui: &'a Arc<Ui>,
    pub(super) engine: Engine,
    pub(super) began: Instant,
    pub(super) at: Timestamp,
    /// The messages that were printed about each target.
    pub(super) printed: Repeats,
    /// The warnings that were printed about the streams.
    pub(super) warned: Repeats,
    /// The last event about each target.
    pub(super) notes: Vec<Option<EventLine>>,
    /// The ends that are still to be printed, in order; each with the last lines of the log, if
    /// these have arrived or are not needed.
    pub(super) ends: VecDeque<(usize, Option<Vec<String>>)>,
    /// The requests for last lines.
    pub(super) tails: JoinSet<(usize, Vec<String>)>,
    pub(super) open_tails: Arc<Semaphore>,
    /// Time of the next redraw of the progress; `None` without progress.
    pub(super) draw_at: Option<Instant>,
    pub(super) printer: Option<Printer>,
    pub(super) followed: Option<Streams>,
    /// The sources of the groups first, in their order.
    pub(super) sources: Vec<Source>,
    pub(super) tasks: JoinSet<()>,
    pub(super) sender: mpsc::Sender<Message>,
    pub(super) messages: mpsc::Receiver<Message>,
    /// `true` if the server has delivered anything.
    pub(super) has_input: bool,
    /// Number of bytes that were fed in since the engine was last measured.
    pub(super) fed: usize,
}

/// Returns when a time is reached; never if there is none.
pub(super) async fn reached(time: Option<Instant>) {
    match time {
        Some(time) => sleep_until(time).await,
        None => std::future::pending().await,
    }
}

impl Wait<'_> {
    /// Returns the time since the wait began.
    pub(super) fn now(&self) -> Duration {
        self.began.elapsed()
    }
}
