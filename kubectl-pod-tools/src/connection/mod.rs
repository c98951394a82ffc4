//! The way to the API server: flags, kubeconfig files, and the client that
//! they lead to. Nothing is read or opened before a command needs it.

mod detached;
mod effective;
#[cfg(test)]
mod effective_tests;
mod error;
mod flags;
mod identity;
mod in_cluster;
mod kubeconfig;
mod plugin;
#[cfg(test)]
mod precedence_tests;
mod proxy;
mod server;
mod session;
mod shown;
mod validate;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use http::HeaderValue;
use http::header::USER_AGENT;
use kube::config::{AuthInfo, AuthProviderConfig, Config};

pub(crate) use error::ConfigError;
pub(crate) use flags::ConnectionFlags;
pub(crate) use plugin::end_plugins;
pub use shown::shown;

use crate::cluster::{Cluster, Log, LogEvent, Renew, Warnings};
use detached::detached;
use effective::{Effective, Source, effective};
use kubeconfig::Files;
use plugin::Plugin;
use session::{Login, Session, set_identity};

/// How servers' logs name us.
const AGENT: &str = concat!("kubectl-pod_tools/v", env!("CARGO_PKG_VERSION"));

/// Opens the way to the cluster that the flags name. `log` is told of each
/// answer.
///
/// # Errors
/// A kubeconfig that cannot be read or does not hold what is asked for.
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
    let login = Login::new(&made.source, |source| match source {
        Source::Plugin { exec, cluster } => {
            // A little earlier than the request around it, to be named as the cause.
            let limit = limit
                .map(|limit| limit.saturating_sub((limit / 10).min(Duration::from_millis(200))));
            let log = Arc::clone(&log);
            Some(Plugin::new(exec.clone(), cluster.clone(), limit, log))
        }
        _ => None,
    });
    let session = Session::new(config(made, flags), login, warnings.clone()).await?;
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

/// The one cluster, user and namespace that the flags choose from the files;
/// when no file says anything and no server is named, those of the Pod that we
/// run in.
fn load(flags: &ConnectionFlags) -> Result<Effective, ConfigError> {
    let Files { merged, missing } = kubeconfig::read(flags.kubeconfig.as_deref())?;
    // Who names something of a kubeconfig does not mean the cluster that this
    // Pod runs in.
    let names = [&flags.server, &flags.context, &flags.cluster, &flags.user];
    let is_named = names.iter().copied().flatten().any(|name| !name.is_empty());
    if let Some(merged) = merged.or_else(|| is_named.then(Default::default)) {
        return effective(kubeconfig::choose(&merged, flags)?);
    }
    let mut chosen = in_cluster::service_account().ok_or(ConfigError::NoCluster { missing })?;
    flags.apply(&mut chosen);
    effective(chosen)
}

/// Says once in a process why the server will know nobody.
fn warn_of_plain_http(made: &Effective, log: &Log) {
    static IS_TOLD: AtomicBool = AtomicBool::new(false);
    if !IS_TOLD.swap(true, Ordering::Relaxed) {
        log(LogEvent::Warning(&format!(
            "credentials are not sent: the server's URL is {}, which anybody on the way can read; use https://",
            made.server
        )));
    }
}

/// The library's configuration. Of the user, it has what the library does by itself.
fn config(made: Effective, flags: &ConnectionFlags) -> Config {
    let mut config = Config::new(made.server);
    config.default_namespace = made.namespace;
    config.root_cert = made.authorities;
    config.accept_invalid_certs = made.insecure;
    config.tls_server_name = made.tls_server_name;
    config.proxy_url = made.proxy;
    config.disable_compression = made.disable_compression;
    let acting = made.impersonation;
    config.auth_info = AuthInfo {
        impersonate: acting.user,
        impersonate_uid: acting.uid,
        impersonate_groups: Some(acting.groups),
        impersonate_user_extra: Some(acting.extra.into_iter().collect()),
        ..AuthInfo::default()
    };
    if let Some(identity) = &made.identity {
        set_identity(&mut config, identity);
    }
    if let Source::Provider(provider) = made.source {
        config.auth_info.auth_provider = Some(AuthProviderConfig {
            name: provider.name,
            config: provider.config.into_iter().collect(),
            ..AuthProviderConfig::default()
        });
    }
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));
    // The time-out of a request is ours to keep: it includes retries.
    config.read_timeout = None;
    config.default_retry = false;
    if let Some(timeout) = flags.request_timeout {
        config.connect_timeout = Some(timeout);
    }
    config
}
