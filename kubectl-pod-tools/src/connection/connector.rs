//! Connections: TCP, by way of a proxy or not, and TLS on top of it.
//!
//! Each layer is boxed, so that what speaks HTTP over them is compiled once, and
//! not once for each way to a server.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_rustls::{FixedServerNameResolver, HttpsConnectorBuilder};
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::client::legacy::connect::{Connected, Connection, HttpConnector};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use secrecy::ExposeSecret;
use tower::util::BoxCloneSyncService;
use tower::{BoxError, Service, ServiceExt, service_fn};

use super::effective::basic;
use super::error::ConfigError;
use super::server::Login;

/// Limit of a user's name and of a password in bytes (RFC 1929).
const MAX_SOCKS_LOGIN: usize = 255;

/// Connects to the host of a URL.
pub(super) type Connector = BoxCloneSyncService<Uri, Stream, BoxError>;

/// Parameters of connections to a server.
#[derive(Clone)]
pub(super) struct Route {
    /// Proxy to the server.
    pub proxy: Option<Uri>,
    /// Trusted certificates, and the client certificate.
    pub tls: ClientConfig,
    /// Name that the server's certificate must have, or `None` for that of its URL.
    pub server_name: Option<ServerName<'static>>,
    /// Maximum time to connect.
    pub timeout: Option<Duration>,
}

impl Route {
    /// Returns the connector, with TLS for `https` URLs.
    ///
    /// # Errors
    /// A proxy with an unsupported scheme.
    pub(super) fn connector(self) -> Result<Connector, ConfigError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        let way = match self.proxy {
            None => boxed(tcp),
            Some(proxy) => match proxy.scheme_str() {
                Some("socks5") => boxed(socks(proxy, tcp)?),
                Some("http") => boxed(tunnel(proxy, boxed(tcp))?),
                Some("https") => {
                    // As Go's HTTP client does it, with the server's name, too
                    // (net/http, `persistConn.addTLS`).
                    let connector =
                        over_tls(boxed(tcp), self.tls.clone(), self.server_name.clone());
                    boxed(tunnel(proxy, connector)?)
                }
                _ => {
                    return Err(ConfigError::Unusable(
                        "the proxy has an unsupported scheme".to_owned(),
                    ));
                }
            },
        };
        let https = over_tls(way, self.tls, self.server_name);
        Ok(match self.timeout {
            None => https,
            Some(limit) => boxed(service_fn(move |uri: Uri| {
                let connect = https.clone().oneshot(uri);
                async move {
                    let late = |_| io::Error::from(io::ErrorKind::TimedOut);
                    tokio::time::timeout(limit, connect).await.map_err(late)?
                }
            })),
        })
    }
}

fn over_tls(
    connector: Connector,
    config: ClientConfig,
    server_name: Option<ServerName<'static>>,
) -> Connector {
    let mut builder = HttpsConnectorBuilder::new()
        .with_tls_config(config)
        .https_or_http();
    if let Some(name) = server_name {
        builder = builder.with_server_name_resolver(FixedServerNameResolver::new(name));
    }
    boxed(builder.enable_http1().wrap_connector(connector))
}

/// Connects through an HTTP proxy (`CONNECT`).
fn tunnel(proxy: Uri, connector: Connector) -> Result<Tunnel<Connector>, ConfigError> {
    let login = login(&proxy);
    let tunnel = Tunnel::new(proxy, connector);
    Ok(match login {
        Some(Login { username, password }) => {
            tunnel.with_auth(basic(&username, password.expose_secret())?)
        }
        None => tunnel,
    })
}

/// Connects through a SOCKS proxy, which resolves the server's name.
fn socks(proxy: Uri, tcp: HttpConnector) -> Result<SocksV5<HttpConnector>, ConfigError> {
    let login = login(&proxy);
    let socks = SocksV5::new(proxy, tcp);
    let Some(Login { username, password }) = login else {
        return Ok(socks);
    };
    let password = password.expose_secret().to_owned();
    if username.len().max(password.len()) > MAX_SOCKS_LOGIN {
        return Err(ConfigError::Unusable(format!(
            "the user or the password of the proxy is longer than {MAX_SOCKS_LOGIN} bytes"
        )));
    }
    Ok(socks.with_auth(username, password))
}

fn login(proxy: &Uri) -> Option<Login> {
    let (login, _) = proxy.authority()?.as_str().rsplit_once('@')?;
    Some(Login::parse(login))
}

fn boxed<S>(connector: S) -> Connector
where
    S: Service<Uri> + Clone + Send + Sync + 'static,
    S::Response: Read + Write + Connection + Send + Unpin + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    let connector = connector.map_response(|stream| Stream(Box::new(stream)));
    BoxCloneSyncService::new(connector.map_err(Into::into))
}

/// A connection of any kind.
pub(super) struct Stream(Box<dyn Io>);

trait Io: Read + Write + Connection + Send + Unpin {}

impl<T: Read + Write + Connection + Send + Unpin> Io for T {}

impl Stream {
    fn inner(self: Pin<&mut Self>) -> Pin<&mut dyn Io> {
        Pin::new(&mut *self.get_mut().0)
    }
}

impl Read for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        self.inner().poll_read(context, buffer)
    }
}

impl Write for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.inner().poll_shutdown(context)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.inner().poll_write_vectored(context, slices)
    }
}

impl Connection for Stream {
    fn connected(&self) -> Connected {
        self.0.connected()
    }
}
