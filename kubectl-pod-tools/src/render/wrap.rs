//! Wraps text between its words.

use unicode_width::UnicodeWidthChar;

use super::text_writer::width;
use crate::ui::escape;

/// Minimum width of wrapped text, in columns.
const NARROWEST: usize = 20;

/// Escapes a text and wraps it into lines of at most `columns`. A line feed of the text
/// begins a new line.
///
/// Lines are broken at spaces, and beside characters of two columns, which are written
/// without spaces. A longer word stays whole, so that a path or a command can be pasted.
pub(crate) fn wrap(text: &str, columns: usize) -> Vec<String> {
    let columns = columns.max(NARROWEST);
    let mut lines = Vec::new();
    for line in text.split('\n') {
        let line = escape(line);
        wrap_line(&line, columns, &mut lines);
    }
    lines
}

fn wrap_line(text: &str, columns: usize, lines: &mut Vec<String>) {
    if is_line(text, columns) {
        lines.push(text.to_owned());
        return;
    }
    let mut filling = Filling {
        line: String::with_capacity(text.len().min(columns)),
        used: 0,
        columns,
        lines,
    };
    for word in words(text) {
        let blank = !filling.line.is_empty();
        if word.is_ascii() {
            filling.push(word, word.len(), blank);
            continue;
        }
        for (at, piece) in pieces(word).into_iter().enumerate() {
            filling.push(piece, width(piece), blank && at == 0);
        }
    }
    let Filling { line, .. } = filling;
    lines.push(line);
}

/// Returns what is between the blanks. Words are so short that looking at each byte is quicker than a search.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches(' ');
        let end = rest.bytes().position(|byte| byte == b' ');
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        rest = after;
        (!word.is_empty()).then_some(word)
    })
}

/// Returns whether a text needs no change to be a line, as most do.
fn is_line(text: &str, columns: usize) -> bool {
    let bytes = text.as_bytes();
    let is_tight = || {
        let is_double = |pair: &[u8]| pair == b"  ";
        bytes.first() != Some(&b' ')
            && bytes.last() != Some(&b' ')
            && !bytes.windows(2).any(is_double)
    };
    bytes.len() <= columns && text.is_ascii() && is_tight()
}

/// A line that is being filled, after those that are full.
struct Filling<'l> {
    line: String,
    used: usize,
    columns: usize,
    lines: &'l mut Vec<String>,
}

impl Filling<'_> {
    /// Adds a piece of this width, perhaps after a blank.
    fn push(&mut self, piece: &str, needed: usize, blank: bool) {
        if self.used > 0 && self.used + usize::from(blank) + needed > self.columns {
            self.lines.push(std::mem::take(&mut self.line));
            self.used = 0;
        } else if blank {
            self.line.push(' ');
            self.used += 1;
        }
        self.line.push_str(piece);
        self.used += needed;
    }
}

/// Cuts a word before and after each character of two columns. A character without a
/// width, such as an accent, stays with the one before it.
fn pieces(word: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let (mut start, mut after_wide) = (0, false);
    for (at, c) in word.char_indices() {
        let columns = c.width().unwrap_or(0);
        if at > start && columns > 0 && (after_wide || columns > 1) {
            pieces.push(&word[start..at]);
            start = at;
        }
        if columns > 0 {
            after_wide = columns > 1;
        }
    }
    pieces.push(&word[start..]);
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_broken_between_words() {
        for (text, lines) in [
            ("", &[""][..]),
            ("one two", &["one two"]),
            ("  many   blanks ", &["many blanks"]),
            (
                "exactly twenty chars and more",
                &["exactly twenty chars", "and more"],
            ),
            (
                "a/path/that/is/longer/than/a/line of all",
                &["a/path/that/is/longer/than/a/line", "of all"],
            ),
            ("one\n\ntwo", &["one", "", "two"]),
            ("a\tb\u{1b}[2J\r", &["a\\tb\\u{1b}[2J\\r"]),
        ] {
            assert_eq!(wrap(text, 20), lines, "{text:?}");
        }
    }

    #[test]
    fn wide_characters_count_twice_and_accents_nothing() {
        assert_eq!(
            wrap("世界世界世界世界世界世界", 20),
            ["世界世界世界世界世界", "世界"]
        );
        let accents = "e\u{301}".repeat(20);
        assert_eq!(wrap(&format!("{accents} x"), 20), [accents.as_str(), "x"]);
        // An accent is not torn from a wide character.
        assert_eq!(wrap("か\u{3099}", 20), ["か\u{3099}"]);
    }

    #[test]
    fn no_terminal_is_too_narrow() {
        assert_eq!(
            wrap("twelve chars and more", 0),
            wrap("twelve chars and more", 20)
        );
    }
}
