//! The client that a cluster is asked with: its credentials are made before the
//! first request, and made again when they have expired or were refused.

use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::header::AUTHORIZATION;
use http::{HeaderValue, Request, Response, StatusCode};
use http_body_util::Limited;
use kube::client::{Body, Client, ClientBuilder, DynBody};
use kube::config::Config;
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Mutex;
use tokio::time::Instant;
use tower::util::MapResponseLayer;
use tower::{BoxError, service_fn};

use super::detached::detached;
use super::effective::{MAX_CREDENTIAL, Source, bearer};
use super::error::ConfigError;
use super::identity::Identity;
use super::kubeconfig::read_named;
use super::plugin::{Credential, Plugin};
use crate::cluster::{CredentialError, ProxyError, REFUSAL_AT_MOST, Warnings};
use crate::error::Failure;

/// Time after which a token's file is read again (client-go/transport,
/// `NewCachedFileTokenSource`: a minute less its leeway).
const FRESH: Duration = Duration::from_secs(50);

/// A connection as one user; clones are the same.
#[derive(Clone)]
pub(super) struct Session(Arc<Inner>);

struct Inner {
    /// With the user's own certificate, and nothing else of the user.
    config: Config,
    source: Login,
    warnings: Warnings,
    ready: Mutex<Option<Ready>>,
}

/// Source of the `Authorization` header.
pub(super) enum Login {
    /// It is there, or there is none.
    Fixed(Option<HeaderValue>),
    /// A file with a token.
    TokenFile {
        path: String,
        fallback: Option<SecretString>,
    },
    /// A plugin.
    Plugin(Plugin),
}

/// A client with the credentials that its requests carry.
#[derive(Clone)]
struct Ready {
    client: Client,
    identity: Option<Identity>,
    authorization: Option<HeaderValue>,
    origin: Origin,
}

/// Where it came from, and so how long it is good.
#[derive(Clone)]
enum Origin {
    Fixed,
    File { read: Instant, is_refused: bool },
    Plugin(Arc<Credential>),
}

impl Login {
    /// Takes what a client can do by itself, or `None` for what the library does.
    pub(super) fn new(source: &Source, plugin: impl FnOnce(&Source) -> Option<Plugin>) -> Self {
        match source {
            Source::Nothing | Source::Provider(_) => Self::Fixed(None),
            Source::Fixed(value) => Self::Fixed(Some(value.clone())),
            Source::TokenFile { path, fallback } => Self::TokenFile {
                path: path.clone(),
                fallback: fallback.clone(),
            },
            Source::Plugin { .. } => plugin(source).map_or(Self::Fixed(None), Self::Plugin),
        }
    }
}

impl Session {
    /// Prepares the connection. What can be checked without a plugin is checked.
    ///
    /// # Errors
    /// A certificate or token file that cannot be used.
    pub(super) async fn new(
        config: Config,
        source: Login,
        warnings: Warnings,
    ) -> Result<Self, ConfigError> {
        let session = Self(Arc::new(Inner {
            config,
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

    /// The client for all requests.
    pub(super) fn client(&self, namespace: &str) -> Client {
        let session = self.clone();
        let service = service_fn(move |request| {
            let session = session.clone();
            async move { session.send(request).await }
        });
        Client::new(service, namespace)
    }

    /// Makes the credentials where they are not good any more.
    ///
    /// # Errors
    /// Why there are none, in one sentence.
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

    /// The same error, or that of the proxy where it is at fault.
    fn blamed(&self, error: kube::Error) -> BoxError {
        let config = &self.0.config;
        let proxy = config.proxy_url.as_ref();
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

    /// The next request makes them again (plugin/pkg/client/auth/exec,
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
    fn open(&self, identity: Option<&Identity>) -> Result<Client, ConfigError> {
        let mut config = self.config.clone();
        if let Some(identity) = identity {
            set_identity(&mut config, identity);
        }
        let builder =
            ClientBuilder::try_from(config).map_err(|error| ConfigError::client(&error))?;
        let seen = self.warnings.clone();
        let layer = MapResponseLayer::new(move |response: Response<Box<DynBody>>| {
            seen.collect(response.headers());
            let most = at_most(response.status());
            response.map(|body| Limited::new(body, most))
        });
        Ok(builder.with_layer(&layer).build())
    }
}

/// Bytes of an answer's body that are passed on. Who asked bounds what is no refusal.
fn at_most(status: StatusCode) -> usize {
    if status.is_success() || status == StatusCode::SWITCHING_PROTOCOLS {
        usize::MAX
    } else {
        REFUSAL_AT_MOST
    }
}

/// Gives the library a certificate and its key, in the form that it takes them.
pub(super) fn set_identity(config: &mut Config, identity: &Identity) {
    let user = &mut config.auth_info;
    user.client_certificate_data = Some(STANDARD.encode(&identity.certificate));
    user.client_key_data = Some(STANDARD.encode(identity.key.expose_secret()).into());
}

/// Returns the token of the file, its last one, or the token beside it: the file may be
/// taken away once it was read (client-go/transport, `cachingTokenSource`).
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
