//! Which lines of a log a program has written to standard error.
//!
//! The log has every line, and does not say of which stream it is (but with the
//! alpha feature `PodLogsQuerySplitStreams`). A connection to the container says so,
//! and only from its beginning on. So the log is what is printed, and the connection
//! is what each line of it is compared with.
//!
//! The kubelet serves a log line by line, and of one that it has rotated meanwhile only
//! the newest part. So a program that writes more than the log brings is printed from
//! the connection, from the line on up to which both agree.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, timeout, timeout_at};

/// The connection may be later than the log by so much. It is half of that after each
/// line for which nothing came, until one is found.
const BEHIND: Duration = Duration::from_millis(200);
/// Bytes that wait to be found in the log: a program that writes more waits for it,
/// or for the end of the log's part in it.
const HELD: usize = 1 << 20;
/// So many bytes in a row that were found show that both agree.
const AGREED: usize = 16 << 10;
/// Bytes that are printed from it at a time.
const PIECE: usize = 64 << 10;
/// A log that does not come for so long is not compared any more.
const STALLED: Duration = Duration::from_secs(30);

/// What a connection has brought and the log has not.
#[derive(Debug, Default)]
pub(crate) struct Sides {
    state: Mutex<State>,
    /// Something was brought or found.
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// Of standard output and of standard error.
    streams: [Stream; 2],
    /// The connection may bring more.
    is_open: bool,
    /// Nothing is compared any more.
    is_over: bool,
    /// The program has ended, and all that it wrote was brought.
    is_whole: bool,
    /// Bytes in a row that were found, of lines that are not as the one before.
    agreed: usize,
    /// The beginning of the line that was found last.
    last: Vec<u8>,
    /// Lines in a row for which nothing came.
    misses: u32,
    /// That of the line that goes on.
    side: usize,
}

#[derive(Debug, Default)]
struct Stream {
    bytes: Vec<u8>,
    /// Bytes of these that were found.
    found: usize,
    /// Something was found: the connection began before it, and not within its line.
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

    /// How many bytes of it are the end of a line within which the connection began.
    fn half(&self, line: &[u8]) -> Option<usize> {
        if self.is_aligned {
            return None;
        }
        let end = self.rest().iter().position(|byte| *byte == b'\n')? + 1;
        line.ends_with(&self.rest()[..end]).then_some(end)
    }
}

impl State {
    /// The side of a line that begins like this, if it was brought.
    fn find(&mut self, bytes: &[u8]) -> Option<usize> {
        let whole = |stream: &Stream| stream.rest().starts_with(bytes).then_some(bytes.len());
        let half = |stream: &Stream| stream.half(bytes);
        for part in [&whole as &dyn Fn(&Stream) -> Option<usize>, &half] {
            for side in [1, 0] {
                if let Some(length) = part(&self.streams[side]) {
                    self.streams[side].take(length);
                    // The same line again and again may be any of them.
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

    /// Whether it may still be brought.
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

    /// The connection is made, or has ended.
    pub(crate) fn set_open(&self, is_open: bool) {
        self.state().is_open = is_open;
        self.changed.notify_waiters();
    }

    /// Takes in what the connection has brought.
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

    /// Waits until enough of it was found in the log.
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

    /// Whether a line, or its next part, is of standard error; what nobody knows is of
    /// standard output.
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

    /// The connection has brought all to the program's end.
    pub(crate) fn is_whole(&self) {
        self.state().is_whole = true;
    }

    /// Whether the rest is to be printed from the connection: it is far ahead of the
    /// log, and agrees with what was printed of it up to this line.
    pub(super) fn is_ahead(&self) -> bool {
        let state = self.state();
        !state.is_over && state.agreed >= AGREED && state.held() > HELD / 2
    }

    /// What the connection brings next, and whether it is of standard error; none at
    /// its end. Then whether that was the program's.
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

    /// The sides of the lines of a log, for what a connection has brought.
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
            // What was not brought is of standard output.
            ("b\n", "f\n", "a\ne\nf\nb\n", "ooeo"),
            ("", "", "a\ne\n", "oo"),
            // The same line on both.
            ("x\nx\n", "x\n", "x\nx\nx\n", "eoo"),
            // The connection began within a line.
            ("", "rror\nf\n", "a\nerror\nf\n", "oee"),
            ("ut\n", "f\n", "out\nf\n", "oe"),
            // A last line without an end.
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
    async fn a_log_that_does_not_come_holds_nothing_up_for_ever() {
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
