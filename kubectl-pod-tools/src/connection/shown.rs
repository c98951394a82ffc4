//! The effective configuration as a value, for the test that compares it with
//! client-go's.

use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use clap::{Args, Command, FromArgMatches};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::effective::{Effective, Source, effective};
use super::error::ConfigError;
use super::flags::ConnectionFlags;
use super::{endpoint, kubeconfig, session};

/// Returns the configuration that kubeconfig files and flags lead to, secrets
/// included.
///
/// # Errors
/// The value as the command line would spell it.
pub fn shown(files: &[PathBuf], flags: &[String]) -> Result<Value, String> {
    let command = ConnectionFlags::augment_args(Command::new("flags").no_binary_name(true));
    let matches = command.try_get_matches_from(flags);
    let matches = matches.map_err(|error| error.to_string())?;
    let flags = ConnectionFlags::from_arg_matches(&matches).map_err(|error| error.to_string())?;
    configuration(files, &flags).map_err(|error| error.to_string())
}

fn configuration(files: &[PathBuf], flags: &ConnectionFlags) -> Result<Value, ConfigError> {
    let merged = kubeconfig::merged(files)?.unwrap_or_default();
    let made = effective(kubeconfig::choose(&merged, flags)?)?;
    let value = value(&made)?;
    // A certificate and a key that do not fit each other are found here.
    let endpoint = endpoint(made, flags)?;
    endpoint.route(None)?.connector()?;
    endpoint.headers()?;
    Ok(value)
}

fn value(made: &Effective) -> Result<Value, ConfigError> {
    let authorization = match &made.source {
        Source::Fixed(value) => Some(value.clone()),
        Source::TokenFile { path, fallback } => {
            let token = session::token(path.clone(), fallback.as_ref(), None);
            Some(futures::executor::block_on(token)?)
        }
        _ => None,
    };
    let authorization = authorization.as_ref().map(http::HeaderValue::as_bytes);
    let plugin = match &made.source {
        Source::Plugin { exec, cluster } => json!({
            "command": exec.command,
            "args": exec.args,
            "env": exec.env.iter().map(|one| {
                format!("{}={}", one.name, one.value.expose_secret())
            }).collect::<Vec<_>>(),
            "apiVersion": exec.api_version,
            "interactiveMode": exec.interactive_mode(),
            "cluster": cluster,
        }),
        _ => Value::Null,
    };
    let acting = &made.impersonation;
    Ok(json!({
        "server": made.server.to_string(),
        "namespace": made.namespace,
        "authorities": made.authorities.as_ref().map(Vec::len),
        "insecure": made.insecure,
        "serverName": made.tls_server_name,
        "proxy": made.proxy.as_ref().map(ToString::to_string),
        "disableCompression": made.disable_compression,
        "certificate": made.identity.as_ref().map(|identity| STANDARD.encode(&identity.certificate)),
        "authorization": authorization.map(String::from_utf8_lossy),
        "exec": plugin,
        "impersonate": {
            "user": acting.user, "uid": acting.uid, "groups": acting.groups, "extra": acting.extra,
        },
    }))
}
