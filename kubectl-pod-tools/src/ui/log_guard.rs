//! Protects the reader of a stream from control characters and commands in logs.

use super::marks::{self, defuse};
use super::{Ui, escape_line};

/// Protection of the reader of a log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LogGuard {
    /// None: a file or a pipe gets each byte unchanged.
    Nothing,
    /// From the marks of a CI runner. Each line has a prefix.
    Runner,
    /// From control characters of a terminal, which a runner may read, too.
    Terminal,
}

/// Characters that no mark of a runner contains: a line can be cut after them.
const SAFE: &[u8] = b" ,;\"{}()/";

impl LogGuard {
    /// Appends a line, or the part of one that [`LogGuard::cut`] leaves, without its
    /// line feed.
    pub(crate) fn append(self, text: &mut Vec<u8>, line: &[u8]) {
        match self {
            Self::Nothing => text.extend_from_slice(line),
            Self::Runner => {
                for chunk in line.utf8_chunks() {
                    // After the prefix a line begins only at a line break in the chunk.
                    let behind = format!("]{}", chunk.valid());
                    text.extend_from_slice(&defuse(&behind).as_bytes()[1..]);
                    text.extend_from_slice(chunk.invalid());
                }
            }
            Self::Terminal => {
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let line = escape_line(&String::from_utf8_lossy(line));
                text.extend_from_slice(defuse(&line).as_bytes());
            }
        }
    }

    /// Returns the number of bytes of an overlong line that can be printed before the rest
    /// arrives, or `None` if the line has to be broken.
    pub(crate) fn cut(self, held: &[u8]) -> Option<usize> {
        match self {
            Self::Nothing => Some(held.len()),
            Self::Runner => {
                let last = held.iter().rposition(|byte| SAFE.contains(byte))?;
                Some(last + 1)
            }
            Self::Terminal => None,
        }
    }
}

impl Ui {
    /// Returns the protection of the reader of logs on a stream.
    pub(crate) fn log_guard(&self, is_error: bool) -> LogGuard {
        if self.is_terminal(is_error) {
            LogGuard::Terminal
        } else if marks::is_under_runner() {
            LogGuard::Runner
        } else {
            LogGuard::Nothing
        }
    }

    /// Returns the protection of the reader of a program that was run for its output: only a
    /// terminal is protected.
    pub(crate) fn program_guard(&self, is_error: bool) -> LogGuard {
        if self.is_terminal(is_error) {
            LogGuard::Terminal
        } else {
            LogGuard::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_gets_the_bytes_unless_it_obeys_them() {
        let line = b"a\x1b[31m\tb\xff\r50%\r";
        for (guard, expected) in [
            (LogGuard::Nothing, &line[..]),
            (LogGuard::Runner, &line[..]),
            (
                LogGuard::Terminal,
                "a\\u{1b}[31m\tb\u{fffd}\\r50%".as_bytes(),
            ),
        ] {
            let mut text = Vec::new();
            guard.append(&mut text, line);
            assert_eq!(text, expected, "{guard:?}");
        }
    }

    #[test]
    fn a_long_line_is_cut_where_no_mark_can_be() {
        assert_eq!(LogGuard::Runner.cut(b"{\"a\": 1, #"), Some(9));
        assert_eq!(LogGuard::Runner.cut(b"######"), None);
        assert_eq!(LogGuard::Nothing.cut(b"##"), Some(2));
        assert_eq!(LogGuard::Terminal.cut(b"a b"), None);
    }
}
