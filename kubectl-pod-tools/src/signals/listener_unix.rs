//! Signals of Unix, on a thread of their own.

use std::os::raw::c_int;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, Once, PoisonError, mpsc};
use std::time::Duration;

use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};
use signal_hook::iterator::{Handle, Signals};
use signal_hook::low_level;

use super::state::STATE;
use crate::deadline;
use crate::exit::Exit;
use crate::ui::restore_terminal;

/// Maximum time for a command to end after a signal.
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
        SIGHUP if STATE.takes_hangup.load(Ordering::Relaxed) => Exit::Terminated,
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

/// Ends the process with the default action of the signal.
fn end_by(signal: c_int) {
    deadline::clean_up();
    deadline::last_word(None);
    // It fails for signals alone that there are not.
    let _ = low_level::emulate_default_handler(signal);
}

/// Makes SIGHUP and SIGQUIT restore the terminal and end credential plugins before their
/// default action, which SIGHUP loses to who takes it. A signal that was ignored at the start (nohup) stays ignored.
pub(crate) fn guard_exit() {
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

/// Returns whether the process was started with the signal ignored: proc(5),
/// `/proc/pid/status`, a mask in hexadecimal. Without that file the answer is no.
fn is_ignored(signal: c_int) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    let bit = u32::try_from(signal - 1).ok();
    bit.and_then(|bit| mask?.checked_shr(bit))
        .is_some_and(|mask| mask & 1 == 1)
}
