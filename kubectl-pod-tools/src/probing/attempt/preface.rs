//! The beginning of an HTTP/2 server's side, which tells a server that breaks from one that speaks
//! something else.
//!
//! Upstream: `http2Client.readServerPreface` in `google.golang.org/grpc/internal/transport`.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio_util::io::InspectReader;

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
        Box::new(InspectReader::new(inner, move |bytes: &[u8]| {
            preface.follow(bytes);
        }))
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
