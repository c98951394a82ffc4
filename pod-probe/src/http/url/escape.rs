//! Percent encoding.

use super::error::UrlError;

/// Part of a URL; each has its own characters that need no encoding.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Path,
    Host,
    Zone,
    User,
    Fragment,
}

const UNRESERVED: &[u8] = b"-._~";
const PATH: &[u8] = b"$&+,/:;=@";
const HOST: &[u8] = b"!\"$&'()*+,:;<=>[]";
const USER: &[u8] = b"$&+,;=";
const FRAGMENT: &[u8] = b"!$&()*+,/:;=?@";

impl Part {
    pub(super) fn allows(self, byte: u8) -> bool {
        let more = match self {
            Self::Path => PATH,
            Self::Host | Self::Zone => HOST,
            Self::User => USER,
            Self::Fragment => FRAGMENT,
        };
        byte.is_ascii_alphanumeric() || UNRESERVED.contains(&byte) || more.contains(&byte)
    }
}

/// Returns the text with all encoded that the part does not allow.
pub(super) fn escape(text: &[u8], part: Part) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    for byte in text {
        if part.allows(*byte) {
            out.push(*byte);
        } else {
            out.push(b'%');
            out.extend([byte >> 4, byte & 15].map(|digit| b"0123456789ABCDEF"[usize::from(digit)]));
        }
    }
    out
}

/// Decodes a text; a host may encode bytes from 0x80 alone, and its zone what a host may hold.
pub(super) fn unescape(text: &[u8], part: Part) -> Result<Vec<u8>, UrlError> {
    let is_host = matches!(part, Part::Host | Part::Zone);
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [byte, after @ ..] = rest {
        if *byte != b'%' {
            if is_host && *byte < 0x80 && !part.allows(*byte) {
                return Err(UrlError::HostCharacter(*byte));
            }
            out.push(*byte);
            rest = after;
            continue;
        }
        let wrong = |length: usize| {
            let shown = &rest[..rest.len().min(length)];
            UrlError::Escape(String::from_utf8_lossy(shown).into_owned())
        };
        let [high, low, after @ ..] = after else {
            return Err(wrong(3));
        };
        let (Some(high), Some(low)) = (hex(*high), hex(*low)) else {
            return Err(wrong(3));
        };
        let value = high << 4 | low;
        let is_percent = value == b'%';
        if part == Part::Host && high < 8 && !is_percent {
            return Err(wrong(3));
        }
        if part == Part::Zone && !is_percent && value != b' ' && !Part::Host.allows(value) {
            return Err(wrong(3));
        }
        out.push(value);
        rest = after;
    }
    Ok(out)
}

/// True if a text is encoded as far as it needs to be.
pub(super) fn is_encoded(text: &[u8], part: Part) -> bool {
    let also = b"!$&'()*+,;=:@[]%";
    let mut bytes = text.iter();
    bytes.all(|byte| also.contains(byte) || part.allows(*byte))
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}
