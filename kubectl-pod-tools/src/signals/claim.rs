//! Who ends the command after the first signal.

use tokio::sync::watch;

use super::listener;
use super::state::{STATE, received};
use crate::exit::Exit;

/// Listens from its first poll on; ready when a signal has come that nobody
/// claims, or claims any more.
pub(crate) async fn unclaimed() -> Exit {
    listener::listen();
    let exit = received(STATE.received.subscribe()).await;
    let mut claims = STATE.claims.subscribe();
    // The sender is never dropped.
    let _ = claims.wait_for(|claims| *claims == 0).await;
    exit
}

/// As long as it lives, its holder ends the command, and nobody else.
pub(crate) struct Claim(watch::Receiver<Option<Exit>>);

/// Claims the first signal.
pub(crate) fn claim() -> Claim {
    STATE.claims.send_modify(|claims| *claims += 1);
    Claim(STATE.received.subscribe())
}

impl Claim {
    /// Ready when the signal has come, then and ever after.
    pub(crate) async fn received(&self) -> Exit {
        received(self.0.clone()).await
    }

    /// The signal that has come by now.
    pub(crate) fn received_by_now(&self) -> Option<Exit> {
        *self.0.borrow()
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        STATE
            .claims
            .send_modify(|claims| *claims = claims.saturating_sub(1));
    }
}

/// The word for a run that a signal ended.
pub(crate) fn word(signal: Exit) -> &'static str {
    if signal == Exit::Terminated {
        "terminated"
    } else {
        "interrupted"
    }
}
