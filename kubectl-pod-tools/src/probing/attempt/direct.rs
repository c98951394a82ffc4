//! Connections from this machine.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use futures::future::BoxFuture;
use tokio::net::{TcpStream, lookup_host};

use super::way::{ConnectError, Stream, Way};

/// Connects from this machine.
#[derive(Clone, Copy, Debug, Default)]
pub struct Direct;

impl Way for Direct {
    fn connect<'a>(
        &'a self,
        host: &'a str,
        port: u16,
    ) -> BoxFuture<'a, Result<Stream, ConnectError>> {
        Box::pin(async move {
            let unknown = |error: &Error| {
                ConnectError::refused(format!("cannot resolve the host `{host}`: {error}"))
            };
            let addresses = lookup_host((host, port)).await;
            let addresses = addresses.map_err(|error| unknown(&error))?;
            let mut last = Error::new(ErrorKind::NotFound, "no address");
            for address in addresses {
                match connect(address).await {
                    Ok(stream) => return Ok(Box::new(stream) as Stream),
                    Err(error) => last = error,
                }
            }
            Err(ConnectError::refused(describe(&last, host, port)))
        })
    }
}

async fn connect(address: SocketAddr) -> Result<TcpStream, Error> {
    let stream = TcpStream::connect(address).await?;
    // As Go's connections are.
    let _ = stream.set_nodelay(true);
    Ok(stream)
}

fn describe(error: &Error, host: &str, port: u16) -> String {
    match error.kind() {
        ErrorKind::ConnectionRefused => format!("port {port} of {host} refuses connections"),
        ErrorKind::NotFound => format!("the host `{host}` has no address"),
        _ => format!("cannot connect to port {port} of {host}: {error}"),
    }
}
