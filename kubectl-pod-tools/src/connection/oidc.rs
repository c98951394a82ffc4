//! OpenID Connect: an ID token that is renewed with a refresh token
//! (k8s.io/client-go/plugin/pkg/client/auth/oidc; golang.org/x/oauth2).
//!
//! The renewed tokens stay in memory, and the kubeconfig as it is.

use std::time::Duration;

use base64::Engine;
use base64::alphabet::URL_SAFE;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD};
use base64::engine::{DecodePaddingMode, GeneralPurposeConfig};
use form_urlencoded::{Serializer, byte_serialize};
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Request, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::Bytes;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use tokio::sync::Mutex;

use super::connector::{Connector, Route};
use super::effective::{MAX_AUTHORITIES, basic, bearer};
use super::error::ConfigError;
use super::identity::certificates;
use super::kubeconfig::{AuthProvider, read_named};
use super::proxy;
use super::server::Server;
use super::tls::{Trust, client_config};
use crate::cluster::{Log, LogEvent, innermost};

/// Time before its end at which a token is renewed.
const LEEWAY: i64 = 10;
/// Maximum time for both requests to the provider.
const TIMEOUT: Duration = Duration::from_secs(30);
/// Maximum size of a provider's response, in bytes.
const MAX_ANSWER: usize = 1 << 20;
/// Base64 of tokens: without padding, which some writers add.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The login of one user.
pub(super) struct OpenIdConnect {
    issuer: String,
    client_id: String,
    client_secret: SecretString,
    trust: Trust,
    timeout: Duration,
    log: Log,
    tokens: Mutex<Tokens>,
}

struct Tokens {
    id: SecretString,
    refresh: SecretString,
}

/// Ways of client authentication, of which providers support one or the other.
#[derive(Clone, Copy)]
enum Style {
    Header,
    Parameters,
}

/// The needed part of the provider's configuration.
#[derive(Deserialize)]
struct Discovery {
    #[serde(default)]
    token_endpoint: String,
}

/// The needed part of the provider's response.
#[derive(Deserialize)]
struct Renewed {
    id_token: Option<SecretString>,
    refresh_token: Option<SecretString>,
}

/// The needed claims of a token, in seconds since 1970.
#[derive(Deserialize)]
struct Claims {
    exp: f64,
}

impl OpenIdConnect {
    /// Reads the configuration of the provider in a kubeconfig, without sending anything.
    ///
    /// # Errors
    /// A missing field, or an authority that cannot be read.
    pub(super) fn new(
        provider: &AuthProvider,
        timeout: Option<Duration>,
        log: Log,
    ) -> Result<Self, ConfigError> {
        let field = |name: &str| provider.config.get(name).map_or("", String::as_str);
        let required = |name: &str| match field(name) {
            "" => Err(ConfigError::Unusable(format!(
                "the `auth-provider` `oidc` of the kubeconfig has no `{name}`"
            ))),
            value => Ok(value.to_owned()),
        };
        Ok(Self {
            issuer: required("idp-issuer-url")?,
            client_id: required("client-id")?,
            client_secret: field("client-secret").into(),
            trust: trust(
                field("idp-certificate-authority-data"),
                field("idp-certificate-authority"),
            )?,
            timeout: timeout.map_or(TIMEOUT, |timeout| timeout.min(TIMEOUT)),
            log,
            tokens: Mutex::new(Tokens {
                id: field("id-token").into(),
                refresh: field("refresh-token").into(),
            }),
        })
    }

    /// Returns the header with a valid token, renewed if needed.
    ///
    /// # Errors
    /// A message, without secrets, about why there is no token.
    pub(super) async fn authorization(&self) -> Result<HeaderValue, String> {
        let mut tokens = self.tokens.lock().await;
        if !is_valid(tokens.id.expose_secret())? {
            if tokens.refresh.expose_secret().is_empty() {
                return Err(said(match tokens.id.expose_secret() {
                    "" => "there is neither an `id-token` nor a `refresh-token`",
                    _ => "the `id-token` has expired, and there is no `refresh-token`",
                }));
            }
            let renewed = tokio::time::timeout(self.timeout, self.renew(&tokens.refresh)).await;
            let renewed = renewed.unwrap_or_else(|_| {
                let limit = self.timeout;
                Err(said(&format!(
                    "no answer from {} within {limit:?}",
                    self.issuer
                )))
            })?;
            tokens.id = renewed.id_token.unwrap_or_default();
            if let Some(refresh) = renewed.refresh_token
                && refresh.expose_secret() != tokens.refresh.expose_secret()
                && !refresh.expose_secret().is_empty()
            {
                (self.log)(LogEvent::Warning(
                    "the identity provider has replaced the `refresh-token`, and the kubeconfig still has the old one: log in again if it is refused",
                ));
                tokens.refresh = refresh;
            }
        }
        bearer(tokens.id.expose_secret())
    }

    async fn renew(&self, refresh: &SecretString) -> Result<Renewed, String> {
        let issuer = self.issuer.strip_suffix('/').unwrap_or(&self.issuer);
        let discovery = Self::url(&format!("{issuer}/.well-known/openid-configuration"))?;
        let client = self.client(&discovery)?;
        let request = Request::get(&discovery).header(ACCEPT, "application/json");
        let request = with_body(request, Full::default())?;
        let answer = self.ask(&client, request).await?;
        let found: Discovery = serde_json::from_slice(&answer)
            .map_err(|_| said(&format!("{discovery} returned no configuration")))?;
        if found.token_endpoint.is_empty() {
            return Err(said(&format!("{discovery} names no `token_endpoint`")));
        }
        let endpoint = Self::url(&found.token_endpoint)?;
        let client = self.client(&endpoint)?;
        let mut answer = Err(String::new());
        for style in [Style::Header, Style::Parameters] {
            let request = self.request(&endpoint, refresh, style)?;
            answer = self.ask(&client, request).await;
            if answer.is_ok() {
                break;
            }
        }
        // The decoder would quote the tokens.
        let renewed: Renewed = serde_json::from_slice(&answer?)
            .map_err(|_| said(&format!("{endpoint} returned no tokens")))?;
        match &renewed.id_token {
            Some(token) if !token.expose_secret().is_empty() => Ok(renewed),
            _ => Err(said(&format!(
                "{endpoint} sent no `id_token`; the login must ask for the scope `openid`"
            ))),
        }
    }

    fn request(
        &self,
        endpoint: &Uri,
        refresh: &SecretString,
        style: Style,
    ) -> Result<Request<Full<Bytes>>, String> {
        let mut request = Request::post(endpoint)
            .header(ACCEPT, "application/json")
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        let mut form = Serializer::new(String::new());
        form.append_pair("grant_type", "refresh_token");
        form.append_pair("refresh_token", refresh.expose_secret());
        let secret = self.client_secret.expose_secret();
        match style {
            Style::Header => {
                let escaped = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
                let header = basic(&escaped(&self.client_id), &escaped(secret));
                let header = header.map_err(|error| said(&error.to_string()))?;
                request = request.header(AUTHORIZATION, header);
            }
            Style::Parameters => {
                form.append_pair("client_id", &self.client_id);
                if !secret.is_empty() {
                    form.append_pair("client_secret", secret);
                }
            }
        }
        with_body(request, Full::from(form.finish()))
    }

    async fn ask(
        &self,
        client: &Client<Connector, Full<Bytes>>,
        request: Request<Full<Bytes>>,
    ) -> Result<Bytes, String> {
        let url = request.uri().clone();
        let failed = |error: &(dyn std::error::Error + 'static)| {
            said(&format!("cannot reach {url}: {}", innermost(error)))
        };
        let response = client
            .request(request)
            .await
            .map_err(|error| failed(&error))?;
        let status = response.status();
        if !status.is_success() {
            return Err(said(&format!("{url} answered with {status}")));
        }
        let body = Limited::new(response.into_body(), MAX_ANSWER)
            .collect()
            .await;
        body.map(http_body_util::Collected::to_bytes)
            .map_err(|error| failed(&*error))
    }

    fn client(&self, server: &Uri) -> Result<Client<Connector, Full<Bytes>>, String> {
        let connector = (|| {
            Route {
                proxy: proxy::choose(server, "")?,
                tls: client_config(&self.trust, None)?,
                server_name: None,
                timeout: None,
            }
            .connector()
        })();
        let connector = connector.map_err(|error| said(&error.to_string()))?;
        Ok(Client::builder(TokioExecutor::new()).build(connector))
    }

    /// Parses a URL that secrets are sent to.
    fn url(text: &str) -> Result<Uri, String> {
        let server = Server::parse(text);
        let server = server.map_err(|why| said(&format!("the provider's URL `{text}` {why}")))?;
        if !server.is_tls() {
            return Err(said(&format!(
                "the refresh token is not sent to `{text}`, which anybody on the way can read: expected https://"
            )));
        }
        Ok(server.uri)
    }
}

fn with_body(
    request: http::request::Builder,
    body: Full<Bytes>,
) -> Result<Request<Full<Bytes>>, String> {
    request.body(body).map_err(|error| said(&error.to_string()))
}

fn said(why: &str) -> String {
    format!("OpenID Connect: {why}")
}

fn trust(data: &str, path: &str) -> Result<Trust, ConfigError> {
    let text = match (data, path) {
        ("", "") => return Ok(Trust::System),
        ("", path) => read_named("certificate authority", path, MAX_AUTHORITIES)?,
        (data, _) => STANDARD.decode(data).unwrap_or_default(),
    };
    let found = certificates(&text).filter(|found| !found.is_empty());
    found.map(Trust::Authorities).ok_or_else(|| {
        ConfigError::Unusable(
            "the certificate authority of the `auth-provider` `oidc` holds no PEM certificate"
                .to_owned(),
        )
    })
}

/// Returns whether a token exists and is valid for a while.
fn is_valid(token: &str) -> Result<bool, String> {
    if token.is_empty() {
        return Ok(false);
    }
    let claims = match token.split('.').collect::<Vec<_>>().as_slice() {
        [_, claims, _] => BASE64.decode(claims).ok(),
        _ => None,
    };
    let claims = claims.and_then(|claims| serde_json::from_slice::<Claims>(&claims).ok());
    let Some(Claims { exp }) = claims else {
        return Err(said("the `id-token` is not a JSON Web Token with an `exp`"));
    };
    let now = Timestamp::now().as_second().saturating_add(LEEWAY);
    // Seconds since 1970 are exact in a float for longer than anybody counts them.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
    let now = now as f64;
    Ok(now < exp)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.c2ln", BASE64.encode(claims))
    }

    #[test]
    fn a_token_is_good_until_shortly_before_it_expires() {
        let now = Timestamp::now().as_second();
        for (claims, expected) in [
            (format!("{{\"exp\": {}}}", now + 60), Some(true)),
            (format!("{{\"exp\": {}.5}}", now + 60), Some(true)),
            (format!("{{\"exp\": {}}}", now + 5), Some(false)),
            (format!("{{\"exp\": {}}}", now - 60), Some(false)),
            ("{\"exp\": 1e300}".to_owned(), Some(true)),
            ("{\"exp\": \"tomorrow\"}".to_owned(), None),
            ("{}".to_owned(), None),
            ("no JSON".to_owned(), None),
        ] {
            assert_eq!(is_valid(&token(&claims)).ok(), expected, "{claims}");
        }
        assert_eq!(is_valid(""), Ok(false));
        for text in ["qz", "qz.qz", "qz.qz.qz", "qz.!.qz", "qz.e30.e30.qz", ".."] {
            let why = is_valid(text).unwrap_err();
            assert!(!why.contains("qz"), "{why}");
        }
    }
}
