//! A mapping while it is read: its keys, and what `<<` brings.
//!
//! Source: `decoder.merge` in go.yaml.in/yaml/v2, and `convertToJSONableObject`
//! in sigs.k8s.io/yaml (keys).

use super::entries::Entries;
use super::error::SyntaxError;
use super::number::go_key;
use crate::source::Span;
use crate::tree::{Entry, Kind, Node, NodeId, Number};

/// A mapping that has not ended.
#[derive(Default)]
pub(super) struct Mapping {
    pub(super) entries: Entries,
    /// The end of the last value of `<<`, or 0.
    pub(super) merge_end: u32,
    /// A key whose value has not come yet.
    pub(super) key: Option<Key>,
}

/// A key, or `<<`.
pub(super) enum Key {
    Name(Box<str>, Span),
    Merge(Span),
}

impl Mapping {
    /// `<<`: the entries of a mapping, or of each mapping of a list, as if
    /// they stood here; in a list, the earlier mapping wins.
    pub(super) fn merge(
        &mut self,
        nodes: &[Node],
        value: NodeId,
        at: Span,
    ) -> Result<(), SyntaxError> {
        let wrong = |id: NodeId| {
            let span = nodes[id.0 as usize].span;
            SyntaxError::new(
                "map merge requires map or sequence of maps as the value",
                span,
            )
        };
        let mapping = |id: NodeId| match &resolved(nodes, id).kind {
            Kind::Mapping(entries) => Some(entries),
            _ => None,
        };
        let node = &nodes[value.0 as usize];
        self.merge_end = node.span.end;
        let sources = match &node.kind {
            Kind::Sequence(elements) => elements.iter().rev().copied().collect(),
            _ => vec![value],
        };
        for source in sources {
            for entry in mapping(source).ok_or_else(|| wrong(source))? {
                self.entries.set(Entry {
                    merged_at: Some(at),
                    ..entry.clone()
                });
            }
        }
        Ok(())
    }
}

/// A node, through any alias.
pub(super) fn resolved(nodes: &[Node], id: NodeId) -> &Node {
    let node = &nodes[id.0 as usize];
    match node.kind {
        Kind::Alias(target) => &nodes[target.0 as usize],
        _ => node,
    }
}

/// A key as the string that JSON needs.
pub(super) fn key(kind: Kind, span: Span) -> Result<Box<str>, SyntaxError> {
    let unsupported = |what: &str| {
        Err(
            SyntaxError::new(format!("unsupported map key of type {what}"), span)
                .label("a key must be a string")
                .help("quote the key"),
        )
    };
    Ok(match kind {
        Kind::String(s) => s,
        Kind::Bool(b) => b.to_string().into(),
        Kind::Number(Number::Int(i)) => i.to_string().into(),
        Kind::Number(Number::Float(f)) => go_key(f).into(),
        Kind::Number(Number::Uint(_)) => return unsupported("uint64"),
        Kind::Null => return unsupported("null"),
        Kind::Sequence(_) | Kind::Mapping(_) | Kind::Alias(_) => {
            return Err(SyntaxError::new("invalid map key", span).label("expected a scalar as key"));
        }
    })
}
