//! Connections to the target of a probe.

use std::time::Duration;

use futures::future::BoxFuture;
use tokio::io::{AsyncRead, AsyncWrite};

/// A stream of bytes in both directions.
pub trait ByteStream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> ByteStream for T {}

/// A connection.
pub type Stream = Box<dyn ByteStream>;

/// The reason that there is no connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectError {
    /// The reason, as a sentence without a full stop.
    pub message: String,
    /// True if the way itself is broken, so that nothing is known of the target: the attempt is
    /// errored, whereas a port that refuses is a failure.
    pub is_way_broken: bool,
}

impl ConnectError {
    /// The target refuses or cannot be reached.
    pub fn refused(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_way_broken: false,
        }
    }

    /// The way to the target is broken.
    pub fn way_broken(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            is_way_broken: true,
        }
    }
}

/// A way to the ports of a target, such as a direct connection or a port-forward.
pub trait Way: Send + Sync {
    /// Opens what the next connection needs beforehand, such as a stream to a node. This takes no
    /// part of the time-out.
    fn prepare(&self) -> BoxFuture<'_, Result<(), ConnectError>> {
        Box::pin(async { Ok(()) })
    }

    /// Connects to a port. The caller sets the time-out, and drops the future when it is over.
    ///
    /// `host` is that of [`super::Target::address`], or the one that the probe declares.
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ConnectError>>;

    /// Returns how much later than the server this way may end a connection: an answer that ends
    /// with it has so much more time.
    fn linger(&self) -> Duration {
        Duration::ZERO
    }
}
