//! A list of JSON to runs of items, so that each item is read by itself: a list of all Pods of a
//! cluster holds more values than a document may, and none of them needs the others.

use std::collections::BTreeSet;

use super::held::{Failure, Held};
use super::lexer::Lexer;
use super::parser::{parse_fields, parse_value};
use super::skip::{Bounds, SaidKind};
use crate::fields::Fields;
use crate::source::{Position, Span};
use crate::tree::{MAX_NODES, Tree};
use crate::yaml::error::SyntaxError;
use crate::yaml::{LongText, decode_part};

/// Bounds of the parts of a list.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ListBounds {
    /// Maximum number of values of an item.
    pub values: usize,
    /// Maximum number of bytes of an item of a long text.
    pub item: usize,
    /// Number of bytes from which on a run ends.
    pub run: usize,
}

impl Default for ListBounds {
    fn default() -> Self {
        Self {
            values: MAX_NODES,
            item: 16 << 20,
            run: 32 << 10,
        }
    }
}

/// Maximum number of items of a run.
const MOST_ITEMS: usize = 64;
/// Maximum number of sets of kinds that are told apart.
const MOST_SETS: usize = 256;

/// Consecutive items.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// The number of its first item in the list, from 0.
    pub first: usize,
    /// The place of its first byte in the text.
    pub start: usize,
    /// The place after its last item.
    pub end: usize,
    /// The line and column of its first byte.
    pub position: Position,
    /// The kinds of its items: the number of a set of the list, or `None` for any kinds.
    pub kinds: Option<u16>,
}

/// A list that was split.
#[derive(Debug)]
pub(crate) struct SplitList {
    /// The list without its items.
    pub list: Tree,
    pub runs: Vec<Run>,
    /// The sets of kinds, as the items say them. The empty word is that of an item that says
    /// none.
    pub kinds: Vec<Vec<Box<str>>>,
    /// The place after it.
    pub end: usize,
}

/// A list that cannot be split because it is wrong.
#[derive(Debug)]
pub(crate) struct BrokenList {
    pub error: SyntaxError,
    /// The text around the error, where that is a part of a long one.
    pub part: Option<(String, Position)>,
}

/// Splits the list that begins at `start` of a text, or returns `None` for another value: one
/// without `items`, with two of them, or whose items are no array.
///
/// # Errors
/// A text that is no JSON, an item with too many values.
pub(crate) fn split_list(
    text: &str,
    start: usize,
    bounds: ListBounds,
) -> Result<Option<SplitList>, Box<BrokenList>> {
    let mut splitter = Splitter::new(Held::whole(text), bounds);
    splitter.text = Some(text);
    splitter.split(start)
}

/// Splits a long text that is one list.
///
/// # Errors
/// Those of [`split_list`]; a text that cannot be read, or an item that is too large.
pub(crate) fn split_long_list(
    text: &dyn LongText,
    bounds: ListBounds,
) -> Result<Option<SplitList>, Box<BrokenList>> {
    let mut splitter = Splitter::new(Held::part(text, bounds.item), bounds);
    let start = splitter.held.skip_mark();
    let start = start.map_err(|failure| splitter.broken(&failure, 0))?;
    let Some(split) = splitter.split(start)? else {
        return Ok(None);
    };
    splitter.held.release(split.end);
    match splitter.next(split.end)? {
        None => Ok(Some(split)),
        Some((at, _)) => Err(splitter.unexpected(at, "after the end of the list")),
    }
}

struct Splitter<'a> {
    held: Held<'a>,
    bounds: ListBounds,
    /// The text, if all of it is held.
    text: Option<&'a str>,
    kinds: Kinds,
}

impl<'a> Splitter<'a> {
    fn new(held: Held<'a>, bounds: ListBounds) -> Self {
        Self {
            held,
            bounds,
            text: None,
            kinds: Kinds::default(),
        }
    }

    fn split(&mut self, start: usize) -> Result<Option<SplitList>, Box<BrokenList>> {
        let mut at = match self.next(start)? {
            Some((at, b'{')) => at + 1,
            _ => return Ok(None),
        };
        if let Some((_, b'}')) = self.next(at)? {
            return Ok(None);
        }
        let whole = Bounds {
            values: self.bounds.values,
            depth: 1,
        };
        let mut head = start;
        let mut list = Vec::new();
        let mut runs = None;
        loop {
            let key = match self.next(at)? {
                Some((key, b'"')) => key,
                other => {
                    let at = other.map_or(at, |(at, _)| at);
                    return Err(self.unexpected(at, "looking for beginning of object key string"));
                }
            };
            let end = self.held.string_end(key);
            let end = end.map_err(|failure| self.broken(&failure, key))?;
            let is_items = self.held.get(key, end) == b"\"items\"";
            let colon = match self.next(end)? {
                Some((colon, b':')) => colon + 1,
                other => {
                    let at = other.map_or(end, |(at, _)| at);
                    return Err(self.unexpected(at, "after object key"));
                }
            };
            at = match self.next(colon)? {
                Some((bracket, b'[')) if is_items && runs.is_none() => {
                    list.extend_from_slice(self.held.get(head, bracket + 1));
                    let (found, end) = self.items(bracket + 1)?;
                    runs = Some(found);
                    head = end;
                    self.held.release(head);
                    end + 1
                }
                _ if is_items => return Ok(None),
                _ => {
                    let passed = self.held.value_end(colon, whole);
                    passed.map_err(|failure| self.broken(&failure, colon))?.0
                }
            };
            match self.next(at)? {
                Some((comma, b',')) => at = comma + 1,
                Some((end, b'}')) => {
                    list.extend_from_slice(self.held.get(head, end + 1));
                    let runs = runs.map(|runs| self.finish(&list, runs, end + 1));
                    return Ok(runs.flatten());
                }
                other => {
                    let at = other.map_or(at, |(at, _)| at);
                    return Err(self.unexpected(at, "after object key:value pair"));
                }
            }
        }
    }

    /// Splits the items from the place after their bracket on. Returns the place of the other
    /// bracket, too.
    fn items(&mut self, start: usize) -> Result<(Vec<Run>, usize), Box<BrokenList>> {
        let bounds = Bounds {
            values: self.bounds.values,
            depth: 2,
        };
        let mut runs = Vec::new();
        let mut at = start;
        if let Some((end, b']')) = self.next(at)? {
            return Ok((runs, end));
        }
        let mut first = 0;
        loop {
            let start = self.next(at)?.map_or(at, |(at, _)| at);
            let position = self.held.position(start);
            let mut kinds = KindSet::default();
            let mut count = 0;
            let (end, closed) = loop {
                let item = self.next(at)?.map_or(at, |(at, _)| at);
                self.held.release(item);
                let passed = self.held.value_end(item, bounds);
                let (end, said) = passed.map_err(|failure| self.broken(&failure, item))?;
                match said {
                    SaidKind::Word(word) => kinds.add(self.held.get(word.start, word.end)),
                    SaidKind::Unsaid => kinds.add(b""),
                    SaidKind::Any => kinds.is_any = true,
                }
                count += 1;
                at = end;
                match self.next(at)? {
                    Some((comma, b',')) => at = comma + 1,
                    Some((bracket, b']')) => break (end, Some(bracket)),
                    other => {
                        let at = other.map_or(at, |(at, _)| at);
                        return Err(self.unexpected(at, "after array element"));
                    }
                }
                if count >= MOST_ITEMS || end - start >= self.bounds.run {
                    break (end, None);
                }
            };
            runs.push(Run {
                first,
                start,
                end,
                position,
                kinds: self.kinds.number(&kinds),
            });
            first += count;
            if let Some(bracket) = closed {
                return Ok((runs, bracket));
            }
        }
    }

    /// Returns the split list, unless a key of it stands twice.
    fn finish(&mut self, list: &[u8], runs: Vec<Run>, end: usize) -> Option<SplitList> {
        let text = decode_part(list.to_vec());
        let (list, _) = parse_value(&text, 0).ok()??;
        let kinds = std::mem::take(&mut self.kinds).sets;
        list.duplicates().is_empty().then_some(SplitList {
            list,
            runs,
            kinds,
            end,
        })
    }

    fn next(&mut self, at: usize) -> Result<Option<(usize, u8)>, Box<BrokenList>> {
        let next = self.held.next(at);
        next.map_err(|failure| self.broken(&failure, at))
    }

    /// Returns the error for the character at a place, with Go's words for its context.
    fn unexpected(&mut self, at: usize, context: &str) -> Box<BrokenList> {
        self.error_of(at, &|text, at| {
            let mut lexer = Lexer { text, at };
            lexer.skip_space();
            lexer.unexpected(context)
        })
    }

    /// Returns the error for the value or key that begins at a place.
    fn broken(&mut self, failure: &Failure, at: usize) -> Box<BrokenList> {
        let values = self.bounds.values;
        let limit = self.bounds.item;
        let at = match failure {
            Failure::Crowded(at) => *at,
            _ => at,
        };
        self.error_of(at, &|text, at| {
            let here = Span::new(at, at);
            match failure {
                Failure::Wrong => match parse_fields(text, at, Fields::ALL, values) {
                    Err(error) => error,
                    // Nothing but its depth within the list is wrong, or it is missing.
                    Ok(Some(_)) => SyntaxError::new("exceeded max depth", here),
                    Ok(None) => {
                        let at = text.len();
                        Lexer { text, at }.unexpected("")
                    }
                },
                Failure::Crowded(_) => SyntaxError::too_large(values, here),
                Failure::TooLarge => {
                    let message = format!("a value is larger than {} MiB", limit >> 20);
                    SyntaxError::new(message, here).help("an API server takes no object over 3 MB")
                }
                Failure::Unread(why) => SyntaxError::new(why.clone(), here),
            }
        })
    }

    fn error_of(
        &mut self,
        at: usize,
        error: &dyn Fn(&str, usize) -> SyntaxError,
    ) -> Box<BrokenList> {
        if let Some(text) = self.text {
            let error = error(text, at);
            return Box::new(BrokenList { error, part: None });
        }
        let position = self.held.position(at);
        let part = decode_part(self.held.rest(at).to_vec());
        let error = error(&part, 0).in_document(&(0..part.len()));
        let part = Some((part, position));
        Box::new(BrokenList { error, part })
    }
}

/// The kinds of a run's items.
#[derive(Default)]
struct KindSet {
    words: BTreeSet<Box<[u8]>>,
    is_any: bool,
}

impl KindSet {
    fn add(&mut self, word: &[u8]) {
        if !self.is_any && !self.words.contains(word) {
            self.words.insert(word.into());
        }
    }
}

/// The sets of kinds of a list.
#[derive(Default)]
struct Kinds {
    sets: Vec<Vec<Box<str>>>,
}

impl Kinds {
    fn number(&mut self, set: &KindSet) -> Option<u16> {
        if set.is_any {
            return None;
        }
        let words = set.words.iter();
        let words: Vec<Box<str>> = words
            .map(|bytes| String::from_utf8_lossy(bytes).into())
            .collect();
        let known = self.sets.iter().position(|known| *known == words);
        let number = known.unwrap_or(self.sets.len());
        if number >= MOST_SETS {
            return None;
        }
        if known.is_none() {
            self.sets.push(words);
        }
        u16::try_from(number).ok()
    }
}
