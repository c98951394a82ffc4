//! Errors of the configuration of a connection.

use crate::bounded::ReadError;
use crate::cluster::innermost;

/// Error of the configuration of a connection.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// There is no kubeconfig, no service account of a Pod and no `--server`.
    #[error("no cluster is configured{}", not_there(missing))]
    NoCluster {
        /// Files of `$KUBECONFIG` that do not exist, which kubectl skips.
        missing: Vec<String>,
    },
    /// A file that cannot be read.
    #[error("cannot read the {what} {path}: {error}")]
    File {
        /// `kubeconfig`, `client key`, …
        what: &'static str,
        /// The file.
        path: String,
        /// The error.
        error: ReadError,
    },
    /// A file that is not a kubeconfig.
    #[error("invalid kubeconfig {place}: {message}")]
    Parse {
        /// The file, with line and column if they are known.
        place: String,
        /// The error.
        message: String,
    },
    /// Credentials that are not available.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// An unsupported `auth-provider`.
    #[error("unsupported `auth-provider` `{name}`")]
    Provider {
        /// Its name.
        name: String,
        /// The plugin that replaces it.
        instead: Option<&'static str>,
    },
    /// A context, cluster or user that no file defines.
    #[error("the kubeconfig has no {kind} named `{name}`")]
    Unknown {
        /// `context`, `cluster` or `user`.
        kind: &'static str,
        /// The name.
        name: String,
        /// The existing names.
        known: Vec<String>,
    },
    /// No context is chosen, or one without a server.
    #[error("{0}")]
    NoServer(String),
    /// Values of files or flags that cannot be used.
    #[error("{0}")]
    Unusable(String),
}

impl ConfigError {
    /// Returns the error of a context without a server.
    pub(super) fn no_server(context: &str) -> Self {
        Self::NoServer(match context {
            "" => "the kubeconfig has no current context".to_owned(),
            name => format!("the context `{name}` of the kubeconfig has no server"),
        })
    }

    /// Returns the error of an empty token file.
    pub(super) fn empty_token(path: &str) -> Self {
        Self::Credentials(format!("the token file {path} is empty"))
    }

    /// Returns the error of the client library.
    pub(super) fn client(error: &kube::Error) -> Self {
        let why = innermost(error);
        Self::Unusable(format!("cannot prepare the connection: {why}"))
    }
}

/// Returns `: the kubeconfig /a of $KUBECONFIG does not exist`, or nothing.
fn not_there(missing: &[String]) -> String {
    match missing {
        [] => String::new(),
        [one] => format!(": the kubeconfig {one} of $KUBECONFIG does not exist"),
        several => format!(
            ": the kubeconfigs {} of $KUBECONFIG do not exist",
            several.join(", ")
        ),
    }
}
