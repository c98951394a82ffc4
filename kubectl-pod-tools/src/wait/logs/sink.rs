//! Joins pieces of logs to the text of one stream: whole lines, each with its prefix.

use super::prefix::Prefix;
use crate::ui::LogGuard;

/// Maximum size of a buffered line, after which it is broken.
const HELD: usize = 1 << 20;

/// Joins pieces to text.
///
/// An open line is ended when a piece of another log follows: the sender of the pieces decides how
/// long others wait.
#[derive(Debug)]
pub(super) struct Sink {
    /// `true` if prefixes have styles, or `None` if bytes are printed without prefix.
    prefixed: Option<bool>,
    guard: LogGuard,
    /// The prefix of the open line.
    open: Option<Prefix>,
    /// The buffered part of the open line.
    held: Vec<u8>,
    text: Vec<u8>,
}

impl Sink {
    /// Returns a sink with styled prefixes, unstyled ones or none.
    pub(super) fn new(prefixed: Option<bool>, guard: LogGuard) -> Self {
        Self {
            prefixed,
            guard,
            open: None,
            held: Vec::new(),
            text: Vec::new(),
        }
    }

    /// Adds a piece.
    pub(super) fn take(&mut self, prefix: &Prefix, bytes: &[u8], is_first: bool) {
        let goes_on = self.open.as_ref().is_some_and(|open| open.is(prefix));
        if is_first || !goes_on {
            self.end_line();
            if let Some(styled) = self.prefixed {
                let prefix = prefix.text(styled);
                self.text.extend_from_slice(prefix.as_bytes());
            }
            self.open = Some(prefix.clone());
        }
        let Some(line) = bytes.strip_suffix(b"\n") else {
            self.hold(bytes);
            return;
        };
        if self.held.is_empty() {
            self.guard.append(&mut self.text, line);
        } else {
            self.held.extend_from_slice(line);
            self.guard.append(&mut self.text, &self.held);
            self.held.clear();
        }
        self.text.push(b'\n');
        self.open = None;
    }

    fn hold(&mut self, bytes: &[u8]) {
        if self.guard == LogGuard::Nothing {
            self.text.extend_from_slice(bytes);
            return;
        }
        self.held.extend_from_slice(bytes);
        if self.held.len() < HELD {
            return;
        }
        let Some(length) = self.guard.cut(&self.held) else {
            self.end_line();
            return;
        };
        self.guard.append(&mut self.text, &self.held[..length]);
        self.held.drain(..length);
    }

    /// Ends the open line, because other output follows. The last line of a program may have no
    /// line feed, and another run of it continues the line.
    fn end_line(&mut self) {
        if self.open.take().is_some() {
            self.guard.append(&mut self.text, &self.held);
            self.held.clear();
            if self.prefixed.is_some() || self.guard == LogGuard::Terminal {
                self.text.push(b'\n');
            }
        }
    }

    /// Returns the text that is ready.
    pub(super) fn text(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.text)
    }

    /// Returns the remaining text. A last line without a line feed stays so, except on a terminal,
    /// where other output follows.
    pub(super) fn finish(mut self) -> Vec<u8> {
        if self.guard == LogGuard::Terminal {
            self.end_line();
        } else {
            self.guard.append(&mut self.text, &self.held);
        }
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(guard: LogGuard, prefixed: Option<bool>, pieces: &[(usize, &str, bool)]) -> String {
        let whose_prefix = ["a/c", "b/c"].map(|shown| Prefix::new(0, shown));
        let mut sink = Sink::new(prefixed, guard);
        for (whose, text, is_first) in pieces {
            sink.take(&whose_prefix[*whose], text.as_bytes(), *is_first);
        }
        String::from_utf8(sink.finish()).unwrap()
    }

    #[test]
    fn a_line_in_several_pieces_has_one_prefix() {
        let pieces = [
            (0, "one", true),
            (0, " and", false),
            (0, " more\n", false),
            (1, "\r\x1b[1mtwo\r\n", true),
            (0, "last", true),
        ];
        assert_eq!(
            written(LogGuard::Nothing, Some(false), &pieces),
            "[a/c] one and more\n[b/c] \r\x1b[1mtwo\r\n[a/c] last"
        );
        assert_eq!(
            written(LogGuard::Runner, Some(false), &pieces),
            "[a/c] one and more\n[b/c] \r\x1b[1mtwo\r\n[a/c] last"
        );
        assert_eq!(
            written(LogGuard::Terminal, Some(false), &pieces),
            "[a/c] one and more\n[b/c] \\r\\u{1b}[1mtwo\n[a/c] last\n"
        );
        assert_eq!(
            written(LogGuard::Nothing, None, &pieces),
            "one and more\n\r\x1b[1mtwo\r\nlast"
        );
    }

    #[test]
    fn a_broken_line_continues_with_its_prefix() {
        let pieces = [
            (0, "one", true),
            (1, "two\n", true),
            (0, " more", false),
            (0, "next run\n", true),
        ];
        for guard in [LogGuard::Nothing, LogGuard::Runner, LogGuard::Terminal] {
            assert_eq!(
                written(guard, Some(false), &pieces),
                "[a/c] one\n[b/c] two\n[a/c]  more\n[a/c] next run\n"
            );
        }
        assert_eq!(
            written(LogGuard::Nothing, None, &pieces),
            "onetwo\n morenext run\n"
        );
    }

    #[test]
    fn buffered_bytes_are_bounded() {
        let piece = "{\"a\": 1}".repeat(2048);
        let prefix = Prefix::new(0, "a/c");
        for (guard, lines) in [
            (LogGuard::Nothing, 1),
            (LogGuard::Runner, 1),
            (LogGuard::Terminal, 3),
        ] {
            let mut sink = Sink::new(Some(false), guard);
            let mut text = Vec::new();
            for n in 0..150 {
                sink.take(&prefix, piece.as_bytes(), n == 0);
                text.extend(sink.text());
                assert!(sink.held.len() < HELD, "{guard:?}");
            }
            sink.take(&prefix, b"\n", false);
            text.extend(sink.finish());
            let text = String::from_utf8(text).unwrap();
            assert_eq!(text.lines().count(), lines, "{guard:?}");
            let whole = text.replace("[a/c] ", "").replace('\n', "");
            assert_eq!(whole, piece.repeat(150), "{guard:?}");
        }
    }

    #[test]
    fn styles_are_the_prefixs_alone() {
        let pieces = [(0, "one\n", true)];
        let styled = written(LogGuard::Nothing, Some(true), &pieces);
        assert!(
            styled.starts_with("\x1b[") && styled.ends_with(" one\n"),
            "{styled:?}"
        );
    }
}
