//! A document as a tree of values in which every node knows its place.
//!
//! The values are already what kubectl's decoder makes of the text (`no` is
//! the boolean false); the span leads back to what was written. Nodes lie in
//! one arena, so that neither building nor dropping a tree recurses, however
//! deep the text nests.

use crate::count::steps;
use crate::path::{FieldPath, Segment};
use crate::source::Span;

/// More values than this in one document are refused, so that no input eats the
/// memory. An object of the largest size that an API server takes, 3 MB, holds
/// at most half as many.
pub(crate) const MAX_NODES: usize = 3_000_000;

/// A node's index in its [`Tree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub(crate) u32);

/// A number as JSON will show it: integral floats below 10²¹ are integers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Number {
    /// A whole number that fits 64 bits with a sign.
    Int(i64),
    /// A whole number above that.
    Uint(u64),
    /// Any other number.
    Float(f64),
}

/// The kind of a node, with its content.
#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    /// `null`, `~` or nothing.
    Null,
    /// A boolean; the text may have been `yes`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string.
    String(Box<str>),
    /// A list.
    Sequence(Vec<NodeId>),
    /// A map, as decoded: the last of equal keys, merges (`<<`) applied.
    Mapping(Vec<Entry>),
    /// `*name`: the anchored node stands for this one.
    Alias(NodeId),
}

/// One key of a mapping and its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key as a string: `yes:` is the key `true`.
    pub key: Box<str>,
    /// Span of the key.
    pub key_span: Span,
    /// Its value.
    pub value: NodeId,
    /// Span of the `<<` that merged this entry, if any.
    pub merged_at: Option<Span>,
}

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// The value.
    pub kind: Kind,
    /// Span without surrounding space or comments.
    pub span: Span,
    /// True if it is a scalar written without quotes and without a tag.
    pub plain: bool,
}

/// A key that stands twice in one mapping; kubectl takes the last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DuplicateKey {
    /// The mapping that holds both.
    pub mapping: NodeId,
    /// The key.
    pub key: Box<str>,
    /// Span of the first.
    pub first: Span,
    /// Span of the second.
    pub second: Span,
}

/// One document.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    pub(crate) nodes: Vec<Node>,
    pub(crate) root: NodeId,
    pub(crate) duplicates: Vec<DuplicateKey>,
}

/// The node at a field path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Found {
    /// The value, never an alias.
    pub node: NodeId,
    /// The field's name; none for list elements and the root.
    pub key: Option<Span>,
    /// The value as it stands at this field: for `*name`, the alias itself.
    pub value: Span,
    /// The anchored value, when the field got it by an alias.
    pub anchored: Option<Span>,
    /// The `<<` that brought the field here, if one did.
    pub merged_at: Option<Span>,
}

impl Found {
    /// The narrowest place that stands for the field: its value where there
    /// is one in this line of thought, or its name when the value is empty.
    pub fn span(&self) -> Span {
        match self.key {
            Some(key) if self.value.start == self.value.end => key,
            _ => self.value,
        }
    }

    /// A place to point at that is no longer than a line: the key of an object
    /// or list, and otherwise the value.
    pub fn headline(&self, tree: &Tree) -> Span {
        match (tree.kind(self.node), self.key) {
            (Kind::Mapping(_) | Kind::Sequence(_), Some(key)) => key,
            (Kind::Mapping(entries), None) => {
                let first = entries.iter().find(|e| e.merged_at.is_none());
                first.map_or(self.value, |e| e.key_span)
            }
            _ => self.span(),
        }
    }
}

impl Tree {
    /// The document's value.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// A node, through any alias.
    pub fn node(&self, id: NodeId) -> &Node {
        let node = self.raw_node(id);
        match node.kind {
            Kind::Alias(target) => self.raw_node(target),
            _ => node,
        }
    }

    /// A node as it stands: an alias stays an alias.
    pub fn raw_node(&self, id: NodeId) -> &Node {
        steps(1);
        // Ids come from this tree alone; each was pushed before it was named.
        &self.nodes[id.0 as usize]
    }

    /// The kind of a node, through any alias.
    pub fn kind(&self, id: NodeId) -> &Kind {
        &self.node(id).kind
    }

    /// A node's place as it stands (for an alias, where `*name` is written).
    pub fn span(&self, id: NodeId) -> Span {
        self.raw_node(id).span
    }

    /// The keys that stand twice.
    pub fn duplicates(&self) -> &[DuplicateKey] {
        &self.duplicates
    }

    /// The keys that stand twice in one mapping.
    pub fn duplicates_of(&self, mapping: NodeId) -> &[DuplicateKey] {
        // They are noted as their mappings end, so they lie in the order of these.
        let from = self.duplicates.partition_point(|d| d.mapping < mapping);
        let rest = &self.duplicates[from..];
        &rest[..rest.partition_point(|d| d.mapping == mapping)]
    }

    /// The keys that stand twice within the text of a node.
    pub fn duplicates_within(&self, root: NodeId) -> &[DuplicateKey] {
        // A node is pushed behind those that it holds and behind those that stand
        // before it, so that what it holds lies right before it.
        let to = self.duplicates.partition_point(|d| d.mapping <= root);
        let whole = self.span(root);
        let inside = |d: &&DuplicateKey| whole.start <= d.first.start && d.second.end <= whole.end;
        let count = self.duplicates[..to]
            .iter()
            .rev()
            .take_while(inside)
            .count();
        steps(count);
        &self.duplicates[to - count..to]
    }

    /// Returns the number of nodes, aliases not expanded.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// A tree has at least its root; this is never true.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Returns the number of levels, aliases expanded: 1 for a scalar.
    pub fn depth(&self) -> usize {
        steps(self.nodes.len());
        // A node is pushed after those that it holds, so one pass serves.
        let mut depths: Vec<usize> = Vec::with_capacity(self.nodes.len());
        let of = |depths: &[usize], id: NodeId| depths.get(id.0 as usize).copied().unwrap_or(0);
        for node in &self.nodes {
            let below = match &node.kind {
                Kind::Sequence(elements) => elements.iter().map(|id| of(&depths, *id)).max(),
                Kind::Mapping(entries) => entries.iter().map(|e| of(&depths, e.value)).max(),
                Kind::Alias(target) => Some(of(&depths, *target).saturating_sub(1)),
                _ => None,
            };
            depths.push(1 + below.unwrap_or(0));
        }
        of(&depths, self.root)
    }

    /// The entries of a mapping; none of anything else.
    pub fn entries(&self, id: NodeId) -> &[Entry] {
        match self.kind(id) {
            Kind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// The elements of a list; none of anything else.
    pub fn elements(&self, id: NodeId) -> &[NodeId] {
        match self.kind(id) {
            Kind::Sequence(elements) => elements,
            _ => &[],
        }
    }

    /// The entry of a mapping with this key.
    pub fn entry(&self, id: NodeId, key: &str) -> Option<&Entry> {
        self.entries(id).iter().find(|e| &*e.key == key)
    }

    /// The value of a mapping's key.
    pub fn get(&self, id: NodeId, key: &str) -> Option<NodeId> {
        self.entry(id, key).map(|e| e.value)
    }

    /// A string, if the node is one.
    pub fn str(&self, id: NodeId) -> Option<&str> {
        match self.kind(id) {
            Kind::String(s) => Some(s),
            _ => None,
        }
    }

    /// Returns the node at a field path, or `None` if the document does not have it.
    pub fn find(&self, path: &FieldPath) -> Option<Found> {
        self.find_from(self.root, path.segments())
    }

    /// The same for the longest part of the path that exists, so that what is
    /// said about an absent field can point at the object that lacks it.
    pub fn find_nearest(&self, path: &FieldPath) -> Found {
        self.find_nearest_from(self.root, path.segments())
    }

    /// [`Tree::find_nearest`] from a node below the root.
    pub fn find_nearest_from(&self, root: NodeId, segments: &[Segment]) -> Found {
        (0..=segments.len())
            .rev()
            .find_map(|n| self.find_from(root, &segments[..n]))
            .unwrap_or_else(|| self.found(root, None))
    }

    /// [`Tree::find`] from a node below the root.
    pub fn find_from(&self, root: NodeId, segments: &[Segment]) -> Option<Found> {
        let mut found = self.found(root, None);
        for segment in segments {
            found = match (segment, self.kind(found.node)) {
                (Segment::Index(i), Kind::Sequence(elements)) => {
                    self.found(*elements.get(*i)?, None)
                }
                (Segment::Field(name), Kind::Mapping(_)) => {
                    let entry = self.entry(found.node, name)?;
                    self.found(entry.value, Some(entry))
                }
                // A server writes the map key `0` as `[0]`, too.
                (Segment::Index(i), Kind::Mapping(_)) => {
                    let entry = self.entry(found.node, &i.to_string())?;
                    self.found(entry.value, Some(entry))
                }
                _ => return None,
            };
        }
        Some(found)
    }

    fn found(&self, id: NodeId, entry: Option<&Entry>) -> Found {
        let raw = self.raw_node(id);
        let (node, anchored) = match raw.kind {
            Kind::Alias(target) => (target, Some(self.raw_node(target).span)),
            _ => (id, None),
        };
        Found {
            node,
            key: entry.map(|e| e.key_span),
            value: raw.span,
            anchored,
            merged_at: entry.and_then(|e| e.merged_at),
        }
    }
}

impl Tree {
    /// Moves every place by `base` bytes: from a document's text to its file's.
    pub(crate) fn shift(&mut self, base: usize) {
        let shift = |span: &mut Span| {
            *span = Span::new(span.start as usize + base, span.end as usize + base);
        };
        for node in &mut self.nodes {
            shift(&mut node.span);
            if let Kind::Mapping(entries) = &mut node.kind {
                for entry in entries {
                    shift(&mut entry.key_span);
                    entry.merged_at.as_mut().map(shift);
                }
            }
        }
        for duplicate in &mut self.duplicates {
            shift(&mut duplicate.first);
            shift(&mut duplicate.second);
        }
    }
}
