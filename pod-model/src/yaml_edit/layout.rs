//! Lines, columns and styles of a text.

use std::ops::Range;

use crate::tree::{Entry, Kind, NodeId, Tree};

/// The text of a tree, by lines.
pub(super) struct Layout<'a> {
    pub(super) text: &'a str,
    pub(super) tree: &'a Tree,
    lines: &'a Lines,
}

/// The start of each line, and of the first character in it that is no space.
pub(super) struct Lines {
    starts: Vec<usize>,
    firsts: Vec<usize>,
}

impl Lines {
    pub(super) fn of(text: &str) -> Self {
        let mut lines = Self {
            starts: Vec::new(),
            firsts: Vec::new(),
        };
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            lines.starts.push(at);
            let content = line.trim_start_matches([' ', '\t']);
            lines.firsts.push(at + line.len() - content.len());
            at += line.len();
        }
        lines
    }

    fn index(&self, at: usize) -> usize {
        let after = self.starts.partition_point(|start| *start <= at);
        after.saturating_sub(1)
    }
}

impl<'a> Layout<'a> {
    pub(super) fn new(text: &'a str, tree: &'a Tree, lines: &'a Lines) -> Self {
        Self { text, tree, lines }
    }

    pub(super) fn slice(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or("")
    }

    /// Returns the start of the line around a place.
    pub(super) fn line_start(&self, at: usize) -> usize {
        self.lines
            .starts
            .get(self.lines.index(at))
            .copied()
            .unwrap_or(0)
    }

    /// Returns the end of that line, before its break.
    pub(super) fn line_end(&self, at: usize) -> usize {
        let next = self.lines.starts.get(self.lines.index(at) + 1);
        match next {
            Some(next) => next - 1,
            None => self.text.strip_suffix('\n').unwrap_or(self.text).len(),
        }
    }

    /// Returns the first character of that line that is no white space.
    pub(super) fn first(&self, at: usize) -> usize {
        self.lines
            .firsts
            .get(self.lines.index(at))
            .copied()
            .unwrap_or(0)
    }

    pub(super) fn begins_line(&self, at: usize) -> bool {
        self.first(at) == at
    }

    /// Returns the white space at the beginning of the line around a place.
    pub(super) fn indentation(&self, at: usize) -> &'a str {
        self.slice(self.line_start(at)..self.first(at))
    }

    /// Returns the next character after white space within the line.
    pub(super) fn next_in_line(&self, at: usize) -> (usize, u8) {
        let bytes = self.text.as_bytes().iter().enumerate().skip(at);
        let mut bytes = bytes.filter(|(_, byte)| !matches!(byte, b' ' | b'\t'));
        bytes
            .next()
            .map_or((self.text.len(), b'\n'), |(at, byte)| (at, *byte))
    }

    /// Returns whether nothing but a comment follows in the line.
    pub(super) fn ends_line(&self, at: usize) -> bool {
        let (next, byte) = self.next_in_line(at);
        byte == b'\n' || byte == b'#' && (next > at || at == 0 || self.begins_line(next))
    }

    /// Returns the end of the comment lines that follow the line that ends at `end`, as far as
    /// they are indented at least to a column.
    pub(super) fn end_of_comments(&self, mut end: usize, column: usize) -> usize {
        while end + 1 < self.text.len() {
            let next = end + 1;
            let first = self.first(next);
            let is_comment = self.text.as_bytes().get(first) == Some(&b'#');
            if !is_comment || first - next < column {
                break;
            }
            end = self.line_end(next);
        }
        end
    }

    /// Returns the end of the blank lines that follow the line that ends at `end`.
    pub(super) fn end_of_blanks(&self, mut end: usize) -> usize {
        while end + 1 < self.text.len() && self.first(end + 1) >= self.line_end(end + 1) {
            end = self.line_end(end + 1);
        }
        end
    }

    /// Returns the dash of an element, in this column if one is given. It may stand in a line
    /// before it, with an anchor.
    pub(super) fn dash_before(&self, element: usize, column: Option<usize>) -> Option<usize> {
        const LINES: usize = 50;
        let mut line = self.line_start(element);
        for _ in 0..LINES {
            let first = self.first(line);
            let is_dash = self.text.as_bytes().get(first) == Some(&b'-') && first <= element;
            if is_dash && column.is_none_or(|column| column == first - line) {
                return Some(first);
            }
            line = self.line_start(line.checked_sub(1)?);
        }
        None
    }

    pub(super) fn starts_with(&self, id: NodeId, bracket: char) -> bool {
        let span = self.tree.span(id);
        self.text
            .get(span.start as usize..)
            .is_some_and(|own| own.starts_with(bracket))
    }

    /// Returns whether a collection is written with brackets.
    pub(super) fn is_flow(&self, id: NodeId) -> bool {
        match self.tree.raw_node(id).kind {
            Kind::Mapping(_) => self.starts_with(id, '{'),
            Kind::Sequence(_) => self.starts_with(id, '['),
            _ => false,
        }
    }

    /// Returns the entries that a mapping has itself, in the order of the text.
    pub(super) fn own_entries(&self, id: NodeId) -> Vec<&'a Entry> {
        let Kind::Mapping(entries) = &self.tree.raw_node(id).kind else {
            return Vec::new();
        };
        let own = entries.iter().filter(|entry| entry.merged_at.is_none());
        let mut own: Vec<_> = own.collect();
        own.sort_by_key(|entry| entry.key_span.start);
        own
    }

    /// Returns whether a mapping has entries by a merge (`<<`).
    pub(super) fn has_merge(&self, id: NodeId) -> bool {
        let entries = self.tree.entries(id).iter();
        entries.into_iter().any(|own| own.merged_at.is_some())
    }

    /// Returns the ends of the merges (`<<: *a`) of a mapping that stand on one line.
    pub(super) fn merge_ends(&self, id: NodeId) -> impl Iterator<Item = usize> + use<'a, '_> {
        let entries = match &self.tree.raw_node(id).kind {
            Kind::Mapping(entries) => entries.as_slice(),
            _ => &[],
        };
        entries.iter().filter_map(|entry| {
            let after = entry.merged_at?.end as usize;
            let line = self.slice(after..self.line_end(after));
            let star = line.find('*')?;
            let name = &line[star + 1..];
            let end = name.find([' ', '\t', ',', '}', ']', '#']);
            let end = after + star + 1 + end.unwrap_or(name.len());
            Some(match self.text.as_bytes().get(end) {
                Some(b']') => end + 1,
                _ => end,
            })
        })
    }

    /// Returns the end of a value, or of its key if it is empty.
    pub(super) fn value_end(&self, entry: &Entry) -> usize {
        let span = self.tree.span(entry.value);
        if span.start < span.end {
            return span.end as usize;
        }
        self.after_colon(entry.key_span.end as usize)
            .max(span.end as usize)
    }

    /// Returns the place behind the colon of a key that ends at `end`.
    pub(super) fn after_colon(&self, end: usize) -> usize {
        match self.next_in_line(end) {
            (at, b':') => at + 1,
            _ => end,
        }
    }

    /// Returns the column of a block mapping's keys, or `None` for an unusual layout.
    pub(super) fn key_column(&self, id: NodeId) -> Option<usize> {
        let own = self.own_entries(id);
        let mut starts: Vec<usize> = own.iter().map(|own| own.key_span.start as usize).collect();
        if let Kind::Mapping(entries) = &self.tree.raw_node(id).kind {
            let merges = entries.iter().filter_map(|own| own.merged_at);
            starts.extend(merges.map(|span| span.start as usize));
        }
        let start = *starts
            .iter()
            .find(|at| self.begins_line(**at))
            .or(starts.first())?;
        let line = self.line_start(start);
        let before = self.slice(line..start);
        let is_usual = before.bytes().all(|byte| matches!(byte, b' ' | b'-'));
        is_usual.then_some(start - line)
    }

    /// Returns whether the last scalar of a value is a block scalar that keeps its line breaks.
    pub(super) fn ends_with_kept_breaks(&self, id: NodeId) -> bool {
        let mut id = id;
        loop {
            let node = self.tree.raw_node(id);
            let last = match &node.kind {
                _ if self.is_flow(id) => None,
                Kind::Mapping(_) => self.own_entries(id).last().map(|own| own.value),
                Kind::Sequence(elements) => elements.last().copied(),
                _ => None,
            };
            let Some(last) = last else {
                let start = node.span.start as usize;
                let header = self.slice(start..self.line_end(start));
                return header.starts_with(['|', '>']) && header.contains('+');
            };
            id = last;
        }
    }
}
