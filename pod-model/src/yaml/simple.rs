//! The YAML that nearly all manifests are written in, read in one pass: block
//! mappings and lists whose scalars stand on one line, and short flow
//! collections. Whatever is not certain to be just that (anchors, tags, block
//! scalars, escapes, anything that goes on in a second line, anything wrong) is
//! left to the YAML library, which reads the document from its beginning; it
//! takes five times as long.
//!
//! `an_own_tree_is_the_librarys` in tests/simple.rs holds both to be the same,
//! places included.

use super::error::SyntaxError;
use super::event::{Data, Event};
use crate::source::Span;

/// Takes the events of a document.
type Sink<'s, 't> = &'s mut dyn FnMut(Event<'t>) -> Result<(), SyntaxError>;

/// Gives `sink` the events of a document; none where the document is not simple,
/// and then what `sink` was given counts for nothing.
pub(super) fn scan<'t>(text: &'t str, sink: Sink<'_, 't>) -> Option<()> {
    let harmless = |byte: u8| matches!(byte, b'\n' | b' '..=b'~');
    if !text.bytes().all(harmless) {
        return None;
    }
    let mut scanner = Scanner {
        text,
        sink,
        open: Vec::new(),
        pending: None,
    };
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let content = line.trim_start_matches(' ');
        let indent = line.len() - content.len();
        let content = content.trim_end_matches([' ', '\n']);
        if !content.is_empty() && !content.starts_with('#') {
            scanner.line(at + indent, indent, content)?;
        }
        at += line.len();
    }
    scanner.end()
}

/// Maximum depth of a simple document.
const DEEPEST: usize = 64;
/// A longer key is not simple; to YAML it is no key from 1,024 characters on.
const LONGEST_KEY: usize = 256;

/// A block collection that has not ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Block {
    Mapping,
    Sequence,
    /// A list as far to the left as the mapping that it is a value of.
    Indentless,
}

struct Scanner<'t, 's> {
    text: &'t str,
    sink: Sink<'s, 't>,
    /// The open collections and their columns, the outermost first.
    open: Vec<(Block, usize)>,
    /// The end of a key whose value has not come.
    pending: Option<usize>,
}

impl<'t> Scanner<'t, '_> {
    fn emit(&mut self, data: Data<'t>, start: usize, end: usize) -> Option<()> {
        let span = Span::new(start, end);
        (self.sink)(Event { data, span }).ok()
    }

    fn scalar(&mut self, value: &'t str, start: usize, end: usize, plain: bool) -> Option<()> {
        let data = Data::Scalar {
            value: value.into(),
            anchor: None,
            tag: None,
            implicit: plain,
            plain,
        };
        self.emit(data, start, end)
    }

    fn begin(&mut self, block: Block, column: usize, at: usize) -> Option<()> {
        if self.open.len() >= DEEPEST {
            return None;
        }
        self.open.push((block, column));
        let data = match block {
            Block::Mapping => Data::MappingStart { anchor: None },
            Block::Sequence | Block::Indentless => Data::SequenceStart { anchor: None },
        };
        self.emit(data, at, at)
    }

    fn close(&mut self, at: usize) -> Option<()> {
        let data = match self.open.pop()?.0 {
            Block::Mapping => Data::MappingEnd,
            Block::Sequence | Block::Indentless => Data::SequenceEnd,
        };
        self.emit(data, at, at)
    }

    /// A line with something on it, from its first character on.
    fn line(&mut self, at: usize, column: usize, content: &'t str) -> Option<()> {
        let is_entry = is_entry(content);
        if let Some(after_key) = self.pending {
            let (_, parent) = *self.open.last()?;
            if column > parent {
                self.pending = None;
                return self.node(at, column, content, true);
            }
            if column == parent && is_entry {
                self.pending = None;
                self.begin(Block::Indentless, column, at)?;
                return self.entry(at, column, content);
            }
            self.pending = None;
            self.scalar("", after_key, after_key, true)?;
        }
        if self.open.is_empty() {
            // Only the first line may begin something here.
            return (self.text[..at].lines().all(is_blank))
                .then_some(())
                .and_then(|()| self.node(at, column, content, true));
        }
        while self.open.last()?.1 > column {
            self.close(at)?;
        }
        if self.open.last() == Some(&(Block::Indentless, column)) && !is_entry {
            self.close(at)?;
        }
        match (*self.open.last()?, is_entry) {
            ((Block::Mapping, c), false) if c == column => self.pair(at, content),
            ((Block::Sequence | Block::Indentless, c), true) if c == column => {
                self.entry(at, column, content)
            }
            _ => None,
        }
    }

    /// A node that begins here; `alone` when it is the first of its line, where
    /// a scalar is not simple.
    fn node(&mut self, at: usize, column: usize, content: &'t str, alone: bool) -> Option<()> {
        if is_entry(content) {
            self.begin(Block::Sequence, column, at)?;
            return self.entry(at, column, content);
        }
        if key_end(content).is_some() {
            self.begin(Block::Mapping, column, at)?;
            return self.pair(at, content);
        }
        if alone {
            return None;
        }
        self.value(at, content)
    }

    /// `- …`
    fn entry(&mut self, at: usize, column: usize, content: &'t str) -> Option<()> {
        let rest = content[1..].trim_start_matches(' ');
        let skipped = content.len() - rest.len();
        if rest.is_empty() || rest.starts_with('#') {
            return None;
        }
        self.node(at + skipped, column + skipped, rest, false)
    }

    /// `key: …`
    fn pair(&mut self, at: usize, content: &'t str) -> Option<()> {
        let end = key_end(content)?;
        self.scalar(&content[..end], at, at + end, true)?;
        let rest = content[end + 1..].trim_start_matches(' ');
        if rest.is_empty() || rest.starts_with('#') {
            self.pending = Some(at + end + 1);
            return Some(());
        }
        self.value(at + content.len() - rest.len(), rest)
    }

    /// The rest of a line: a scalar or a flow collection, and perhaps a comment.
    fn value(&mut self, at: usize, rest: &'t str) -> Option<()> {
        let end = match rest.as_bytes().first()? {
            b'"' | b'\'' => self.quoted(at, rest)?,
            b'{' | b'[' => self.flow(at, rest, 0)?,
            _ => {
                let end = plain_end(rest)?;
                self.scalar(&rest[..end], at, at + end, true)?;
                end
            }
        };
        let after = &rest[end..];
        let comment = after.trim_start_matches(' ');
        let ends = comment.is_empty() || comment.starts_with('#') && comment.len() < after.len();
        ends.then_some(())
    }

    /// A quoted scalar without any escape; where it ends.
    fn quoted(&mut self, at: usize, rest: &'t str) -> Option<usize> {
        let quote = rest.chars().next()?;
        let inner = &rest[1..];
        let length = inner.find(quote)?;
        let value = &inner[..length];
        // `''` is an escape, too.
        if value.contains('\\') && quote == '"' || inner[length + 1..].starts_with(quote) {
            return None;
        }
        let end = length + 2;
        self.scalar(value, at, at + end, false)?;
        Some(end)
    }

    /// `{…}` or `[…]`; where it ends.
    fn flow(&mut self, at: usize, rest: &'t str, depth: usize) -> Option<usize> {
        if depth >= DEEPEST {
            return None;
        }
        let is_mapping = rest.starts_with('{');
        let (begin, end, bracket) = if is_mapping {
            (Data::MappingStart { anchor: None }, Data::MappingEnd, b'}')
        } else {
            (
                Data::SequenceStart { anchor: None },
                Data::SequenceEnd,
                b']',
            )
        };
        self.emit(begin, at, at + 1)?;
        let blanks = |from: usize| rest[from..].len() - rest[from..].trim_start_matches(' ').len();
        let byte = |at: usize| rest.as_bytes().get(at).copied();
        let mut i = 1 + blanks(1);
        let mut is_empty = true;
        while !(is_empty && byte(i) == Some(bracket)) {
            is_empty = false;
            if is_mapping {
                let end = word_end(&rest[i..])?;
                self.scalar(&rest[i..i + end], at + i, at + i + end, true)?;
                i += end;
                if !rest[i..].starts_with(": ") {
                    return None;
                }
                i += 1 + blanks(i + 1);
            }
            i += match byte(i)? {
                b'"' | b'\'' => self.quoted(at + i, &rest[i..])?,
                b'{' | b'[' => self.flow(at + i, &rest[i..], depth + 1)?,
                _ => {
                    let end = word_end(&rest[i..])?;
                    self.scalar(&rest[i..i + end], at + i, at + i + end, true)?;
                    end
                }
            };
            i += blanks(i);
            match byte(i)? {
                b',' => i += 1 + blanks(i + 1),
                last if last == bracket => break,
                _ => return None,
            }
        }
        self.emit(end, at + i, at + i + 1)?;
        Some(i + 1)
    }

    fn end(mut self) -> Option<()> {
        let at = self.text.len();
        if let Some(after_key) = self.pending {
            self.scalar("", after_key, after_key, true)?;
        }
        if self.open.is_empty() {
            return None;
        }
        while !self.open.is_empty() {
            self.close(at)?;
        }
        Some(())
    }
}

fn is_blank(line: &str) -> bool {
    let content = line.trim_start_matches(' ');
    content.is_empty() || content.starts_with('#')
}

fn is_entry(content: &str) -> bool {
    content == "-" || content.starts_with("- ")
}

/// A word that means nothing but itself, in flow collections, too.
fn word_end(text: &str) -> Option<usize> {
    let is_part =
        |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'/' | b'-');
    let end = text.bytes().position(|byte| !is_part(byte));
    let end = end.unwrap_or(text.len());
    let first = *text.as_bytes().first()?;
    let begins = first.is_ascii_alphanumeric() || matches!(first, b'_' | b'/');
    (begins && end <= LONGEST_KEY).then_some(end)
}

/// Returns the end of a key: a word before a colon that is followed by a space or the
/// end of the line.
fn key_end(content: &str) -> Option<usize> {
    let end = word_end(content)?;
    let after = content[end..].strip_prefix(':')?;
    (after.is_empty() || after.starts_with(' ')).then_some(end)
}

/// Returns the end of a plain scalar, at the end of the line or before a comment.
fn plain_end(rest: &str) -> Option<usize> {
    let bytes = rest.as_bytes();
    let begins = match bytes.first()? {
        b'-' => bytes.get(1).is_some_and(|next| *next != b' '),
        first => first.is_ascii_alphanumeric() || b"_/.$(+~<=^;".contains(first),
    };
    let text = rest.split_once(" #").map_or(rest, |(text, _)| text);
    let text = text.trim_end_matches(' ');
    let is_key = text.ends_with(':') || text.contains(": ");
    (begins && !is_key).then_some(text.len())
}
