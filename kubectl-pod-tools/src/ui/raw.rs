//! A terminal that belongs to a program in a container for a while.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};

use rustix::termios::{OptionalActions, QueueSelector, Termios, tcflush, tcgetattr, tcsetattr};

use crate::signals;

/// How the terminal was before it was raw, as long as it is. It is the process's:
/// whatever ends the process restores it.
static BEFORE: Mutex<Option<Termios>> = Mutex::new(None);

/// Each key goes to the program as it is pressed, Ctrl-C included; the terminal
/// is as it was when this is dropped.
pub(crate) struct RawTerminal(());

impl RawTerminal {
    /// None where standard input is no terminal.
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

/// Makes the terminal what it was before it was raw, if it is, from any thread.
/// Input that was typed for the program and not read is thrown away.
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
