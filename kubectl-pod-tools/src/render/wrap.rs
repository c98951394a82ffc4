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
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let mut blank = usize::from(!line.is_empty());
        for piece in pieces(word) {
            let needed = width(piece);
            if used > 0 && used + blank + needed > columns {
                lines.push(std::mem::take(&mut line));
                (used, blank) = (0, 0);
            }
            line.extend(std::iter::repeat_n(' ', blank));
            line.push_str(piece);
            used += blank + needed;
            blank = 0;
        }
    }
    lines.push(line);
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
