//! Converts errors of the client library.

use std::error::Error as StdError;

use super::error::ClusterError;
use super::request_info::Request;
use super::tls::tls_problem;
use super::transport::{innermost, proxy_fault};

impl ClusterError {
    /// Converts an error of the client library, without its nested causes.
    pub(super) fn from_kube(server: &str, request: &Request, error: kube::Error) -> Self {
        let server = server.to_owned();
        match error {
            kube::Error::Api(status) => Self::Refused {
                request: request.clone(),
                status,
            },
            kube::Error::SerdeError(error) => Self::NotAnApi {
                server,
                cause: error.to_string(),
            },
            error => {
                if let Some(cause) = credential_error(&error) {
                    return Self::Credentials { server, cause };
                }
                if let Some(ProxyError { proxy, cause }) = find_proxy_error(&error) {
                    return Self::Proxy {
                        proxy: proxy.clone(),
                        cause: cause.clone(),
                    };
                }
                match tls_problem(&error) {
                    Some(problem) => Self::Tls { server, problem },
                    None => Self::Unreachable {
                        server,
                        cause: innermost(&error),
                        sent: !is_before_sending(&error),
                    },
                }
            }
        }
    }
}

/// Returns whether the error came before there was a connection.
fn is_before_sending(error: &kube::Error) -> bool {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref::<hyper_util::client::legacy::Error>() {
            return found.is_connect();
        }
        next = cause.source();
    }
    false
}

/// Message about missing credentials for a request.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct CredentialError(pub(crate) String);

/// Returns the error of missing credentials in a chain of causes.
fn credential_error(error: &kube::Error) -> Option<String> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(CredentialError(why)) = cause.downcast_ref() {
            return Some(why.clone());
        }
        next = cause.source();
    }
    None
}

/// A proxy that cannot be reached, or that does not connect to the server.
#[derive(Debug, thiserror::Error)]
#[error("the proxy {proxy} {cause}")]
pub(crate) struct ProxyError {
    proxy: String,
    cause: String,
}

impl ProxyError {
    /// Returns the error if the proxy to `server` caused it, or `None`. No request was sent
    /// then.
    pub(crate) fn of(
        proxy: &http::Uri,
        server: &http::Uri,
        error: &(dyn StdError + 'static),
    ) -> Option<Self> {
        let cause = proxy_fault(error, server)?;
        let host = proxy.authority()?.as_str();
        let address = host.rsplit_once('@').map_or(host, |(_, address)| address);
        let scheme = proxy.scheme_str()?;
        let proxy = format!("{scheme}://{address}");
        Some(Self { proxy, cause })
    }
}

fn find_proxy_error(error: &kube::Error) -> Option<&ProxyError> {
    let mut next: Option<&(dyn StdError + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(found) = cause.downcast_ref() {
            return Some(found);
        }
        next = cause.source();
    }
    None
}
