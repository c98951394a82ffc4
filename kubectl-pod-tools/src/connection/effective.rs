//! The effective configuration of a client (k8s.io/client-go/tools/clientcmd,
//! `DirectClientConfig.ClientConfig`; k8s.io/client-go/transport).

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Map, Value, json};

use super::error::ConfigError;
use super::identity::{self, Identity};
use super::kubeconfig::{AuthProvider, Bytes, Chosen, Cluster, Exec, User, read_named};
use super::proxy;
use super::server::Server;
use super::validate::{named, validate};
use crate::url::without_user;

/// Limit of a bundle of authorities in bytes; that of a whole system has 250 KiB.
pub(super) const MAX_AUTHORITIES: usize = 4 << 20;
/// Limit of a certificate, key or token in bytes.
pub(super) const MAX_CREDENTIAL: usize = 1 << 20;
/// Name of the part of a cluster that plugins receive (clientcmd,
/// `clusterExtensionKey`).
const EXEC_EXTENSION: &str = "client.authentication.k8s.io/exec";

/// Effective configuration of a client.
#[derive(Debug)]
pub(super) struct Effective {
    /// URL of the server, without user and password.
    pub server: Uri,
    /// Namespace of requests without one.
    pub namespace: String,
    /// Certificates of authorities as DER, or `None` for those of the system.
    pub authorities: Option<Vec<Vec<u8>>>,
    /// True if any certificate is accepted.
    pub insecure: bool,
    /// Name that the server's certificate must have, instead of the URL's.
    pub tls_server_name: Option<String>,
    /// Proxy to the server.
    pub proxy: Option<Uri>,
    /// True if responses must not be compressed.
    pub disable_compression: bool,
    /// The user's certificate.
    pub identity: Option<Identity>,
    /// Source of the `Authorization` header.
    pub source: Source,
    /// Impersonated user.
    pub impersonation: Impersonation,
    /// True if there are credentials that plain HTTP must not carry.
    pub withholds: bool,
}

/// Source of the `Authorization` header.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// No header.
    Nothing,
    /// A fixed header.
    Fixed(HeaderValue),
    /// A file with a token, and the token to use while the file cannot be read.
    TokenFile {
        path: String,
        fallback: Option<SecretString>,
    },
    /// A credential plugin, which may return a certificate, too.
    Plugin { exec: Exec, cluster: Option<Value> },
    /// OpenID Connect.
    Provider(AuthProvider),
}

/// Impersonated user.
#[derive(Debug, Default)]
pub(super) struct Impersonation {
    pub user: Option<String>,
    pub uid: Option<String>,
    pub groups: Vec<String>,
    pub extra: std::collections::BTreeMap<String, Vec<String>>,
}

/// Returns the configuration. Reads files, but runs and sends nothing.
///
/// # Errors
/// Contradictions, and files that cannot be read.
pub(super) fn effective(chosen: Chosen) -> Result<Effective, ConfigError> {
    validate(&chosen)?;
    let Chosen {
        context,
        cluster,
        cluster_name,
        user,
        user_name,
        namespace,
    } = chosen;
    if cluster.server.is_empty() {
        return Err(ConfigError::no_server(&context));
    }
    let server = Server::parse(&cluster.server).map_err(|why| {
        let shown = without_user(&cluster.server);
        ConfigError::Unusable(format!("the server `{shown}` {why}"))
    })?;
    let namespace = if namespace.is_empty() {
        "default".to_owned()
    } else {
        namespace
    };
    let mut made = Effective {
        namespace,
        authorities: None,
        insecure: false,
        tls_server_name: None,
        proxy: proxy::choose(&server.uri, &cluster.proxy_url)?,
        disable_compression: cluster.disable_compression,
        identity: None,
        source: Source::Nothing,
        impersonation: impersonation(&user),
        withholds: false,
        server: server.uri.clone(),
    };
    // "Only try to read the auth information if we are secure": nothing that is
    // secret goes over plain HTTP, and no plugin is run for it.
    if !server.is_tls() {
        made.withholds = has_credentials(&user) || server.login.is_some();
        return Ok(made);
    }
    trust(&mut made, &cluster, &named("cluster", &cluster_name))?;
    made.identity = client_certificate(&user)?;
    made.source = source(&user, &server, &cluster, &made, &named("user", &user_name))?;
    Ok(made)
}

fn trust(made: &mut Effective, cluster: &Cluster, who: &str) -> Result<(), ConfigError> {
    let data = &cluster.certificate_authority_data;
    let text = authority(data, &cluster.certificate_authority)?;
    // transport, `TLSConfigFor`.
    if text.is_some() && cluster.insecure_skip_tls_verify {
        return Err(ConfigError::Unusable(format!(
            "{who} has both `insecure-skip-tls-verify` and a certificate authority"
        )));
    }
    made.insecure = cluster.insecure_skip_tls_verify;
    let name = &cluster.tls_server_name;
    made.tls_server_name = Some(name.clone()).filter(|name| !name.is_empty());
    if let Some(text) = text {
        let found = identity::certificates(&text).filter(|found| !found.is_empty());
        made.authorities = Some(found.ok_or_else(|| {
            let what = match cluster.certificate_authority.as_str() {
                "" => format!("`certificate-authority-data` of {who}"),
                path => format!("the certificate authority {path}"),
            };
            ConfigError::Unusable(format!("{what} holds no PEM certificate"))
        })?);
    }
    Ok(())
}

fn authority(data: &Bytes, path: &str) -> Result<Option<Vec<u8>>, ConfigError> {
    if !data.0.is_empty() {
        return Ok(Some(data.0.clone()));
    }
    if path.is_empty() {
        return Ok(None);
    }
    read_named("certificate authority", path, MAX_AUTHORITIES).map(Some)
}

fn client_certificate(user: &User) -> Result<Option<Identity>, ConfigError> {
    let read = |what, data: &Bytes, path: &str| match data.0.as_slice() {
        [] if path.is_empty() => Ok(Vec::new()),
        [] => read_named(what, path, MAX_CREDENTIAL),
        data => Ok(data.to_vec()),
    };
    let certificate = read(
        "client certificate",
        &user.client_certificate_data,
        &user.client_certificate,
    )?;
    if certificate.is_empty() && user.client_certificate.is_empty() {
        return Ok(None);
    }
    let key = read("client key", &user.client_key_data, &user.client_key)?;
    let identity = Identity::parse(&certificate, &key).map_err(|why| {
        ConfigError::Unusable(format!("the client certificate cannot be used: {why}"))
    })?;
    Ok(Some(identity))
}

fn has_credentials(user: &User) -> bool {
    let any = |texts: &[&str]| texts.iter().any(|text| !text.is_empty());
    any(&[
        user.token.expose_secret(),
        &user.token_file,
        &user.username,
        user.password.expose_secret(),
        &user.client_certificate,
    ]) || !user.client_certificate_data.0.is_empty()
        || user.exec.is_some()
        || user.auth_provider.is_some()
}

fn source(
    user: &User,
    server: &Server,
    cluster: &Cluster,
    made: &Effective,
    who: &str,
) -> Result<Source, ConfigError> {
    let token = user.token.expose_secret();
    let has_token = !token.is_empty() || !user.token_file.is_empty();
    // A password without a user is no login (transport, `HasBasicAuth`).
    if has_token && !user.username.is_empty() {
        return Err(ConfigError::Unusable(format!(
            "{who} has both a token file and a username"
        )));
    }
    if let Some(provider) = &user.auth_provider {
        supported(provider)?;
    }
    if let Some(exec) = &user.exec
        && !matches!(
            exec.api_version.as_str(),
            "client.authentication.k8s.io/v1" | "client.authentication.k8s.io/v1beta1"
        )
    {
        return Err(ConfigError::Unusable(format!(
            "`exec` of {who} has the apiVersion `{}`; expected client.authentication.k8s.io/v1 or client.authentication.k8s.io/v1beta1",
            exec.api_version
        )));
    }
    if let Some(login) = &server.login {
        // It is read in any case.
        if token.is_empty() && !user.token_file.is_empty() {
            let text = read_named("token file", &user.token_file, MAX_CREDENTIAL)?;
            if text.is_empty() {
                return Err(ConfigError::empty_token(&user.token_file));
            }
        }
        // Go's HTTP client sends it, and nobody changes a header that is there.
        return basic(&login.username, login.password.expose_secret()).map(Source::Fixed);
    }
    if !user.username.is_empty() {
        return basic(&user.username, user.password.expose_secret()).map(Source::Fixed);
    }
    if !user.token_file.is_empty() {
        return Ok(Source::TokenFile {
            path: user.token_file.clone(),
            fallback: (!token.is_empty()).then(|| user.token.clone()),
        });
    }
    if !token.is_empty() {
        return bearer(token)
            .map(Source::Fixed)
            .map_err(ConfigError::Credentials);
    }
    if let Some(provider) = &user.auth_provider {
        return Ok(Source::Provider(provider.clone()));
    }
    // plugin/pkg/client/auth/exec, `UpdateTransportConfig`: no other credentials.
    if let Some(exec) = &user.exec
        && made.identity.is_none()
    {
        return Ok(Source::Plugin {
            exec: exec.clone(),
            cluster: exec.provide_cluster_info.then(|| exec_cluster(cluster)),
        });
    }
    Ok(Source::Nothing)
}

/// Returns the header of a token.
///
/// # Errors
/// A message, without the token, about a token that cannot be a header.
pub(super) fn bearer(token: &str) -> Result<HeaderValue, String> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    let mut value = value.map_err(|_| {
        "the token contains a character that is not allowed in an HTTP header".to_owned()
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns the header of a user and a password.
///
/// # Errors
/// None in practice: Base64 fits into any header.
pub(super) fn basic(username: &str, password: &str) -> Result<HeaderValue, ConfigError> {
    let encoded = STANDARD.encode(format!("{username}:{password}"));
    let mut value = HeaderValue::from_str(&format!("Basic {encoded}"))
        .map_err(|error| ConfigError::Credentials(error.to_string()))?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns the plugin that replaces a provider that client-go no longer supports
/// (plugin/pkg/client/auth, `azure` and `gcp`).
fn supported(provider: &AuthProvider) -> Result<(), ConfigError> {
    let instead = match provider.name.as_str() {
        "oidc" => return Ok(()),
        "gcp" => Some("gke-gcloud-auth-plugin"),
        "azure" => Some("kubelogin"),
        _ => None,
    };
    Err(ConfigError::Provider {
        name: provider.name.clone(),
        instead,
    })
}

fn impersonation(user: &User) -> Impersonation {
    let given = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
    Impersonation {
        user: given(&user.impersonate),
        uid: given(&user.impersonate_uid),
        groups: user.impersonate_groups.clone(),
        extra: user.impersonate_extra.clone(),
    }
}

/// Returns the cluster for a plugin (client-go/rest, `ConfigToExecCluster`;
/// pkg/apis/clientauthentication/v1, `Cluster`).
pub(super) fn exec_cluster(cluster: &Cluster) -> Value {
    let mut fields = Map::new();
    fields.insert("server".into(), cluster.server.clone().into());
    if !cluster.tls_server_name.is_empty() {
        let name = cluster.tls_server_name.clone();
        fields.insert("tls-server-name".into(), name.into());
    }
    if cluster.insecure_skip_tls_verify {
        fields.insert("insecure-skip-tls-verify".into(), true.into());
    }
    let data = &cluster.certificate_authority_data;
    // It was read before.
    if let Ok(Some(text)) = authority(data, &cluster.certificate_authority) {
        let encoded = STANDARD.encode(text);
        fields.insert("certificate-authority-data".into(), encoded.into());
    }
    if !cluster.proxy_url.is_empty() {
        let url = cluster.proxy_url.clone();
        fields.insert("proxy-url".into(), url.into());
    }
    if cluster.disable_compression {
        fields.insert("disable-compression".into(), true.into());
    }
    let mut extensions = cluster.extensions.iter();
    if let Some(found) = extensions.find(|named| named.name == EXEC_EXTENSION) {
        fields.insert("config".into(), json!(found.extension));
    }
    Value::Object(fields)
}
