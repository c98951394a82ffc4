//! JSON with an indentation of four spaces, like kubectl.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

use crate::ui::{armed_hashes, is_printable_ascii, is_unsafe};

/// Serializes a value as JSON, ended by a line feed.
///
/// # Errors
/// A value that JSON cannot hold.
pub(super) fn to_json<T: Serialize>(value: &T) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    push_json(&mut out, value, 0)?;
    out.push(b'\n');
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Appends a value as JSON. Its first line is indented already; the others are indented
/// below `level`.
///
/// # Errors
/// A value that JSON cannot hold.
pub(crate) fn push_json<T: Serialize>(
    out: &mut Vec<u8>,
    value: &T,
    level: usize,
) -> Result<(), serde_json::Error> {
    let formatter = Indented {
        level,
        is_empty: false,
    };
    value.serialize(&mut Serializer::with_formatter(out, formatter))
}

/// Appends a line feed and the indentation of a level.
pub(crate) fn push_json_line(out: &mut Vec<u8>, level: usize) {
    // A Vec takes everything.
    let _ = new_line(out, level);
}

/// Formats JSON with an indentation of four spaces.
///
/// JSON allows most control characters unescaped. Those that move a cursor or reorder text
/// occur only in strings, where an escape means the same.
struct Indented {
    level: usize,
    /// True while the innermost list or object is empty.
    is_empty: bool,
}

/// Maximum level of indentation, which would otherwise take the square of the depth.
const INDENTED: usize = 100;

/// A line feed and the deepest indentation.
const NEW_LINE: [u8; 1 + 4 * INDENTED] = {
    let mut line = [b' '; 1 + 4 * INDENTED];
    line[0] = b'\n';
    line
};

fn new_line<W: ?Sized + Write>(out: &mut W, level: usize) -> io::Result<()> {
    out.write_all(&NEW_LINE[..=4 * level.min(INDENTED)])
}

impl Indented {
    fn open<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level += 1;
        self.is_empty = true;
        out.write_all(bracket)
    }

    fn close<W: ?Sized + Write>(&mut self, out: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.level -= 1;
        if !std::mem::replace(&mut self.is_empty, false) {
            new_line(out, self.level)?;
        }
        out.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        if !first {
            out.write_all(b",")?;
        }
        new_line(out, self.level)
    }
}

impl Formatter for Indented {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        // What is printable ASCII, as nearly everything is, needs no second look.
        let armed = armed_hashes(text);
        if armed.is_empty() && is_printable_ascii(text) {
            return out.write_all(text.as_bytes());
        }
        let mut done = 0;
        for (at, c) in text.char_indices() {
            if is_unsafe(c) || armed.binary_search(&at).is_ok() {
                out.write_all(&text.as_bytes()[done..at])?;
                write!(out, "\\u{:04x}", u32::from(c))?;
                done = at + c.len_utf8();
            }
        }
        out.write_all(&text.as_bytes()[done..])
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.is_empty = false;
        Ok(())
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.open(out, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.close(out, b"}")
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.next(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        out.write_all(b": ")
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, _out: &mut W) -> io::Result<()> {
        self.is_empty = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn cursor_movements_are_escaped_and_decode_to_the_same() {
        let value = json!({"a\u{9b}": ["\u{1b}[2J", "é\u{202e}x", {}, []]});
        let text = to_json(&value).unwrap();
        assert!(!text.contains(|c| is_unsafe(c) && c != '\n'), "{text:?}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
