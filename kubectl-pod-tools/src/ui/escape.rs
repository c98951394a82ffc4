//! Escapes text of others for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

pub(crate) use pod_model::invisible::is_unsafe;

/// Escapes characters that could move the cursor, change colours or reorder text: `\x1b`
/// becomes `\u{1b}`. Line feeds and tabs become `\n` and `\t`, so that the text stays on
/// its line.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII, and the first check is by far the quicker one.
    let printable = |byte: u8| matches!(byte, b' '..=b'~');
    if text.bytes().all(printable) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if is_unsafe(c) => {
                // Writing to a String cannot fail.
                let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// Escapes a line of a log like [`escape`], except tabs, which only move the cursor to the
/// right.
pub(crate) fn escape_line(text: &str) -> String {
    let parts: Vec<_> = text.split('\t').map(escape).collect();
    parts.join("\t")
}

/// Escapes several lines like [`escape`], except line feeds.
pub(crate) fn escape_lines(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(escape_line).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_become_visible() {
        assert_eq!(escape("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(escape("a\nb\tc\r"), "a\\nb\\tc\\r");
        assert_eq!(escape("a\u{202e}b\u{9b}"), "a\\u{202e}b\\u{9b}");
        assert_eq!(escape("a\u{61c}b"), "a\\u{61c}b");
    }

    #[test]
    fn a_line_of_a_log_keeps_its_tabs_and_nothing_else() {
        assert_eq!(escape_line("a\tb\u{1b}c\t"), "a\tb\\u{1b}c\t");
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(escape_lines("a\n\n\u{1b}b\r\n"), "a\n\n\\u{1b}b\\r\n");
    }

    #[test]
    fn other_text_stays_as_it_is() {
        assert!(matches!(escape("héllo 世界 😀"), Cow::Borrowed(_)));
    }
}
