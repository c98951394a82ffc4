//! Scalars and values that are missing.

use serde_json::Value;

use super::node::{Editor, Site};
use super::render;
use super::text::TextEdit;
use crate::tree::NodeId;

impl Editor<'_> {
    /// Puts another value in the place of one.
    pub(super) fn set(&mut self, id: NodeId, value: &Value, site: &Site) {
        let span = self.layout.tree.span(id);
        let (start, end) = (span.start as usize, span.end as usize);
        let old = self.layout.slice(start..end);
        let text = match value {
            // The quotes stay as they are.
            Value::String(text) if old.starts_with('"') => render::quoted(text),
            Value::String(text) if old.starts_with('\'') => {
                format!("'{}'", text.replace('\'', "''"))
            }
            other => render::flow(other, site.flow),
        };
        self.replace(start, end, text);
    }

    /// Gives a value to a field that is null.
    pub(super) fn fill(&mut self, id: NodeId, value: &Value, site: &Site) {
        let span = self.layout.tree.span(id);
        let (start, end) = (span.start as usize, span.end as usize);
        let is_tall = |value: &Value| match value {
            Value::Object(map) => !map.is_empty(),
            Value::Array(items) => !items.is_empty(),
            _ => false,
        };
        match site.column {
            // `key:` in a block
            Some(column) if start == end && is_tall(value) => {
                let mut text = render::block_value(value, column, site.indent);
                let line_end = self.layout.line_end(start);
                let at = self.layout.end_of_comments(line_end, column + 1);
                if !text.starts_with('\n') {
                    text.insert(0, '\n');
                }
                self.out.push(TextEdit {
                    range: at..at,
                    text,
                    column: column + 1,
                });
            }
            _ => {
                let text = render::flow(value, site.flow);
                let needs_space = start == end && !self.layout.slice(0..start).ends_with(' ');
                let space = if needs_space { " " } else { "" };
                self.replace(start, end, format!("{space}{text}"));
            }
        }
    }
}
