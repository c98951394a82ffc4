//! Ctrl-C and SIGTERM: the first one ends the command, and what has something
//! left to say can claim it first; a second one ends the process at once, as if
//! nobody listened.
//!
//! Signals concern the process, so what is known of them is the process's, too.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::watch;

use crate::exit::Exit;

struct State {
    claimed: AtomicBool,
    received: watch::Sender<Option<Exit>>,
}

static STATE: LazyLock<State> = LazyLock::new(|| State {
    claimed: AtomicBool::new(false),
    received: watch::Sender::new(None),
});

/// Listens from its first poll on; ready when a signal comes that nobody has
/// claimed.
pub(crate) async fn unclaimed() -> Exit {
    let exit = first().await;
    STATE.received.send_replace(Some(exit));
    if STATE.claimed.load(Ordering::Relaxed) {
        // Whoever claimed it ends the command; the next signal ends the process.
        std::future::pending::<()>().await;
    }
    exit
}

/// As long as it lives, its holder ends the command, and nobody else.
pub(crate) struct Claim(watch::Receiver<Option<Exit>>);

/// Claims the first signal.
pub(crate) fn claim() -> Claim {
    STATE.claimed.store(true, Ordering::Relaxed);
    Claim(STATE.received.subscribe())
}

impl Claim {
    /// Ready when the signal has come, then and ever after.
    pub(crate) async fn received(&self) -> Exit {
        let mut received = self.0.clone();
        let exit = received.wait_for(Option::is_some).await;
        match exit.ok().and_then(|exit| *exit) {
            Some(exit) => exit,
            // The sender is never dropped.
            None => std::future::pending().await,
        }
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        STATE.claimed.store(false, Ordering::Relaxed);
    }
}

#[cfg(unix)]
async fn first() -> Exit {
    use std::sync::Arc;

    use signal_hook::consts::{SIGINT, SIGTERM};
    use signal_hook::flag;
    use tokio::signal::unix::{SignalKind, signal};

    // In the handler itself, in this order: it works even where the process
    // hangs in a write to a pipe that nobody reads.
    let again = Arc::new(AtomicBool::new(false));
    for number in [SIGINT, SIGTERM] {
        // Without a handler the signal ends the process by itself.
        let _ = flag::register_conditional_default(number, Arc::clone(&again));
        let _ = flag::register(number, Arc::clone(&again));
    }
    let wait = |kind| async move {
        match signal(kind) {
            Ok(mut stream) => drop(stream.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        () = wait(SignalKind::interrupt()) => Exit::Interrupted,
        () = wait(SignalKind::terminate()) => Exit::Terminated,
    }
}

#[cfg(not(unix))]
async fn first() -> Exit {
    match tokio::signal::ctrl_c().await {
        Ok(()) => Exit::Interrupted,
        Err(_) => std::future::pending().await,
    }
}
