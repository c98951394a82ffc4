//! The bytes of a file and the text that is parsed, and the changes from one to the other.

use std::cmp::Reverse;
use std::ops::Range;

/// A replacement in the parsed text.
#[derive(Clone, Debug)]
pub(super) struct TextEdit {
    pub(super) range: Range<usize>,
    pub(super) text: String,
    /// Column of inserted lines. Of several insertions at one place the deepest comes first.
    pub(super) column: usize,
}

/// Puts edits into the order of the text; fails if two of them overlap.
pub(super) fn in_order(edits: &mut [TextEdit]) -> Result<(), String> {
    edits.sort_by_key(|own| (own.range.start, !own.range.is_empty(), Reverse(own.column)));
    let pairs = edits.windows(2);
    let mut pairs = pairs.map(|pair| (&pair[0].range, &pair[1].range));
    if pairs.any(|(first, second)| second.start < first.end) {
        return Err("two edits overlap".to_owned());
    }
    Ok(())
}

/// A file's bytes, as they are.
pub(super) struct Raw<'a> {
    pub(super) text: &'a str,
    /// Length of the byte order mark.
    mark: usize,
    has_crlf: bool,
}

impl<'a> Raw<'a> {
    /// # Errors
    /// Bytes that are no UTF-8: a lower-case phrase.
    pub(super) fn of(bytes: &'a [u8]) -> Result<Self, String> {
        if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
            return Err("the file is encoded as UTF-16; only UTF-8 can be edited".to_owned());
        }
        let text = std::str::from_utf8(bytes);
        let text = text.map_err(|error| {
            let at = error.valid_up_to();
            format!("byte {at} is not valid UTF-8; only UTF-8 can be edited")
        })?;
        let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
        Ok(Self {
            text,
            mark,
            has_crlf: text.contains("\r\n"),
        })
    }

    /// Makes ordered edits of the parsed text in the bytes. Returns the new bytes and, for each
    /// edit, its range in the old ones and its text.
    pub(super) fn splice(&self, edits: &[TextEdit]) -> (String, Vec<(Range<usize>, String)>) {
        let mut mapper = Mapper {
            raw: self,
            parsed: 0,
            at: self.mark,
        };
        let mut out = String::with_capacity(self.text.len() + 64 * edits.len());
        let mut ranges = Vec::with_capacity(edits.len());
        let mut done = 0;
        for edit in edits {
            let start = mapper.raw_offset(edit.range.start);
            let end = mapper.raw_offset(edit.range.end);
            out.push_str(self.text.get(done..start).unwrap_or(""));
            let text =
                if self.has_crlf && edit.text.contains('\n') && self.ends_lines_with_crlf(start) {
                    edit.text.replace('\n', "\r\n")
                } else {
                    edit.text.clone()
                };
            out.push_str(&text);
            ranges.push((start..end, text));
            done = end;
        }
        out.push_str(self.text.get(done..).unwrap_or(""));
        (out, ranges)
    }

    /// Returns whether the line around a place ends with CRLF, or the line before it if it is
    /// the last one.
    fn ends_lines_with_crlf(&self, at: usize) -> bool {
        let bytes = self.text.as_bytes();
        let next = bytes.iter().skip(at).position(|byte| *byte == b'\n');
        let feed = next.map(|next| at + next);
        let feed = feed.or_else(|| self.text.get(..at).and_then(|before| before.rfind('\n')));
        feed.is_some_and(|feed| feed > 0 && bytes.get(feed - 1) == Some(&b'\r'))
    }
}

/// Follows the parsed text, which has `\n` for `\r\n`, through the bytes.
struct Mapper<'a> {
    raw: &'a Raw<'a>,
    parsed: usize,
    at: usize,
}

impl Mapper<'_> {
    /// Returns the offset in the bytes of an offset that is not before the last one.
    fn raw_offset(&mut self, parsed: usize) -> usize {
        let bytes = self.raw.text.as_bytes();
        if !self.raw.has_crlf {
            return (parsed + self.raw.mark).min(bytes.len());
        }
        while self.parsed < parsed && self.at < bytes.len() {
            let is_pair = bytes[self.at..].starts_with(b"\r\n");
            self.at += 1 + usize::from(is_pair);
            self.parsed += 1;
        }
        self.at
    }
}
