//! The text of one input and the places in it.
//!
//! Every statement about a file leads to a [`Location`]. Trees keep only byte
//! [`Span`]s; lines and columns are worked out when somebody asks, because
//! most nodes of most files are never mentioned.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

/// A half-open range of bytes in a [`Source`]'s text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Span {
    /// The first byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// A span from `start` up to, not including, `end`.
    pub fn new(start: usize, end: usize) -> Self {
        let clamp = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        Self {
            start: clamp(start),
            end: clamp(end.max(start)),
        }
    }
}

/// A place as editors count it: both numbers start at 1, columns count
/// characters, not bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line in the whole file, from 1.
    pub line: u32,
    /// The character in that line, from 1.
    pub column: u32,
}

/// A place in a named file, as reports print it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Location {
    /// The file's name as the user gave it, `-` for standard input.
    pub file: Arc<str>,
    /// The first line, from 1.
    pub line: u32,
    /// The first character, from 1.
    pub column: u32,
    /// The line of the end.
    pub end_line: u32,
    /// One past the last character.
    pub end_column: u32,
    /// The same place in bytes of the source's text, for those who show it.
    #[serde(skip)]
    pub span: Span,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// One input: its name and its text, decoded to UTF-8 and with `\r\n` made
/// `\n`, which changes neither lines nor columns.
#[derive(Debug)]
pub struct Source {
    name: Arc<str>,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
}

impl Source {
    /// A source from text that is already decoded.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
        }
    }

    /// The name as the user gave it.
    pub fn name(&self) -> &Arc<str> {
        &self.name
    }

    /// The decoded text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a span; empty where the span does not fit the text.
    pub fn slice(&self, span: Span) -> &str {
        self.text
            .get(span.start as usize..span.end as usize)
            .unwrap_or("")
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(
                self.text
                    .bytes()
                    .enumerate()
                    .filter(|(_, b)| *b == b'\n')
                    .map(|(i, _)| u32::try_from(i + 1).unwrap_or(u32::MAX)),
            );
            starts
        })
    }

    /// The line and column of a byte offset.
    pub fn position(&self, offset: u32) -> Position {
        let starts = self.line_starts();
        let line = starts.partition_point(|s| *s <= offset).max(1);
        let start = starts.get(line - 1).copied().unwrap_or(0) as usize;
        let mut end = (offset as usize).clamp(start, self.text.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let column = self.text.get(start..end).map_or(0, |s| s.chars().count()) + 1;
        Position {
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
        }
    }

    /// A span as a place in this file.
    pub fn location(&self, span: Span) -> Location {
        let (start, end) = (self.position(span.start), self.position(span.end));
        Location {
            file: Arc::clone(&self.name),
            line: start.line,
            column: start.column,
            end_line: end.line,
            end_column: end.column,
            span,
        }
    }

    /// The text of a line (from 1), without its line break.
    pub fn line(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let index = (line as usize).saturating_sub(1);
        let Some(start) = starts.get(index) else {
            return "";
        };
        let end = starts
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize - 1);
        self.text.get(*start as usize..end).unwrap_or("")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_characters_and_lines_start_at_one() {
        let s = Source::new("f", "a: é😀x\nb: 2\n");
        let x = s.text().find('x').unwrap();
        let b = s.text().find('b').unwrap();
        let at = |offset: usize| {
            let p = s.position(u32::try_from(offset).unwrap());
            (p.line, p.column)
        };
        assert_eq!(at(0), (1, 1));
        assert_eq!(at(x), (1, 6));
        assert_eq!(at(b), (2, 1));
        assert_eq!(at(s.text().len()), (3, 1));
        assert_eq!(s.line(2), "b: 2");
        assert_eq!(s.line(9), "");
    }

    #[test]
    fn an_offset_inside_a_character_is_that_character() {
        let s = Source::new("f", "é");
        assert_eq!(s.position(1).column, 1);
    }
}
