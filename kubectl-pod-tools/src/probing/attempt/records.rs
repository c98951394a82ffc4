//! The end of a TLS connection that the server does not announce.
//!
//! Upstream: `Conn.readRecordOrCCS` in Go's `crypto/tls/conn.go` takes the end of the connection
//! between two records for the end of the data, and rustls for an error.

use std::io::{self, ErrorKind};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_rustls::client::TlsStream;

use super::way::Stream;

/// Length of a record's header: type, version and length.
const HEADER: usize = 5;

/// A connection that knows if it is between two records.
pub(super) struct Records {
    inner: Stream,
    header: Vec<u8>,
    /// Bytes of the record that are to come.
    left: usize,
}

impl Records {
    pub(super) fn new(inner: Stream) -> Self {
        Self {
            inner,
            header: Vec::with_capacity(HEADER),
            left: 0,
        }
    }

    fn is_between_records(&self) -> bool {
        self.left == 0 && self.header.is_empty()
    }

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

impl AsyncRead for Records {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        self.follow(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Records {
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

/// A connection with TLS that may end without an announcement.
pub(super) struct Lenient(TlsStream<Records>);

impl Lenient {
    pub(super) fn new(inner: TlsStream<Records>) -> Self {
        Self(inner)
    }
}

impl AsyncRead for Lenient {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let read = ready!(Pin::new(&mut self.0).poll_read(context, buffer));
        Poll::Ready(match read {
            Err(error)
                if error.kind() == ErrorKind::UnexpectedEof
                    && self.0.get_ref().0.is_between_records() =>
            {
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
        Pin::new(&mut self.0).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(context)
    }
}
