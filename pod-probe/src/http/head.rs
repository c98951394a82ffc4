//! The head of a response: its status line and header fields.
//!
//! Upstream: `ReadResponse` and `readTransfer` in Go's `net/http`.

use super::fields::{FieldError, FieldLines, has_token, trim_space, without_cr};

/// Maximum size of all heads of an answer, those with a status below 200 included, in bytes.
///
/// Upstream: `persistConn.maxHeaderResponseSize` in Go's `net/http/transport.go`.
const MAX_HEADS: usize = 10 << 20;

/// The bounds of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Framing {
    /// No body.
    Empty,
    /// A body of so many bytes, at least one.
    Length(u64),
    /// A body in chunks.
    Chunked,
    /// A body that ends with the connection.
    UntilClose,
    /// The bare connection after a switch of protocols, which no time-out ends.
    Switched,
}

/// Content of a head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// 0 to 999.
    pub status: u16,
    /// The first `Location`.
    pub location: Option<Vec<u8>>,
    /// The bounds of the body.
    pub framing: Framing,
    /// Length of the body, if it is known.
    pub length: Option<u64>,
}

/// The reason that a head cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum HeadError {
    /// No status line.
    StatusLine,
    /// A code of other than three digits.
    StatusCode,
    /// A version other than `HTTP/1.1` and its like.
    Version,
    /// A line that is no field.
    Field(FieldError),
    /// `Content-Length` is not a number, or there are two.
    ContentLength,
    /// `Transfer-Encoding` is other than `chunked`.
    TransferEncoding,
    /// `Trailer` names a field that it must not name.
    Trailer,
    /// Heads of more than 10 MiB.
    TooLong,
}

impl std::fmt::Display for HeadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::StatusLine => "the answer is not HTTP",
            Self::StatusCode => "the response has no status code of three digits",
            Self::Version => "the response has no valid HTTP version",
            Self::Field(FieldError::Continuation) => "the response begins with a continued header",
            Self::Field(FieldError::NoColon) => "the response has a header without a colon",
            Self::Field(FieldError::Name) => "the response has a header with an invalid name",
            Self::Field(FieldError::Value) => {
                "the response has a header with a control character in its value"
            }
            Self::ContentLength => "the response has an invalid `Content-Length`",
            Self::TransferEncoding => "the response has an unknown `Transfer-Encoding`",
            Self::Trailer => "the response has an invalid `Trailer`",
            Self::TooLong => "the headers of the response are larger than 10 MiB",
        })
    }
}

/// Reads heads until there is one that is not informational.
#[derive(Clone, Debug, Default)]
pub(super) struct HeadReader {
    /// Bytes of heads so far.
    read: usize,
    /// Beginning of a line.
    line: Vec<u8>,
    status: Option<(u16, bool)>,
    lines: FieldLines,
    fields: Fields,
}

impl HeadReader {
    /// True if nothing was read.
    pub(super) fn is_untouched(&self) -> bool {
        self.read == 0
    }

    /// Takes bytes; returns how many belong to heads, and the head if it is complete.
    pub(super) fn feed(&mut self, bytes: &[u8]) -> Result<(usize, Option<Head>), HeadError> {
        let mut used = 0;
        loop {
            let rest = &bytes[used..];
            let Some(end) = rest.iter().position(|byte| *byte == b'\n') else {
                self.read += rest.len();
                self.line.extend(rest);
                if self.read >= MAX_HEADS {
                    return Err(HeadError::TooLong);
                }
                return Ok((bytes.len(), None));
            };
            used += end + 1;
            self.read += end + 1;
            if self.read > MAX_HEADS {
                return Err(HeadError::TooLong);
            }
            let head = if self.line.is_empty() {
                self.take_line(without_cr(&rest[..end]))?
            } else {
                let mut line = std::mem::take(&mut self.line);
                line.extend(&rest[..end]);
                self.take_line(without_cr(&line))?
            };
            if head.is_some() {
                return Ok((used, head));
            }
        }
    }

    fn take_line(&mut self, line: &[u8]) -> Result<Option<Head>, HeadError> {
        let Some((status, is_1_1)) = self.status else {
            self.status = Some(status_line(line)?);
            return Ok(None);
        };
        let fields = &mut self.fields;
        let is_end = self.lines.line(line, |name, value| fields.add(name, value));
        if !is_end.map_err(HeadError::Field)? {
            return Ok(None);
        }
        let head = std::mem::take(fields).into_head(status, is_1_1)?;
        self.status = None;
        let is_informational = (100..200).contains(&status) && status != 101;
        Ok(Some(head).filter(|_| !is_informational))
    }
}

/// Returns the code, and true for HTTP/1.1 and later.
fn status_line(line: &[u8]) -> Result<(u16, bool), HeadError> {
    let space = line.iter().position(|byte| *byte == b' ');
    let (version, rest) = line.split_at(space.ok_or(HeadError::StatusLine)?);
    let start = rest.iter().take_while(|byte| **byte == b' ').count();
    let mut words = rest[start..].split(|byte| *byte == b' ');
    let status = match words.next() {
        // Go reads a sign, too.
        Some([b'+', a, b]) => number(&[b'0', *a, *b]),
        Some(b"-00") => Some(0),
        Some(digits @ [_, _, _]) => number(digits),
        _ => None,
    };
    let status = status.ok_or(HeadError::StatusCode)?;
    let is_1_1 = match version {
        [
            b'H',
            b'T',
            b'T',
            b'P',
            b'/',
            major @ b'0'..=b'9',
            b'.',
            minor @ b'0'..=b'9',
        ] => {
            let version = (major - b'0', minor - b'0');
            version >= (1, 1) || version == (0, 0)
        }
        _ => return Err(HeadError::Version),
    };
    Ok((status, is_1_1))
}

fn number(digits: &[u8]) -> Option<u16> {
    if !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(digits).ok()?.parse().ok()
}

/// The fields that bear on a probe.
#[derive(Clone, Debug, Default)]
struct Fields {
    location: Option<Vec<u8>>,
    content_length: Option<Vec<u8>>,
    has_two_lengths: bool,
    transfer_encodings: Vec<Vec<u8>>,
    connects_upgrade: bool,
    upgrade: Option<bool>,
    has_wrong_trailer: bool,
}

impl Fields {
    fn add(&mut self, name: &[u8], value: &[u8]) {
        let is = |known: &str| name.eq_ignore_ascii_case(known.as_bytes());
        if is("Location") {
            self.location.get_or_insert_with(|| value.to_vec());
        } else if is("Content-Length") {
            let value = trim_space(value);
            match &self.content_length {
                Some(first) => self.has_two_lengths |= first != value,
                None => self.content_length = Some(value.to_vec()),
            }
        } else if is("Transfer-Encoding") {
            if self.transfer_encodings.len() < 2 {
                self.transfer_encodings.push(value.to_vec());
            }
        } else if is("Connection") {
            self.connects_upgrade |= has_token(value, b"upgrade");
        } else if is("Upgrade") {
            self.upgrade.get_or_insert(!value.is_empty());
        } else if is("Trailer") {
            let forbidden: [&[u8]; 3] = [b"Transfer-Encoding", b"Trailer", b"Content-Length"];
            let mut keys = value.split(|byte| *byte == b',').map(trim_space);
            let is_forbidden = |key: &[u8]| forbidden.iter().any(|f| key.eq_ignore_ascii_case(f));
            self.has_wrong_trailer |= keys.any(is_forbidden);
        }
    }

    fn into_head(self, status: u16, is_1_1: bool) -> Result<Head, HeadError> {
        let is_chunked = match &self.transfer_encodings[..] {
            [] => false,
            _ if !is_1_1 => false,
            [one] if one.eq_ignore_ascii_case(b"chunked") => true,
            _ => return Err(HeadError::TransferEncoding),
        };
        let length = self.length()?;
        if is_chunked && self.has_wrong_trailer {
            return Err(HeadError::Trailer);
        }
        let is_switch = status == 101 && self.connects_upgrade && self.upgrade == Some(true);
        let framing = match status {
            101 if is_switch => Framing::Switched,
            100..=199 | 204 | 304 => Framing::Empty,
            _ if is_chunked => Framing::Chunked,
            _ => match length {
                Some(0) => Framing::Empty,
                Some(length) => Framing::Length(length),
                None => Framing::UntilClose,
            },
        };
        let length = match framing {
            Framing::Empty => Some(0),
            Framing::Length(length) => Some(length),
            Framing::Chunked | Framing::UntilClose | Framing::Switched => None,
        };
        Ok(Head {
            status,
            location: self.location,
            framing,
            length,
        })
    }

    /// Upstream: `fixLength` and `parseContentLength` in Go's `net/http/transfer.go`.
    fn length(&self) -> Result<Option<u64>, HeadError> {
        let Some(text) = &self.content_length else {
            return Ok(None);
        };
        let is_number = !text.is_empty() && text.iter().all(u8::is_ascii_digit);
        if self.has_two_lengths || !is_number {
            return Err(HeadError::ContentLength);
        }
        let length = std::str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<i64>().ok());
        let length = length.ok_or(HeadError::ContentLength)?;
        Ok(u64::try_from(length).ok())
    }
}
