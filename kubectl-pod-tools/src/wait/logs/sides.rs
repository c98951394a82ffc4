//! The stream of each line of a program's log: standard output or standard error.
//!
//! The log has every line, but not its stream (except with the alpha feature
//! `PodLogsQuerySplitStreams`). A connection to the container knows the streams, but only of what
//! is written after it was opened. So the log is printed, and each of its lines is looked up in the
//! output of the connection.
//!
//! The kubelet serves a log line by line, and only the newest part of one that it has rotated. So
//! if the connection is far ahead of the log, the rest is printed from the connection, from the
//! line up to which both agree.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

/// Maximum delay of the connection behind the log. It is halved after each line that is not found,
/// until one is.
const BEHIND: Duration = Duration::from_millis(200);
/// Maximum number of bytes of the connection that wait for the log.
const HELD: usize = 1 << 20;
/// Number of matching bytes in a row that prove that both agree.
const AGREED: usize = 16 << 10;
/// Maximum number of bytes that are printed from the connection at a time.
const PIECE: usize = 64 << 10;
/// Time without log data after which nothing is compared any more.
const STALLED: Duration = Duration::from_secs(30);

/// Output of the connection that the log has not delivered yet.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    state: Mutex<State>,
    /// Notifies of output that was added or found.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Standard output and standard error.
    streams: [Stream; 2],
    /// `true` if the connection may deliver more.
    is_open: bool,
    /// `true` if the comparison has ended.
    is_over: bool,
    /// `true` if the program has ended and all its output was delivered.
    is_whole: bool,
    /// Number of matching bytes in a row, without lines that repeat the previous one.
    agreed: usize,
    /// The start of the line that was found last.
    last: Vec<u8>,
    /// Number of lines in a row that were not found.
    misses: u32,
    /// The stream of the current line.
    side: usize,
}

#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Number of these bytes that were found.
    found: usize,
    /// `true` if something was found: then the connection was opened before it, and not within its
    /// line.
    is_aligned: bool,
}

impl Stream {
    fn rest(&self) -> &[u8] {
        &self.bytes[self.found..]
    }

    fn take(&mut self, length: usize) {
        self.found += length;
        self.is_aligned = true;
        if self.found > HELD || self.found == self.bytes.len() {
            self.bytes.drain(..self.found);
            self.found = 0;
        }
    }

    /// Returns the number of bytes that are the end of a line within which the connection was
    /// opened.
    fn half(&self, line: &[u8]) -> Option<usize> {
        if self.is_aligned {
            return None;
        }
        let end = self.rest().iter().position(|byte| *byte == b'\n')? + 1;
        line.ends_with(&self.rest()[..end]).then_some(end)
    }
}

impl State {
    /// Returns the stream of a line that starts with these bytes, if the connection has delivered
    /// it.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let whole = |stream: &Stream| stream.rest().starts_with(bytes).then_some(bytes.len());
        let half = |stream: &Stream| stream.half(bytes);
        for part in [&whole as &dyn Fn(&Stream) -> Option<usize>, &half] {
            for side in [1, 0] {
                if let Some(length) = part(&self.streams[side]) {
                    self.streams[side].take(length);
                    // A repeated line may be any of its copies.
                    if self.last != bytes {
                        self.agreed += length;
                        self.last = bytes.to_vec();
                    }
                    return Some(side);
                }
            }
        }
        self.agreed = 0;
        None
    }

    /// Returns whether the connection may still deliver the bytes.
    fn may_come(&self, bytes: &[u8]) -> bool {
        let open = |stream: &Stream| bytes.starts_with(stream.rest());
        self.is_open && !self.is_over && self.streams.iter().any(open)
    }

    fn held(&self) -> usize {
        self.streams.iter().map(|stream| stream.rest().len()).sum()
    }
}

impl Sides {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets whether the connection is open.
    pub(crate) fn set_open(&self, is_open: bool) {
        self.state().is_open = is_open;
        self.changed.notify_waiters();
    }

    /// Adds output of the connection.
    pub(crate) fn bring(&self, bytes: &[u8], is_error: bool) {
        {
            let mut state = self.state();
            if !state.is_over {
                state.streams[usize::from(is_error)]
                    .bytes
                    .extend_from_slice(bytes);
            }
        }
        self.changed.notify_waiters();
    }

    /// Waits until enough of the output was found in the log.
    pub(crate) async fn room(&self) {
        let room = async {
            loop {
                let changed = self.changed.notified();
                let mut changed = std::pin::pin!(changed);
                changed.as_mut().enable();
                if self.state().held() <= HELD {
                    return;
                }
                changed.await;
            }
        };
        if timeout(STALLED, room).await.is_err() {
            let mut state = self.state();
            state.is_over = true;
            state.streams = <[Stream; 2]>::default();
        }
    }

    /// Returns whether a line, or its next part, is from standard error; if that is unknown, it
    /// counts as standard output.
    pub(super) async fn is_error(&self, bytes: &[u8], is_first: bool) -> bool {
        let side = if is_first {
            self.side(bytes).await
        } else {
            let mut state = self.state();
            let side = state.side;
            if state.streams[side].rest().starts_with(bytes) {
                state.streams[side].take(bytes.len());
                state.agreed += bytes.len();
            } else {
                state.agreed = 0;
            }
            side
        };
        self.changed.notify_waiters();
        side == 1
    }

    /// Records that all output was delivered.
    pub(crate) fn is_whole(&self) {
        self.state().is_whole = true;
    }

    /// Returns whether to print the rest from the connection: it is far ahead of the log, and
    /// agrees with it up to this line.
    pub(super) fn is_ahead(&self) -> bool {
        let state = self.state();
        !state.is_over && state.agreed >= AGREED && state.held() > HELD / 2
    }

    /// Returns the next output of the connection, and whether it is from standard error; at its
    /// end, an error with whether all output was delivered.
    pub(super) async fn next(&self) -> Result<(Vec<u8>, bool), bool> {
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                for side in [0, 1] {
                    let stream = &mut state.streams[side];
                    let length = stream.rest().len().min(PIECE);
                    if length > 0 {
                        let bytes = stream.rest()[..length].to_vec();
                        stream.take(length);
                        self.changed.notify_waiters();
                        return Ok((bytes, side == 1));
                    }
                }
                if !state.is_open {
                    return Err(state.is_whole);
                }
            }
            changed.await;
        }
    }

    async fn side(&self, bytes: &[u8]) -> usize {
        let patience = BEHIND.checked_div(1 << self.state().misses.min(8));
        let limit = Instant::now() + patience.unwrap_or_default();
        loop {
            let changed = self.changed.notified();
            let mut changed = std::pin::pin!(changed);
            changed.as_mut().enable();
            {
                let mut state = self.state();
                let found = state.find(bytes);
                if found.is_some() {
                    state.misses = 0;
                }
                if found.is_some() || !state.may_come(bytes) {
                    state.side = found.unwrap_or(0);
                    return state.side;
                }
            }
            if timeout_at(limit, changed).await.is_err() {
                let mut state = self.state();
                state.misses += 1;
                state.side = 0;
                return 0;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the streams of the lines of a log, for the output of a connection.
    async fn sides(out: &str, err: &str, log: &str) -> String {
        let sides = Sides::default();
        sides.set_open(true);
        sides.bring(out.as_bytes(), false);
        sides.bring(err.as_bytes(), true);
        let mut found = String::new();
        for line in log.split_inclusive('\n') {
            let is_error = sides.is_error(line.as_bytes(), true).await;
            found.push(if is_error { 'e' } else { 'o' });
        }
        found
    }

    #[tokio::test(start_paused = true)]
    async fn each_line_has_the_side_on_which_it_was_brought() {
        for (out, err, log, expected) in [
            ("a\nb\n", "e\nf\n", "a\ne\nf\nb\n", "oeeo"),
            // Lines that the connection lacks are from standard output.
            ("b\n", "f\n", "a\ne\nf\nb\n", "ooeo"),
            ("", "", "a\ne\n", "oo"),
            // The same line on both streams.
            ("x\nx\n", "x\n", "x\nx\nx\n", "eoo"),
            // The connection was opened within a line.
            ("", "rror\nf\n", "a\nerror\nf\n", "oee"),
            ("ut\n", "f\n", "out\nf\n", "oe"),
            // A last line without a line feed.
            ("a\nb", "e", "a\nbe", "oo"),
            ("a\n", "e", "a\ne", "oe"),
        ] {
            assert_eq!(
                sides(out, err, log).await,
                expected,
                "{out:?} {err:?} {log:?}"
            );
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_long_line_keeps_its_side() {
        let sides = Sides::default();
        sides.set_open(true);
        sides.bring(b"long and longer\nnext\n", true);
        assert!(sides.is_error(b"long", true).await);
        assert!(sides.is_error(b" and longer\n", false).await);
        assert!(sides.is_error(b"next\n", true).await);
        assert_eq!(sides.state().held(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_late_target_is_waited_for_and_an_impossible_one_is_not() {
        let sides = Sides::default();
        sides.set_open(true);
        let later = async {
            tokio::time::sleep(BEHIND / 2).await;
            sides.bring(b"e\n", true);
        };
        let (found, ()) = tokio::join!(sides.is_error(b"e\n", true), later);
        assert!(found);
        let began = Instant::now();
        for _ in 0..1000 {
            assert!(!sides.is_error(b"never\n", true).await);
        }
        assert!(began.elapsed() < BEHIND * 10, "{:?}", began.elapsed());
        sides.set_open(false);
        let began = Instant::now();
        assert!(!sides.is_error(b"never\n", true).await);
        assert_eq!(began.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_log_without_data_does_not_block_the_connection_for_ever() {
        let sides = Sides::default();
        sides.set_open(true);
        sides.room().await;
        sides.bring(&vec![b'x'; HELD + 1], false);
        let began = Instant::now();
        sides.room().await;
        assert_eq!(began.elapsed(), STALLED);
        sides.bring(&vec![b'x'; HELD + 1], false);
        sides.room().await;
        assert_eq!(began.elapsed(), STALLED);
        assert_eq!(sides.state().held(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_is_far_ahead_is_what_is_printed() {
        let sides = Sides::default();
        sides.set_open(true);
        let lines: Vec<String> = (0..200_000).map(|n| format!("line {n}\n")).collect();
        sides.bring(lines[1000..].concat().as_bytes(), false);
        sides.bring(b"rest of error\n", true);
        let mut printed = String::new();
        let mut at = 0;
        while !sides.is_ahead() {
            assert!(!sides.is_error(lines[at].as_bytes(), true).await);
            printed.push_str(&lines[at]);
            at += 1;
        }
        assert!(at > 1000 && at < 4000, "{at}");
        sides.is_whole();
        sides.set_open(false);
        let mut errors = Vec::new();
        let end = loop {
            match sides.next().await {
                Ok((bytes, true)) => errors.extend(bytes),
                Ok((bytes, false)) => printed.push_str(str::from_utf8(&bytes).unwrap()),
                Err(is_whole) => break is_whole,
            }
        };
        assert!(end && printed == lines.concat());
        assert_eq!(errors, b"rest of error\n");
    }
}
