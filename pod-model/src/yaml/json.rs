//! JSON as Go's encoding/json takes it, with the place of every value.
//!
//! A stream is a series of values. Nesting is bounded and the parser iterates,
//! so no input overflows the stack.

use super::entries::Entries;
use super::error::SyntaxError;
use super::number::normalize;
use crate::source::Span;
use crate::tree::{DuplicateKey, Entry, Kind, MAX_NODES, Node, NodeId, Number, Tree};

/// encoding/json refuses to nest deeper.
const MAX_DEPTH: usize = 10_000;

/// The next value of a JSON stream that begins at `start`, and where it ends;
/// none at the end of the text.
pub(crate) fn parse_value(text: &str, start: usize) -> Result<Option<(Tree, usize)>, SyntaxError> {
    let mut parser = Parser {
        text,
        at: start,
        nodes: Vec::new(),
        duplicates: Vec::new(),
    };
    parser.skip_space();
    if parser.peek().is_none() {
        return Ok(None);
    }
    let root = parser.value()?;
    let tree = Tree {
        nodes: parser.nodes,
        root,
        duplicates: parser.duplicates,
    };
    Ok(Some((tree, parser.at)))
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
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
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn add(&mut self, kind: Kind, start: usize) -> NodeId {
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(Node {
            kind,
            span: Span::new(start, self.at),
            plain: false,
        });
        id
    }

    fn unexpected(&self, context: &str) -> SyntaxError {
        match self
            .text
            .get(self.at..)
            .and_then(|rest| rest.chars().next())
        {
            None => SyntaxError::new("unexpected end of JSON input", Span::new(self.at, self.at)),
            Some(c) => SyntaxError::new(
                format!("invalid character {c:?} {context}"),
                Span::new(self.at, self.at + c.len_utf8()),
            )
            .redacted(format!("invalid character {context}")),
        }
    }

    fn value(&mut self) -> Result<NodeId, SyntaxError> {
        let mut open: Vec<Open> = Vec::new();
        loop {
            self.skip_space();
            if self.nodes.len() >= MAX_NODES {
                return Err(SyntaxError::too_large(Span::new(self.at, self.at)));
            }
            let done = match self.peek() {
                Some(bracket @ (b'[' | b'{')) => {
                    let start = self.at;
                    self.at += 1;
                    if open.len() >= MAX_DEPTH {
                        return Err(SyntaxError::new(
                            "exceeded max depth",
                            Span::new(start, self.at),
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
                    self.skip_space();
                    match (bracket, self.peek()) {
                        (b'[', Some(b']')) | (b'{', Some(b'}')) => {
                            self.at += 1;
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
            // A finished value ends its parents, too, as long as they close.
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
                self.skip_space();
                let object = matches!(open.last(), Some(Open::Object { .. }));
                match self.peek() {
                    Some(b',') => {
                        self.at += 1;
                        if object {
                            self.skip_space();
                            self.key(&mut open, "looking for beginning of object key string")?;
                        }
                        break;
                    }
                    Some(b']') if !object => self.at += 1,
                    Some(b'}') if object => self.at += 1,
                    _ if object => return Err(self.unexpected("after object key:value pair")),
                    _ => return Err(self.unexpected("after array element")),
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
        if self.peek() != Some(b'"') {
            return Err(self.unexpected(context));
        }
        let start = self.at;
        let name = self.string()?;
        let span = Span::new(start, self.at);
        self.skip_space();
        if self.peek() != Some(b':') {
            return Err(self.unexpected("after object key"));
        }
        self.at += 1;
        if let Some(Open::Object { key, .. }) = open.last_mut() {
            *key = Some((name, span));
        }
        Ok(())
    }

    fn scalar(&mut self) -> Result<NodeId, SyntaxError> {
        let start = self.at;
        let kind = match self.peek() {
            Some(b'"') => Kind::String(self.string()?),
            Some(b'-' | b'0'..=b'9') => Kind::Number(self.number()?),
            _ => {
                let literals = [
                    ("true", Kind::Bool(true)),
                    ("false", Kind::Bool(false)),
                    ("null", Kind::Null),
                ];
                let rest = self.text.get(self.at..).unwrap_or("");
                let Some((word, kind)) = literals
                    .into_iter()
                    .find(|(word, _)| rest.starts_with(word))
                else {
                    return Err(self.unexpected("looking for beginning of value"));
                };
                self.at += word.len();
                kind
            }
        };
        Ok(self.add(kind, start))
    }

    fn number(&mut self) -> Result<Number, SyntaxError> {
        let start = self.at;
        let mut whole = true;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => self.at += 1,
            Some(b'1'..=b'9') => self.digits(),
            _ => return Err(self.unexpected("in numeric literal")),
        }
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.some_digits("after decimal point in numeric literal")?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            whole = false;
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.some_digits("in exponent of numeric literal")?;
        }
        let digits = self.text.get(start..self.at).unwrap_or("");
        if whole {
            if let Ok(int) = digits.parse() {
                return Ok(Number::Int(int));
            }
            if let Ok(uint) = digits.parse() {
                return Ok(Number::Uint(uint));
            }
        }
        match digits.parse::<f64>() {
            Ok(value) if value.is_finite() => Ok(normalize(value)),
            _ => Err(SyntaxError::new(
                "number out of range",
                Span::new(start, self.at),
            )),
        }
    }

    fn digits(&mut self) {
        while self.peek().is_some_and(|b| b.is_ascii_digit()) {
            self.at += 1;
        }
    }

    fn some_digits(&mut self, context: &str) -> Result<(), SyntaxError> {
        if !self.peek().is_some_and(|b| b.is_ascii_digit()) {
            return Err(self.unexpected(context));
        }
        self.digits();
        Ok(())
    }

    /// A string at its opening quote; ends behind the closing one.
    fn string(&mut self) -> Result<Box<str>, SyntaxError> {
        self.at += 1;
        let mut value = String::new();
        loop {
            let rest = self.text.get(self.at..).unwrap_or("");
            let plain = rest
                .find(|c: char| c == '"' || c == '\\' || c < ' ')
                .unwrap_or(rest.len());
            value.push_str(&rest[..plain]);
            self.at += plain;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(value.into());
                }
                Some(b'\\') => value.push(self.escape()?),
                _ => return Err(self.unexpected("in string literal")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, SyntaxError> {
        self.at += 1;
        let simple = match self.peek() {
            Some(c @ (b'"' | b'\\' | b'/')) => char::from(c),
            Some(b'b') => '\u{8}',
            Some(b'f') => '\u{c}',
            Some(b'n') => '\n',
            Some(b'r') => '\r',
            Some(b't') => '\t',
            Some(b'u') => {
                self.at += 1;
                return self.unicode_escape();
            }
            _ => return Err(self.unexpected("in string escape code")),
        };
        self.at += 1;
        Ok(simple)
    }

    /// Half a surrogate pair is U+FFFD, as in Go.
    fn unicode_escape(&mut self) -> Result<char, SyntaxError> {
        let first = self.hex()?;
        if (0xd800..0xdc00).contains(&first)
            && self
                .text
                .get(self.at..)
                .is_some_and(|r| r.starts_with(r"\u"))
        {
            let before = self.at;
            self.at += 2;
            let second = self.hex()?;
            if (0xdc00..0xe000).contains(&second) {
                let code = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                return Ok(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
            }
            self.at = before;
        }
        Ok(char::from_u32(first).unwrap_or(char::REPLACEMENT_CHARACTER))
    }

    fn hex(&mut self) -> Result<u32, SyntaxError> {
        let mut code = 0;
        for _ in 0..4 {
            let Some(digit) = self.peek().and_then(|b| char::from(b).to_digit(16)) else {
                return Err(self.unexpected("in \\u hexadecimal character escape"));
            };
            code = code << 4 | digit;
            self.at += 1;
        }
        Ok(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_end_where_the_next_begins() {
        let text = r#" {"a":[1,2.0,{}],"b":"\u00e9\ud83d\ude00\ud83d"}[]"#;
        let (tree, end) = parse_value(text, 0).unwrap().unwrap();
        assert_eq!(&text[end..], "[]");
        let a = tree.get(tree.root(), "a").unwrap();
        let numbers: Vec<_> = tree
            .elements(a)
            .iter()
            .map(|id| tree.kind(*id).clone())
            .collect();
        assert_eq!(numbers[1], Kind::Number(Number::Int(2)));
        let b = tree.get(tree.root(), "b").unwrap();
        assert_eq!(tree.str(b), Some("é😀\u{fffd}"));
        assert!(parse_value("  ", 0).unwrap().is_none());
    }

    #[test]
    fn refuses_what_is_not_json() {
        for text in [
            "{",
            "[1,]",
            "{\"a\" 1}",
            "{a:1}",
            "01x",
            "-",
            "1.",
            "1e",
            "tru",
            "\"\t\"",
            "\"\\'\"",
            "1e999",
            "]",
        ] {
            let result = parse_value(text, 0);
            // `01x` is the value 0, and what follows is the next one's trouble.
            assert_eq!(result.is_ok(), text == "01x", "{text}: {result:?}");
        }
    }
}
