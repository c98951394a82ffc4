//! Values of JSON to a tree.

use super::MAX_DEPTH;
use super::lexer::Lexer;
use super::skip::{Bounds, value_end};
use crate::fields::Fields;
use crate::source::Span;
use crate::tree::{DuplicateKey, Entry, Kind, MAX_NODES, Node, NodeId, Tree};
use crate::yaml::entries::Entries;
use crate::yaml::error::SyntaxError;

/// Words of Go for a place where a value begins.
const VALUE: &str = "looking for beginning of value";

/// Parses the next value of a JSON stream from `start`. Returns it with its end, or
/// `None` at the end of the text.
pub(crate) fn parse_value(text: &str, start: usize) -> Result<Option<(Tree, usize)>, SyntaxError> {
    parse_fields(text, start, Fields::ALL, MAX_NODES)
}

/// Parses some fields of a value, which may hold at most so many values.
pub(crate) fn parse_fields(
    text: &str,
    start: usize,
    fields: Fields,
    most: usize,
) -> Result<Option<(Tree, usize)>, SyntaxError> {
    let mut parser = Parser {
        lexer: Lexer { text, at: start },
        most,
        nodes: Vec::new(),
        duplicates: Vec::new(),
    };
    parser.lexer.skip_space();
    if parser.lexer.peek().is_none() {
        return Ok(None);
    }
    let root = parser.value(fields)?;
    let tree = Tree {
        nodes: parser.nodes,
        root,
        duplicates: parser.duplicates,
    };
    Ok(Some((tree, parser.lexer.at)))
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    /// Maximum number of values.
    most: usize,
    nodes: Vec<Node>,
    duplicates: Vec<DuplicateKey>,
}

/// A collection that has not ended.
struct Open {
    start: usize,
    /// The fields that are read of it, or of its elements.
    fields: Fields,
    content: Content,
}

enum Content {
    Array(Vec<NodeId>),
    /// The entries, and the key whose value comes next.
    Object(Entries, Option<(Box<str>, Span)>),
}

impl Open {
    fn add(&mut self, value: NodeId) {
        match &mut self.content {
            Content::Array(elements) => elements.push(value),
            Content::Object(entries, key) => {
                if let Some((key, key_span)) = key.take() {
                    entries.set(Entry {
                        key,
                        key_span,
                        value,
                        merged_at: None,
                    });
                }
            }
        }
    }
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

    fn value(&mut self, fields: Fields) -> Result<NodeId, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        // The fields of the next value, or none if it is passed over.
        let mut next = Some(fields);
        loop {
            self.lexer.skip_space();
            if self.nodes.len() >= self.most {
                let here = Span::new(self.lexer.at, self.lexer.at);
                return Err(SyntaxError::too_large(self.most, here));
            }
            let mut done = match (next, self.lexer.peek()) {
                (None, _) => {
                    self.pass_over(open.len())?;
                    None
                }
                (Some(fields), Some(bracket @ (b'[' | b'{'))) => {
                    let start = self.lexer.at;
                    self.lexer.at += 1;
                    if open.len() >= MAX_DEPTH {
                        return Err(SyntaxError::new(
                            "exceeded max depth",
                            Span::new(start, self.lexer.at),
                        ));
                    }
                    let content = if bracket == b'[' {
                        Content::Array(Vec::new())
                    } else {
                        Content::Object(Entries::default(), None)
                    };
                    open.push(Open {
                        start,
                        fields,
                        content,
                    });
                    self.lexer.skip_space();
                    match (bracket, self.lexer.peek()) {
                        (b'[', Some(b']')) | (b'{', Some(b'}')) => {
                            self.lexer.at += 1;
                            self.close(&mut open)
                        }
                        (b'{', _) => {
                            next = self.key(&mut open)?;
                            continue;
                        }
                        _ => continue,
                    }
                }
                _ => Some(self.scalar()?),
            };
            // A finished value may close its parents.
            loop {
                let Some(parent) = open.last_mut() else {
                    return done.ok_or_else(|| self.lexer.unexpected(VALUE));
                };
                if let Some(id) = done {
                    parent.add(id);
                }
                let is_object = matches!(parent.content, Content::Object(..));
                next = Some(parent.fields);
                self.lexer.skip_space();
                match self.lexer.peek() {
                    Some(b',') => {
                        self.lexer.at += 1;
                        if is_object {
                            self.lexer.skip_space();
                            next = self.key(&mut open)?;
                        }
                        break;
                    }
                    Some(b']') if !is_object => self.lexer.at += 1,
                    Some(b'}') if is_object => self.lexer.at += 1,
                    _ if is_object => {
                        return Err(self.lexer.unexpected("after object key:value pair"));
                    }
                    _ => return Err(self.lexer.unexpected("after array element")),
                }
                done = self.close(&mut open);
            }
        }
    }

    /// Passes over the next value, which is read as it would be if it were kept.
    fn pass_over(&mut self, depth: usize) -> Result<(), SyntaxError> {
        let bounds = Bounds {
            values: usize::MAX,
            depth,
        };
        let bytes = self.lexer.text.as_bytes();
        match value_end(bytes, self.lexer.at, bounds) {
            Ok((end, _)) => {
                self.lexer.at = end;
                Ok(())
            }
            Err(_) => Err(self.lexer.unexpected(VALUE)),
        }
    }

    fn close(&mut self, open: &mut Vec<Open>) -> Option<NodeId> {
        let Open { start, content, .. } = open.pop()?;
        Some(match content {
            Content::Array(elements) => self.add(Kind::Sequence(elements), start),
            Content::Object(entries, _) => {
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

    /// Reads a key, and returns the fields of its value, or none if it is passed over.
    fn key(&mut self, open: &mut [Open]) -> Result<Option<Fields>, SyntaxError> {
        if self.lexer.peek() != Some(b'"') {
            let context = "looking for beginning of object key string";
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
        let Some(Open {
            fields,
            content: Content::Object(_, key),
            ..
        }) = open.last_mut()
        else {
            return Ok(None);
        };
        let own = fields.get(&name);
        if own.is_some() {
            *key = Some((name, span));
        }
        Ok(own)
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
                    return Err(self.lexer.unexpected(VALUE));
                };
                self.lexer.at += word.len();
                kind
            }
        };
        Ok(self.add(kind, start))
    }
}
