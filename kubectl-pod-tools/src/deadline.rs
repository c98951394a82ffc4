//! Time limits that end the process even if the main thread is blocked: in a write to a pipe
//! that nobody reads, in a file that does not open, in a plugin.
//!
//! The limit and the exit code so far belong to the process.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::connection;
use crate::exit::Exit;
use crate::ui::{print_last_word, restore_terminal};

/// Time after a `--timeout` for the last lines of logs and the reports. It is less
/// than [`GRACE`]: in the ordinary case a run ends by itself.
pub(crate) const TELLING: Duration = Duration::from_millis(600);
/// Time after a `--timeout` until the process is ended.
const GRACE: Duration = Duration::from_millis(900);
/// Number of slices of the grace. On a busy machine each slice takes longer, so that a run
/// that is late for that reason alone is not cut off.
const SLICE: Duration = Duration::from_millis(50);
/// Maximum time for the last message on the terminal or standard error.
const LAST_WORD: Duration = Duration::from_millis(50);

/// Exit code of the run so far.
static VERDICT: Mutex<Option<Exit>> = Mutex::new(None);
/// Set once the run has a limit.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// Ends the process soon after the limit, with the exit code so far. Only the first limit of a
/// process counts.
pub(crate) fn set(limit: Instant) {
    if IS_SET.swap(true, Ordering::Relaxed) {
        return;
    }
    start("deadline", move || {
        thread::sleep(limit.saturating_duration_since(Instant::now()));
        for _ in 0..GRACE.as_millis() / SLICE.as_millis() {
            thread::sleep(SLICE);
        }
        let verdict = *VERDICT.lock().unwrap_or_else(PoisonError::into_inner);
        end(
            verdict.unwrap_or(Exit::TimedOut),
            "timed out, and the command did not stop: its input or output may be blocked",
        );
    });
}

/// Sets the exit code so far.
pub(crate) fn verdict(exit: Exit) {
    *VERDICT.lock().unwrap_or_else(PoisonError::into_inner) = Some(exit);
}

/// Ends the process after some time, if it has not ended by then.
pub(crate) fn end_after(time: Duration, exit: Exit) {
    start("end", move || {
        for _ in 0..time.as_millis() / SLICE.as_millis() {
            thread::sleep(SLICE);
        }
        end(
            exit,
            "ended by a signal, and the command did not stop: its input or output may be blocked",
        );
    });
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) {
    // Without a thread for it there is no such limit.
    let _ = thread::Builder::new().name(name.to_owned()).spawn(run);
}

/// Ends the process from any thread, even if others are blocked.
fn end(exit: Exit, why: &'static str) -> ! {
    clean_up();
    last_word(Some(why));
    leave(exit)
}

/// Restores the terminal and ends credential plugins, from any thread.
pub(crate) fn clean_up() {
    restore_terminal();
    connection::end_plugins();
}

/// Prints why the process ends, unless standard error is blocked.
pub(crate) fn last_word(why: Option<&'static str>) {
    start("last word", move || print_last_word(why));
    thread::sleep(LAST_WORD);
}

#[cfg(unix)]
fn leave(exit: Exit) -> ! {
    // Without the clean-up of Rust's runtime, which would write once more.
    signal_hook::low_level::exit(exit.code().into())
}

#[cfg(not(unix))]
#[expect(clippy::exit, reason = "the main thread cannot return")]
fn leave(exit: Exit) -> ! {
    std::process::exit(exit.code().into())
}
