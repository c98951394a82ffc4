//! Values of JSON to a tree.

use super::lexer::Lexer;
use crate::source::Span;
use crate::tree::{DuplicateKey, Entry, Kind, MAX_NODES, Node, NodeId, Tree};
use crate::yaml::entries::Entries;
use crate::yaml::error::SyntaxError;

/// Greatest depth that encoding/json reads.
const MAX_DEPTH: usize = 10_000;

/// Parses the next value of a JSON stream from `start`. Returns it with its end, or
/// `None` at the end of the text.
pub(crate) fn parse_value(text: &str, start: usize) -> Result<Option<(Tree, usize)>, SyntaxError> {
    let mut parser = Parser {
        lexer: Lexer { text, at: start },
        nodes: Vec::new(),
        duplicates: Vec::new(),
    };
    parser.lexer.skip_space();
    if parser.lexer.peek().is_none() {
        return Ok(None);
    }
    let root = parser.value()?;
    let tree = Tree {
        nodes: parser.nodes,
        root,
        duplicates: parser.duplicates,
    };
    Ok(Some((tree, parser.lexer.at)))
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    nodes: Vec<Node>,
    duplicates: Vec<DuplicateKey>,
}

/// A collection that has not ended.
enum Open {
    Array {
        start: usize,
        elements: Vec<NodeId>,
    },
    Object {
        start: usize,
        entries: Entries,
        key: Option<(Box<str>, Span)>,
    },
}

impl Parser<'_> {
    fn add(&mut self, kind: Kind, start: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            kind,
            span: Span::new(start, self.lexer.at),
            plain: false,
        });
        id
    }

    fn value(&mut self) -> Result<NodeId, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.lexer.skip_space();
            if self.nodes.len() >= MAX_NODES {
                return Err(SyntaxError::too_large(Span::new(
                    self.lexer.at,
                    self.lexer.at,
                )));
            }
            let done = match self.lexer.peek() {
                Some(bracket @ (b'[' | b'{')) => {
                    let start = self.lexer.at;
                    self.lexer.at += 1;
                    if open.len() >= MAX_DEPTH {
                        return Err(SyntaxError::new(
                            "exceeded max depth",
                            Span::new(start, self.lexer.at),
                        ));
                    }
                    open.push(if bracket == b'[' {
                        Open::Array {
                            start,
                            elements: Vec::new(),
                        }
                    } else {
                        Open::Object {
                            start,
                            entries: Entries::default(),
                            key: None,
                        }
                    });
                    self.lexer.skip_space();
                    match (bracket, self.lexer.peek()) {
                        (b'[', Some(b']')) | (b'{', Some(b'}')) => {
                            self.lexer.at += 1;
                            self.close(&mut open)
                        }
                        (b'{', _) => {
                            self.key(&mut open, "looking for beginning of object key string")?;
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ => Some(self.scalar()?),
            };
            let Some(mut id) = done else { continue };
            // A finished value may close its parents.
            loop {
                match open.last_mut() {
                    None => return Ok(id),
                    Some(Open::Array { elements, .. }) => elements.push(id),
                    Some(Open::Object { entries, key, .. }) => {
                        if let Some((key, key_span)) = key.take() {
                            entries.set(Entry {
                                key,
                                key_span,
                                value: id,
                                merged_at: None,
                            });
                        }
                    }
                }
                self.lexer.skip_space();
                let object = matches!(open.last(), Some(Open::Object { .. }));
                match self.lexer.peek() {
                    Some(b',') => {
                        self.lexer.at += 1;
                        if object {
                            self.lexer.skip_space();
                            self.key(&mut open, "looking for beginning of object key string")?;
                        }
                        break;
                    }
                    Some(b']') if !object => self.lexer.at += 1,
                    Some(b'}') if object => self.lexer.at += 1,
                    _ if object => {
                        return Err(self.lexer.unexpected("after object key:value pair"));
                    }
                    _ => return Err(self.lexer.unexpected("after array element")),
                }
                match self.close(&mut open) {
                    Some(closed) => id = closed,
                    None => break,
                }
            }
        }
    }

    fn close(&mut self, open: &mut Vec<Open>) -> Option<NodeId> {
        Some(match open.pop()? {
            Open::Array { start, elements } => self.add(Kind::Sequence(elements), start),
            Open::Object { start, entries, .. } => {
                let (entries, repeated) = entries.into_parts();
                let id = self.add(Kind::Mapping(entries), start);
                let duplicate = |(key, first, second)| DuplicateKey {
                    mapping: id,
                    key,
                    first,
                    second,
                };
                self.duplicates.extend(repeated.into_iter().map(duplicate));
                id
            }
        })
    }

    fn key(&mut self, open: &mut [Open], context: &str) -> Result<(), SyntaxError> {
        if self.lexer.peek() != Some(b'"') {
            return Err(self.lexer.unexpected(context));
        }
        let start = self.lexer.at;
        let name = self.lexer.string()?;
        let span = Span::new(start, self.lexer.at);
        self.lexer.skip_space();
        if self.lexer.peek() != Some(b':') {
            return Err(self.lexer.unexpected("after object key"));
        }
        self.lexer.at += 1;
        if let Some(Open::Object { key, .. }) = open.last_mut() {
            *key = Some((name, span));
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<NodeId, SyntaxError> {
        let start = self.lexer.at;
        let kind = match self.lexer.peek() {
            Some(b'"') => Kind::String(self.lexer.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.lexer.number()?),
            _ => {
                let literals = [
                    ("true", Kind::Bool(true)),
                    ("false", Kind::Bool(false)),
                    ("null", Kind::Null),
                ];
                let rest = self.lexer.text.get(self.lexer.at..).unwrap_or("");
                let Some((word, kind)) = literals
                    .into_iter()
                    .find(|(word, _)| rest.starts_with(word))
                else {
                    return Err(self.lexer.unexpected("looking for beginning of value"));
                };
                self.lexer.at += word.len();
                kind
            }
        };
        Ok(self.add(kind, start))
    }
}
