//! One input to its documents, as kubectl splits it.
//!
//! Source: `YAMLOrJSONDecoder`, `YAMLReader` and `LineReader` in
//! k8s.io/apimachinery/pkg/util/yaml, and `StreamVisitor` in k8s.io/cli-runtime
//! (which skips what is empty or `null`).
//!
//! The splitter works on lines, before any parser: a line that begins with
//! `---` ends a document even inside a block scalar, and nothing but a comment
//! may follow it.

use super::compose::compose;
use super::error::SyntaxError;
use super::json::parse_value;
use crate::source::Span;
use crate::tree::{Kind, Tree};

/// A document that holds a value.
#[derive(Debug)]
pub struct ParsedDocument {
    /// Its number in the input, from 0, empty documents included.
    pub index: usize,
    /// Its values and places.
    pub tree: Tree,
}

/// The decoder stops to look whether the input may be JSON after this much
/// white space.
const GUESS: usize = 4096;

/// All documents of a text and all that is wrong with it. kubectl stops at the
/// first error; this reads on with the next document, so that one run tells
/// all.
pub fn parse_stream(text: &str) -> (Vec<ParsedDocument>, Vec<SyntaxError>) {
    let mut stream = Stream {
        text,
        documents: Vec::new(),
        errors: Vec::new(),
        index: 0,
    };
    let window = text.get(..floor(text, GUESS)).unwrap_or(text);
    if window.trim_start().starts_with('{') {
        stream.json();
    } else {
        stream.yaml(0, None);
    }
    (stream.documents, stream.errors)
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

struct Stream<'a> {
    text: &'a str,
    documents: Vec<ParsedDocument>,
    errors: Vec<SyntaxError>,
    index: usize,
}

impl Stream<'_> {
    fn push(&mut self, tree: Option<Tree>) {
        if let Some(tree) = tree
            && *tree.kind(tree.root()) != Kind::Null
        {
            self.documents.push(ParsedDocument {
                index: self.index,
                tree,
            });
        }
        self.index += 1;
    }

    /// A series of JSON values. Where one fails early on, the input may be YAML
    /// after all (flow style begins with `{`, too).
    fn json(&mut self) {
        let mut at = 0;
        loop {
            match parse_value(self.text, at) {
                Ok(None) => return,
                Ok(Some((tree, end))) => {
                    self.push(Some(tree));
                    at = end;
                }
                Err(error) if self.index > 1 => {
                    self.errors.push(error);
                    return;
                }
                Err(error) => {
                    let rest = self.text.get(at..).unwrap_or("");
                    let space = rest.len() - rest.trim_start().len();
                    let skip = rest[..space].find('\n').map_or(space, |i| i + 1);
                    if skip < rest.len() {
                        self.yaml(at + skip, Some(error));
                    } else {
                        self.errors.push(error);
                    }
                    return;
                }
            }
        }
    }

    /// YAML documents between `---` lines. What JSON had said first is said
    /// again if YAML fails as well.
    fn yaml(&mut self, start: usize, mut json_error: Option<SyntaxError>) {
        let text = self.text;
        let mut chunk = start;
        let mut at = start;
        while at < text.len() {
            let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i + 1);
            let line = &text[at..line_end];
            if let Some(after) = line.strip_prefix("---") {
                let trimmed = after.trim();
                if !trimmed.is_empty() && !trimmed.starts_with('#') {
                    let from = at + 3 + (after.len() - after.trim_start().len());
                    let error = SyntaxError::new(
                        format!("invalid Yaml document separator: {trimmed}"),
                        Span::new(from, from + trimmed.len()),
                    )
                    .label("must stand on a line of its own")
                    .help("kubectl takes nothing but a comment behind `---`");
                    self.errors.push(json_error.take().unwrap_or(error));
                    // Read on behind this line, as if it were a separator.
                    self.chunk(chunk, at, &mut json_error);
                    chunk = line_end;
                } else if at > chunk {
                    self.chunk(chunk, at, &mut json_error);
                    chunk = line_end;
                }
            }
            at = line_end;
        }
        self.chunk(chunk, text.len(), &mut json_error);
    }

    fn chunk(&mut self, start: usize, end: usize, json_error: &mut Option<SyntaxError>) {
        let chunk = self.text.get(start..end).unwrap_or("");
        if chunk.is_empty() {
            return;
        }
        match compose(chunk, start) {
            Ok(tree) => self.push(tree),
            Err(error) => {
                self.index += 1;
                self.errors.push(json_error.take().unwrap_or(error));
            }
        }
    }
}
