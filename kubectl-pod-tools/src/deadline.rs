//! Limits of time that hold even where the main thread is held up: in a write to
//! a pipe that nobody reads, in a file that does not open, in a plugin.
//!
//! A limit belongs to the process, and so does what is known of its end.

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
/// The grace passes in slices. On a machine that is too busy to run us, each slice
/// takes longer, and a run that is late for that reason alone is not cut off.
const SLICE: Duration = Duration::from_millis(50);
/// The terminal and standard error are given so long for the last word.
const LAST_WORD: Duration = Duration::from_millis(50);

/// The exit code that the run has come to, though not all of it is told.
static VERDICT: Mutex<Option<Exit>> = Mutex::new(None);
/// A run has one limit.
static IS_SET: AtomicBool = AtomicBool::new(false);

/// Ends the process soon after the limit, with the verdict that is known by then.
/// The first limit of a process is the one that holds.
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
            "timed out, and the command did not stop by itself: its input or output may be blocked",
        );
    });
}

/// Says what the exit code will be.
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
            "ended by a signal, and the command did not stop by itself: its input or output may be blocked",
        );
    });
}

fn start(name: &str, run: impl FnOnce() + Send + 'static) {
    // Without a thread for it there is no such limit.
    let _ = thread::Builder::new().name(name.to_owned()).spawn(run);
}

/// Ends the process from any thread, whatever the others are held up by.
fn end(exit: Exit, why: &'static str) -> ! {
    clean_up();
    last_word(Some(why));
    leave(exit)
}

/// Does what the main thread would when it drops what it has, from any thread:
/// restores the terminal and ends credential plugins.
pub(crate) fn clean_up() {
    restore_terminal();
    connection::end_plugins();
}

/// Says why the process ends, if standard error takes it soon: it may be what the
/// main thread is held up by.
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
