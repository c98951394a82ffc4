//! Ctrl-C and SIGTERM, and SIGHUP for who takes it: the first signal ends the command, unless the command has claimed it to
//! finish its output; the second ends the process at once. The terminal is restored in any
//! case.
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
