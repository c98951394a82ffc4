//! Each line once, although a log is opened again: by the times of its lines.

use jiff::Timestamp;

/// How far a log was read.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Position {
    /// The time of the last line.
    pub time: Option<Timestamp>,
    /// How many lines have that time.
    lines: usize,
}

/// One reading of a log, from a position on. The server leaves out what is
/// older than the position's second; the rest of what was read is left out here.
#[derive(Debug)]
pub(super) struct Reading {
    from: Position,
    /// How many lines of the position's time came again.
    again: usize,
    /// Whether the position is passed.
    beyond: bool,
    /// Whether the last line was left out: then so is what it goes on with.
    left_out: bool,
    at: Position,
}

impl Reading {
    /// From a position on.
    pub(super) fn new(from: Position) -> Self {
        Self {
            from,
            again: 0,
            beyond: from.time.is_none(),
            left_out: false,
            at: from,
        }
    }

    /// How far it has come.
    pub(super) fn position(&self) -> Position {
        self.at
    }

    /// The line without its time; none when it was read before.
    pub(super) fn take<'a>(&mut self, line: &'a str, continued: bool) -> Option<&'a str> {
        if continued {
            return (!self.left_out).then_some(line);
        }
        let Some((time, text)) = split(line) else {
            // A line without a time cannot be told from another.
            self.left_out = false;
            return Some(line);
        };
        if !self.beyond {
            let known = match self.from.time {
                Some(last) if time < last => true,
                Some(last) if time == last => {
                    self.again += 1;
                    self.again <= self.from.lines
                }
                _ => false,
            };
            self.left_out = known;
            if known {
                return None;
            }
            self.beyond = true;
        }
        self.left_out = false;
        if self.at.time == Some(time) {
            self.at.lines += 1;
        } else {
            self.at = Position {
                time: Some(time),
                lines: 1,
            };
        }
        Some(text)
    }
}

fn split(line: &str) -> Option<(Timestamp, &str)> {
    let (time, text) = line.split_once(' ').unwrap_or((line, ""));
    Some((time.parse().ok()?, text))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(from: Position, lines: &[&str]) -> (Vec<String>, Position) {
        let mut reading = Reading::new(from);
        let taken = lines.iter().filter_map(|line| reading.take(line, false));
        let taken = taken.map(str::to_owned).collect();
        (taken, reading.position())
    }

    #[test]
    fn what_comes_again_is_left_out() {
        let log = [
            "2026-01-02T03:04:05.000000001Z a",
            "2026-01-02T03:04:05.000000002Z b",
            "2026-01-02T03:04:05.000000002Z b",
            "2026-01-02T03:04:05.000000002Z b",
            "2026-01-02T03:04:06Z c",
        ];
        for cut in 0..=log.len() {
            let (first, position) = read(Position::default(), &log[..cut]);
            let (second, _) = read(position, &log);
            assert_eq!([first, second].concat(), ["a", "b", "b", "b", "c"], "{cut}");
        }
    }

    #[test]
    fn a_clock_that_goes_backwards_loses_nothing() {
        let log = [
            "2026-01-02T03:04:05Z a",
            "2026-01-02T03:04:04Z b",
            "2026-01-02T03:04:04Z",
            "no time",
        ];
        let (lines, _) = read(Position::default(), &log);
        assert_eq!(lines, ["a", "b", "", "no time"]);
    }

    #[test]
    fn the_rest_of_a_line_goes_with_its_beginning() {
        let (_, position) = read(Position::default(), &["2026-01-02T03:04:05Z a"]);
        let mut reading = Reading::new(position);
        assert_eq!(reading.take("2026-01-02T03:04:05Z a", false), None);
        assert_eq!(reading.take("more of a", true), None);
        assert_eq!(reading.take("2026-01-02T03:04:06Z b", false), Some("b"));
        assert_eq!(reading.take("more of b", true), Some("more of b"));
    }
}
