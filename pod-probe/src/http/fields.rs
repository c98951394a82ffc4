//! Lines of header fields.
//!
//! Upstream: `Reader.ReadMIMEHeader` in Go's `net/textproto`.

/// The reason that fields cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldError {
    /// The first line is a continuation.
    Continuation,
    /// A line without a colon.
    NoColon,
    /// A name with a character that it cannot have, or an empty one.
    Name,
    /// A control character in a value.
    Value,
}

/// Reads a block of header fields line by line. A line that begins with a space continues the one
/// before it.
#[derive(Clone, Debug, Default)]
pub(super) struct FieldLines {
    pending: Option<Vec<u8>>,
}

impl FieldLines {
    /// Takes one line without its end, and hands a complete field to `field`. Returns true at the
    /// end of the block.
    pub(super) fn line(
        &mut self,
        line: &[u8],
        mut field: impl FnMut(&[u8], &[u8]),
    ) -> Result<bool, FieldError> {
        if let [b' ' | b'\t', ..] = line {
            let pending = self.pending.as_mut().ok_or(FieldError::Continuation)?;
            pending.push(b' ');
            pending.extend(trim(line));
            return Ok(false);
        }
        if let Some(pending) = self.pending.take() {
            let (name, value) = split(&pending)?;
            field(name, value);
        }
        if line.is_empty() {
            return Ok(true);
        }
        if !line.contains(&b':') {
            return Err(FieldError::NoColon);
        }
        self.pending = Some(trim(line).to_vec());
        Ok(false)
    }
}

fn split(line: &[u8]) -> Result<(&[u8], &[u8]), FieldError> {
    let colon = line.iter().position(|byte| *byte == b':');
    let (name, value) = line.split_at(colon.ok_or(FieldError::NoColon)?);
    // A name with a space is accepted, and is the name of nothing.
    if name.is_empty()
        || !name
            .iter()
            .all(|byte| *byte == b' ' || is_token_byte(*byte))
    {
        return Err(FieldError::Name);
    }
    let value = &value[1..];
    let is_allowed = |byte: &u8| *byte >= b' ' && *byte != 0x7f || *byte == b'\t';
    if !value.iter().all(is_allowed) {
        return Err(FieldError::Value);
    }
    let blank = value.iter().take_while(|byte| is_blank(**byte)).count();
    Ok((name, &value[blank..]))
}

/// True for the characters of a field's name.
pub(super) fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

fn is_blank(byte: u8) -> bool {
    byte == b' ' || byte == b'\t'
}

/// Removes spaces and tabulators around a text.
fn trim(text: &[u8]) -> &[u8] {
    let start = text.iter().take_while(|byte| is_blank(**byte)).count();
    let text = &text[start..];
    let end = text
        .iter()
        .rev()
        .take_while(|byte| is_blank(**byte))
        .count();
    &text[..text.len() - end]
}

/// Removes white space, ends of lines included, around a text.
///
/// Upstream: `TrimString` in Go's `net/textproto`.
pub(super) fn trim_space(text: &[u8]) -> &[u8] {
    let is_space = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\n' | b'\r');
    let start = text.iter().take_while(|byte| is_space(byte)).count();
    let text = &text[start..];
    let end = text.iter().rev().take_while(|byte| is_space(byte)).count();
    &text[..text.len() - end]
}

/// True if a list of tokens has one of them, in any case.
///
/// Upstream: `HeaderValuesContainsToken` in Go's `golang.org/x/net/http/httpguts`.
pub(super) fn has_token(list: &[u8], token: &[u8]) -> bool {
    let mut tokens = list.split(|byte| *byte == b',');
    tokens.any(|found| trim(found).eq_ignore_ascii_case(token))
}

/// Removes the `\r` of a line's end.
pub(super) fn without_cr(line: &[u8]) -> &[u8] {
    line.strip_suffix(b"\r").unwrap_or(line)
}
