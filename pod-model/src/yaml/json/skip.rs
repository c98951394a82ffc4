//! Passes over values of JSON without making trees of them.

use super::MAX_DEPTH;
use super::lexer::Lexer;
use std::ops::Range;

/// A reason why a value has no end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stop {
    /// The bytes end in it.
    End,
    /// It is refused.
    Wrong,
    /// It holds too many values: the one at this place is too much.
    Crowded(usize),
}

/// Bounds of a value.
#[derive(Clone, Copy)]
pub(super) struct Bounds {
    /// Maximum number of values in it.
    pub values: usize,
    /// Number of collections around it.
    pub depth: usize,
}

/// The kind that an object says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum SaidKind {
    /// None.
    #[default]
    Unsaid,
    /// The word at a place, between its quotes.
    Word(Range<usize>),
    /// Any: a word or a key has escapes, or the key stands twice.
    Any,
}

/// Returns the end of the value that begins at `at`, after white space, and the kind that it says. What is passed over is
/// what [`super::parse_value`] reads, in bytes that may not be UTF-8.
pub(super) fn value_end(
    bytes: &[u8],
    mut at: usize,
    bounds: Bounds,
) -> Result<(usize, SaidKind), Stop> {
    let mut count = 0;
    let mut said = SaidKind::Unsaid;
    // True for an object, false for an array.
    let mut open: Vec<bool> = Vec::new();
    loop {
        at = skip_space(bytes, at);
        if count >= bounds.values {
            return Err(Stop::Crowded(at));
        }
        match byte(bytes, at)? {
            bracket @ (b'{' | b'[') => {
                if bounds.depth + open.len() >= MAX_DEPTH {
                    return Err(Stop::Wrong);
                }
                open.push(bracket == b'{');
                at = skip_space(bytes, at + 1);
                match (bracket, byte(bytes, at)?) {
                    (b'[', b']') | (b'{', b'}') => {
                        at += 1;
                        open.pop();
                    }
                    (b'{', _) => {
                        at = key_end(bytes, at, &open, &mut said)?;
                        continue;
                    }
                    _ => continue,
                }
            }
            b'"' => at = string_end(bytes, at)?,
            b'-' | b'0'..=b'9' => at = number_end(bytes, at)?,
            b't' => at = word_end(bytes, at, b"true")?,
            b'f' => at = word_end(bytes, at, b"false")?,
            b'n' => at = word_end(bytes, at, b"null")?,
            _ => return Err(Stop::Wrong),
        }
        count += 1;
        // A finished value may close its parents.
        loop {
            let Some(is_object) = open.last().copied() else {
                return Ok((at, said));
            };
            at = skip_space(bytes, at);
            match byte(bytes, at)? {
                b',' => {
                    at += 1;
                    if is_object {
                        at = key_end(bytes, skip_space(bytes, at), &open, &mut said)?;
                    }
                    break;
                }
                b']' if !is_object => at += 1,
                b'}' if is_object => at += 1,
                _ => return Err(Stop::Wrong),
            }
            open.pop();
            count += 1;
        }
    }
}

/// Returns the place after white space.
pub(super) fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while matches!(bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

fn byte(bytes: &[u8], at: usize) -> Result<u8, Stop> {
    bytes.get(at).copied().ok_or(Stop::End)
}

/// Returns the place after the colon of the key that begins at `at`.
fn key_end(bytes: &[u8], at: usize, open: &[bool], said: &mut SaidKind) -> Result<usize, Stop> {
    if byte(bytes, at)? != b'"' {
        return Err(Stop::Wrong);
    }
    let end = string_end(bytes, at)?;
    let colon = skip_space(bytes, end);
    if byte(bytes, colon)? != b':' {
        return Err(Stop::Wrong);
    }
    if open.len() == 1 {
        let key = bytes.get(at + 1..end - 1).unwrap_or_default();
        if key == b"kind" {
            *said = match said {
                SaidKind::Unsaid => said_at(bytes, colon + 1)?,
                _ => SaidKind::Any,
            };
        } else if key.contains(&b'\\') {
            *said = SaidKind::Any;
        }
    }
    Ok(colon + 1)
}

/// Returns the kind whose value begins at `at`, after white space.
fn said_at(bytes: &[u8], at: usize) -> Result<SaidKind, Stop> {
    let at = skip_space(bytes, at);
    if byte(bytes, at)? != b'"' {
        return Ok(SaidKind::Any);
    }
    let word = at + 1..string_end(bytes, at)? - 1;
    let is_plain = bytes
        .get(word.clone())
        .is_some_and(|word| !word.contains(&b'\\'));
    Ok(if is_plain {
        SaidKind::Word(word)
    } else {
        SaidKind::Any
    })
}

/// Returns the place after the quote that ends the string which begins at `at`.
pub(super) fn string_end(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    let mut at = at + 1;
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let plain = rest
            .iter()
            .position(|byte| matches!(byte, b'"' | b'\\' | 0..b' '));
        at += plain.ok_or(Stop::End)?;
        match byte(bytes, at)? {
            b'"' => return Ok(at + 1),
            b'\\' => match byte(bytes, at + 1)? {
                b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't' => at += 2,
                b'u' => {
                    for digit in at + 2..at + 6 {
                        if !byte(bytes, digit)?.is_ascii_hexdigit() {
                            return Err(Stop::Wrong);
                        }
                    }
                    at += 6;
                }
                _ => return Err(Stop::Wrong),
            },
            _ => return Err(Stop::Wrong),
        }
    }
}

/// A number of so many digits is in range.
const SURE: usize = 15;

fn number_end(bytes: &[u8], at: usize) -> Result<usize, Stop> {
    let rest = bytes.get(at..).unwrap_or_default();
    let is_part = |byte: &u8| matches!(byte, b'0'..=b'9' | b'+' | b'-' | b'.' | b'e' | b'E');
    let length = rest.iter().position(|byte| !is_part(byte));
    let length = length.ok_or(Stop::End)?;
    let number = rest.get(..length).unwrap_or_default();
    let digits = number.strip_prefix(b"-").unwrap_or(number);
    if digits.len() <= SURE
        && digits.iter().all(u8::is_ascii_digit)
        && matches!(digits, [b'0'] | [b'1'..=b'9', ..])
    {
        return Ok(at + length);
    }
    let text = str::from_utf8(number).map_err(|_| Stop::Wrong)?;
    let mut lexer = Lexer { text, at: 0 };
    lexer.number().map_err(|_| Stop::Wrong)?;
    Ok(at + lexer.at)
}

fn word_end(bytes: &[u8], at: usize, word: &[u8]) -> Result<usize, Stop> {
    let end = at + word.len();
    match bytes.get(at..end) {
        Some(found) if found == word => Ok(end),
        None if word.starts_with(bytes.get(at..).unwrap_or_default()) => Err(Stop::End),
        _ => Err(Stop::Wrong),
    }
}
