//! Events to a tree: anchors, merges, and what go-yaml's decoder refuses.
//!
//! Source: `decoder` in go.yaml.in/yaml/v2. Keys and merges are in `mapping`,
//! the limit on alias expansion is in `visits`.
//! Everything here is iterative or bounded by the text: an alias is a
//! reference to its anchor, never a copy.

use std::collections::HashMap;

use super::error::SyntaxError;
use super::escapes::Quotes;
use super::events::{self, Data, Event, UNKNOWN_ESCAPE};
use super::mapping::{Key, Mapping, key, resolved};
use super::scalar::Scalar;
use super::simple;
use super::visits::Visits;
use crate::source::Span;
use crate::tree::{DuplicateKey, Entry, Kind, MAX_NODES, Node, NodeId, Number, Tree};

/// The tree of the first document in `text`, whose places are counted from
/// `base`; none where the text holds no document.
pub(super) fn compose(text: &str, base: usize) -> Result<Option<Tree>, SyntaxError> {
    match compose_simple(text, base) {
        Some(tree) => Ok(Some(tree)),
        None => compose_any(text, base),
    }
}

/// The same of a document that is simple; none of any other.
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

/// An anchor's node; none while it is still open, when an alias to it would
/// contain itself.
type Anchors = HashMap<String, Option<(NodeId, Visits)>>;

#[derive(Default)]
struct Composer {
    nodes: Vec<Node>,
    duplicates: Vec<DuplicateKey>,
    anchors: Anchors,
    open: Vec<Open>,
    root: Option<NodeId>,
    visits: Visits,
    /// Keys that are no nodes: nothing leads to a key without an anchor.
    keys: usize,
}

/// A collection that has not ended.
struct Open {
    span: Span,
    anchor: Option<String>,
    /// The visits when it began.
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
    /// For a scalar: whether it asks for a merge when it is a key.
    merge: bool,
}

impl Composer {
    fn push(&mut self, event: Event<'_>) -> Result<(), SyntaxError> {
        let Event { data, span } = event;
        if self.nodes.len() + self.keys >= MAX_NODES {
            return Err(SyntaxError::too_large(span));
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
                // A merge key is never decoded, so it is not visited either.
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

    /// A key that no alias can stand for.
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
                .label("a key must be a scalar")
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
        let (kind, last) = match content {
            Content::Sequence(elements) => {
                let last = elements.last().copied();
                (Kind::Sequence(elements), last)
            }
            Content::Mapping(mapping) => {
                let (entries, repeated) = mapping.entries.into_parts();
                let duplicate = |(key, first, second)| DuplicateKey {
                    mapping: id,
                    key,
                    first,
                    second,
                };
                self.duplicates.extend(repeated.into_iter().map(duplicate));
                // What a merge brought stands elsewhere.
                let own = entries.iter().filter(|e| e.merged_at.is_none());
                let last = own.map(|e| e.value).max();
                (Kind::Mapping(entries), last)
            }
        };
        // A block collection's end event stands where the next token starts,
        // with comments in between; a flow collection's covers its bracket.
        let last_end = last.map_or(span.end, |id| self.nodes[id.0 as usize].span.end);
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
        // An anchor of the same name further in is the newer one.
        let open = |name: &String| matches!(self.anchors.get(name), Some(None));
        self.anchor(anchor.filter(open), id, visits);
        Some(Done { id, merge: false })
    }

    fn alias(&mut self, name: &str, span: Span) -> Result<Done, SyntaxError> {
        let Some(anchor) = self.anchors.get(name) else {
            return Err(
                SyntaxError::new(format!("unknown anchor '{name}' referenced"), span)
                    .redacted("unknown anchor referenced")
                    .help("anchors do not reach from one document into another"),
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

/// JSON has no infinity, so kubectl refuses it as a value.
fn finite(nodes: &[Node], id: NodeId) -> Result<(), SyntaxError> {
    match nodes[id.0 as usize] {
        Node {
            kind: Kind::Number(Number::Float(value)),
            span,
            ..
        } if !value.is_finite() => {
            Err(SyntaxError::new("json: unsupported value", span).label("JSON has no such number"))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::path::FieldPath;

    fn tree(text: &str) -> Tree {
        compose(text, 0).unwrap().unwrap()
    }

    fn refused(text: &str) -> SyntaxError {
        compose(text, 0).unwrap_err()
    }

    #[test]
    fn every_value_knows_its_place() {
        let text = "# c\nspec:\n  containers:\n  - name: é😀\n    args: [x, \"y z\"] # why\n    script: |\n      a\n      b\n\n  hostNetwork: yes\n  empty:\n";
        let tree = tree(text);
        for (path, value) in [
            ("spec.containers[0].name", "é😀"),
            ("spec.containers[0].args", "[x, \"y z\"]"),
            ("spec.containers[0].args[1]", "\"y z\""),
            ("spec.containers[0].script", "|\n      a\n      b"),
            ("spec.hostNetwork", "yes"),
            ("spec.empty", ""),
            (
                "spec.containers",
                "- name: é😀\n    args: [x, \"y z\"] # why\n    script: |\n      a\n      b",
            ),
        ] {
            let found = tree.find(&FieldPath::parse(path)).unwrap();
            let span = found.value;
            assert_eq!(
                &text[span.start as usize..span.end as usize],
                value,
                "{path}"
            );
        }
        let key = tree.find(&FieldPath::parse("spec.empty")).unwrap().span();
        assert_eq!(&text[key.start as usize..key.end as usize], "empty");
    }

    #[test]
    fn an_alias_has_two_places() {
        let text = "a: &x {k: 1}\nb: *x\nc:\n  <<: *x\n  l: 2\n";
        let tree = tree(text);
        let slice = |s: Span| &text[s.start as usize..s.end as usize];
        let b = tree.find(&FieldPath::parse("b")).unwrap();
        assert_eq!(
            (slice(b.value), b.anchored.map(slice)),
            ("*x", Some("{k: 1}"))
        );
        let k = tree.find(&FieldPath::parse("c.k")).unwrap();
        assert_eq!(
            (k.key.map(slice), k.merged_at.map(slice)),
            (Some("k"), Some("<<"))
        );
    }

    #[test]
    fn merges_depend_on_their_order() {
        for (text, json) in [
            (
                "a: &a {k: 1}\nb: {<<: *a, k: 2}\n",
                r#"{"a":{"k":1},"b":{"k":2}}"#,
            ),
            (
                "a: &a {k: 1}\nb: {k: 2, <<: *a}\n",
                r#"{"a":{"k":1},"b":{"k":1}}"#,
            ),
            (
                "- &a {k: 1}\n- &b {k: 2}\n- <<: [*a, *b]\n",
                r#"[{"k":1},{"k":2},{"k":1}]"#,
            ),
        ] {
            let tree = tree(text);
            assert_eq!(tree.to_json(tree.root()), json, "{text}");
            assert!(
                tree.duplicates().is_empty(),
                "a merged key is no duplicate: {text}"
            );
        }
        assert!(
            refused("a: &a [1]\nb: {<<: *a}\n")
                .message
                .contains("map merge")
        );
    }

    #[test]
    fn the_last_of_equal_keys_wins_and_both_places_are_kept() {
        let lines: Vec<_> = (0..30).map(|i| format!("k{}: {i}", i % 20)).collect();
        let text = lines.join("\n");
        let tree = tree(&text);
        assert_eq!(tree.entries(tree.root()).len(), 20);
        assert_eq!(tree.duplicates().len(), 10);
        let k3 = tree.get(tree.root(), "k3").unwrap();
        assert_eq!(*tree.kind(k3), Kind::Number(Number::Int(23)));
        let d = &tree.duplicates()[3];
        assert_eq!((&*d.key, d.first.start < d.second.start), ("k3", true));
    }

    #[test]
    fn aliases_neither_loop_nor_explode() {
        assert!(refused("a: &a [*a]\n").message.contains("contains itself"));
        assert!(refused("a: *b\n").message.contains("unknown anchor"));
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for i in 1..9 {
            let last = i - 1;
            let row = vec![format!("*a{last}"); 10].join(", ");
            bomb.extend([format!("a{i}: &a{i} [{row}]\n")]);
        }
        assert!(refused(&bomb).message.contains("excessive aliasing"));
    }

    #[test]
    fn escapes_are_those_of_go() {
        let tree = tree(
            r#"a: "it\'s \\/ \x41"
b: "\'\'"
"#,
        );
        assert_eq!(tree.to_json(tree.root()), r#"{"a":"it's \\/ A","b":"''"}"#);
        let error = refused(r#"a: "x\/y""#);
        assert_eq!((error.span.start, error.span.end), (5, 7));
    }

    #[test]
    fn errors_say_where_and_what_to_do() {
        let tab = refused("a:\n\tb: 1\n");
        assert_eq!((tab.span.start, tab.label.as_deref()), (3, Some("a tab")));
        let control = refused("a: \u{1}\n");
        assert_eq!(control.span.start, 3);
        let key = refused("{{ name }}: 1\n");
        assert!(key.help.unwrap().contains("template"));
        let comma = refused("a: [!x, b]\n");
        assert_eq!(comma.span.start, 4);
    }
}
