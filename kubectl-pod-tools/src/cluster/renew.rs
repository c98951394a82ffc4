//! The client underneath, whose credentials can be made again while it is in use.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kube::Client;
use tokio::time::Instant;

/// Who is refused at the same time by several answers makes them again once.
const FRESH: Duration = Duration::from_secs(2);

/// Makes the client again: the token file is read, the credential plugin run. It
/// may block; what is wrong is said in one sentence.
pub(crate) type Renew = Arc<dyn Fn() -> Result<Client, String> + Send + Sync>;

/// A client, shared by all that use it.
#[derive(Clone)]
pub(super) struct Renewable {
    client: Arc<Mutex<Client>>,
    renewed: Arc<tokio::sync::Mutex<Option<Instant>>>,
    renew: Option<Renew>,
}

impl fmt::Debug for Renewable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Renewable").finish_non_exhaustive()
    }
}

impl Renewable {
    pub(super) fn new(client: Client, renew: Option<Renew>) -> Self {
        Self {
            client: Arc::new(Mutex::new(client)),
            renewed: Arc::default(),
            renew,
        }
    }

    /// As it is now.
    pub(super) fn client(&self) -> Client {
        let client = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        client.clone()
    }

    /// Makes its credentials again, where anything can be new about them.
    /// client-go does so after a 401 (plugin/pkg/client/auth/exec,
    /// `maybeRefreshCreds`; transport/token_source.go, `ResetTokenOlderThan`).
    ///
    /// # Errors
    /// Why they cannot be made.
    pub(super) async fn renew(&self) -> Result<(), String> {
        let Some(renew) = &self.renew else {
            return Ok(());
        };
        let mut renewed = self.renewed.lock().await;
        if renewed.is_some_and(|at| at.elapsed() < FRESH) {
            return Ok(());
        }
        let renew = Arc::clone(renew);
        let made = tokio::task::spawn_blocking(move || renew()).await;
        *renewed = Some(Instant::now());
        let client = made.unwrap_or_else(|error| Err(error.to_string()))?;
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
        Ok(())
    }
}
