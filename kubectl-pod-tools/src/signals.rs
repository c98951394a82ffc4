//! Ctrl-C and SIGTERM: the first one ends the command, and what has something
//! left to say can claim it first; a second one ends the process at once, as if
//! nobody listened. Whatever ends the process leaves the terminal as it was.
//!
//! Signals concern the process, so what is known of them is the process's, too.
//! A thread of its own waits for them: the main thread may be held up.

use std::sync::LazyLock;

use tokio::sync::watch;

use crate::exit::Exit;

/// The claims on the first signal, and the signal.
struct State {
    /// How many hold it.
    claims: watch::Sender<usize>,
    received: watch::Sender<Option<Exit>>,
}

static STATE: LazyLock<State> = LazyLock::new(|| State {
    claims: watch::Sender::new(0),
    received: watch::Sender::new(None),
});

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

async fn received(mut received: watch::Receiver<Option<Exit>>) -> Exit {
    let exit = received.wait_for(Option::is_some).await;
    match exit.ok().and_then(|exit| *exit) {
        Some(exit) => exit,
        // The sender is never dropped.
        None => std::future::pending().await,
    }
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

/// From now on, SIGHUP and SIGQUIT restore the terminal and end credential plugins
/// before they have their usual effect. One that was ignored when the program began
/// (nohup) still is.
pub(crate) fn guard_exit() {
    listener::guard_exit();
}

#[cfg(unix)]
mod listener {
    use std::os::raw::c_int;
    use std::sync::{Mutex, Once, PoisonError, mpsc};
    use std::time::Duration;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
    use signal_hook::iterator::{Handle, Signals};
    use signal_hook::low_level;

    use super::STATE;
    use crate::deadline;
    use crate::exit::Exit;
    use crate::ui::restore_terminal;

    /// A command that does not end by itself in this time is ended.
    const PATIENCE: Duration = Duration::from_millis(1750);

    static HANDLE: Mutex<Option<Handle>> = Mutex::new(None);

    /// Starts to listen, once.
    pub(super) fn listen() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            let (sender, ready) = mpsc::channel();
            let listening = move || {
                // Without a handler a signal ends the process by itself.
                let Ok(mut signals) = Signals::new([SIGINT, SIGTERM]) else {
                    return;
                };
                *HANDLE.lock().unwrap_or_else(PoisonError::into_inner) = Some(signals.handle());
                drop(sender);
                signals.forever().for_each(receive);
            };
            let thread = std::thread::Builder::new().name("signals".to_owned());
            if thread.spawn(listening).is_ok() {
                // Nothing is ever sent; this waits until the handlers are there.
                let _: Result<(), _> = ready.recv();
            }
        });
    }

    fn receive(signal: c_int) {
        let exit = match signal {
            SIGINT => Exit::Interrupted,
            SIGTERM => Exit::Terminated,
            _ => return end_by(signal),
        };
        if STATE.received.borrow().is_some() {
            end_by(signal);
        }
        // What is said from now on is for people, not for the program that had it.
        restore_terminal();
        STATE.received.send_replace(Some(exit));
        deadline::end_after(PATIENCE, exit);
    }

    /// Ends the process as the signal would if nobody listened.
    fn end_by(signal: c_int) {
        deadline::clean_up();
        deadline::last_word(None);
        // It fails for signals alone that there are not.
        let _ = low_level::emulate_default_handler(signal);
    }

    pub(super) fn guard_exit() {
        listen();
        let handle = HANDLE.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = handle.as_ref() {
            for signal in [SIGHUP, SIGQUIT] {
                if !is_ignored(signal) {
                    // It has its usual effect where this fails.
                    let _ = handle.add_signal(signal);
                }
            }
        }
    }

    /// Whether the process was started with the signal ignored: proc(5),
    /// `/proc/pid/status`, a mask in hexadecimal. Where there is no such file,
    /// it is taken for one that is not.
    fn is_ignored(signal: c_int) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        let bit = u32::try_from(signal - 1).ok();
        bit.and_then(|bit| mask?.checked_shr(bit))
            .is_some_and(|mask| mask & 1 == 1)
    }
}

#[cfg(not(unix))]
mod listener {
    use super::STATE;
    use crate::exit::Exit;

    pub(super) fn listen() {
        tokio::spawn(async {
            if tokio::signal::ctrl_c().await.is_ok() {
                STATE.received.send_replace(Some(Exit::Interrupted));
            }
        });
    }

    pub(super) fn guard_exit() {}
}
