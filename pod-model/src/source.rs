//! The text of one input and the places in it.
//!
//! Every statement about a file leads to a [`Location`]. Trees keep only byte
//! [`Span`]s; lines and columns are worked out when somebody asks, because
//! most nodes of most files are never mentioned.

use std::fmt;
use std::sync::{Arc, OnceLock};

use serde::Serialize;

use crate::count::steps;

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

impl Default for Position {
    fn default() -> Self {
        Self { line: 1, column: 1 }
    }
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
    /// The place of its first character: of a part of a long file another than the first.
    first: Position,
    line_starts: OnceLock<Vec<u32>>,
    /// Number of characters before each block of [`BLOCK`] bytes.
    characters: OnceLock<Vec<u32>>,
}

/// A place so many bytes into its line is found by counting from the line's start.
/// JSON may be one line of megabytes: in that, counting starts at the block.
const BLOCK: usize = 1 << 10;

impl Source {
    /// A source from text that is already decoded.
    pub fn new(name: impl Into<Arc<str>>, text: impl Into<String>) -> Self {
        Self::part(name, text, Position::default())
    }

    /// A part of a text that is too long to be kept, which begins at `first`. Spans are
    /// counted from the beginning of the part, lines and columns from that of the text.
    pub fn part(name: impl Into<Arc<str>>, text: impl Into<String>, first: Position) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            first,
            line_starts: OnceLock::new(),
            characters: OnceLock::new(),
        }
    }

    /// The index of a line (from 1) among those of the text.
    fn index_of(&self, line: u32) -> usize {
        line.saturating_sub(self.first.line) as usize
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

    /// The number of characters between two places, which are no more than a line
    /// apart and between characters.
    fn count(&self, start: usize, end: usize) -> usize {
        steps((end - start).min(2 * BLOCK));
        if end - start <= BLOCK {
            return self.text.get(start..end).map_or(0, |s| s.chars().count());
        }
        let characters = self.characters.get_or_init(|| blocks(&self.text));
        let before = |offset: usize| {
            let block = offset / BLOCK;
            let whole = characters.get(block).copied().unwrap_or(0) as usize;
            whole + begun(&self.text.as_bytes()[block * BLOCK..offset])
        };
        before(end) - before(start)
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
        let column = u32::try_from(self.count(start, end)).unwrap_or(u32::MAX);
        let before = u32::try_from(line - 1).unwrap_or(u32::MAX);
        let first = if line == 1 { self.first.column } else { 1 };
        Position {
            line: self.first.line.saturating_add(before),
            column: first.saturating_add(column),
        }
    }

    /// The offset at which a line (from 1) starts.
    pub fn line_start(&self, line: u32) -> usize {
        let starts = self.line_starts();
        let index = self.index_of(line);
        starts.get(index).map_or(self.text.len(), |at| *at as usize)
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
        let index = self.index_of(line);
        let Some(start) = starts.get(index) else {
            return "";
        };
        let end = starts
            .get(index + 1)
            .map_or(self.text.len(), |next| *next as usize - 1);
        self.text.get(*start as usize..end).unwrap_or("")
    }
}

/// The number of characters that begin in some bytes of a text.
fn begun(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}

/// The number of characters that begin before each block of a text.
fn blocks(text: &str) -> Vec<u32> {
    let mut count = 0;
    let blocks = text.as_bytes().chunks(BLOCK).map(|block| {
        let before = count;
        count += u32::try_from(begun(block)).unwrap_or(u32::MAX);
        before
    });
    let mut blocks: Vec<u32> = blocks.collect();
    // The end of the text may begin a block.
    blocks.push(count);
    blocks
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_of_a_long_line_are_counted_in_blocks() {
        // Characters of one to four bytes, across the borders of blocks.
        let unit = "aé€😀";
        for lead in ["", "x", "\nyé"] {
            let text = format!("{lead}{}", unit.repeat(2_000));
            let source = Source::new("f", text.as_str());
            let start = text.rfind('\n').map_or(0, |newline| newline + 1);
            for (at, _) in text
                .char_indices()
                .skip_while(|(at, _)| *at < start)
                .step_by(37)
            {
                let column = u32::try_from(text[start..at].chars().count()).unwrap() + 1;
                let found = source.position(u32::try_from(at).unwrap());
                assert_eq!(found.column, column, "{at}");
            }
            let end = source.position(u32::try_from(text.len()).unwrap());
            let whole = text[start..].chars().count() + 1;
            assert_eq!(end.column as usize, whole);
        }
    }

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
