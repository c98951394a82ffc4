//! One input to its documents, as kubectl splits it.
//!
//! Source: `YAMLOrJSONDecoder`, `YAMLReader` and `LineReader` in
//! k8s.io/apimachinery/pkg/util/yaml, and `StreamVisitor` in k8s.io/cli-runtime
//! (which skips what is empty or `null`).
//!
//! The splitter works on lines, before any parser: a line that begins with
//! `---` ends a document even inside a block scalar, and nothing but a comment
//! may follow it. Where something else does, as behind a PEM key that was
//! pasted without its indentation, everything up to the next right separator is
//! one broken document: nobody knows where the values in it begin and end.

use std::ops::Range;

use super::compose::compose;
use super::error::SyntaxError;
use super::json::parse_value;
use super::marks::BYTE_ORDER_MARK;
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

/// All documents of a text and all that is wrong with it.
#[derive(Debug, Default)]
pub struct ParsedStream {
    /// The documents that can be read.
    pub documents: Vec<ParsedDocument>,
    /// Errors of the other documents, in the order of the text.
    pub errors: Vec<SyntaxError>,
    /// Number of documents before the first error. kubectl hands out these
    /// and no others.
    pub before_error: usize,
}

/// Parses a text. kubectl stops at the first error; this reads on with the next
/// document, so that one run tells all.
pub fn parse_stream(text: &str) -> ParsedStream {
    let mut stream = Stream {
        text,
        parsed: ParsedStream::default(),
        index: 0,
    };
    if begins_as_json(text) {
        stream.json();
    } else {
        stream.yaml(0, None);
    }
    if stream.parsed.errors.is_empty() {
        stream.parsed.before_error = stream.parsed.documents.len();
    }
    stream.parsed
}

/// Parses what follows `index` values of JSON from `at` on, where JSON fails with an error.
pub(crate) fn parse_after_json(
    text: &str,
    at: usize,
    index: usize,
    error: SyntaxError,
) -> ParsedStream {
    let mut stream = Stream {
        text,
        parsed: ParsedStream::default(),
        index,
    };
    stream.no_json(at, error);
    stream.parsed
}

/// Splits a text into documents for [`parse_piece`], or returns `None` if only parsing
/// finds their ends, as with JSON.
pub fn pieces(text: &str) -> Option<Vec<Piece>> {
    if begins_as_json(text) {
        return None;
    }
    let mut index = 0;
    let piece = |part| {
        index += 1;
        match part {
            Part::Document(range) => Piece::Document {
                index: index - 1,
                range,
            },
            Part::Broken(errors) => Piece::Broken(errors),
        }
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
    /// A document with separators in it that are none.
    Broken(Vec<SyntaxError>),
}

/// The document of a piece; none where it is empty.
///
/// # Errors
/// Errors of kubectl's decoder.
pub fn parse_piece(text: &str, piece: &Piece) -> Result<Option<ParsedDocument>, Vec<SyntaxError>> {
    let (index, range) = match piece {
        Piece::Broken(errors) => return Err(errors.clone()),
        Piece::Document { index, range } => (*index, range),
    };
    let tree = compose_range(text, range).map_err(|error| vec![error])?;
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

/// Returns the start of YAML in a text that is not JSON: after the white space up to and
/// including the first line feed. Near the end there is no such place, since
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

/// The document at a range of a text.
fn compose_range(text: &str, range: &Range<usize>) -> Composed {
    let chunk = text.get(range.clone()).unwrap_or("");
    // As go-yaml, which looks for one at the head of each document: files that are
    // joined have one each.
    let mark = usize::from(chunk.starts_with(BYTE_ORDER_MARK)) * BYTE_ORDER_MARK.len_utf8();
    compose(&chunk[mark..], range.start + mark).map_err(|error| error.in_document(range))
}

struct Stream<'a> {
    text: &'a str,
    parsed: ParsedStream,
    index: usize,
}

impl Stream<'_> {
    fn push(&mut self, tree: Option<Tree>) {
        if let Some(tree) = tree
            && *tree.kind(tree.root()) != Kind::Null
        {
            self.parsed.documents.push(ParsedDocument {
                index: self.index,
                tree,
            });
        }
        self.index += 1;
    }

    fn fail(&mut self, error: SyntaxError) {
        if self.parsed.errors.is_empty() {
            self.parsed.before_error = self.parsed.documents.len();
        }
        self.parsed.errors.push(error);
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
                Err(error) => {
                    self.no_json(at, error);
                    return;
                }
            }
        }
    }

    /// The text from `at` on, where no value of JSON begins.
    fn no_json(&mut self, at: usize, error: SyntaxError) {
        // Where the value would end is not known.
        let error = error.in_document(&(at..self.text.len()));
        let skip = yaml_start(self.text.get(at..).unwrap_or(""));
        match skip.filter(|_| self.index <= 1) {
            Some(skip) => self.yaml(at + skip, Some(error)),
            None => self.fail(error),
        }
    }

    /// YAML documents between `---` lines. What JSON had said first is said
    /// again if YAML fails as well.
    fn yaml(&mut self, start: usize, mut json_error: Option<SyntaxError>) {
        let parts = parts(self.text, start);
        let mut composed = compose_all(self.text, &parts).into_iter();
        for part in parts {
            let errors = match part {
                Part::Document(_) => match composed.next().unwrap_or(Ok(None)) {
                    Ok(tree) => {
                        self.push(tree);
                        // What follows is YAML, and its mistakes are YAML's.
                        json_error = None;
                        continue;
                    }
                    Err(error) => vec![error],
                },
                Part::Broken(errors) => errors,
            };
            self.index += 1;
            for error in errors {
                // Where JSON ended well, its complaint about a `---` explains
                // nothing of what is dropped later.
                let told = json_error.take_if(|_| !error.is_dropped || self.index == 1);
                self.fail(SyntaxError {
                    is_dropped: error.is_dropped,
                    ..told.unwrap_or(error)
                });
            }
        }
    }
}

/// A part of a text, as the line splitter returns it.
enum Part {
    /// The bytes of one document.
    Document(Range<usize>),
    /// The separators of one document that are none.
    Broken(Vec<SyntaxError>),
}

fn parts(text: &str, start: usize) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut wrong: Vec<SyntaxError> = Vec::new();
    let mut end_document = |range: Range<usize>, wrong: &mut Vec<SyntaxError>| {
        let errors = std::mem::take(wrong);
        if !errors.is_empty() {
            let errors = errors.into_iter();
            parts.push(Part::Broken(
                errors.map(|error| error.in_document(&range)).collect(),
            ));
        } else if !range.is_empty() {
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
                // The end of a block whose beginning was told.
                if wrong.is_empty() || !after.starts_with(PEM_END) {
                    let from = at + 3 + (after.len() - after.trim_start().len());
                    wrong.push(wrong_separator(after, from));
                }
            } else if at > begin {
                end_document(begin..at, &mut wrong);
                begin = line_end;
            }
        }
        at = line_end;
    }
    end_document(begin..text.len(), &mut wrong);
    parts
}

/// The marks of a PEM block, after their first three dashes.
const PEM_BEGIN: &str = "--BEGIN ";
const PEM_END: &str = "--END ";

/// The error for a line that begins with three dashes and goes on with `after`,
/// whose first word stands at `from`.
fn wrong_separator(after: &str, from: usize) -> SyntaxError {
    const WRONG: &str = "invalid Yaml document separator";
    let trimmed = after.trim();
    let span = Span::new(from, from + trimmed.len());
    let error = SyntaxError {
        begins_document: true,
        ..SyntaxError::new(format!("{WRONG}: {trimmed}"), span)
            .redacted(WRONG)
            .label("must stand on a line of its own")
    };
    if after.starts_with(PEM_BEGIN) || after.starts_with(PEM_END) {
        return error.help(
            "indent each line of the PEM block, as the value of a block scalar (`|`) needs it",
        );
    }
    error.help("kubectl takes nothing but a comment behind `---`")
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
            Part::Broken(_) => None,
        })
        .collect();
    let compose_some = |ranges: &[&Range<usize>]| -> Vec<Composed> {
        let ranges = ranges.iter();
        ranges.map(|range| compose_range(text, range)).collect()
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
