//! The end of a TLS connection that the server does not announce.
//!
//! Upstream: `Conn.readRecordOrCCS` in Go's `crypto/tls/conn.go` takes the end of the connection
//! between two records for the end of the data, and rustls for an error.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;
use tokio_util::io::InspectReader;

use super::way::Stream;

/// Place between or within the records that were read.
#[derive(Debug, Default)]
struct Place {
    /// Bytes of a record's header (type, version, length) that have come.
    header: Vec<u8>,
    /// Bytes of the record that are to come.
    left: usize,
}

impl Place {
    fn follow(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() {
            if self.left > 0 {
                let now = self.left.min(bytes.len());
                self.left -= now;
                bytes = &bytes[now..];
                continue;
            }
            self.header.push(bytes[0]);
            bytes = &bytes[1..];
            if let [_, _, _, high, low] = self.header[..] {
                self.left = usize::from(high) << 8 | usize::from(low);
                self.header.clear();
            }
        }
    }
}

/// Knows if a connection is between two records.
#[derive(Clone, Debug, Default)]
pub(super) struct Records(Arc<Mutex<Place>>);

impl Records {
    /// Returns the stream with an eye on its records.
    pub(super) fn watch(&self, inner: Stream) -> Stream {
        let records = self.clone();
        Box::new(InspectReader::new(inner, move |bytes: &[u8]| {
            records.place().follow(bytes);
        }))
    }

    fn are_whole(&self) -> bool {
        let place = self.place();
        place.left == 0 && place.header.is_empty()
    }

    fn place(&self) -> MutexGuard<'_, Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection with TLS that may end without an announcement.
pub(super) struct Lenient {
    inner: TlsStream<Stream>,
    records: Records,
}

impl Lenient {
    /// Returns a connection of these records.
    pub(super) fn new(inner: TlsStream<Stream>, records: Records) -> Self {
        Self { inner, records }
    }
}

impl AsyncRead for Lenient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.inner).poll_read(context, buffer));
        Poll::Ready(match read {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof && self.records.are_whole() => {
                Ok(())
            }
            read => read,
        })
    }
}

impl AsyncWrite for Lenient {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}
