//! Connections to ports of Pods, over the API server's WebSocket.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use k8s_openapi::api::core::v1::Pod;
use kube::Api;
use kube::api::Portforwarder;
use tokio::io::{AsyncRead, AsyncWrite, DuplexStream, ReadBuf};

use super::error::ClusterError;
use super::request::Cluster;
use super::request_info::{Request, Verb};

/// A connection to a port of a Pod. The node makes it after the API server has answered, so that
/// an error can come later; it is the error of the first read.
pub(crate) struct Forwarded {
    stream: DuplexStream,
    /// The node's message that it cannot connect, or `None` once it cannot come any more.
    refusal: Option<BoxFuture<'static, Option<String>>>,
    /// True once the port has answered with a byte.
    has_data: bool,
    port: u16,
    forwarder: Portforwarder,
}

impl Cluster {
    /// Opens a connection to a port of a Pod.
    ///
    /// # Errors
    /// Request errors. That the port refuses is the error of a read.
    pub(crate) async fn forward(
        &self,
        namespace: &str,
        pod: &str,
        port: u16,
    ) -> Result<Forwarded, ClusterError> {
        let what = Request {
            // Upstream asks for this verb, whatever the HTTP method is.
            verb: Verb::Create,
            resource: "pods/portforward".to_owned(),
            name: Some(pod.to_owned()),
            namespace: Some(namespace.to_owned()),
        };
        self.renew().await?;
        let pods: Api<Pod> = Api::namespaced(self.client(), namespace);
        let opened = pods.portforward(pod, &[port]).await;
        let mut forwarder =
            opened.map_err(|error| ClusterError::from_kube(self.server(), &what, error))?;
        let stream = forwarder.take_stream(port);
        let stream = stream.ok_or_else(|| self.not_an_api("no stream for the port".to_owned()))?;
        let refusal = forwarder.take_error(port).map(FutureExt::boxed);
        Ok(Forwarded {
            stream,
            refusal,
            has_data: false,
            port,
            forwarder,
        })
    }
}

impl Forwarded {
    /// Returns the node's message that it cannot connect, if it comes within a time.
    pub(crate) async fn refusal_within(&mut self, time: Duration) -> Option<String> {
        let refusal = self.refusal.as_mut()?;
        match tokio::time::timeout(time, refusal).await {
            Ok(message) => {
                self.refusal = None;
                message.map(|message| describe(&message, self.port))
            }
            Err(_) => None,
        }
    }
}

/// Returns the node's message in short. The runtime puts a sentence around that of the
/// connection, with the path of the network namespace (containerd's internal/cri/server,
/// `portForward`).
fn describe(message: &str, port: u16) -> String {
    if message.contains("connection refused") {
        return format!("port {port} of the Pod refuses connections");
    }
    let line = message.trim().lines().next().unwrap_or_default();
    format!("no connection to port {port} of the Pod: {line}")
}

impl Drop for Forwarded {
    fn drop(&mut self) {
        // The task would keep the connection for as long as the other side does.
        self.forwarder.abort();
    }
}

impl AsyncRead for Forwarded {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(context, buffer))?;
        if buffer.filled().len() > before {
            self.has_data = true;
        } else if !self.has_data
            && let Some(refusal) = self.refusal.as_mut()
        {
            // A message comes before the end of the stream.
            if let Poll::Ready(message) = refusal.poll_unpin(context) {
                self.refusal = None;
                if let Some(message) = message {
                    let message = describe(&message, self.port);
                    let error = io::Error::new(io::ErrorKind::ConnectionRefused, message);
                    return Poll::Ready(Err(error));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Forwarded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
