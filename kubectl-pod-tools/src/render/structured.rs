//! Reports for programs: `-o json` and `-o yaml`.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{Formatter, PrettyFormatter};

use super::yaml::to_yaml;
use crate::ui::is_unsafe;

/// The formats for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structured {
    /// Indented by four blanks, as kubectl prints it.
    Json,
    /// One document.
    Yaml,
}

/// Writes a value in one of the formats, ended by a line feed.
///
/// # Errors
/// A value that JSON cannot hold, and what the writer says.
pub(crate) fn write_structured<T: Serialize>(
    mut out: impl Write,
    value: &T,
    format: Structured,
) -> Result<(), serde_json::Error> {
    match format {
        Structured::Yaml => {
            let text = to_yaml(&serde_json::to_value(value)?);
            out.write_all(text.as_bytes())
        }
        Structured::Json => {
            let formatter = Harmless(PrettyFormatter::with_indent(b"    "));
            value.serialize(&mut Serializer::with_formatter(&mut out, formatter))?;
            out.write_all(b"\n")
        }
    }
    .map_err(serde_json::Error::io)
}

/// The same as text.
///
/// # Errors
/// A value that JSON cannot hold.
pub(crate) fn to_structured<T: Serialize>(
    value: &T,
    format: Structured,
) -> Result<String, serde_json::Error> {
    let mut out = Vec::new();
    write_structured(&mut out, value, format)?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// JSON may hold all but 32 control characters as they are; those that move a
/// terminal's cursor or reorder text are only there in strings, where an escape
/// means the same.
struct Harmless(PrettyFormatter<'static>);

impl Formatter for Harmless {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        text: &str,
    ) -> io::Result<()> {
        let mut rest = text;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| is_unsafe(*c)) {
            out.write_all(&rest.as_bytes()[..at])?;
            write!(out, "\\u{:04x}", u32::from(c))?;
            rest = &rest[at + c.len_utf8()..];
        }
        out.write_all(rest.as_bytes())
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_moves_a_cursor_is_escaped_and_means_the_same() {
        let value = json!({"a\u{9b}": ["\u{1b}[2J", "é\u{202e}x", {}, []]});
        let text = to_structured(&value, Structured::Json).unwrap();
        assert!(!text.contains(|c| is_unsafe(c) && c != '\n'), "{text:?}");
        assert_eq!(
            serde_json::from_str::<serde_json::Value>(&text).unwrap(),
            value
        );
    }
}
