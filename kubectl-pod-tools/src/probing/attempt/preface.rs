//! The beginning of an HTTP/2 server's side, which tells a server that breaks from one that speaks
//! something else.
//!
//! Upstream: `http2Client.readServerPreface` in `google.golang.org/grpc/internal/transport`.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::way::Stream;

/// Place of a frame's type in its header.
const TYPE_AT: usize = 3;
/// Type of the frame `SETTINGS`, which is the first one.
const SETTINGS: u8 = 4;
/// The first frame is `SETTINGS`.
const SEEN: usize = usize::MAX;
/// The first frame is another one.
const OTHER: usize = usize::MAX - 1;

/// True as soon as the first frame was seen.
#[derive(Clone, Default)]
pub(super) struct Preface(Arc<AtomicUsize>);

impl Preface {
    pub(super) fn was_seen(&self) -> bool {
        self.0.load(Ordering::Relaxed) == SEEN
    }

    /// Returns the stream with an eye on its first bytes.
    pub(super) fn watch(&self, inner: Stream) -> Stream {
        let preface = self.clone();
        Box::new(Watched { inner, preface })
    }

    fn follow(&self, bytes: &[u8]) {
        let read = self.0.load(Ordering::Relaxed);
        if read > TYPE_AT {
            return;
        }
        let next = match bytes.get(TYPE_AT - read) {
            Some(&SETTINGS) => SEEN,
            Some(_) => OTHER,
            None => read + bytes.len(),
        };
        self.0.store(next, Ordering::Relaxed);
    }
}

struct Watched {
    inner: Stream,
    preface: Preface,
}

impl AsyncRead for Watched {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.inner).poll_read(context, buffer))?;
        self.preface.follow(&buffer.filled()[before..]);
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Watched {
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
