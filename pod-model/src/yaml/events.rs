//! The scanner and parser of the YAML library. No other module names the library.
//!
//! libyaml-safer has the grammar of go-yaml v2 (both descend from libyaml), so it
//! accepts and refuses the same documents as kubectl, in the same words. This module
//! corrects the differences: see [`super::escapes`] and [`PanicGuard`].

use std::io::BufRead;
use std::panic::{AssertUnwindSafe, catch_unwind};

use libyaml_safer::{
    Encoding, ErrorKind, EventData, MappingStyle, Mark, Parser, ScalarStyle, SequenceStyle,
};

use super::error::SyntaxError;
use super::escapes::{Quotes, escaped_slash};
use super::event::{Data, Event};
use super::marks::Marks;
use super::panic_guard::PanicGuard;
use super::tail::is_a_tail;
use super::window::Window;
use crate::source::Span;

/// Greatest depth that go-yaml reads.
const MAX_DEPTH: usize = 10_000;

/// Maximum number of visits to open flow collections: the library visits each of them
/// for each of their events. Only hostile documents need more: 10,000 nested brackets
/// take a fifth of it, and a document with the maximum of values, 150 deep, all of it.
const MAX_FLOW_VISITS: usize = 500_000_000;

/// The scanner's message for an unknown escape.
pub(super) const UNKNOWN_ESCAPE: &str = "found unknown escape character";

/// Passes the events of the first document in `text` to `sink`; go-yaml's decoder
/// reads no further. Spans are byte offsets in `text`.
pub(super) fn scan(
    text: &str,
    quotes: &Quotes,
    sink: &mut dyn FnMut(Event<'_>) -> Result<(), SyntaxError>,
) -> Result<(), SyntaxError> {
    scan_within(text, quotes, MAX_FLOW_VISITS, sink)
}

/// Scans with a limit on visits to open flow collections.
fn scan_within(
    text: &str,
    quotes: &Quotes,
    max_visits: usize,
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
        let (mut flows, mut visits) = (0usize, 0usize);
        loop {
            let event = parser.parse().map_err(|e| syntax_error(text, &e))?;
            let (start, end) = (offset(event.start_mark), offset(event.end_mark));
            let start = value_start(text, start, end, &event.data);
            let span = Span::new(start, trimmed_end(text, start, end));
            flows = flows_after(flows, &event.data);
            visits = visits.saturating_add(flows);
            if visits > max_visits {
                let message = "the document is nested too deeply for its length";
                return Err(SyntaxError::new(message, span)
                    .label(format!("{flows} open brackets"))
                    .help("reduce the nesting; the API server rejects such objects"));
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
                EventData::DocumentEnd { .. } => return require_end(text, start, &mut parser),
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
                        .label("invalid escape in YAML 1.1")
                        .help("use `/` without the backslash"));
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
        // The library has read at most one window past the tag.
        Err(
            SyntaxError::new("found a comma after a tag", tag_before_comma(text))
                .help("insert a space between the tag and the comma"),
        )
    })
}

/// Fails if content follows the end of the first document. go-yaml drops silently
/// everything after a `...` or the end of a flow collection, which may be half a value.
fn require_end<R: BufRead>(
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
        .label("ignored by kubectl")
        .help("separate documents with a line `---`");
    Err(SyntaxError {
        is_dropped: true,
        begins_document: true,
        ..error
    })
}

/// Returns the number of open flow collections after an event.
fn flows_after(flows: usize, event: &EventData) -> usize {
    match event {
        EventData::SequenceStart { style, .. } if *style == SequenceStyle::Flow => flows + 1,
        EventData::MappingStart { style, .. } if *style == MappingStyle::Flow => flows + 1,
        // `[a: b]` holds a flow mapping without brackets; block collections end only
        // when no flow collection is open.
        EventData::SequenceEnd | EventData::MappingEnd => flows.saturating_sub(1),
        _ => flows,
    }
}

fn offset(mark: Mark) -> usize {
    usize::try_from(mark.index).unwrap_or(usize::MAX)
}

/// Returns the start of a value, after its anchor and tag.
fn value_start(text: &str, start: usize, end: usize, data: &EventData) -> usize {
    let marked = match data {
        EventData::Scalar { anchor, tag, .. }
        | EventData::SequenceStart { anchor, tag, .. }
        | EventData::MappingStart { anchor, tag, .. } => anchor.is_some() || tag.is_some(),
        _ => false,
    };
    // Without a value the event ends after them.
    let Some(mut rest) = text.get(start..end).filter(|_| marked) else {
        return start;
    };
    while rest.starts_with(['&', '!']) {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[end..].trim_start();
    }
    end - rest.len()
}

/// Returns the end of a value without the white space before the next token, where
/// the events of collections and block scalars end.
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
        .help(r#"use a double-quoted string with an escape such as "\u001b""#);
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
            .help("YAML does not allow tabs in indentation; use spaces");
    }
    mended
}

fn floor(text: &str, mut offset: usize) -> usize {
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

/// Returns whether YAML 1.1 allows a character in a stream.
fn is_printable(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{85}' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Returns the first tag that is followed by a comma, on which the library panics.
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

    /// Returns the span at which a text is refused for its nesting.
    fn refused_at(text: &str, max_visits: usize) -> Option<Span> {
        let mut sink = |_: Event<'_>| Ok(());
        let scanned = scan_within(text, &Quotes::default(), max_visits, &mut sink);
        let error = scanned.err()?;
        assert!(error.message.contains("too deeply"), "{error:?}");
        Some(error.span)
    }

    #[test]
    fn deep_brackets_with_many_values_are_refused_at_their_place() {
        let deep = |values: usize| {
            format!(
                "a: {}{}{}\n",
                "[".repeat(50),
                "0,".repeat(values),
                "]".repeat(50)
            )
        };
        assert_eq!(refused_at(&deep(100), 10_000), None);
        let place = refused_at(&deep(300), 10_000).unwrap();
        assert!(place.start > 300 && place.end < 600, "{place:?}");
        // Mappings, pairs in a list, and brackets that are never closed.
        for (open, value) in [("{a: ", "b: 0,"), ("[a: ", "b: 0,"), ("[{a: ", "b: 0,")] {
            let text = format!("a: {}0, {}", open.repeat(50), value.repeat(400));
            assert!(refused_at(&text, 10_000).is_some(), "{open}");
        }
        // Siblings and blocks cost nothing.
        let wide = "- {a: [1, 2, {b: c}]}\n".repeat(300);
        assert_eq!(refused_at(&wide, 10_000), None);
        let block = format!("a:\n{}0\n", "- ".repeat(300));
        assert_eq!(refused_at(&block, 10), None);
    }
}
