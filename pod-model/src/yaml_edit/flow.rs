//! Flow collections, JSON among them.

use serde_json::Value;

use super::node::{Editor, MappingChanges, Site};
use super::render::{self, FlowStyle};
use super::text::TextEdit;
use crate::edit::Plan;
use crate::tree::{Kind, NodeId};

/// An entry or element between brackets.
#[derive(Clone, Copy)]
struct Item {
    start: usize,
    end: usize,
    is_removed: bool,
}

impl Editor<'_> {
    /// Returns the style of a flow collection by its first entry, or that of what is around it.
    pub(super) fn flow_style(&self, id: NodeId, outer: FlowStyle) -> FlowStyle {
        let layout = &self.layout;
        match &layout.tree.raw_node(id).kind {
            Kind::Mapping(_) => {
                let own = layout.own_entries(id);
                let Some(entry) = own.first() else {
                    return outer;
                };
                let key = entry.key_span.start as usize;
                let colon = layout.after_colon(entry.key_span.end as usize);
                FlowStyle {
                    is_quoted: layout.slice(key..layout.text.len()).starts_with('"'),
                    is_compact: colon == layout.tree.span(entry.value).start as usize,
                }
            }
            Kind::Sequence(elements) => {
                let start = elements
                    .first()
                    .map(|first| layout.tree.span(*first).start as usize);
                let first = start.map(|start| layout.slice(start..layout.text.len()));
                FlowStyle {
                    is_quoted: outer.is_quoted || first.is_some_and(|own| own.starts_with('"')),
                    ..outer
                }
            }
            _ => outer,
        }
    }

    /// Changes the entries of a flow mapping.
    pub(super) fn change_flow(&mut self, id: NodeId, changes: &MappingChanges<'_>, inside: &Site) {
        let own = self.layout.own_entries(id);
        let plan_of = |key: &str| changes.removed.get(key).copied();
        let style = inside.flow;
        let mut items = Vec::with_capacity(own.len());
        for entry in &own {
            let (start, end) = (entry.key_span.start as usize, self.layout.value_end(entry));
            let plan = plan_of(&entry.key);
            if let Some(Plan::Replace(key, value)) = plan {
                self.replace(start, end, render::entry(key, value, style));
            }
            items.push(Item {
                start,
                end,
                is_removed: plan == Some(&Plan::Remove),
            });
        }
        let merges: Vec<usize> = self.layout.merge_ends(id).collect();
        let merges = merges.into_iter().map(|end| Item {
            start: end,
            end,
            is_removed: false,
        });
        items.extend(merges);
        items.sort_by_key(|item| item.start);
        self.remove_items(&items, !changes.added.is_empty());
        let entry = |(key, value): &(String, Value)| (Some(key.clone()), value.clone());
        let added: Vec<_> = changes.added.iter().map(entry).collect();
        self.add_items(id, &items, &added, style);
    }

    /// Adds elements to the end of a flow list.
    pub(super) fn append_flow(&mut self, id: NodeId, values: &[Value], site: &Site) {
        let items = self.flow_elements(id, &[]);
        let added: Vec<_> = values.iter().map(|value| (None, value.clone())).collect();
        self.add_items(id, &items, &added, self.flow_style(id, site.flow));
    }

    /// Removes elements of a flow list.
    pub(super) fn remove_flow_elements(&mut self, id: NodeId, removed: &[usize]) {
        let items = self.flow_elements(id, removed);
        self.remove_items(&items, false);
    }

    fn flow_elements(&self, id: NodeId, removed: &[usize]) -> Vec<Item> {
        let elements = self.layout.tree.elements(id).iter().enumerate();
        let item = |(at, element): (usize, &NodeId)| {
            let span = self.layout.tree.span(*element);
            Item {
                start: span.start as usize,
                end: span.end as usize,
                is_removed: removed.binary_search(&at).is_ok(),
            }
        };
        elements.map(item).collect()
    }

    /// Returns the place behind the comma that follows a place, if one does.
    fn after_comma(&self, at: usize) -> Option<usize> {
        let bytes = self.layout.text.as_bytes().iter().enumerate().skip(at);
        let mut bytes = bytes.filter(|(_, byte)| !byte.is_ascii_whitespace());
        let (comma, byte) = bytes.next()?;
        (*byte == b',').then_some(comma + 1)
    }

    /// Removes items, each with a comma, and with its lines if it has those for itself.
    fn remove_items(&mut self, items: &[Item], keeps_comma: bool) {
        let last_staying = items.iter().rposition(|item| !item.is_removed);
        for item in items.iter().filter(|item| item.is_removed) {
            let end = self.after_comma(item.end).unwrap_or(item.end);
            if self.layout.begins_line(item.start) && self.layout.ends_line(end) {
                let (line, end) = (
                    self.layout.line_start(item.start),
                    self.layout.line_end(end),
                );
                self.replace(line, (end + 1).min(self.layout.text.len()), "");
                continue;
            }
            // Up to what follows in the line.
            let (next, byte) = self.layout.next_in_line(end);
            let end = if matches!(byte, b'\n' | b'#') {
                end
            } else {
                next
            };
            self.replace(item.start, end, "");
        }
        // JSON has no comma behind the last.
        if let Some(last) = last_staying.filter(|last| *last + 1 < items.len() && !keeps_comma)
            && let Some(comma) = self.after_comma(items[last].end)
        {
            let end = items[last].end;
            let is_tight = self.layout.slice(end..comma) == ",";
            let (next, byte) = self.layout.next_in_line(comma);
            let removed = &items[last + 1];
            let end = if next == removed.start && byte != b'\n' {
                next
            } else {
                comma
            };
            self.replace(if is_tight { comma - 1 } else { items[last].end }, end, "");
        }
    }

    fn add_items(
        &mut self,
        id: NodeId,
        items: &[Item],
        added: &[(Option<String>, Value)],
        style: FlowStyle,
    ) {
        if added.is_empty() {
            return;
        }
        let one_line = |(key, value): &(Option<String>, Value)| match key {
            Some(key) => render::entry(key, value, style),
            None => render::flow(value, style),
        };
        let Some(last) = items.iter().rfind(|item| !item.is_removed) else {
            let texts: Vec<String> = added.iter().map(one_line).collect();
            // Behind the bracket.
            let at = self.layout.tree.span(id).start as usize + 1;
            return self.replace(at, at, texts.join(style.comma()));
        };
        let comma = self.after_comma(last.end);
        let after = comma.unwrap_or(last.end);
        let close = self.layout.tree.span(id).end as usize - 1;
        let is_tall = self.layout.begins_line(last.start)
            && self.layout.begins_line(close)
            && self.layout.ends_line(after)
            && self.layout.line_end(after) < close;
        if !is_tall {
            let texts: Vec<String> = added.iter().map(one_line).collect();
            let texts = texts.join(style.comma());
            let before = if comma.is_some() {
                style.comma().trim_start_matches(',')
            } else {
                style.comma()
            };
            return self.insert(after, format!("{before}{texts}"));
        }
        let indentation = self.layout.indentation(last.start);
        let outer = self.layout.indentation(close);
        let unit = indentation
            .strip_prefix(outer)
            .filter(|unit| !unit.is_empty());
        let unit = unit.unwrap_or("  ");
        let entries = added.iter().map(|own| match own {
            (Some(key), value) => render::tall_entry(key, value, style, indentation, unit),
            (None, _) => one_line(own),
        });
        let entries: Vec<String> = entries.map(|own| format!("\n{indentation}{own}")).collect();
        let mut text = entries.join(",");
        if comma.is_some() {
            // The comma may be that of an item that goes.
            if items.last().is_some_and(|own| !own.is_removed) {
                text.push(',');
            }
        } else {
            self.insert(after, ",".to_owned());
        }
        self.insert(self.layout.line_end(after), text);
    }

    fn insert(&mut self, at: usize, text: String) {
        self.out.push(TextEdit {
            range: at..at,
            text,
            column: 0,
        });
    }
}
