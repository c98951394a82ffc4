//! Why there is no way to a cluster.

use std::io;
use std::sync::Arc;

use kube::config::KubeconfigError;

/// Why there is no way to a cluster.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// Neither a kubeconfig nor a Pod's service account nor `--server`.
    #[error("no cluster is configured{}", not_there(missing))]
    NoCluster {
        /// The files of `$KUBECONFIG` that are not there: kubectl passes them over.
        missing: Vec<String>,
    },
    /// A file that was named, or exists and cannot be read.
    #[error("cannot read the kubeconfig {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// A file that is no kubeconfig.
    #[error("{place} is not a kubeconfig: {message}")]
    Parse {
        /// The file, with line and column where they are known.
        place: String,
        /// What is wrong with it.
        message: String,
    },
    /// A file with the user's credentials.
    #[error("cannot read the {what} {path}")]
    CredentialFile {
        /// `token file`, `client certificate` or `client key`.
        what: &'static str,
        /// The file.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The user's credentials cannot be made.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// A context, cluster or user that no file defines.
    #[error("the kubeconfig has no {kind} named `{name}`")]
    Unknown {
        /// `context`, `cluster` or `user`.
        kind: &'static str,
        /// The name that was asked for.
        name: String,
        /// The names that there are.
        known: Vec<String>,
    },
    /// No context is chosen, or one without a server.
    #[error("{0}")]
    NoServer(String),
    /// What the files or flags hold cannot be used.
    #[error("{0}")]
    Unusable(String),
    /// The client refuses the configuration.
    #[error("the connection cannot be prepared")]
    Client(#[source] Arc<kube::Error>),
}

impl ConfigError {
    pub(super) fn kube(error: &KubeconfigError) -> Self {
        // The library nests "failed to …: …" around each cause; the innermost
        // one says what is wrong.
        let mut message = error.to_string();
        let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = inner.source();
        }
        Self::Unusable(message)
    }
}

/// `: the kubeconfig /a of $KUBECONFIG does not exist`, where one was named.
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
