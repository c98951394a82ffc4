//! New entries and elements of block collections.

use serde_json::Value;

use super::node::{Editor, MappingChanges, Site};
use super::render;
use super::text::TextEdit;
use crate::edit::Plan;
use crate::tree::{Kind, NodeId};

impl Editor<'_> {
    /// Changes the entries of a block mapping whose keys are in `column`.
    pub(super) fn change_block(
        &mut self,
        id: NodeId,
        changes: &MappingChanges<'_>,
        column: usize,
        inside: &Site,
        site: &Site,
    ) {
        let own = self.layout.own_entries(id);
        let is_removed =
            |key: &str| matches!(changes.removed.get(key), Some(plan) if **plan == Plan::Remove);
        let staying = own.iter().rfind(|own| !is_removed(&own.key));
        let end_of_own = own.last().map_or(0, |own| self.layout.value_end(own));
        let end = self.layout.tree.span(id).end as usize;
        // A merge may end in another line than that of its key.
        let is_last = self.layout.has_merge(id) && end > end_of_own;
        let merges = self.layout.merge_ends(id).chain(is_last.then_some(end));
        let merges = merges.max();
        let last = staying.map(|own| (self.layout.value_end(own), Some(own.value)));
        let last = last.into_iter().chain(merges.map(|end| (end, None)));
        let last = last.max_by_key(|(end, _)| *end);
        let mut left = changes.added.as_slice();
        if last.is_none() {
            // All entries go: the first new one takes the place of the first.
            left = self.remove_all_entries(&own, left, column, inside, site);
        } else {
            self.remove_entries(&own, changes, column, site);
        }
        let Some((end, value)) = last.or(own.first().map(|own| (self.layout.value_end(own), None)))
        else {
            return self.refuse(site.path.clone(), id, "this layout cannot be edited");
        };
        if left.is_empty() {
            return;
        }
        if !self.layout.ends_line(end) {
            return self.refuse(site.path.clone(), id, "this layout cannot be edited");
        }
        let at = self.after_lines(end, value, column);
        let entries = left.iter().map(|(key, value)| {
            format!(
                "\n{:column$}{}",
                "",
                render::block_entry(key, value, column, inside.indent)
            )
        });
        self.out.push(TextEdit {
            range: at..at,
            text: entries.collect(),
            column,
        });
    }

    /// Returns the place for new lines in a column behind the line with the end of a value.
    fn after_lines(&self, end: usize, value: Option<NodeId>, column: usize) -> usize {
        let mut at = self.layout.line_end(end);
        if value.is_some_and(|id| self.layout.ends_with_kept_breaks(id)) {
            at = self.layout.end_of_blanks(at);
        }
        self.layout.end_of_comments(at, column)
    }

    /// Returns the column of the dashes of a block list, or `None` for an unusual layout.
    pub(super) fn dash_column(&self, id: NodeId) -> Option<usize> {
        let Kind::Sequence(elements) = &self.layout.tree.raw_node(id).kind else {
            return None;
        };
        let own = self.layout.tree.span(id).start as usize;
        let dash = if self.layout.starts_with(id, '-') {
            own
        } else {
            // An anchor or a comment stands before the list.
            let start = self.layout.tree.span(*elements.first()?).start as usize;
            self.layout.dash_before(start, None)?
        };
        let line = self.layout.line_start(dash);
        let is_usual = self
            .layout
            .slice(line..dash)
            .bytes()
            .all(|byte| byte == b' ');
        is_usual.then_some(dash - line)
    }

    /// Adds elements to the end of a list.
    pub(super) fn append(&mut self, id: NodeId, values: &[Value], site: &Site) {
        if self.layout.is_flow(id) {
            return self.append_flow(id, values, site);
        }
        let elements = self.layout.tree.elements(id);
        let (Some(column), Some(last)) = (self.dash_column(id), elements.last()) else {
            return self.refuse(site.path.clone(), id, "this layout cannot be edited");
        };
        let span = self.layout.tree.span(*last);
        let end = span.end as usize;
        let old = self.layout.slice(span.start as usize..end);
        let mut style = site.flow;
        style.is_quoted = old.starts_with('"');
        let is_single = old.starts_with('\'');
        let at = self.after_lines(end, Some(*last), column);
        let items = values.iter().map(|value| {
            let text = match value {
                Value::String(text) if is_single => format!("'{}'", text.replace('\'', "''")),
                other => render::flow(other, style),
            };
            format!("\n{:column$}- {text}", "")
        });
        self.out.push(TextEdit {
            range: at..at,
            text: items.collect(),
            column,
        });
    }
}
