//! Ctrl-C where there are no signals of Unix.

use super::state::STATE;
use crate::exit::Exit;

/// Starts to listen.
pub(super) fn listen() {
    tokio::spawn(async {
        if tokio::signal::ctrl_c().await.is_ok() {
            STATE.received.send_replace(Some(Exit::Interrupted));
        }
    });
}

/// Does nothing: there is no other signal.
pub(crate) fn guard_exit() {}
