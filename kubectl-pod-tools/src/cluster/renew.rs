//! A client whose credentials can be renewed while it is in use.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use kube::Client;

/// Renews expired credentials: reads the token file, or runs the credential plugin. An error
/// is one sentence.
pub(crate) type Renew = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// A shared client.
#[derive(Clone)]
pub(super) struct Renewable {
    client: Client,
    renew: Option<Renew>,
}

impl fmt::Debug for Renewable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewable").finish_non_exhaustive()
    }
}

impl Renewable {
    pub(super) fn new(client: Client, renew: Option<Renew>) -> Self {
        Self { client, renew }
    }

    /// Returns the client with the current credentials.
    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Renews credentials that have expired or were refused, as client-go does
    /// (plugin/pkg/client/auth/exec, `maybeRefreshCreds`; transport/token_source.go,
    /// `ResetTokenOlderThan`).
    ///
    /// # Errors
    /// The reason why they cannot be renewed.
    pub(super) async fn renew(&self) -> Result<(), String> {
        match &self.renew {
            Some(renew) => renew().await,
            None => Ok(()),
        }
    }
}
