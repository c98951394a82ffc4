//! Entries and elements that leave block collections, with their lines.

use serde_json::Value;

use super::node::{Editor, MappingChanges, Site};
use super::render;
use crate::edit::Plan;
use crate::tree::{Entry, NodeId};

impl Editor<'_> {
    /// Removes or replaces entries of a block mapping of which some stay.
    pub(super) fn remove_entries(
        &mut self,
        own: &[&Entry],
        changes: &MappingChanges<'_>,
        column: usize,
        site: &Site,
    ) {
        let plan_of = |entry: &Entry| changes.removed.get(&*entry.key).copied();
        for (at, entry) in own.iter().enumerate() {
            let start = entry.key_span.start as usize;
            let end = self.layout.value_end(entry);
            match plan_of(entry) {
                None => {}
                Some(Plan::Replace(key, value)) => {
                    let text = render::block_entry(key, value, column, site.indent);
                    self.replace(start, end, text);
                }
                Some(_) if !self.layout.ends_line(end) => {
                    self.refuse(
                        site.path.field(entry.key.to_string()),
                        entry.value,
                        "this layout cannot be edited",
                    );
                }
                Some(_) if self.layout.begins_line(start) => self.remove_lines(start, end),
                // It stands behind the dash of its element.
                Some(_) => {
                    let line_end = self.layout.line_end(end);
                    let next = own.get(at + 1).filter(|next| plan_of(next).is_none());
                    let next = next.map(|next| next.key_span.start as usize);
                    let follows = |next: &usize| self.layout.line_start(*next) == line_end + 1;
                    match next.filter(follows) {
                        Some(next) => self.replace(start, next, ""),
                        None => {
                            let before = self.layout.slice(self.layout.line_start(start)..start);
                            let start = start - (before.len() - before.trim_end().len());
                            self.replace(start, line_end, "");
                        }
                    }
                }
            }
        }
    }

    /// Removes the lines from one place to another, with the break of the last.
    fn remove_lines(&mut self, start: usize, end: usize) {
        let start = self.layout.line_start(start);
        let end = self.layout.line_end(end);
        // The last line may have no break in the file.
        if end + 1 >= self.layout.text.len() && start > 0 {
            self.replace(start - 1, end, "");
        } else {
            self.replace(start, (end + 1).min(self.layout.text.len()), "");
        }
    }

    /// Removes all entries of a block mapping: the first new entry takes the place of the first,
    /// or `{}` does. Returns the other new entries.
    pub(super) fn remove_all_entries<'n>(
        &mut self,
        own: &[&Entry],
        added: &'n [(String, Value)],
        column: usize,
        inside: &Site,
        site: &Site,
    ) -> &'n [(String, Value)] {
        let Some((first, others)) = own.split_first() else {
            return added;
        };
        for entry in others {
            self.remove_lines(entry.key_span.start as usize, self.layout.value_end(entry));
        }
        let (start, end) = (first.key_span.start as usize, self.layout.value_end(first));
        if let Some(((key, value), rest)) = added.split_first() {
            let text = render::block_entry(key, value, column, inside.indent);
            self.replace(start, end, text);
            return rest;
        }
        self.empty(start, end, "{}", site);
        added
    }

    /// Removes the last entry or element of a block collection, which becomes `{}` or `[]`.
    fn empty(&mut self, start: usize, end: usize, brackets: &str, site: &Site) {
        let begins_line = self.layout.begins_line(start);
        let line = self.layout.line_start(start);
        match line.checked_sub(1) {
            // The key stands in the line before, and nothing but it.
            Some(before) if begins_line && site.column.is_some() && !self.is_comment(before) => {
                let (comment, byte) = self.comment_of(before);
                let at = if byte == b'#' { comment } else { before };
                let text = self.layout.slice(self.layout.line_start(at)..at);
                let space = if text.ends_with(' ') { "" } else { " " };
                let after = if byte == b'#' { " " } else { "" };
                self.replace(at, at, format!("{space}{brackets}{after}"));
                self.remove_lines(start, end);
            }
            _ => self.replace(start, end, brackets),
        }
    }

    /// Returns whether the line that ends at a place is blank or a comment.
    fn is_comment(&self, line_end: usize) -> bool {
        let first = self.layout.first(line_end);
        first >= line_end || self.layout.text.as_bytes().get(first) == Some(&b'#')
    }

    /// Returns the comment at the end of the line of a key, or the end of the line.
    fn comment_of(&self, line_end: usize) -> (usize, u8) {
        let start = self.layout.line_start(line_end);
        let line = self.layout.slice(start..line_end);
        match line
            .find(": ")
            .and_then(|colon| Some(colon + line[colon..].find(" #")? + 1))
        {
            Some(comment) => (start + comment, b'#'),
            None => (line_end, b'\n'),
        }
    }

    /// Removes elements of a list, in the order of their indices.
    pub(super) fn remove_elements(&mut self, id: NodeId, removed: &[usize], site: &Site) {
        let elements = self.layout.tree.elements(id);
        let removed: Vec<usize> = removed
            .iter()
            .copied()
            .filter(|at| *at < elements.len())
            .collect();
        if self.layout.is_flow(id) {
            return self.remove_flow_elements(id, &removed);
        }
        let stays = elements.len() > removed.len();
        let column = self.dash_column(id);
        for (number, index) in removed.iter().enumerate() {
            let span = self.layout.tree.span(elements[*index]);
            let Some(dash) = self.layout.dash_before(span.start as usize, column) else {
                let path = site.path.index(*index);
                self.refuse(path, elements[*index], "this layout cannot be edited");
                continue;
            };
            let end = (span.end as usize).max(dash + 1);
            if stays || number > 0 {
                self.remove_lines(dash, end);
            } else {
                self.empty(dash, end, "[]", site);
            }
        }
    }
}
