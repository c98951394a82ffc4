//! The claims on the first signal of the process, and the signal.

use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use tokio::sync::watch;

use crate::exit::Exit;

/// The claims on the first signal, and the signal.
pub(super) struct State {
    /// Number of holders.
    pub(super) claims: watch::Sender<usize>,
    pub(super) received: watch::Sender<Option<Exit>>,
    /// True if a hangup is received as SIGTERM is.
    pub(super) takes_hangup: AtomicBool,
}

pub(super) static STATE: LazyLock<State> = LazyLock::new(|| State {
    claims: watch::Sender::new(0),
    received: watch::Sender::new(None),
    takes_hangup: AtomicBool::new(false),
});

/// Waits for the signal.
pub(super) async fn received(mut received: watch::Receiver<Option<Exit>>) -> Exit {
    let exit = received.wait_for(Option::is_some).await;
    match exit.ok().and_then(|exit| *exit) {
        Some(exit) => exit,
        // The sender is never dropped.
        None => std::future::pending().await,
    }
}
