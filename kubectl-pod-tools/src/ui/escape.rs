//! Escapes text of others for a terminal.

use std::borrow::Cow;
use std::fmt::Write;

pub(crate) use pod_model::invisible::is_unsafe;

/// Escapes characters that could move the cursor, change colours or reorder text: `\x1b`
/// becomes `\u{1b}`. Line feeds and tabs become `\n` and `\t`, so that the text stays on
/// its line.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    // Most texts are printable ASCII, and the first check is by far the quicker one.
    if is_printable_ascii(text) || !text.chars().any(is_unsafe) {
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

/// Returns whether a text is ASCII without control characters. Eight bytes are looked at together: nearly all that is
/// printed comes by here.
pub(crate) fn is_printable_ascii(text: &str) -> bool {
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let is_printable = |word: &[u8; 8]| {
        let word = u64::from_ne_bytes(*word);
        // Of bytes below 0x80: those below a blank borrow from the bit that is set, and 0x7f alone carries into it.
        let from_blank = (word | HIGH) - 0x2020_2020_2020_2020;
        word & HIGH == 0 && from_blank & HIGH == HIGH && (word + 0x0101_0101_0101_0101) & HIGH == 0
    };
    words.iter().all(is_printable) && rest.iter().all(|byte| matches!(byte, b' '..=b'~'))
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
    fn every_byte_is_told_in_every_place() {
        for byte in 0..=0x7f_u8 {
            for at in 0..19 {
                let mut text = [b'~'; 19];
                text[at] = byte;
                let text = std::str::from_utf8(&text).unwrap();
                let expected = (b' '..=b'~').contains(&byte);
                assert_eq!(is_printable_ascii(text), expected, "{byte} at {at}");
            }
        }
        for text in ["1234567\u{e9}", "\u{7f}\u{e9}", "\u{80}", "123456789\u{e9}"] {
            assert!(!is_printable_ascii(text), "{text:?}");
        }
        assert!(is_printable_ascii(""));
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
