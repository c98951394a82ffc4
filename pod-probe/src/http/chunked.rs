//! Bodies in chunks.
//!
//! Upstream: `chunkedReader` in Go's `net/http/internal/chunked.go`, and `body.readTrailer` in
//! `net/http/transfer.go`.

use super::fields::{FieldLines, without_cr};

/// Maximum length of a line with a chunk's size, and of all trailers, in bytes: Go's buffer.
const MAX_LINE: usize = 4096;

/// Bytes of overhead that are never too many.
const MAX_EXCESS: i64 = 16 << 10;

/// Takes chunks apart.
#[derive(Clone, Debug, Default)]
pub(super) struct ChunkReader {
    state: State,
    /// Beginning of a line, of the end of a chunk, or of the trailers.
    pending: Vec<u8>,
    excess: i64,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Size,
    Data(u64),
    DataEnd,
    Trailers,
    Done,
}

/// The chunks are malformed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Malformed;

impl ChunkReader {
    /// Takes bytes, and hands those of the body on, as many as `data` accepts: it returns false
    /// when it has enough. Returns true at the end of the body.
    pub(super) fn feed(
        &mut self,
        mut bytes: &[u8],
        mut data: impl FnMut(&[u8]) -> bool,
    ) -> Result<bool, Malformed> {
        while self.state != State::Done && !bytes.is_empty() {
            match self.state {
                State::Size => {
                    let Some(line) = self.take_line(&mut bytes)? else {
                        return Ok(false);
                    };
                    let size = self.size(&line)?;
                    self.state = if size == 0 {
                        State::Trailers
                    } else {
                        State::Data(size)
                    };
                }
                State::Data(left) => {
                    let length = usize::try_from(left).unwrap_or(usize::MAX);
                    let (now, rest) = bytes.split_at(length.min(bytes.len()));
                    bytes = rest;
                    let left = left - now.len() as u64;
                    self.state = if left == 0 {
                        State::DataEnd
                    } else {
                        State::Data(left)
                    };
                    if !data(now) {
                        return Ok(false);
                    }
                }
                State::DataEnd => {
                    self.pending.push(bytes[0]);
                    bytes = &bytes[1..];
                    if self.pending.len() == 2 {
                        if self.pending != b"\r\n" {
                            return Err(Malformed);
                        }
                        self.pending.clear();
                        self.state = State::Size;
                    }
                }
                State::Trailers => {
                    self.pending.push(bytes[0]);
                    bytes = &bytes[1..];
                    self.trailers()?;
                }
                State::Done => {}
            }
        }
        Ok(self.state == State::Done)
    }

    fn take_line(&mut self, bytes: &mut &[u8]) -> Result<Option<Vec<u8>>, Malformed> {
        let end = bytes.iter().position(|byte| *byte == b'\n');
        let (now, rest) = bytes.split_at(end.map_or(bytes.len(), |at| at + 1));
        *bytes = rest;
        if self.pending.len() + now.len() > MAX_LINE {
            return Err(Malformed);
        }
        self.pending.extend(now);
        if end.is_none() {
            // Go's buffer is full before the end of the line came.
            let is_full = self.pending.len() == MAX_LINE;
            return if is_full { Err(Malformed) } else { Ok(None) };
        }
        let mut line = std::mem::take(&mut self.pending);
        let cr = line.iter().position(|byte| *byte == b'\r');
        if cr.is_none_or(|at| at + 2 != line.len()) {
            return Err(Malformed);
        }
        line.truncate(line.len() - 2);
        Ok(Some(line))
    }

    fn size(&mut self, line: &[u8]) -> Result<u64, Malformed> {
        let overhead = i64::try_from(line.len()).unwrap_or(i64::MAX);
        self.excess = self.excess.wrapping_add(overhead.wrapping_add(2));
        let blank = line.iter().rev();
        let blank = blank
            .take_while(|byte| matches!(byte, b' ' | b'\t'))
            .count();
        let line = &line[..line.len() - blank];
        let digits = line.split(|byte| *byte == b';').next().unwrap_or_default();
        if digits.is_empty() || digits.len() > 16 || !digits.iter().all(u8::is_ascii_hexdigit) {
            return Err(Malformed);
        }
        let digits = std::str::from_utf8(digits).map_err(|_| Malformed)?;
        let size = u64::from_str_radix(digits, 16).map_err(|_| Malformed)?;
        let credit = size.cast_signed().wrapping_mul(2).wrapping_add(16);
        self.excess = self.excess.wrapping_sub(credit).max(0);
        if self.excess > MAX_EXCESS && size > 0 {
            return Err(Malformed);
        }
        Ok(size)
    }

    fn trailers(&mut self) -> Result<(), Malformed> {
        if self.pending == b"\r\n" {
            self.state = State::Done;
            return Ok(());
        }
        if self.pending.ends_with(b"\r\n\r\n") {
            let mut lines = FieldLines::default();
            for line in self.pending.split(|byte| *byte == b'\n') {
                let line = lines.line(without_cr(line), |_, _| {});
                if line.map_err(|_| Malformed)? {
                    self.state = State::Done;
                    return Ok(());
                }
            }
            return Err(Malformed);
        }
        if self.pending.len() >= MAX_LINE {
            return Err(Malformed);
        }
        Ok(())
    }
}
