//! The scanner and parser, behind event types of our own: the only module that
//! names the YAML library.
//!
//! libyaml-safer has the grammar of go-yaml v2 (both descend from libyaml), so
//! it accepts and refuses what kubectl does, in the same words. Where it does
//! not, this module mends it: see [`super::escapes`] and [`PanicGuard`].

use std::borrow::Cow;
use std::cell::Cell;
use std::io::{self, BufRead, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use libyaml_safer::{
    Encoding, ErrorKind, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle,
};

use super::error::SyntaxError;
use super::escapes::{Quotes, escaped_slash};
use super::marks::Marks;
use super::tail::is_a_tail;
use crate::source::Span;

/// go-yaml refuses to nest deeper.
const MAX_DEPTH: usize = 10_000;

/// The library looks at every open flow collection for each thing in them. Nothing
/// that is read takes so many looks but what was made to take for ever: 10,000
/// brackets in each other take a fifth of it, and a document with as many values as
/// there may be, 150 deep, all of it.
const MOST_LOOKS: usize = 500_000_000;

/// What the parser saw, with its place in the document's text.
#[derive(Debug)]
pub(super) struct Event<'t> {
    pub(super) data: Data<'t>,
    pub(super) span: Span,
}

/// The events of one document.
#[derive(Debug)]
pub(super) enum Data<'t> {
    Alias(String),
    Scalar {
        /// Out of the text, where it stands there as it is.
        value: Cow<'t, str>,
        anchor: Option<String>,
        tag: Option<String>,
        /// Plain, or tagged `!`: the text decides the type.
        implicit: bool,
        /// Written without quotes.
        plain: bool,
    },
    SequenceStart {
        anchor: Option<String>,
    },
    SequenceEnd,
    MappingStart {
        anchor: Option<String>,
    },
    MappingEnd,
}

/// What the scanner says to an escape that it does not know.
pub(super) const UNKNOWN_ESCAPE: &str = "found unknown escape character";

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Whether this thread is inside the YAML library, whose one known panic (on a
/// tag with a comma right behind it, `[!a, b]`) becomes a [`SyntaxError`]. A
/// program's panic hook asks this to stay silent then.
pub fn guarding_panics() -> bool {
    GUARDED.get()
}

/// Keeps [`guarding_panics`] true while it lives.
#[derive(Debug)]
struct PanicGuard;

impl PanicGuard {
    fn new() -> Self {
        GUARDED.set(true);
        Self
    }
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        GUARDED.set(false);
    }
}

/// A text that is read a small part at a time: the library expands what it is
/// given to four bytes a character, so that a 100 MB file at once would be
/// 400 MB.
struct Window<'a>(&'a [u8]);

impl Window<'_> {
    const BYTES: usize = 8 << 10;
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(Self::BYTES)])
    }

    fn consume(&mut self, bytes: usize) {
        self.0 = &self.0[bytes.min(self.0.len())..];
    }
}

/// Gives `sink` the events of the first document in `text`; go-yaml's decoder
/// reads no further. Places are byte offsets in `text`.
pub(super) fn scan(
    text: &str,
    quotes: &Quotes,
    sink: &mut dyn FnMut(Event<'_>) -> Result<(), SyntaxError>,
) -> Result<(), SyntaxError> {
    scan_within(text, quotes, MOST_LOOKS, sink)
}

/// The same, with so many looks at open flow collections.
fn scan_within(
    text: &str,
    quotes: &Quotes,
    most_looks: usize,
    sink: &mut dyn FnMut(Event<'_>) -> Result<(), SyntaxError>,
) -> Result<(), SyntaxError> {
    let marks = Marks::of(text);
    let patched = marks.apply(quotes.apply(text));
    let mut input = Window(patched.as_bytes());
    let mut parser = Parser::new();
    parser.set_encoding(Encoding::Utf8);
    parser.set_input(&mut input);
    let guard = PanicGuard::new();
    let result = catch_unwind(AssertUnwindSafe(|| {
        let mut depth = 0usize;
        let (mut flows, mut looks) = (0usize, 0usize);
        loop {
            let event = parser.parse().map_err(|e| syntax_error(text, &e))?;
            let (start, end) = (offset(event.start_mark), offset(event.end_mark));
            let start = value_start(text, start, end, &event.data);
            let span = Span::new(start, trimmed_end(text, start, end));
            flows = flows_after(flows, &event.data);
            looks = looks.saturating_add(flows);
            if looks > most_looks {
                let message = "the document nests too deep for its length";
                return Err(SyntaxError::new(message, span)
                    .label(format!("{flows} levels of brackets are open here"))
                    .help("an API server takes no object that nests like this"));
            }
            let data = match event.data {
                EventData::StreamStart { .. } => continue,
                EventData::DocumentStart {
                    version_directive, ..
                } => {
                    if version_directive.is_some_and(|v| (v.major, v.minor) != (1, 1)) {
                        return Err(SyntaxError::new("found incompatible YAML document", span));
                    }
                    continue;
                }
                EventData::DocumentEnd { .. } => return nothing_follows(text, start, &mut parser),
                EventData::StreamEnd => return Ok(()),
                EventData::Alias { anchor } => Data::Alias(anchor),
                EventData::Scalar {
                    anchor,
                    tag,
                    value,
                    plain_implicit,
                    style,
                    ..
                } => {
                    if style == ScalarStyle::DoubleQuoted
                        && let Some(slash) =
                            text.get(start..span.end as usize).and_then(escaped_slash)
                    {
                        return Err(SyntaxError::new(
                            UNKNOWN_ESCAPE,
                            Span::new(start + slash, start + slash + 2),
                        )
                        .label("not an escape in YAML as kubectl reads it")
                        .help("write `/`"));
                    }
                    Data::Scalar {
                        value: marks
                            .restore(quotes.restore(value, start, span.end as usize))
                            .into(),
                        anchor,
                        tag,
                        implicit: plain_implicit,
                        plain: style == ScalarStyle::Plain,
                    }
                }
                EventData::SequenceStart { anchor, .. } => {
                    depth += 1;
                    Data::SequenceStart { anchor }
                }
                EventData::MappingStart { anchor, .. } => {
                    depth += 1;
                    Data::MappingStart { anchor }
                }
                EventData::SequenceEnd => {
                    depth = depth.saturating_sub(1);
                    Data::SequenceEnd
                }
                EventData::MappingEnd => {
                    depth = depth.saturating_sub(1);
                    Data::MappingEnd
                }
            };
            if depth > MAX_DEPTH {
                return Err(SyntaxError::new(
                    format!("exceeded max depth of {MAX_DEPTH}"),
                    span,
                ));
            }
            sink(Event { data, span })?;
        }
    }));
    drop(guard);
    result.unwrap_or_else(|_| {
        // The library had read at most one window past the tag.
        Err(SyntaxError::new(
            "found a tag with a comma right behind it",
            tag_before_comma(text),
        )
        .help("put a space between the tag and the comma"))
    })
}

/// go-yaml reads no further than the first document, and silently drops what
/// follows a `...` or the end of a flow collection. A document that ends before
/// its text does is a broken one: half of a value may stand behind its end.
fn nothing_follows<R: BufRead>(
    text: &str,
    end: usize,
    parser: &mut Parser<R>,
) -> Result<(), SyntaxError> {
    if is_a_tail(text.get(end..).unwrap_or("")) {
        return Ok(());
    }
    let start = match parser.parse() {
        Ok(event) if matches!(event.data, EventData::StreamEnd) => return Ok(()),
        Ok(event) => offset(event.start_mark),
        Err(error) => error.problem_mark().map_or(0, offset),
    };
    let start = floor(text, start.min(text.len()));
    let rest = text.get(start..).unwrap_or("");
    let line = rest.lines().next().unwrap_or("").trim_end();
    let span = Span::new(start, start + line.len());
    let error = SyntaxError::new("found content after the end of the document", span)
        .label("nobody reads this")
        .help("put `---` on a line of its own between two documents");
    Err(SyntaxError {
        is_dropped: true,
        begins_document: true,
        ..error
    })
}

/// How many flow collections are open after an event, of those that were before it.
fn flows_after(flows: usize, event: &EventData) -> usize {
    match event {
        EventData::SequenceStart { style, .. } if *style == SequenceStyle::Flow => flows + 1,
        EventData::MappingStart { style, .. } if *style == MappingStyle::Flow => flows + 1,
        // `[a: b]` is a flow mapping that has no brackets; block collections end
        // where no flow collection is open.
        EventData::SequenceEnd | EventData::MappingEnd => flows.saturating_sub(1),
        _ => flows,
    }
}

fn offset(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}

/// A node starts with its anchor and tag; its value stands behind them.
fn value_start(text: &str, start: usize, end: usize, data: &EventData) -> usize {
    let marked = match data {
        EventData::Scalar { anchor, tag, .. }
        | EventData::SequenceStart { anchor, tag, .. }
        | EventData::MappingStart { anchor, tag, .. } => anchor.is_some() || tag.is_some(),
        _ => false,
    };
    // Where nothing stands behind them, the event ends with them.
    let Some(mut rest) = text.get(start..end).filter(|_| marked) else {
        return start;
    };
    while rest.starts_with(['&', '!']) {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[end..].trim_start();
    }
    end - rest.len()
}

/// Collections and block scalars end where the next token starts; what lies
/// between is not theirs.
fn trimmed_end(text: &str, start: usize, end: usize) -> usize {
    text.get(start..end).map_or(end, |s| {
        start + s.trim_end_matches([' ', '\t', '\n', '\r']).len()
    })
}

fn syntax_error(text: &str, error: &libyaml_safer::Error) -> SyntaxError {
    if error.kind() == ErrorKind::Reader {
        let found = text.char_indices().find(|(_, c)| !is_printable(*c));
        let (at, c) = found.unwrap_or((0, ' '));
        return SyntaxError::new(
            "control characters are not allowed",
            Span::new(at, at + c.len_utf8()),
        )
        .label(format!("U+{:04X}", u32::from(c)))
        .help(r#"in a double-quoted string, write it as an escape such as "\u001b""#);
    }
    let problem = error.problem_mark().map_or(0, offset).min(text.len());
    let here = text.get(problem..).and_then(|rest| rest.chars().next());
    let width = here.filter(|c| *c != '\n').map_or(0, char::len_utf8);
    let mut mended = SyntaxError::new(error.problem(), Span::new(problem, problem + width));
    if let (Some(context), Some(mark)) = (error.context(), error.context_mark()) {
        let start = offset(mark);
        mended.context = Some(Box::new((context.to_owned(), Span::new(start, start))));
    }
    let line_start = text[..floor(text, problem)]
        .rfind('\n')
        .map_or(0, |i| i + 1);
    let indent = &text[line_start..floor(text, problem)];
    if here == Some('\t') || indent.contains('\t') && indent.trim().is_empty() {
        let tab = line_start + indent.find('\t').unwrap_or(indent.len());
        mended.span = Span::new(tab, tab + 1);
        mended = mended
            .label("a tab")
            .help("YAML takes no tabs in indentation: replace them with spaces");
    }
    mended
}

fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// The characters that YAML 1.1 allows in a stream.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// The first tag that a comma follows at once: where the library gives up.
fn tag_before_comma(text: &str) -> Span {
    let starts = text.match_indices('!').map(|(i, _)| i);
    for start in starts {
        let tag = &text[start..];
        let end = tag.find(|c: char| c.is_whitespace() || matches!(c, ',' | '[' | ']' | '{' | '}'));
        if let Some(end) = end
            && tag[end..].starts_with(',')
        {
            return Span::new(start, start + end + 1);
        }
    }
    Span::new(0, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The place at which a text is given up for its nesting.
    fn given_up(text: &str, most_looks: usize) -> Option<Span> {
        let mut sink = |_: Event<'_>| Ok(());
        let scanned = scan_within(text, &Quotes::default(), most_looks, &mut sink);
        let error = scanned.err()?;
        assert!(error.message.contains("too deep"), "{error:?}");
        Some(error.span)
    }

    #[test]
    fn deep_brackets_with_much_in_them_are_given_up_at_their_place() {
        let deep = |values: usize| {
            format!(
                "a: {}{}{}\n",
                "[".repeat(50),
                "0,".repeat(values),
                "]".repeat(50)
            )
        };
        assert_eq!(given_up(&deep(100), 10_000), None);
        let place = given_up(&deep(300), 10_000).unwrap();
        assert!(place.start > 300 && place.end < 600, "{place:?}");
        // Mappings, pairs in a list, and what is never closed.
        for (open, value) in [("{a: ", "b: 0,"), ("[a: ", "b: 0,"), ("[{a: ", "b: 0,")] {
            let text = format!("a: {}0, {}", open.repeat(50), value.repeat(400));
            assert!(given_up(&text, 10_000).is_some(), "{open}");
        }
        // What stands beside each other, and blocks, cost nothing.
        let wide = "- {a: [1, 2, {b: c}]}\n".repeat(300);
        assert_eq!(given_up(&wide, 10_000), None);
        let block = format!("a:\n{}0\n", "- ".repeat(300));
        assert_eq!(given_up(&block, 10), None);
    }
}
