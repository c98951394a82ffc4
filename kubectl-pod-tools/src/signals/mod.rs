//! Ctrl-C and SIGTERM: the first one ends the command, and what has something
//! left to say can claim it first; a second one ends the process at once, as if
//! nobody listened. Whatever ends the process leaves the terminal as it was.
//!
//! Signals concern the process, so what is known of them is the process's, too.
//! A thread of its own waits for them: the main thread may be held up.

mod claim;
#[cfg(unix)]
#[path = "listener_unix.rs"]
mod listener;
#[cfg(not(unix))]
#[path = "listener_other.rs"]
mod listener;
mod state;

pub(crate) use claim::{Claim, claim, unclaimed, word};
pub(crate) use listener::guard_exit;
