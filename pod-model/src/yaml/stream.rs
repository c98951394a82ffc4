//! One input to its documents, as kubectl splits it.
//!
//! Source: `YAMLOrJSONDecoder`, `YAMLReader` and `LineReader` in
//! k8s.io/apimachinery/pkg/util/yaml, and `StreamVisitor` in k8s.io/cli-runtime
//! (which skips what is empty or `null`).
//!
//! The splitter works on lines, before any parser: a line that begins with
//! `---` ends a document even inside a block scalar, and nothing but a comment
//! may follow it.

use std::ops::Range;

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
    if begins_as_json(text) {
        stream.json();
    } else {
        stream.yaml(0, None);
    }
    (stream.documents, stream.errors)
}

/// Where the documents of a text stand, to be parsed one by one by
/// [`parse_piece`]; none where only parsing tells, as with JSON.
pub fn pieces(text: &str) -> Option<Vec<Piece>> {
    if begins_as_json(text) {
        return None;
    }
    let mut index = 0;
    let piece = |part| match part {
        Part::Document(range) => {
            index += 1;
            Piece::Document {
                index: index - 1,
                range,
            }
        }
        Part::Wrong(error) => Piece::Wrong(error),
    };
    Some(parts(text, 0).into_iter().map(piece).collect())
}

/// A piece of a text, between two separators.
#[derive(Debug)]
pub enum Piece {
    /// A document, or nothing.
    Document {
        /// Its number in the input, from 0, empty documents included.
        index: usize,
        /// Its bytes.
        range: Range<usize>,
    },
    /// A separator that is none.
    Wrong(SyntaxError),
}

/// The document of a piece; none where it is empty.
///
/// # Errors
/// What kubectl's decoder refuses.
pub fn parse_piece(text: &str, piece: &Piece) -> Result<Option<ParsedDocument>, SyntaxError> {
    let (index, range) = match piece {
        Piece::Wrong(error) => return Err(error.clone()),
        Piece::Document { index, range } => (*index, range),
    };
    let tree = compose(text.get(range.clone()).unwrap_or(""), range.start)?;
    let held = tree.filter(|tree| *tree.kind(tree.root()) != Kind::Null);
    Ok(held.map(|tree| ParsedDocument { index, tree }))
}

fn begins_as_json(text: &str) -> bool {
    let window = text.get(..floor(text, GUESS)).unwrap_or(text);
    window.trim_start().starts_with('{')
}

fn floor(text: &str, offset: usize) -> usize {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Where YAML begins in what is no JSON: behind the white space, up to and
/// with the first line feed. Near the end there is no such place, since
/// upstream looks four bytes ahead
/// (`YAMLOrJSONDecoder.consumeWhitespace`).
fn yaml_start(rest: &str) -> Option<usize> {
    const AHEAD: usize = 4;
    let mut at = 0;
    loop {
        let c = rest
            .get(at..)
            .filter(|r| r.len() >= AHEAD)?
            .chars()
            .next()?;
        if !c.is_whitespace() {
            return Some(at);
        }
        at += c.len_utf8();
        if c == '\n' {
            return Some(at);
        }
    }
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
                    match yaml_start(self.text.get(at..).unwrap_or("")) {
                        Some(skip) => self.yaml(at + skip, Some(error)),
                        None => self.errors.push(error),
                    }
                    return;
                }
            }
        }
    }

    /// YAML documents between `---` lines. What JSON had said first is said
    /// again if YAML fails as well.
    fn yaml(&mut self, start: usize, mut json_error: Option<SyntaxError>) {
        let parts = parts(self.text, start);
        let mut composed = compose_all(self.text, &parts).into_iter();
        for part in parts {
            let result = match part {
                Part::Document(_) => composed.next().unwrap_or(Ok(None)),
                Part::Wrong(error) => {
                    self.errors.push(json_error.take().unwrap_or(error));
                    continue;
                }
            };
            match result {
                Ok(tree) => self.push(tree),
                Err(error) => {
                    self.index += 1;
                    self.errors.push(json_error.take().unwrap_or(error));
                }
            }
        }
    }
}

/// What the line splitter makes of a text.
enum Part {
    /// The bytes of one document.
    Document(Range<usize>),
    /// A separator that is none.
    Wrong(SyntaxError),
}

fn parts(text: &str, start: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let document = |range: Range<usize>, parts: &mut Vec<Part>| {
        if !range.is_empty() {
            parts.push(Part::Document(range));
        }
    };
    let mut begin = start;
    let mut at = start;
    while at < text.len() {
        let line_end = text[at..].find('\n').map_or(text.len(), |i| at + i + 1);
        if let Some(after) = text[at..line_end].strip_prefix("---") {
            let trimmed = after.trim();
            if !trimmed.is_empty() && !trimmed.starts_with('#') {
                let from = at + 3 + (after.len() - after.trim_start().len());
                let error = SyntaxError::new(
                    format!("invalid Yaml document separator: {trimmed}"),
                    Span::new(from, from + trimmed.len()),
                )
                .label("must stand on a line of its own")
                .help("kubectl takes nothing but a comment behind `---`");
                parts.push(Part::Wrong(error));
                // Read on behind this line, as if it were a separator.
                document(begin..at, &mut parts);
                begin = line_end;
            } else if at > begin {
                document(begin..at, &mut parts);
                begin = line_end;
            }
        }
        at = line_end;
    }
    document(begin..text.len(), &mut parts);
    parts
}

type Composed = Result<Option<Tree>, SyntaxError>;

/// From this size on, more than one thread composes: documents know nothing of
/// each other.
const WORTH_THREADS: usize = 256 << 10;
const MAX_THREADS: usize = 8;

/// The documents among the parts, in order.
fn compose_all(text: &str, parts: &[Part]) -> Vec<Composed> {
    let ranges: Vec<&Range<usize>> = parts
        .iter()
        .filter_map(|part| match part {
            Part::Document(range) => Some(range),
            Part::Wrong(_) => None,
        })
        .collect();
    let compose_some = |ranges: &[&Range<usize>]| -> Vec<Composed> {
        let texts = ranges
            .iter()
            .map(|range| (range.start, text.get((*range).clone())));
        texts
            .map(|(start, chunk)| compose(chunk.unwrap_or(""), start))
            .collect()
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.min(MAX_THREADS).min(ranges.len());
    if threads < 2 || text.len() < WORTH_THREADS {
        return compose_some(&ranges);
    }
    let share = ranges.len().div_ceil(threads);
    std::thread::scope(|scope| {
        let workers: Vec<_> = ranges
            .chunks(share)
            .map(|some| (some, scope.spawn(move || compose_some(some))))
            .collect();
        workers
            .into_iter()
            // A thread that did not come to an end is made up for here.
            .flat_map(|(some, worker)| worker.join().unwrap_or_else(|_| compose_some(some)))
            .collect()
    })
}
