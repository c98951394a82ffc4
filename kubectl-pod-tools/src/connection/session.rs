//! The client of a cluster. Its credentials are obtained before the first request, and renewed
//! when they have expired or were refused.

use std::sync::Arc;
use std::time::Duration;

use http::Uri;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::{BodyExt, Limited};
use hyper_util::rt::TokioExecutor;
use kube::client::middleware::ExtraHeadersLayer;
use kube::client::{Body, Client, ConfigExt};
use kube::config::Config;
use rustls::pki_types::ServerName;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tower::{BoxError, ServiceBuilder, service_fn};
use tower_http::decompression::DecompressionLayer;

use super::connector::Route;
use super::detached::detached;
use super::effective::{MAX_CREDENTIAL, bearer};
use super::error::ConfigError;
use super::identity::Identity;
use super::kubeconfig::read_named;
use super::oidc::OpenIdConnect;
use super::plugin::{Credential, Plugin};
use super::tls::{Trust, client_config};
use crate::cluster::{CredentialError, ProxyError, REFUSAL_AT_MOST, Warnings};
use crate::error::Failure;

/// Time after which a token file is read again (client-go/transport,
/// `NewCachedFileTokenSource`: a minute less its leeway).
const FRESH: Duration = Duration::from_secs(50);

/// A connection as one user; clones share it.
#[derive(Clone)]
pub(super) struct Session(Arc<Inner>);

struct Inner {
    endpoint: Endpoint,
    source: Login,
    warnings: Warnings,
    ready: Mutex<Option<Ready>>,
}

/// A server, and the parts of requests besides credentials.
pub(super) struct Endpoint {
    /// The URL of the server, and the headers of requests.
    pub config: Config,
    /// Trusted authorities.
    pub trust: Trust,
    /// The user's certificate.
    pub identity: Option<Identity>,
    /// Name that the server's certificate must have, or `None` for that of its URL.
    pub server_name: Option<ServerName<'static>>,
    /// Proxy to the server.
    pub proxy: Option<Uri>,
    /// True if responses must not be compressed.
    pub disable_compression: bool,
    /// Maximum time to connect.
    pub connect_timeout: Option<Duration>,
}

/// Source of the `Authorization` header.
pub(super) enum Login {
    /// A fixed header, or none.
    Fixed(Option<HeaderValue>),
    /// A file with a token.
    TokenFile {
        path: String,
        fallback: Option<SecretString>,
    },
    /// A plugin.
    Plugin(Plugin),
    /// A token that a provider renews.
    OpenIdConnect(Box<OpenIdConnect>),
}

/// A client with its credentials.
#[derive(Clone)]
struct Ready {
    client: Client,
    identity: Option<Identity>,
    authorization: Option<HeaderValue>,
    origin: Origin,
}

/// Source of a credential, which decides when it expires.
#[derive(Clone)]
enum Origin {
    Fixed,
    File { read: Instant, is_refused: bool },
    Plugin(Arc<Credential>),
}

impl Session {
    /// Prepares the connection, and checks everything that needs no plugin.
    ///
    /// # Errors
    /// A certificate or token file that cannot be used.
    pub(super) async fn new(
        endpoint: Endpoint,
        source: Login,
        warnings: Warnings,
    ) -> Result<Self, ConfigError> {
        let session = Self(Arc::new(Inner {
            endpoint,
            source,
            warnings,
            ready: Mutex::default(),
        }));
        if matches!(session.0.source, Login::Plugin(_)) {
            // A mistake in the certificates is told before anybody is asked to log in.
            session.0.open(None)?;
        } else {
            session.ready().await?;
        }
        Ok(session)
    }

    /// Returns the client for all requests.
    pub(super) fn client(&self, namespace: &str) -> Client {
        let session = self.clone();
        let service = service_fn(move |request| {
            let session = session.clone();
            async move { session.send(request).await }
        });
        Client::new(service, namespace)
    }

    /// Renews the credentials if they have expired.
    ///
    /// # Errors
    /// A message about credentials that cannot be obtained.
    pub(super) async fn renew(&self) -> Result<(), String> {
        match self.ready().await {
            Ok(_) => Ok(()),
            Err(ConfigError::Credentials(why)) => Err(why),
            Err(error) => Err(Failure::from(error).message),
        }
    }

    async fn send(&self, mut request: Request<Body>) -> Result<Response<Body>, BoxError> {
        let ready = self.ready().await;
        let ready = ready.map_err(|error| match error {
            ConfigError::Credentials(why) => CredentialError(why),
            error => CredentialError(Failure::from(error).message),
        })?;
        if let Some(value) = &ready.authorization {
            request.headers_mut().insert(AUTHORIZATION, value.clone());
        }
        let response = match ready.client.send(request).await {
            Ok(response) => response,
            Err(error) => return Err(self.blamed(error)),
        };
        if response.status() == StatusCode::UNAUTHORIZED {
            self.refused(&ready.origin).await;
        }
        Ok(response)
    }

    /// Returns the error, or that of the proxy if the proxy caused it.
    fn blamed(&self, error: kube::Error) -> BoxError {
        let Endpoint { config, proxy, .. } = &self.0.endpoint;
        let proxy = proxy.as_ref();
        let proxy = proxy.and_then(|proxy| ProxyError::of(proxy, &config.cluster_url, &error));
        proxy.map_or_else(|| error.into(), BoxError::from)
    }

    async fn ready(&self) -> Result<Ready, ConfigError> {
        let mut known = self.0.ready.lock().await;
        let (authorization, identity, origin) = match &self.0.source {
            Login::Fixed(value) => (value.clone(), None, Origin::Fixed),
            Login::TokenFile { path, fallback } => {
                if let Some(ready) = &*known
                    && let Origin::File { read, is_refused } = ready.origin
                    && !is_refused
                    && read.elapsed() < FRESH
                {
                    return Ok(ready.clone());
                }
                let before = known.as_ref().and_then(|known| known.authorization.clone());
                let value = token(path.clone(), fallback.as_ref(), before).await?;
                let read = Instant::now();
                let is_refused = false;
                (Some(value), None, Origin::File { read, is_refused })
            }
            Login::Plugin(plugin) => {
                let credential = plugin.credential().await;
                let credential = credential.map_err(ConfigError::Credentials)?;
                let authorization = credential.authorization.clone();
                let identity = credential.identity.clone();
                (authorization, identity, Origin::Plugin(credential))
            }
            Login::OpenIdConnect(oidc) => {
                let value = oidc.authorization().await;
                let value = value.map_err(ConfigError::Credentials)?;
                (Some(value), None, Origin::Fixed)
            }
        };
        let client = match &*known {
            // Connections of another certificate are not used any more.
            Some(known) if known.identity == identity => known.client.clone(),
            _ => self.0.open(identity.as_ref())?,
        };
        let ready = Ready {
            client,
            identity,
            authorization,
            origin,
        };
        *known = Some(ready.clone());
        Ok(ready)
    }

    /// Makes the next request renew the credentials (plugin/pkg/client/auth/exec,
    /// `maybeRefreshCreds`).
    async fn refused(&self, origin: &Origin) {
        match (&self.0.source, origin) {
            (Login::Plugin(plugin), Origin::Plugin(credential)) => plugin.refused(credential).await,
            (Login::TokenFile { .. }, Origin::File { read, .. }) => {
                let mut known = self.0.ready.lock().await;
                if let Some(Ready {
                    origin:
                        Origin::File {
                            read: at,
                            is_refused,
                        },
                    ..
                }) = &mut *known
                    && at == read
                {
                    *is_refused = true;
                }
            }
            _ => {}
        }
    }
}

impl Inner {
    /// Connects to the server with a plugin's certificate, or that of the configuration.
    fn open(&self, identity: Option<&Identity>) -> Result<Client, ConfigError> {
        let Endpoint { config, .. } = &self.endpoint;
        let connector = self.endpoint.route(identity)?.connector()?;
        let http = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .build::<_, Body>(connector);
        let warnings = self.warnings.clone();
        let service = ServiceBuilder::new()
            .map_response(move |response: Response<_>| {
                warnings.collect(response.headers());
                let most = at_most(response.status());
                response.map(|body| Limited::new(body, most).boxed_unsync())
            })
            .layer(config.base_uri_layer())
            .layer(
                DecompressionLayer::new()
                    .no_br()
                    .no_deflate()
                    .no_zstd()
                    .gzip(!self.endpoint.disable_compression),
            )
            .layer(self.endpoint.headers()?)
            .service(http);
        Ok(Client::new(service, &config.default_namespace))
    }
}

impl Endpoint {
    /// Returns the parameters of connections, with a plugin's certificate or that of the
    /// configuration.
    ///
    /// # Errors
    /// Certificates or keys that cannot be used.
    pub(super) fn route(&self, identity: Option<&Identity>) -> Result<Route, ConfigError> {
        Ok(Route {
            proxy: self.proxy.clone(),
            tls: client_config(&self.trust, identity.or(self.identity.as_ref()))?,
            server_name: self.server_name.clone(),
            timeout: self.connect_timeout,
        })
    }

    /// Returns the layer that adds the headers of each request, with those of `--as`.
    ///
    /// # Errors
    /// A value that cannot be a header.
    pub(super) fn headers(&self) -> Result<ExtraHeadersLayer, ConfigError> {
        let layer = self.config.extra_headers_layer();
        layer.map_err(|error| ConfigError::client(&error))
    }
}

/// Maximum bytes of a refusal that are passed on. The caller limits other responses.
fn at_most(status: StatusCode) -> usize {
    if status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS {
        usize::MAX
    } else {
        REFUSAL_AT_MOST
    }
}

/// Returns the token of the file, its last token, or the fallback: the file may be removed once
/// it was read (client-go/transport, `cachingTokenSource`).
pub(super) async fn token(
    path: String,
    fallback: Option<&SecretString>,
    before: Option<HeaderValue>,
) -> Result<HeaderValue, ConfigError> {
    let shown = path.clone();
    let read = detached(move || read_named("token file", &path, MAX_CREDENTIAL)).await;
    let read = read.and_then(|bytes| {
        let text = String::from_utf8_lossy(&bytes);
        let token = text.trim();
        if token.is_empty() {
            return Err(ConfigError::empty_token(&shown));
        }
        bearer(token).map_err(ConfigError::Credentials)
    });
    match (read, before, fallback) {
        (Ok(value), _, _) | (Err(_), Some(value), _) => Ok(value),
        (Err(_), None, Some(token)) => {
            bearer(token.expose_secret()).map_err(ConfigError::Credentials)
        }
        (Err(error), None, None) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_is_bounded_whoever_reads_it() {
        for (status, bounded) in [
            (101, false),
            (200, false),
            (201, false),
            (299, false),
            (100, true),
            (300, true),
            (302, true),
            (400, true),
            (401, true),
            (404, true),
            (500, true),
            (503, true),
        ] {
            let most = at_most(StatusCode::from_u16(status).unwrap());
            let expected = if bounded { REFUSAL_AT_MOST } else { usize::MAX };
            assert_eq!(most, expected, "{status}");
        }
    }
}
