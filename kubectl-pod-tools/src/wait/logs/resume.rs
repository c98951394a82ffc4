//! Delivers each byte of a log once, although it is opened several times: by the times of its
//! lines.

use std::collections::VecDeque;

use jiff::{SignedDuration, Timestamp};

use crate::cluster::LogPiece;

/// Maximum difference of the order of the times from the order of the lines: the runtime gives a
/// line of standard output its time, and may write one of standard error before it.
const DISORDER: SignedDuration = SignedDuration::from_secs(1);
/// Number of lines whose times are remembered: the last one may have an earlier time than they have.
const RECENT: usize = 4096;

/// The position up to which a log was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    /// The time of the last line.
    time: Option<Timestamp>,
    /// Number of lines with that time.
    lines: usize,
    /// Number of bytes of the last line that were read, if it has not ended.
    within: Option<usize>,
}

impl Position {
    /// Returns a time before that of every line that was not read.
    pub(super) fn since(&self) -> Option<Timestamp> {
        let time = self.time?;
        Some(time.checked_sub(DISORDER).unwrap_or(time))
    }

    /// Records the next line.
    fn advance(&mut self, time: Timestamp) {
        self.lines = if self.time == Some(time) {
            self.lines + 1
        } else {
            1
        };
        self.time = Some(time);
        self.within = None;
    }
}

/// Times of the lines that were read last, the newest last.
#[derive(Clone, Debug, Default)]
pub(super) struct Recent(VecDeque<Timestamp>);

impl Recent {
    /// Records that a line was read.
    pub(super) fn add(&mut self, time: Timestamp) {
        if self.0.len() == RECENT {
            self.0.pop_front();
        }
        self.0.push_back(time);
    }
}

/// The new part of a piece.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken<'a> {
    /// The bytes, without the time of the line.
    pub bytes: &'a [u8],
    /// `true` if the line begins with it.
    pub is_first: bool,
    /// The time of the line that begins with it.
    pub time: Option<Timestamp>,
}

/// One reading of a log from a position. The server omits lines before the position's second, and
/// the one before it; the other lines that were read before are omitted here.
#[derive(Debug)]
pub(super) struct Reading {
    from: Position,
    /// Number of lines with the position's time that were delivered again.
    again: usize,
    /// Lines before the position, which may be delivered again before it.
    recent: Recent,
    /// `true` if the position is passed.
    beyond: bool,
    /// Number of bytes of this line that were read before, or `None` if all were.
    read_before: Option<usize>,
    /// `true` if this line has a time.
    is_timed: bool,
    at: Position,
}

impl Reading {
    /// Returns a reading from a position.
    pub(super) fn new(mut from: Position, recent: &Recent) -> Self {
        let with_its_time = recent.0.iter().filter(|time| Some(**time) == from.time);
        from.lines = from.lines.max(with_its_time.count());
        Self {
            from,
            again: 0,
            recent: recent.clone(),
            beyond: from.time.is_none(),
            read_before: Some(0),
            is_timed: true,
            at: from,
        }
    }

    /// Returns the position that it has reached.
    pub(super) fn position(&self) -> Position {
        self.at
    }

    /// Returns the new part of the next piece, or `None` if it was read before.
    pub(super) fn take<'a>(&mut self, piece: &'a LogPiece) -> Option<Taken<'a>> {
        if !piece.is_first {
            return self.rest(&piece.bytes, false);
        }
        let Some((time, text)) = split(&piece.bytes) else {
            // A line without a time cannot be identified. At the start of a resumed reading it is
            // the rest of a line whose start is too old: its parts have times of their own
            // (k8s.io/cri-client/pkg/logs, `logWriter.write`).
            self.read_before = self.beyond.then_some(0);
            self.is_timed = false;
            return self.rest(&piece.bytes, true);
        };
        self.read_before = Some(0);
        self.is_timed = true;
        if !self.beyond {
            match self.from.time {
                Some(last) if time < last => self.read_before = None,
                Some(last) if time == last && self.again < self.from.lines => {
                    self.again += 1;
                    let is_last = self.again == self.from.lines;
                    // What follows is new, even if its time is not.
                    self.beyond = is_last;
                    self.read_before = self.from.within.filter(|_| is_last);
                    if is_last && self.from.within.is_some() {
                        return self.rest(text, false);
                    }
                }
                _ if self.recent.0.contains(&time) => self.read_before = None,
                _ => self.beyond = true,
            }
        }
        if self.read_before.is_some() {
            self.at.advance(time);
        }
        self.rest(text, true)
    }

    /// Returns the new part of the next bytes of a line.
    fn rest<'a>(&mut self, bytes: &'a [u8], is_first: bool) -> Option<Taken<'a>> {
        let left_out = self.read_before?.min(bytes.len());
        self.read_before = self.read_before.map(|before| before - left_out);
        let new = &bytes[left_out..];
        self.at.within = if self.is_timed && !bytes.ends_with(b"\n") {
            Some(self.at.within.unwrap_or(0) + new.len())
        } else {
            None
        };
        (!new.is_empty()).then_some(Taken {
            bytes: new,
            is_first,
            time: self.at.time.filter(|_| is_first && self.is_timed),
        })
    }
}

/// Splits a line into its time and its text.
fn split(line: &[u8]) -> Option<(Timestamp, &[u8])> {
    let end = line.iter().position(|byte| matches!(byte, b' ' | b'\n'));
    let (time, text) = line.split_at(end.unwrap_or(line.len()));
    let time = str::from_utf8(time).ok()?.parse().ok()?;
    Some((time, text.strip_prefix(b" ").unwrap_or(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    type At = (Position, Recent);

    /// Returns the text that is read of a log in pieces of at most this length, with a `|` before
    /// each line, and the position.
    fn read(from: &At, log: &str, longest: usize) -> (String, At) {
        let (position, mut recent) = from.clone();
        let mut reading = Reading::new(position, &recent);
        let mut taken = String::new();
        for line in log.split_inclusive('\n') {
            for (n, bytes) in line.as_bytes().chunks(longest).enumerate() {
                let piece = LogPiece {
                    bytes: bytes.to_vec(),
                    is_first: n == 0,
                    is_cut: false,
                };
                if let Some(new) = reading.take(&piece) {
                    taken.push_str(if new.is_first { "|" } else { "" });
                    taken.push_str(str::from_utf8(new.bytes).unwrap());
                    if let Some(time) = new.time {
                        recent.add(time);
                    }
                }
            }
        }
        (taken, (reading.position(), recent))
    }

    const LOG: &str = "2026-01-02T03:04:05.000000001Z a\n\
        2026-01-02T03:04:05.000000002Z b\n\
        2026-01-02T03:04:05.000000002Z b\n\
        2026-01-02T03:04:05.000000002Z \n\
        2026-01-02T03:04:05.000000002Z a line that is longer than a piece is\n\
        2026-01-02T03:04:06Z c\n\
        2026-01-02T03:04:06Z without an end";

    #[test]
    fn repeated_bytes_are_omitted() {
        let whole = "|a\n|b\n|b\n|\n|a line that is longer than a piece is\n|c\n|without an end";
        for longest in [32, 40, 1000] {
            for cut in 0..=LOG.len() {
                // A piece that is cut by the end of the connection is dropped.
                let known = LOG[..cut].rfind('\n').map_or(0, |at| at + 1);
                let pieces = (cut - known) / longest * longest;
                let (first, position) = read(&At::default(), &LOG[..known + pieces], longest);
                let (second, _) = read(&position, LOG, longest);
                assert_eq!([first, second].concat(), whole, "{cut} by {longest}");
            }
        }
    }

    #[test]
    fn the_end_of_a_line_that_is_too_old_is_left_out() {
        let (_, position) = read(&At::default(), "2026-01-02T03:04:05Z a\n", 100);
        let rest = "of an older one\n2026-01-02T03:04:05Z a\n2026-01-02T03:04:06Z b\nno time\n";
        assert_eq!(read(&position, rest, 100).0, "|b\n|no time\n");
        assert_eq!(read(&position, rest, 40).0, "|b\n|no time\n");
    }

    /// The times of standard output and standard error are not in the order of the lines.
    #[test]
    fn each_line_comes_once_where_times_are_out_of_order() {
        let log = "2026-01-02T03:04:05.9Z out 1\n\
            2026-01-02T03:04:06.2Z err 2\n\
            2026-01-02T03:04:06.3Z err 3\n\
            2026-01-02T03:04:06.3Z err 4\n\
            2026-01-02T03:04:05.95Z out 2\n\
            2026-01-02T03:04:06.25Z out 3\n\
            2026-01-02T03:04:06.1Z out 4\n\
            2026-01-02T03:04:06.3Z err 5\n";
        let lines: Vec<&str> = log.split_inclusive('\n').collect();
        let whole = read(&At::default(), log, 100).0;
        for first in 0..=lines.len() {
            for second in first..=lines.len() {
                let (one, position) = read(&At::default(), &lines[..first].concat(), 100);
                let (two, position) = read(&position, &lines[..second].concat(), 100);
                let (three, _) = read(&position, log, 100);
                assert_eq!([one, two, three].concat(), whole, "{first} {second}");
                // What the server omits was read.
                let since = position.0.since().map_or(0, Timestamp::as_second);
                let unread = lines[second..]
                    .iter()
                    .filter_map(|line| split(line.as_bytes()));
                let omitted = unread.filter(|(time, _)| time.as_second() < since);
                assert_eq!(omitted.count(), 0, "{second}");
            }
        }
    }

    #[test]
    fn no_line_is_lost_if_the_clock_goes_backwards() {
        let log = "2026-01-02T03:04:05Z a\n2026-01-02T03:04:04Z b\n2026-01-02T03:04:04Z\nno time\n";
        let (text, _) = read(&At::default(), log, 100);
        assert_eq!(text, "|a\n|b\n|\n|no time\n");
    }
}
