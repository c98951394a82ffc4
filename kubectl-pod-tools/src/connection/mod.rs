//! Connections to the API server, from flags and kubeconfig files. Nothing is read or opened
//! before a command needs it.

mod connector;
mod detached;
mod effective;
#[cfg(test)]
mod effective_tests;
mod error;
mod flags;
mod identity;
mod in_cluster;
mod kubeconfig;
mod oidc;
mod plugin;
#[cfg(test)]
mod precedence_tests;
mod proxy;
mod server;
mod session;
mod shown;
mod tls;
mod validate;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;
use kube::config::{AuthInfo, Config};

pub(crate) use error::ConfigError;
pub(crate) use flags::ConnectionFlags;
pub(crate) use plugin::end_plugins;
pub use shown::shown;

use crate::cluster::{Cluster, Log, LogEvent, Renew, Warnings};
use detached::detached;
use effective::{Effective, Source, effective};
use kubeconfig::Files;
use oidc::OpenIdConnect;
use plugin::Plugin;
use session::{Endpoint, Login, Session};
use tls::{Trust, server_name};

/// User agent.
const AGENT: &str = concat!("kubectl-pod_tools/v", env!("CARGO_PKG_VERSION"));

/// Connects to the cluster of the flags. `log` receives each response.
///
/// # Errors
/// A kubeconfig that cannot be read, or that lacks a cluster, user or context.
pub(crate) async fn connect(flags: &ConnectionFlags, log: Log) -> Result<Cluster, ConfigError> {
    let owned = flags.clone();
    // A file may be a pipe that nobody writes to.
    let made = detached(move || load(&owned)).await?;
    if made.withholds {
        warn_of_plain_http(&made, &log);
    }
    let server = made.server.to_string();
    let namespace = made.namespace.clone();
    let warnings = Warnings::default();
    let limit = flags
        .request_timeout
        .filter(|limit| *limit != Duration::MAX);
    let login = login(&made.source, limit, &log).await?;
    let session = Session::new(endpoint(made, flags)?, login, warnings.clone()).await?;
    let client = session.client(&namespace);
    let renew: Renew = Arc::new(move || {
        let session = session.clone();
        Box::pin(async move { session.renew().await })
    });
    Ok(Cluster::new(
        client,
        Some(renew),
        server,
        namespace,
        flags.request_timeout,
        warnings,
        log,
    ))
}

/// Returns cluster, user and namespace that the flags choose from the files; without files
/// and without a server, those of the Pod that the program runs in.
fn load(flags: &ConnectionFlags) -> Result<Effective, ConfigError> {
    let Files { merged, missing } = kubeconfig::read(flags.kubeconfig.as_deref())?;
    // A name of a kubeconfig does not refer to the cluster of this Pod.
    let names = [&flags.server, &flags.context, &flags.cluster, &flags.user];
    let is_named = names.iter().copied().flatten().any(|name| !name.is_empty());
    if let Some(merged) = merged.or_else(|| is_named.then(Default::default)) {
        return effective(kubeconfig::choose(&merged, flags)?);
    }
    let mut chosen = in_cluster::service_account().ok_or(ConfigError::NoCluster { missing })?;
    flags.apply(&mut chosen);
    effective(chosen)
}

/// Warns, once in a process, that plain HTTP carries no credentials.
fn warn_of_plain_http(made: &Effective, log: &Log) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    if !IS_TOLD.swap(true, Ordering::Relaxed) {
        log(LogEvent::Warning(&format!(
            "credentials are not sent over plain HTTP to {}; use https://",
            made.server
        )));
    }
}

/// Returns the source of the `Authorization` header; no request may take longer than `limit`.
async fn login(source: &Source, limit: Option<Duration>, log: &Log) -> Result<Login, ConfigError> {
    // A little less than for the request, so that the error names the login.
    let limit =
        limit.map(|limit| limit.saturating_sub((limit / 10).min(Duration::from_millis(200))));
    let log = Arc::clone(log);
    Ok(match source {
        Source::Nothing => Login::Fixed(None),
        Source::Fixed(value) => Login::Fixed(Some(value.clone())),
        Source::TokenFile { path, fallback } => Login::TokenFile {
            path: path.clone(),
            fallback: fallback.clone(),
        },
        Source::Plugin { exec, cluster } => {
            Login::Plugin(Plugin::new(exec.clone(), cluster.clone(), limit, log))
        }
        Source::Provider(provider) => {
            let provider = provider.clone();
            let oidc = detached(move || OpenIdConnect::new(&provider, limit, log));
            Login::OpenIdConnect(Box::new(oidc.await?))
        }
    })
}

/// Returns the server, and the parts of requests besides credentials.
fn endpoint(made: Effective, flags: &ConnectionFlags) -> Result<Endpoint, ConfigError> {
    let mut config = Config::new(made.server);
    let acting = made.impersonation;
    config.auth_info = AuthInfo {
        impersonate: acting.user,
        impersonate_uid: acting.uid,
        impersonate_groups: Some(acting.groups),
        impersonate_user_extra: Some(acting.extra.into_iter().collect()),
        ..AuthInfo::default()
    };
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));
    let server_name = made.tls_server_name.as_deref().map(server_name);
    Ok(Endpoint {
        config,
        trust: match made.authorities {
            _ if made.insecure => Trust::Anybody,
            Some(authorities) => Trust::Authorities(authorities),
            None => Trust::System,
        },
        identity: made.identity,
        server_name: server_name.transpose()?,
        proxy: made.proxy,
        disable_compression: made.disable_compression,
        connect_timeout: flags.request_timeout,
    })
}
