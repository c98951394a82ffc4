//! The part of a text that is held while it is split.

use std::borrow::Cow;

use super::skip::{Bounds, SaidKind, Stop, skip_space, string_end, value_end};
use crate::source::Position;
use crate::yaml::LongText;

/// Bytes by which the held part grows at first.
const STEP: usize = 1 << 20;

/// A reason why a text cannot be split.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// It is wrong.
    Wrong,
    /// A value holds too many values: the one at this place is too much.
    Crowded(usize),
    /// A value is larger than may be held.
    TooLarge,
    /// It cannot be read.
    Unread(String),
}

/// A part of a text, in which places are counted from the beginning of the text.
pub(super) struct Held<'a> {
    bytes: Cow<'a, [u8]>,
    /// The place of the first byte.
    base: usize,
    /// The place before which nothing is needed any more.
    needed_from: usize,
    /// The text beyond, or `None` if all of it is held.
    text: Option<&'a dyn LongText>,
    /// Maximum number of bytes that are held.
    most: usize,
    /// A place with its line and column.
    known: (usize, Position),
}

/// Returns the end of what begins at a place.
type Find<'a> = dyn FnMut(&[u8], usize) -> Result<usize, Stop> + 'a;

impl<'a> Held<'a> {
    /// Holds a whole text.
    pub(super) fn whole(text: &'a str) -> Self {
        Self::new(text.as_bytes().into(), None, usize::MAX)
    }

    /// Holds at most so many bytes of a text at a time.
    pub(super) fn part(text: &'a dyn LongText, most: usize) -> Self {
        Self::new(Vec::new().into(), Some(text), most)
    }

    fn new(bytes: Cow<'a, [u8]>, text: Option<&'a dyn LongText>, most: usize) -> Self {
        Self {
            bytes,
            base: 0,
            needed_from: 0,
            text,
            most,
            known: (0, Position::default()),
        }
    }

    /// Skips a byte-order mark of UTF-8, and returns the place after it.
    pub(super) fn skip_mark(&mut self) -> Result<usize, Failure> {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        self.grow()?;
        let length = if self.bytes.starts_with(MARK) {
            MARK.len()
        } else {
            0
        };
        self.release(length);
        self.known.0 = length;
        Ok(length)
    }

    /// Returns the held bytes of a range.
    pub(super) fn get(&self, start: usize, end: usize) -> &[u8] {
        let range = start.saturating_sub(self.base)..end.saturating_sub(self.base);
        self.bytes.get(range).unwrap_or_default()
    }

    /// Lets go of what lies before a place.
    pub(super) fn release(&mut self, before: usize) {
        self.needed_from = before;
    }

    /// Returns the held bytes from a place on.
    pub(super) fn rest(&self, start: usize) -> &[u8] {
        let held = start.saturating_sub(self.base);
        self.bytes.get(held..).unwrap_or_default()
    }

    /// Returns the line and column of a place, no earlier than the last one that was asked for.
    pub(super) fn position(&mut self, at: usize) -> Position {
        let (from, mut position) = self.known;
        let begins = |bytes: &[u8]| {
            let count = bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count();
            u32::try_from(count).unwrap_or(u32::MAX)
        };
        let passed = self.get(from, at);
        match passed.iter().rposition(|byte| *byte == b'\n') {
            Some(last) => {
                let lines = passed.split(|byte| *byte == b'\n').count() - 1;
                let lines = u32::try_from(lines).unwrap_or(u32::MAX);
                position.line = position.line.saturating_add(lines);
                position.column = begins(&passed[last..]);
            }
            None => position.column = position.column.saturating_add(begins(passed)),
        }
        self.known = (at, position);
        position
    }

    /// Reads on, and returns whether there was more.
    fn grow(&mut self) -> Result<bool, Failure> {
        let Some(text) = self.text else {
            return Ok(false);
        };
        // Lines are counted in what is held.
        self.position(self.needed_from.max(self.known.0));
        let bytes = self.bytes.to_mut();
        bytes.drain(..self.needed_from.saturating_sub(self.base));
        self.base = self.base.max(self.needed_from);
        let step = bytes
            .len()
            .max(STEP)
            .min(self.most.saturating_sub(bytes.len()));
        if step == 0 {
            return Err(Failure::TooLarge);
        }
        let read = text.read(self.base + bytes.len(), step);
        let read = read.map_err(Failure::Unread)?;
        if read.is_empty() {
            self.text = None;
        }
        bytes.extend_from_slice(&read);
        Ok(!read.is_empty())
    }

    /// Returns the next byte after white space with its place, or `None` at the end.
    pub(super) fn next(&mut self, mut at: usize) -> Result<Option<(usize, u8)>, Failure> {
        loop {
            let held = at - self.base;
            at = self.base + skip_space(&self.bytes, held);
            if let Some(byte) = self.bytes.get(at - self.base) {
                return Ok(Some((at, *byte)));
            }
            if !self.grow()? {
                return Ok(None);
            }
        }
    }

    /// Returns the end of the value that begins at a place, and the kind that it says.
    pub(super) fn value_end(
        &mut self,
        at: usize,
        bounds: Bounds,
    ) -> Result<(usize, SaidKind), Failure> {
        let mut said = SaidKind::Unsaid;
        let end = self.end_of(at, &mut |bytes, at| {
            let (end, found) = value_end(bytes, at, bounds)?;
            said = found;
            Ok(end)
        })?;
        if let SaidKind::Word(word) = &mut said {
            *word = self.base + word.start..self.base + word.end;
        }
        Ok((end, said))
    }

    /// Returns the end of the string that begins at a place.
    pub(super) fn string_end(&mut self, at: usize) -> Result<usize, Failure> {
        self.end_of(at, &mut string_end)
    }

    fn end_of(&mut self, at: usize, find: &mut Find<'_>) -> Result<usize, Failure> {
        loop {
            match find(&self.bytes, at - self.base) {
                Ok(end) => return Ok(self.base + end),
                Err(Stop::Crowded(at)) => return Err(Failure::Crowded(self.base + at)),
                Err(Stop::End) if self.grow()? => {}
                Err(_) => return Err(Failure::Wrong),
            }
        }
    }
}
