//! Connections from a helper Pod: a command there connects, and its standard streams are the
//! connection.

use std::io::{Error, ErrorKind, Result as IoResult};
use std::pin::Pin;
use std::task::{Context, Poll};

use futures::FutureExt;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader, ReadBuf};

use super::attempt::ConnectError;
use crate::cluster::{ExecEnd, PipedCommand};

/// Reads `HOST PORT` from standard input, connects, and passes on what comes. Standard error says
/// how far it is. `-e` is the one way to learn from each nc of BusyBox that it has connected; the
/// larger one takes the descriptors 3 and 4 for itself. The end of one side ends the other.
pub(super) const SCRIPT: &str = "echo ready >&2; read -r host port; exec 5<&0 6>&1; \
     nc \"$host\" \"$port\" -e sh -c 'echo connected >&2; (cat <&5; kill -9 0) & cat >&6; kill -9 0'";

/// Longest text of the helper Pod in a message, in characters.
const MAX_TEXT: usize = 300;

/// A command in a helper Pod that waits for an address, or has connected to it.
pub(super) struct NodeConnection {
    command: PipedCommand,
    has_ended: bool,
}

impl NodeConnection {
    /// Waits until a command is ready for an address.
    ///
    /// # Errors
    /// It has ended.
    pub(super) async fn ready(command: PipedCommand) -> Result<Self, ConnectError> {
        let mut connection = Self {
            command,
            has_ended: false,
        };
        match connection.until("ready").await {
            Ok(()) => Ok(connection),
            Err((end, said)) => {
                let reason = reason(&end, &said);
                let message = format!("the helper Pod cannot run `sh`: {reason}");
                Err(ConnectError::way_broken(message))
            }
        }
    }

    /// Connects to a port.
    ///
    /// # Errors
    /// The target refuses or cannot be reached, or the way is broken.
    pub(super) async fn connect(mut self, host: &str, port: u16) -> Result<Self, ConnectError> {
        let is_odd = |c: char| c.is_whitespace() || c.is_control();
        if host.is_empty() || host.starts_with('-') || host.contains(is_odd) {
            let message = format!("`{host}` is neither a name nor an address");
            return Err(ConnectError::refused(message));
        }
        let address = format!("{host} {port}\n");
        // A command that has ended says so below.
        let _ = self.command.stdin.write_all(address.as_bytes()).await;
        match self.until("connected").await {
            Ok(()) => Ok(self),
            Err((ExecEnd::Exited(126 | 127), said)) => {
                let message = format!("the helper Pod cannot run `nc`: {said}");
                Err(ConnectError::way_broken(message))
            }
            Err((ExecEnd::Exited(_), said)) => {
                Err(ConnectError::refused(refusal(host, port, &said)))
            }
            Err((end, said)) => {
                let reason = reason(&end, &said);
                let message = format!("the helper Pod cannot connect: {reason}");
                Err(ConnectError::way_broken(message))
            }
        }
    }

    /// Reads standard error up to a line, or returns the end of the command with its last line.
    async fn until(&mut self, word: &str) -> Result<(), (ExecEnd, String)> {
        let mut lines = BufReader::new(&mut self.command.stderr);
        let (mut line, mut said) = (Vec::new(), String::new());
        loop {
            tokio::select! {
                biased;
                read = lines.read_until(b'\n', &mut line) => {
                    if !matches!(read, Ok(1..)) {
                        break;
                    }
                    let text = String::from_utf8_lossy(&line);
                    let text = text.trim();
                    if text == word {
                        return Ok(());
                    }
                    if !text.is_empty() {
                        said = text.chars().take(MAX_TEXT).collect();
                    }
                    line.clear();
                }
                // The streams of a connection that broke do not end.
                end = &mut self.command.end => return Err((end, said)),
            }
        }
        let end = (&mut self.command.end).await;
        Err((end, said))
    }
}

/// Returns the reason of a command that ended too early.
fn reason(end: &ExecEnd, said: &str) -> String {
    match end {
        _ if !said.is_empty() => said.to_owned(),
        ExecEnd::Exited(code) => format!("the command exited with code {code}"),
        ExecEnd::Failed(message) => message.clone(),
    }
}

/// Returns the message for a port, by what nc said: the larger one of BusyBox says nothing.
fn refusal(host: &str, port: u16, said: &str) -> String {
    let said = said.strip_prefix("nc: ").unwrap_or(said);
    if said.to_lowercase().contains("connection refused") {
        format!("port {port} of {host} refuses connections")
    } else if said.is_empty() {
        format!("no connection to port {port} of {host}")
    } else {
        format!("cannot connect to port {port} of {host}: {said}")
    }
}

impl AsyncRead for NodeConnection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<IoResult<()>> {
        let read = Pin::new(&mut self.command.stdout).poll_read(context, buffer);
        if read.is_ready() || self.has_ended {
            return read;
        }
        match self.command.end.poll_unpin(context) {
            Poll::Ready(ExecEnd::Failed(message)) => {
                self.has_ended = true;
                Poll::Ready(Err(Error::new(ErrorKind::BrokenPipe, message)))
            }
            // The end of the stream follows.
            Poll::Ready(ExecEnd::Exited(_)) => {
                self.has_ended = true;
                Poll::Pending
            }
            Poll::Pending => Poll::Pending,
        }
    }
}

impl AsyncWrite for NodeConnection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<IoResult<usize>> {
        Pin::new(&mut self.command.stdin).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<IoResult<()>> {
        Pin::new(&mut self.command.stdin).poll_flush(context)
    }

    /// Does nothing: the end of the input would end the answer.
    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<IoResult<()>> {
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_told_from_other_failures() {
        for (said, message) in [
            (
                "nc: can't connect to remote host (10.0.0.1): Connection refused",
                "port 81 of 10.0.0.1 refuses connections",
            ),
            ("", "no connection to port 81 of 10.0.0.1"),
            (
                "nc: bad address 'nope'",
                "cannot connect to port 81 of 10.0.0.1: bad address 'nope'",
            ),
        ] {
            assert_eq!(refusal("10.0.0.1", 81, said), message);
        }
    }
}
