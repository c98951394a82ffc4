//! Claims on the first signal: the holder ends the command.

use std::sync::atomic::Ordering;

use tokio::sync::watch;

use super::listener;
use super::state::{STATE, received};
use crate::exit::Exit;

/// Waits for a signal without a claim. It listens from its first poll on.
pub(crate) async fn unclaimed() -> Exit {
    listener::listen();
    let exit = received(STATE.received.subscribe()).await;
    let mut claims = STATE.claims.subscribe();
    // The sender is never dropped.
    let _ = claims.wait_for(|claims| *claims == 0).await;
    exit
}

/// Claim on the first signal: while it exists, only its holder ends the command.
pub(crate) struct Claim(watch::Receiver<Option<Exit>>);

/// Claims the first signal.
pub(crate) fn claim() -> Claim {
    STATE.claims.send_modify(|claims| *claims += 1);
    Claim(STATE.received.subscribe())
}

impl Claim {
    /// Takes a hangup, as of a closed terminal, like SIGTERM from now on: what has been started
    /// would stay otherwise.
    pub(crate) fn with_hangup(self) -> Self {
        STATE.takes_hangup.store(true, Ordering::Relaxed);
        listener::guard_exit();
        self
    }

    /// Waits for the signal; ready at once if it has come already.
    pub(crate) async fn received(&self) -> Exit {
        received(self.0.clone()).await
    }

    /// Returns the signal, or `None` if none has come yet.
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

/// Returns the word for a run that a signal ended.
pub(crate) fn word(signal: Exit) -> &'static str {
    if signal == Exit::Terminated {
        "terminated"
    } else {
        "interrupted"
    }
}
