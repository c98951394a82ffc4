//! Bodies.

use super::chunked::ChunkReader;
use super::head::Framing;

/// The state of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum BodyState {
    /// More is to come.
    Open,
    /// It is complete.
    Complete,
    /// It is malformed.
    Malformed,
}

/// Takes a body out of a connection.
#[derive(Clone, Debug)]
pub(super) enum BodyReader {
    /// So many bytes are left.
    Length(u64),
    /// In chunks.
    Chunked(ChunkReader),
    /// Until the connection ends.
    UntilClose,
}

impl BodyReader {
    pub(super) fn new(framing: Framing) -> Self {
        match framing {
            Framing::Empty => Self::Length(0),
            Framing::Length(length) => Self::Length(length),
            Framing::Chunked => Self::Chunked(ChunkReader::default()),
            Framing::UntilClose | Framing::Switched => Self::UntilClose,
        }
    }

    /// Takes bytes, and hands those of the body on; `data` returns false when it has enough.
    pub(super) fn feed(&mut self, bytes: &[u8], mut data: impl FnMut(&[u8]) -> bool) -> BodyState {
        match self {
            Self::Length(left) => {
                let length = usize::try_from(*left).unwrap_or(usize::MAX);
                let now = &bytes[..length.min(bytes.len())];
                *left -= now.len() as u64;
                data(now);
                if *left == 0 {
                    BodyState::Complete
                } else {
                    BodyState::Open
                }
            }
            Self::Chunked(chunks) => match chunks.feed(bytes, data) {
                Ok(true) => BodyState::Complete,
                Ok(false) => BodyState::Open,
                Err(_) => BodyState::Malformed,
            },
            Self::UntilClose => {
                data(bytes);
                BodyState::Open
            }
        }
    }

    /// True if the body is complete when the connection ends.
    pub(super) fn is_complete_at_end(&self) -> bool {
        matches!(self, Self::UntilClose | Self::Length(0))
    }
}
