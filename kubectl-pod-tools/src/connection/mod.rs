//! The way to the API server: flags, kubeconfig files, and the client that
//! they lead to. Nothing is read or opened before a command needs it.

mod credentials;
mod error;
mod flags;
mod in_cluster;
mod kubeconfig;
mod proxy;
mod timeout;

use std::sync::Arc;

use http::HeaderValue;
use http::header::USER_AGENT;
use kube::client::{Client, ClientBuilder};
use kube::config::{Config, KubeConfigOptions};
use tower::util::MapResponseLayer;

pub(crate) use credentials::describe;
pub(crate) use error::ConfigError;
pub(crate) use flags::ConnectionFlags;
pub(crate) use timeout::parse_duration;

use crate::cluster::{Cluster, Log, Renew, Warnings};
use crate::error::Failure;
use crate::url::without_user;

/// How servers' logs name us.
const AGENT: &str = concat!("kubectl-pod_tools/v", env!("CARGO_PKG_VERSION"));

/// Opens the way to the cluster that the flags name. `log` is told of each
/// answer.
///
/// # Errors
/// A kubeconfig that cannot be read or does not hold what is asked for.
pub(crate) async fn connect(flags: &ConnectionFlags, log: Log) -> Result<Cluster, ConfigError> {
    let config = load(flags).await?;
    let auth = &config.auth_info;
    let changes = auth.exec.is_some() || auth.token_file.is_some() || auth.auth_provider.is_some();
    let server = without_user(&config.cluster_url.to_string());
    let namespace = flags
        .namespace
        .clone()
        .unwrap_or_else(|| config.default_namespace.clone());
    let warnings = Warnings::default();
    let client = open(config.clone(), &warnings)?;
    // The same cluster and user as before, whatever the kubeconfig says by then.
    let seen = warnings.clone();
    let renew: Renew =
        Arc::new(move || open(config.clone(), &seen).map_err(|error| Failure::from(error).message));
    Ok(Cluster::new(
        client,
        changes.then_some(renew),
        server,
        namespace,
        flags.request_timeout,
        warnings,
        log,
    ))
}

/// A client with the credentials of this moment.
fn open(mut config: Config, warnings: &Warnings) -> Result<Client, ConfigError> {
    credentials::prepare(&mut config.auth_info)?;
    let seen = warnings.clone();
    let plugin = config.auth_info.exec.as_ref();
    let plugin = plugin.and_then(|exec| exec.command.clone());
    let builder = ClientBuilder::try_from(config).map_err(|error| match error {
        kube::Error::Auth(error) => ConfigError::Credentials(describe(&error, plugin.as_deref())),
        error => ConfigError::Client(Arc::new(error)),
    })?;
    let client = builder
        .with_layer(&MapResponseLayer::new(
            move |response: http::Response<Box<kube::client::DynBody>>| {
                seen.collect(response.headers());
                response
            },
        ))
        .build();
    Ok(client)
}

async fn load(flags: &ConnectionFlags) -> Result<Config, ConfigError> {
    let kubeconfig = kubeconfig::effective(flags)?;
    let cluster = kubeconfig.clusters.first().and_then(|c| c.cluster.as_ref());
    let configured_proxy = cluster.and_then(|cluster| cluster.proxy_url.clone());
    let mut config = Config::from_custom_kubeconfig(kubeconfig, &KubeConfigOptions::default())
        .await
        .map_err(|e| ConfigError::kube(&e))?;
    config.proxy_url = proxy::choose(&config.cluster_url, configured_proxy.as_deref())?;
    config
        .headers
        .push((USER_AGENT, HeaderValue::from_static(AGENT)));
    // The time-out of a request is ours to keep: it includes retries.
    config.read_timeout = None;
    config.default_retry = false;
    config.disable_compression |= flags.disable_compression;
    if let Some(timeout) = flags.request_timeout {
        config.connect_timeout = Some(timeout);
    }
    Ok(config)
}
