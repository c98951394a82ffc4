//! The walk along a plan through a tree.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::inherited::{Inherited, NewKeys};
use super::layout::Layout;
use super::render::{FlowStyle, Indent};
use super::shared::Uses;
use super::text::TextEdit;
use crate::edit::{Inner, Plan};
use crate::path::{FieldPath, Segment};
use crate::source::Span;
use crate::tree::{Entry, Kind, NodeId};

/// The edits of one document.
pub(super) struct Editor<'a> {
    pub(super) layout: Layout<'a>,
    pub(super) uses: Uses,
    pub(super) out: Vec<TextEdit>,
    pub(super) refused: Vec<Refused>,
    pub(super) inherited: Inherited,
    /// Plans for nodes that other places use, too.
    shared: BTreeMap<NodeId, Vec<SharedPlan<'a>>>,
}

/// An edit that cannot be made.
pub(super) struct Refused {
    pub(super) path: FieldPath,
    pub(super) span: Span,
    pub(super) message: String,
}

/// A value's place in the text around it.
#[derive(Clone, Debug)]
pub(super) struct Site {
    pub(super) path: FieldPath,
    /// Number of places that use the value around it.
    pub(super) uses: u64,
    /// The column of its key or dash in a block; `None` in brackets, and for the root.
    pub(super) column: Option<usize>,
    /// True for an element of a list.
    pub(super) is_item: bool,
    pub(super) indent: Indent,
    /// The style of the brackets around it.
    pub(super) flow: FlowStyle,
}

/// A plan for a shared node.
pub(super) struct SharedPlan<'a> {
    pub(super) plan: &'a Plan,
    pub(super) way: Way,
    pub(super) site: Site,
}

/// The way on which a shared node was reached.
pub(super) enum Way {
    /// It stands there, with its anchor.
    Home,
    Alias(NodeId),
    /// The entry of this mapping was merged.
    Merged {
        mapping: NodeId,
        key: Box<str>,
    },
}

impl<'a> Editor<'a> {
    pub(super) fn new(layout: Layout<'a>, new_keys: NewKeys) -> Self {
        Self {
            inherited: Inherited::of(layout.tree, new_keys),
            uses: Uses::of(layout.tree),
            layout,
            out: Vec::new(),
            refused: Vec::new(),
            shared: BTreeMap::new(),
        }
    }

    /// Makes the edits of a plan for the whole document.
    pub(super) fn run(&mut self, plan: &'a Plan) {
        let root = self.layout.tree.root();
        let site = Site {
            path: FieldPath::root(),
            uses: 1,
            column: None,
            is_item: false,
            indent: Indent { step: 2, dash: 0 },
            flow: FlowStyle::YAML,
        };
        self.edit(root, plan, &site);
        // What a shared node holds has a smaller number than it.
        while let Some((id, plans)) = self.shared.pop_last() {
            self.edit_shared(id, plans);
        }
    }

    pub(super) fn refuse(&mut self, path: FieldPath, id: NodeId, message: impl Into<String>) {
        self.refused.push(Refused {
            path,
            span: self.layout.tree.span(id),
            message: message.into(),
        });
    }

    pub(super) fn replace(&mut self, start: usize, end: usize, text: impl Into<String>) {
        self.out.push(TextEdit {
            range: start..end,
            text: text.into(),
            column: 0,
        });
    }

    /// Edits a value inside another one.
    pub(super) fn edit_child(&mut self, id: NodeId, plan: &'a Plan, site: Site) {
        let kind = &self.layout.tree.raw_node(id).kind;
        let (target, way) = match kind {
            Kind::Alias(target) => (*target, Way::Alias(id)),
            _ if self.uses.get(id) > site.uses => (id, Way::Home),
            _ => return self.edit(id, plan, &site),
        };
        let plans = self.shared.entry(target).or_default();
        plans.push(SharedPlan { plan, way, site });
    }

    /// Edits an entry that a mapping got by a merge.
    fn edit_merged(&mut self, id: NodeId, plan: &'a Plan, site: Site, mapping: NodeId, key: &str) {
        let target = match self.layout.tree.raw_node(id).kind {
            Kind::Alias(target) => target,
            _ => id,
        };
        let key = key.into();
        let way = Way::Merged { mapping, key };
        let plans = self.shared.entry(target).or_default();
        plans.push(SharedPlan { plan, way, site });
    }

    pub(super) fn edit(&mut self, id: NodeId, plan: &'a Plan, site: &Site) {
        match (plan, &self.layout.tree.raw_node(id).kind) {
            (Plan::Set(value), kind) => match kind {
                Kind::Null => self.fill(id, value, site),
                _ => self.set(id, value, site),
            },
            (Plan::Inner(inner), Kind::Mapping(_)) => self.edit_mapping(id, inner, site),
            (Plan::Inner(inner), Kind::Sequence(_)) => self.edit_list(id, inner, site),
            (Plan::Append(values), Kind::Sequence(_)) => self.append(id, values, site),
            (Plan::Inner(_) | Plan::Append(_), Kind::Null) => {
                if let Some(value) = plan.new_value() {
                    self.fill(id, &value, site);
                }
            }
            (Plan::Inner(_) | Plan::Append(_), _) => {
                self.refuse(site.path.clone(), id, "expected an object or a list here");
            }
            (Plan::Remove | Plan::Replace(..), _) => {
                self.refuse(site.path.clone(), id, "a whole document cannot be removed");
            }
        }
    }

    fn edit_mapping(&mut self, id: NodeId, inner: &'a Inner, site: &Site) {
        let layout = &self.layout;
        let is_flow = layout.is_flow(id);
        let column = if is_flow { None } else { layout.key_column(id) };
        if !is_flow && column.is_none() {
            return self.refuse(site.path.clone(), id, "this layout cannot be edited");
        }
        let uses = site.uses.max(self.uses.get(id));
        let inside = Site {
            path: site.path.clone(),
            uses,
            column,
            is_item: false,
            indent: self.indent_in(id, column, site),
            flow: self.flow_in(id, is_flow, site),
        };
        let mut changes = MappingChanges::default();
        let entries = EntryIndex::of(self.layout.tree.entries(id), inner.len());
        for (segment, plan) in inner.iter() {
            let Segment::Field(name) = segment else {
                self.refuse(site.path.clone(), id, "expected a list here");
                continue;
            };
            let path = site.path.field(name.clone());
            let Some(entry) = entries.get(name) else {
                let value = plan.new_value();
                let tree = self.layout.tree;
                let value = value.filter(|own| self.inherited.takes(tree, id, name, own));
                changes
                    .added
                    .extend(value.map(|value| (name.to_string(), value)));
                continue;
            };
            let child = Site {
                path,
                ..inside.clone()
            };
            match plan {
                Plan::Remove | Plan::Replace(..) => {
                    let duplicates = self.layout.tree.duplicates_of(id);
                    let message = if entry.merged_at.is_some() {
                        "the field comes from an anchored object"
                    } else if duplicates.iter().any(|own| *own.key == *entry.key) {
                        "the key stands twice"
                    } else {
                        changes.removed.insert(name.as_ref(), plan);
                        continue;
                    };
                    self.refuse(child.path, entry.value, message);
                }
                _ if entry.merged_at.is_some() => {
                    self.edit_merged(entry.value, plan, child, id, name);
                }
                _ => self.edit_child(entry.value, plan, child),
            }
        }
        if !changes.is_empty() {
            match column {
                Some(column) => self.change_block(id, &changes, column, &inside, site),
                None => self.change_flow(id, &changes, &inside),
            }
        }
    }

    fn edit_list(&mut self, id: NodeId, inner: &'a Inner, site: &Site) {
        let elements = self.layout.tree.elements(id);
        let is_flow = self.layout.is_flow(id);
        let column = if is_flow { None } else { self.dash_column(id) };
        if !is_flow && column.is_none() {
            return self.refuse(site.path.clone(), id, "this layout cannot be edited");
        }
        let uses = site.uses.max(self.uses.get(id));
        let mut indent = site.indent;
        if let (Some(own), Some(column)) = (site.column, column) {
            indent.dash = column.saturating_sub(own);
        }
        let mut removed = Vec::new();
        for (segment, plan) in inner.iter() {
            let Segment::Index(index) = segment else {
                self.refuse(site.path.clone(), id, "expected an object here");
                continue;
            };
            let Some(element) = elements.get(*index) else {
                continue;
            };
            match plan {
                Plan::Remove => removed.push(*index),
                _ => {
                    let child = Site {
                        path: site.path.index(*index),
                        uses,
                        column,
                        is_item: true,
                        indent,
                        flow: self.flow_in(id, is_flow, site),
                    };
                    self.edit_child(*element, plan, child);
                }
            }
        }
        if !removed.is_empty() {
            removed.sort_unstable();
            self.remove_elements(id, &removed, site);
        }
    }

    fn flow_in(&self, id: NodeId, is_flow: bool, site: &Site) -> FlowStyle {
        if is_flow {
            self.flow_style(id, site.flow)
        } else {
            site.flow
        }
    }

    /// Returns the indentation in a block mapping, as far as it shows one.
    fn indent_in(&self, id: NodeId, column: Option<usize>, site: &Site) -> Indent {
        let mut indent = site.indent;
        let Some(column) = column else {
            return indent;
        };
        let outer = site.column.filter(|outer| !site.is_item && *outer < column);
        if let Some(outer) = outer {
            indent.step = column - outer;
        }
        for entry in self.layout.own_entries(id) {
            if self.layout.is_flow(entry.value) {
                continue;
            }
            match self.layout.tree.raw_node(entry.value).kind {
                Kind::Mapping(_) => {
                    let inner = self.layout.key_column(entry.value);
                    if let Some(inner) = inner.filter(|inner| *inner > column) {
                        indent.step = inner - column;
                    }
                }
                Kind::Sequence(_) => {
                    let dash = self.dash_column(entry.value);
                    if let Some(dash) = dash.filter(|dash| *dash >= column) {
                        indent.dash = dash - column;
                    }
                }
                _ => {}
            }
        }
        indent
    }
}

/// Changes of the entries of one mapping.
#[derive(Default)]
pub(super) struct MappingChanges<'p> {
    pub(super) added: Vec<(String, Value)>,
    /// Removed or replaced.
    pub(super) removed: HashMap<&'p str, &'p Plan>,
}

impl MappingChanges<'_> {
    fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }
}

/// The entries of a mapping, to be found by their keys.
enum EntryIndex<'a> {
    Few(&'a [Entry]),
    Many(HashMap<&'a str, &'a Entry>),
}

impl<'a> EntryIndex<'a> {
    /// Returns an index for so many look-ups.
    fn of(entries: &'a [Entry], look_ups: usize) -> Self {
        const FEW: usize = 8;
        if look_ups <= FEW {
            return Self::Few(entries);
        }
        Self::Many(entries.iter().map(|own| (&*own.key, own)).collect())
    }

    fn get(&self, key: &str) -> Option<&'a Entry> {
        match self {
            Self::Few(entries) => entries.iter().find(|own| &*own.key == key),
            Self::Many(entries) => entries.get(key).copied(),
        }
    }
}
