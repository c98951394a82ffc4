//! Why there is no way to a cluster.

use crate::bounded::ReadError;
use crate::cluster::innermost;

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
    #[error("cannot read the {what} {path}: {error}")]
    File {
        /// `kubeconfig`, `client key`, …
        what: &'static str,
        /// The file.
        path: String,
        /// Why.
        error: ReadError,
    },
    /// A file that is no kubeconfig.
    #[error("{place} is not a kubeconfig: {message}")]
    Parse {
        /// The file, with line and column where they are known.
        place: String,
        /// What is wrong with it.
        message: String,
    },
    /// The user's credentials cannot be made.
    #[error("no credentials: {0}")]
    Credentials(String),
    /// A login that no client has.
    #[error("the `auth-provider` `{name}` is not supported")]
    Provider {
        /// Its name.
        name: String,
        /// The plugin that came in its place.
        instead: Option<&'static str>,
    },
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
}

impl ConfigError {
    /// No context is chosen, or one without a server.
    pub(super) fn no_server(context: &str) -> Self {
        Self::NoServer(match context {
            "" => "the kubeconfig has no current context".to_owned(),
            name => format!("the context `{name}` of the kubeconfig names no server"),
        })
    }

    /// A token file without a token.
    pub(super) fn empty_token(path: &str) -> Self {
        Self::Credentials(format!("the token file {path} is empty"))
    }

    /// The library's refusal of what is left.
    pub(super) fn client(error: &kube::Error) -> Self {
        let why = innermost(error);
        Self::Unusable(format!("the connection cannot be prepared: {why}"))
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
