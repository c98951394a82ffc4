//! A reader with small buffers.

use std::io::{self, BufRead, Read};

/// A reader that hands out a small part of a text at a time: the library expands its
/// input to four bytes a character, so that a 100 MB file at once would take 400 MB.
pub(super) struct Window<'a>(pub(super) &'a [u8]);

impl Window<'_> {
    const BYTES: usize = 8 << 10;
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl BufRead for Window<'_> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        Ok(&self.0[..self.0.len().min(Self::BYTES)])
    }

    fn consume(&mut self, bytes: usize) {
        self.0 = &self.0[bytes.min(self.0.len())..];
    }
}
