//! Raw mode of the terminal, for a program in a container.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use crate::signals;

/// State of the terminal before raw mode, while that is on. It belongs to the process: each
/// way to end the process restores it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Raw mode until this is dropped: each key goes to the program at once, Ctrl-C included.
pub(crate) struct RawTerminal(());

impl RawTerminal {
    /// Turns raw mode on, or returns `None` if standard input is not a terminal.
    pub(crate) fn new() -> Option<Self> {
        let stdin = io::stdin();
        if !stdin.is_terminal() {
            return None;
        }
        let before = tcgetattr(&stdin).ok()?;
        let mut raw = before.clone();
        raw.make_raw();
        signals::guard_exit();
        // Locked until it is raw: a signal in between restores it afterwards.
        let mut restored = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
        tcsetattr(&stdin, OptionalActions::Now, &raw).ok()?;
        *restored = Some(before);
        Some(Self(()))
    }
}

impl Drop for RawTerminal {
    fn drop(&mut self) {
        restore_terminal();
    }
}

/// Restores the terminal if raw mode is on, from any thread. Input that the program has not
/// read is discarded.
pub(crate) fn restore_terminal() {
    // Locked until it is restored: whoever finds nothing to do may end the process.
    let mut before = BEFORE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(before) = before.take() {
        let stdin = io::stdin();
        // Without waiting for output: nobody may read the terminal any more. One
        // that is gone needs no mending.
        let _ = tcsetattr(&stdin, OptionalActions::Now, &before);
        let _ = tcflush(&stdin, QueueSelector::IFlush);
    }
}
