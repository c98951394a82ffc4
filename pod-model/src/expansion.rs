//! `$(VAR)` in values, commands and arguments.
//!
//! The rules are those of upstream's `third_party/forked/golang/expansion`:
//! `$(NAME)` is a reference, `$$` stands for one `$`, everything else stands
//! for itself. The replacement of a reference is not expanded again.

use std::borrow::Cow;
use std::ops::Range;

/// One stretch of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text that stands for itself.
    Text(&'a str),
    /// `$(NAME)`: the name, which may be empty or hold any character but `)`.
    Reference {
        /// The text between the parentheses.
        name: &'a str,
        /// Start of the reference in the text, in bytes from 0.
        at: usize,
    },
    /// `$$`, which stands for `$`; `at` is where it begins, in bytes from 0.
    Escape {
        /// Position of the first `$`, in bytes from 0.
        at: usize,
    },
}

impl Piece<'_> {
    /// The bytes of the text that this piece was read from; none for plain
    /// text, which says nothing about its place.
    pub fn range(&self) -> Option<Range<usize>> {
        match self {
            Self::Text(_) => None,
            Self::Reference { name, at } => Some(*at..at + name.len() + 3),
            Self::Escape { at } => Some(*at..at + 2),
        }
    }
}

/// Cuts a text into plain text, references and escapes, in order.
///
/// Upstream: `Expand` and `tryReadVariableName`.
pub fn pieces(input: &str) -> Vec<Piece<'_>> {
    let bytes = input.as_bytes();
    let mut out = Vec::new();
    // Where the text that is not yet handed out begins.
    let mut start = 0;
    let mut cursor = 0;
    let mut closes = true;
    while let Some(found) = bytes.get(cursor..).and_then(|rest| memchr(b'$', rest)) {
        let at = cursor + found;
        match bytes.get(at + 1) {
            Some(b'$') => {
                push_text(&mut out, &input[start..at]);
                out.push(Piece::Escape { at });
                cursor = at + 2;
                start = cursor;
            }
            Some(b'(') if closes => match memchr(b')', &bytes[at + 2..]) {
                Some(length) => {
                    let end = at + 2 + length;
                    push_text(&mut out, &input[start..at]);
                    let name = &input[at + 2..end];
                    out.push(Piece::Reference { name, at });
                    cursor = end + 1;
                    start = cursor;
                }
                // It never closes: the two characters stand for themselves,
                // and what follows may hold references no more, but escapes.
                None => {
                    closes = false;
                    cursor = at + 2;
                }
            },
            Some(b'(') => cursor = at + 2,
            // `$x`: both characters are consumed, so that in `$x` the `x` is
            // never looked at as a beginning. No `x` but `$` could be one.
            _ => cursor = at + 1,
        }
    }
    push_text(&mut out, &input[start..]);
    out
}

fn memchr(needle: u8, haystack: &[u8]) -> Option<usize> {
    let found = haystack.iter().position(|byte| *byte == needle);
    #[cfg(test)]
    tests::LOOKED_AT.set(tests::LOOKED_AT.get() + found.unwrap_or(haystack.len()));
    found
}

fn push_text<'a>(out: &mut Vec<Piece<'a>>, text: &'a str) {
    if !text.is_empty() {
        out.push(Piece::Text(text));
    }
}

/// The text with its references replaced by what `mapping` answers; a name
/// without an answer stays as it stands, `$(NAME)`.
///
/// Upstream: `Expand` with `MappingFuncFor`.
pub fn expand<'m>(input: &str, mapping: impl Fn(&str) -> Option<Cow<'m, str>>) -> String {
    let mut out = String::with_capacity(input.len());
    for piece in pieces(input) {
        match piece {
            Piece::Text(text) => out.push_str(text),
            Piece::Escape { .. } => out.push('$'),
            Piece::Reference { name, at } => match mapping(name) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&input[at..at + name.len() + 3]),
            },
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    thread_local! {
        /// Bytes that were looked through.
        pub(super) static LOOKED_AT: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
    }

    #[test]
    fn no_byte_is_looked_at_again_and_again() {
        for unit in ["$(", "$(A", "$$(", "$( $", "$(A)x", "é$("] {
            let looked_at = |count: usize| {
                let before = LOOKED_AT.get();
                let _ = pieces(&unit.repeat(count));
                LOOKED_AT.get() - before
            };
            let (few, many) = (looked_at(500), looked_at(1_000));
            assert!(many * 10 <= few * 23, "{unit}: {few} bytes become {many}");
        }
    }
    use proptest::prelude::*;

    fn vars(name: &str) -> Option<Cow<'static, str>> {
        Some(Cow::Borrowed(match name {
            "A" => "1",
            "B" => "$(A)",
            "EMPTY" => "",
            "" => "nameless",
            _ => return None,
        }))
    }

    #[test]
    fn references_escapes_and_everything_else() {
        let table = [
            ("", ""),
            ("plain", "plain"),
            ("$(A)", "1"),
            ("x$(A)y", "x1y"),
            ("$(A)$(A)", "11"),
            // No second look at what was put in.
            ("$(B)", "$(A)"),
            ("$(EMPTY)|", "|"),
            ("$(NOT)", "$(NOT)"),
            ("$$(A)", "$(A)"),
            ("$$$(A)", "$1"),
            ("$$$$(A)", "$$(A)"),
            ("$$", "$"),
            ("$", "$"),
            ("a$", "a$"),
            ("$A", "$A"),
            ("${A}", "${A}"),
            ("$(A", "$(A"),
            ("$(A$$", "$(A$"),
            ("$(A$(A)", "$(A$(A)"),
            ("$()", "nameless"),
            ("$((A))", "$((A))"),
            ("$é$(A)é", "$é1é"),
            ("\n$(A)\n", "\n1\n"),
        ];
        for (input, expected) in table {
            assert_eq!(expand(input, vars), expected, "{input}");
        }
    }

    proptest! {
        #[test]
        fn pieces_cover_the_text(input in "[$()AB x\u{e9}]{0,24}") {
            let mut end = 0;
            let mut again = String::new();
            for piece in pieces(&input) {
                match piece {
                    Piece::Text(text) => {
                        prop_assert_eq!(&input[end..end + text.len()], text);
                        again.push_str(text);
                        end += text.len();
                    }
                    other => {
                        let range = other.range().unwrap();
                        prop_assert_eq!(range.start, end);
                        again.push_str(&input[range.clone()]);
                        end = range.end;
                    }
                }
            }
            prop_assert_eq!(again, input);
        }
    }
}
