//! The client underneath, whose credentials can be made again while it is in use.

use std::fmt;
use std::sync::Arc;

use futures::future::BoxFuture;
use kube::Client;

/// Makes the credentials where they are not good any more: the token file is read,
/// the credential plugin run. What is wrong is said in one sentence.
pub(crate) type Renew = Arc<dyn Fn() -> BoxFuture<'static, Result<(), String>> + Send + Sync>;

/// A client, shared by all that use it.
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

    /// The client, which sends with the credentials of the moment.
    pub(super) fn client(&self) -> Client {
        self.client.clone()
    }

    /// Makes its credentials again, where they have expired or were refused.
    /// client-go does so, too (plugin/pkg/client/auth/exec, `maybeRefreshCreds`;
    /// transport/token_source.go, `ResetTokenOlderThan`).
    ///
    /// # Errors
    /// Why they cannot be made.
    pub(super) async fn renew(&self) -> Result<(), String> {
        match &self.renew {
            Some(renew) => renew().await,
            None => Ok(()),
        }
    }
}
