//! Events to a tree: anchors, merges, and what go-yaml's decoder refuses.
//!
//! Source: `decoder` in go.yaml.in/yaml/v2. Keys and merges are in `mapping`,
//! the limit on alias expansion is in `visits`.
//! Everything here is iterative or bounded by the text: an alias is a
//! reference to its anchor, never a copy.

use std::collections::HashMap;

use super::error::SyntaxError;
use super::escapes::Quotes;
use super::event::{Data, Event};
use super::events::{self, UNKNOWN_ESCAPE};
use super::mapping::{Key, Mapping, key, resolved};
use super::scalar::Scalar;
use super::simple;
use super::visits::Visits;
use crate::source::Span;
use crate::tree::{DuplicateKey, Entry, Kind, MAX_NODES, Node, NodeId, Number, Tree};

/// Returns the tree of the first document in `text`, with spans counted from `base`, or
/// `None` if the text holds no document.
pub(super) fn compose(text: &str, base: usize) -> Result<Option<Tree>, SyntaxError> {
    match compose_simple(text, base) {
        Some(tree) => Ok(Some(tree)),
        None => compose_any(text, base),
    }
}

/// Returns the tree of a simple document, or `None` for any other.
pub(super) fn compose_simple(text: &str, base: usize) -> Option<Tree> {
    let mut composer = Composer::default();
    simple::scan(text, &mut |event| composer.push(event))?;
    composer.finish(base)
}

/// The same by the YAML library.
pub(super) fn compose_any(text: &str, base: usize) -> Result<Option<Tree>, SyntaxError> {
    let mut quotes = Quotes::default();
    loop {
        let mut composer = Composer::default();
        match events::scan(text, &quotes, &mut |event| composer.push(event)) {
            Ok(()) => return Ok(composer.finish(base)),
            Err(e) if e.message == UNKNOWN_ESCAPE && quotes.note(text, e.span.start as usize) => {}
            Err(e) => return Err(shifted(e, base)),
        }
    }
}

fn shift(span: Span, base: usize) -> Span {
    Span::new(span.start as usize + base, span.end as usize + base)
}

fn shifted(mut error: SyntaxError, base: usize) -> SyntaxError {
    error.span = shift(error.span, base);
    if let Some((_, span)) = error.context.as_deref_mut() {
        *span = shift(*span, base);
    }
    error
}

/// The node of each anchor, or `None` while it is open: an alias would contain itself.
type Anchors = HashMap<String, Option<(NodeId, Visits)>>;

#[derive(Default)]
struct Composer {
    nodes: Vec<Node>,
    duplicates: Vec<DuplicateKey>,
    anchors: Anchors,
    open: Vec<Open>,
    root: Option<NodeId>,
    visits: Visits,
    /// Number of keys without a node: only keys with an anchor need one.
    keys: usize,
}

/// An open collection.
struct Open {
    span: Span,
    anchor: Option<String>,
    /// The visits at its start.
    before: Visits,
    content: Content,
}

impl Open {
    fn expects_key(&self) -> bool {
        matches!(&self.content, Content::Mapping(mapping) if mapping.key.is_none())
    }
}

enum Content {
    Sequence(Vec<NodeId>),
    Mapping(Mapping),
}

/// A finished node on its way into its parent.
struct Done {
    id: NodeId,
    /// True if it is a scalar that merges when it is a key.
    merge: bool,
}

impl Composer {
    fn push(&mut self, event: Event<'_>) -> Result<(), SyntaxError> {
        let Event { data, span } = event;
        if self.nodes.len() + self.keys >= MAX_NODES {
            return Err(SyntaxError::too_large(MAX_NODES, span));
        }
        let done = match data {
            Data::SequenceStart { anchor } => {
                return self.begin(span, anchor, Content::Sequence(Vec::new()));
            }
            Data::MappingStart { anchor } => {
                return self.begin(span, anchor, Content::Mapping(Mapping::default()));
            }
            Data::SequenceEnd | Data::MappingEnd => {
                let Some(done) = self.end(span) else {
                    return Ok(());
                };
                done
            }
            Data::Alias(name) => self.alias(&name, span)?,
            Data::Scalar {
                value,
                anchor,
                tag,
                implicit,
                plain,
            } => {
                let scalar = Scalar {
                    text: value,
                    tag: tag.as_deref(),
                    implicit,
                };
                let merge = scalar.is_merge();
                // go-yaml does not decode merge keys.
                if !(merge && self.expects_key()) {
                    self.visits.node(span)?;
                }
                let kind = scalar.resolve().map_err(|e| e.at(span))?;
                let plain = plain && tag.is_none();
                if self.expects_key() && anchor.is_none() {
                    return self.key(kind, span, merge);
                }
                let id = self.add(Node { kind, span, plain });
                self.anchor(anchor, id, Visits::ONE);
                Done { id, merge }
            }
        };
        self.attach(&done)
    }

    fn add(&mut self, node: Node) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    fn anchor(&mut self, name: Option<String>, id: NodeId, visits: Visits) {
        if let Some(name) = name {
            self.anchors.insert(name, Some((id, visits)));
        }
    }

    fn expects_key(&self) -> bool {
        self.open.last().is_some_and(Open::expects_key)
    }

    /// Takes a scalar without an anchor as key.
    fn key(&mut self, kind: Kind, span: Span, merge: bool) -> Result<(), SyntaxError> {
        self.keys += 1;
        let key = if merge {
            Key::Merge(span)
        } else {
            Key::Name(key(kind, span)?, span)
        };
        if let Some(Content::Mapping(mapping)) = self.open.last_mut().map(|open| &mut open.content)
        {
            mapping.key = Some(key);
        }
        Ok(())
    }

    fn begin(
        &mut self,
        span: Span,
        anchor: Option<String>,
        content: Content,
    ) -> Result<(), SyntaxError> {
        if self.expects_key() {
            return Err(SyntaxError::new("invalid map key", span)
                .label("expected a scalar as key")
                .help("if this is a template placeholder such as {{ name }}, render the template first"));
        }
        let before = self.visits;
        self.visits.node(span)?;
        if let Some(name) = &anchor {
            self.anchors.insert(name.clone(), None);
        }
        self.open.push(Open {
            span,
            anchor,
            before,
            content,
        });
        Ok(())
    }

    fn end(&mut self, end: Span) -> Option<Done> {
        let Open {
            span,
            anchor,
            before,
            content,
        } = self.open.pop()?;
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        let end_of = |last: Option<NodeId>| last.map_or(0, |id| self.nodes[id.0 as usize].span.end);
        let (kind, last_end) = match content {
            Content::Sequence(elements) => {
                let last_end = end_of(elements.last().copied());
                (Kind::Sequence(elements), last_end)
            }
            Content::Mapping(mapping) => {
                let merge_end = mapping.merge_end;
                let (entries, repeated) = mapping.entries.into_parts();
                let duplicate = |(key, first, second)| DuplicateKey {
                    mapping: id,
                    key,
                    first,
                    second,
                };
                self.duplicates.extend(repeated.into_iter().map(duplicate));
                // Merged entries have their place elsewhere; the merge itself has one here.
                let own = entries.iter().filter(|e| e.merged_at.is_none());
                let last_end = end_of(own.map(|e| e.value).max()).max(merge_end);
                (Kind::Mapping(entries), last_end)
            }
        };
        // The end event of a block collection is at the next token, after comments;
        // that of a flow collection covers its bracket.
        let stop = if end.end > end.start {
            end.end
        } else {
            last_end
        };
        let span = Span {
            start: span.start,
            end: stop.max(span.end),
        };
        let id = self.add(Node {
            kind,
            span,
            plain: false,
        });
        let visits = self.visits.since(before);
        // An inner anchor of the same name is newer.
        let open = |name: &String| matches!(self.anchors.get(name), Some(None));
        self.anchor(anchor.filter(open), id, visits);
        Some(Done { id, merge: false })
    }

    fn alias(&mut self, name: &str, span: Span) -> Result<Done, SyntaxError> {
        let Some(anchor) = self.anchors.get(name) else {
            return Err(
                SyntaxError::new(format!("unknown anchor '{name}' referenced"), span)
                    .redacted("unknown anchor referenced")
                    .help("define the anchor in the same document"),
            );
        };
        let Some((target, inner)) = *anchor else {
            return Err(
                SyntaxError::new(format!("anchor '{name}' value contains itself"), span)
                    .redacted("the value of an anchor contains itself"),
            );
        };
        self.visits.alias(inner, span)?;
        let id = self.add(Node {
            kind: Kind::Alias(target),
            span,
            plain: false,
        });
        Ok(Done { id, merge: false })
    }

    fn attach(&mut self, done: &Done) -> Result<(), SyntaxError> {
        let id = done.id;
        let nodes = &mut self.nodes;
        if !self.open.last().is_some_and(Open::expects_key) {
            finite(nodes, id)?;
        }
        match self.open.last_mut().map(|open| &mut open.content) {
            None => self.root = Some(id),
            Some(Content::Sequence(elements)) => elements.push(id),
            Some(Content::Mapping(mapping)) => match mapping.key.take() {
                None => {
                    let span = nodes[id.0 as usize].span;
                    mapping.key = Some(if done.merge {
                        Key::Merge(span)
                    } else {
                        Key::Name(key(resolved(nodes, id).kind.clone(), span)?, span)
                    });
                }
                Some(Key::Name(key, key_span)) => {
                    mapping.entries.set(Entry {
                        key,
                        key_span,
                        value: id,
                        merged_at: None,
                    });
                }
                Some(Key::Merge(at)) => mapping.merge(nodes, id, at)?,
            },
        }
        Ok(())
    }

    fn finish(self, base: usize) -> Option<Tree> {
        let root = self.root?;
        let mut tree = Tree {
            nodes: self.nodes,
            root,
            duplicates: self.duplicates,
        };
        if base > 0 {
            tree.shift(base);
        }
        Some(tree)
    }
}

/// Fails on infinity and NaN, which JSON does not have.
fn finite(nodes: &[Node], id: NodeId) -> Result<(), SyntaxError> {
    match nodes[id.0 as usize] {
        Node {
            kind: Kind::Number(Number::Float(value)),
            span,
            ..
        } if !value.is_finite() => Err(SyntaxError::new("json: unsupported value", span)
            .label("a number that JSON does not have")),
        _ => Ok(()),
    }
}
