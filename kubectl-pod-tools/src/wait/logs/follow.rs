//! Follows the log of one container through lost connections and restarts.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::{Semaphore, mpsc, watch};
use tokio::time::timeout;

use super::container::State;
use super::prefix::Prefix;
use super::print::Piece;
use super::resume::{Position, Reading, Recent};
use super::sides::Sides;
use super::turn::{Turn, Turns};
use crate::cluster::{Cluster, ClusterError, LogQuery};
use crate::ui::Ui;

/// Maximum time for an answer.
const ANSWER: Duration = Duration::from_secs(30);
/// Time without data after which a connection may be dead, and is opened again.
const SILENT: Duration = Duration::from_mins(4);
const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);
/// Maximum number of open logs, each of which is a connection.
pub(super) const MOST: usize = 50;
/// Number of requests for a log that the server says does not exist.
const TRIES: u32 = 6;

/// State that all logs share.
pub(super) struct Shared {
    pub cluster: Cluster,
    pub ui: Arc<Ui>,
    /// Slots of open logs.
    pub slots: Semaphore,
    /// Output that a connection to the container has delivered.
    pub sides: Option<Arc<Sides>>,
    /// Turns to print a line.
    pub turns: Turns,
    /// Number of pieces and answers so far: it grows while data arrives.
    pub activity: AtomicU64,
    /// `true` if the missing right to read logs was reported.
    pub forbidden: AtomicBool,
    /// `true` if it was reported that logs wait for a slot.
    pub crowded: AtomicBool,
}

/// The log of one container.
pub(super) struct Follow {
    pub shared: Arc<Shared>,
    pub namespace: String,
    pub pod: String,
    pub container: String,
    pub prefix: Prefix,
    pub state: watch::Receiver<State>,
    /// `true` if the last started run was read to its end.
    pub read: Arc<AtomicBool>,
    pub out: mpsc::Sender<Piece>,
    pub position: Position,
    pub recent: Recent,
}

/// Result of reading the log of one run.
enum Run {
    /// It was read to its end.
    Read,
    /// Another run has started.
    Next,
    /// It cannot be read to its end.
    GivenUp,
    /// It was left incomplete, which is reported at the end.
    Left,
}

/// Returns the number of failed attempts in a row, after one that delivered this many pieces.
fn tries_after(tries: u32, pieces: usize) -> u32 {
    if pieces > 0 { 0 } else { tries + 1 }
}

/// Result of one connection.
struct Copied {
    pieces: usize,
    /// `true` if it was cut, so that more data may follow.
    cut: bool,
    /// `true` if the rest was complete, if it came by the connection to the container.
    rest: Option<bool>,
}

impl Follow {
    /// Follows the log until the last run has ended, or the receiver is gone.
    pub(super) async fn run(mut self) {
        loop {
            let started = self.state.wait_for(|state| state.started || state.last);
            let Ok(state) = started.await.map(|state| *state) else {
                return;
            };
            if !state.started {
                return;
            }
            let shared = Arc::clone(&self.shared);
            let Ok(slot) = slot(&shared).await else {
                return;
            };
            let ended = self.read_run(state.run).await;
            drop(slot);
            match ended {
                Run::Next => {}
                Run::Left => return,
                Run::GivenUp => {
                    self.read.store(true, Ordering::Relaxed);
                    return;
                }
                Run::Read => {
                    self.read.store(true, Ordering::Relaxed);
                    let over = |now: &State| now.run > state.run || now.last;
                    match self.state.wait_for(over).await.map(|now| now.run) {
                        Ok(run) if run > state.run => {}
                        _ => return,
                    }
                }
            }
            self.read.store(false, Ordering::Relaxed);
        }
    }

    /// Reads one run to its end. The server closes a connection when the container ends, and may do
    /// so earlier: a connection is complete if it was opened after the end was known, and was not
    /// cut.
    async fn read_run(&mut self, run: i64) -> Run {
        let mut tries = 0;
        loop {
            let before = *self.state.borrow_and_update();
            if before.run > run {
                if before.run == run + 1 && before.started {
                    // A log that no longer exists is not an error here.
                    let _ = self.copy(true, true).await;
                }
                return Run::Next;
            }
            match self.copy(false, before.ended).await {
                Ok(Copied {
                    rest: Some(is_whole),
                    ..
                }) => return if is_whole { Run::Read } else { Run::Left },
                Ok(Copied { cut: false, .. }) if before.ended => return Run::Read,
                Ok(copied) => {
                    tries = tries_after(tries, copied.pieces);
                    if self.state.borrow().ended && !before.ended {
                        continue;
                    }
                }
                Err(error) => {
                    tries += 1;
                    if self.gives_up(&error, tries, before) {
                        return Run::GivenUp;
                    }
                }
            }
            if self.out.is_closed() {
                return Run::GivenUp;
            }
            let pause = FIRST.saturating_mul(2_u32.saturating_pow(tries.min(8)));
            // A new state ends the pause.
            if let Ok(Err(_)) = timeout(pause.min(LONGEST), self.state.changed()).await {
                return Run::GivenUp;
            }
        }
    }

    /// Returns whether to give up a log, and reports why.
    fn gives_up(&self, error: &ClusterError, tries: u32, state: State) -> bool {
        let given_up = match error.code() {
            // The container has not started, or has no log for another reason.
            Some(400) => tries >= TRIES && (state.ended || state.last),
            Some(429 | 500..) | None => false,
            Some(_) => true,
        };
        let forbidden = matches!(error.code(), Some(401 | 403));
        if given_up && !(forbidden && self.shared.forbidden.swap(true, Ordering::Relaxed)) {
            let shown = self.prefix.shown();
            let message = format!("the log of {shown} cannot be read: {error}");
            self.shared.ui.warning(&message);
        }
        given_up
    }

    async fn copy(&mut self, previous: bool, whole: bool) -> Result<Copied, ClusterError> {
        let query = LogQuery {
            namespace: &self.namespace,
            pod: &self.pod,
            container: &self.container,
            follow: !previous,
            previous,
            timestamps: true,
            since: self.position.since(),
            tail: 0,
        };
        let opened = timeout(ANSWER, self.shared.cluster.log_lines(&query)).await;
        let mut lines = opened.unwrap_or_else(|_| {
            Err(ClusterError::Unreachable {
                server: self.shared.cluster.server().to_owned(),
                cause: format!("no answer within {} s", ANSWER.as_secs()),
                sent: true,
            })
        })?;
        let mut reading = Reading::new(self.position, &self.recent);
        let mut turn = Turn::new(&self.shared.turns);
        let mut copied = Copied {
            pieces: 0,
            cut: true,
            rest: None,
        };
        loop {
            self.shared.activity.fetch_add(1, Ordering::Relaxed);
            let next = turn.while_waiting(timeout(SILENT, lines.next()));
            let piece = match next.await {
                Ok(Ok(Some(piece))) if piece.is_cut && !whole => return Ok(copied),
                Ok(Ok(Some(piece))) => piece,
                Ok(Ok(None)) => {
                    copied.cut = false;
                    return Ok(copied);
                }
                Ok(Err(_)) | Err(_) => return Ok(copied),
            };
            let Some(taken) = reading.take(&piece) else {
                continue;
            };
            let is_error = match &self.shared.sides {
                Some(sides) => sides.is_error(taken.bytes, taken.is_first).await,
                None => false,
            };
            turn.take().await;
            let is_last = taken.bytes.ends_with(b"\n");
            let time = taken.time;
            let piece = Piece {
                prefix: self.prefix.clone(),
                bytes: taken.bytes.to_vec(),
                is_first: taken.is_first,
                is_error,
            };
            if self.out.send(piece).await.is_err() {
                return Ok(copied);
            }
            self.position = reading.position();
            if let Some(time) = time {
                self.recent.add(time);
            }
            copied.pieces += 1;
            if is_last {
                turn.give();
                let ahead = self.shared.sides.clone().filter(|sides| sides.is_ahead());
                if let Some(sides) = ahead {
                    copied.rest = Some(self.copy_rest(&sides).await);
                    return Ok(copied);
                }
            }
        }
    }
}

impl Follow {
    /// Prints the rest from the connection to the container, and returns whether that was complete.
    async fn copy_rest(&self, sides: &Sides) -> bool {
        loop {
            let (bytes, is_error) = match sides.next().await {
                Ok(next) => next,
                Err(is_whole) => return is_whole,
            };
            self.shared.activity.fetch_add(1, Ordering::Relaxed);
            let piece = Piece {
                prefix: self.prefix.clone(),
                bytes,
                is_first: false,
                is_error,
            };
            if self.out.send(piece).await.is_err() {
                return false;
            }
        }
    }
}

/// Waits for a slot, and reports that once.
async fn slot(
    shared: &Shared,
) -> Result<tokio::sync::SemaphorePermit<'_>, tokio::sync::AcquireError> {
    if let Ok(slot) = shared.slots.try_acquire() {
        return Ok(slot);
    }
    if !shared.crowded.swap(true, Ordering::Relaxed) {
        shared.ui.warning(&format!(
            "more than {MOST} containers have logs at the same time: those of the others follow as these end"
        ));
    }
    shared.slots.acquire().await
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The pause before the next connection grows with the failed attempts.
    #[test]
    fn a_connection_that_brought_something_was_not_in_vain() {
        for (tries, pieces, after) in [
            (0, 0, 1),
            (1, 0, 2),
            (7, 0, 8),
            (0, 1, 0),
            (7, 1, 0),
            (7, 200, 0),
        ] {
            assert_eq!(tries_after(tries, pieces), after, "{tries} {pieces}");
        }
    }
}
