//! Marks the time that a thread spends inside the YAML library.

use std::cell::Cell;

thread_local! {
    static GUARDED: Cell<bool> = const { Cell::new(false) };
}

/// Returns whether this thread is inside the YAML library, whose one known panic (on a tag
/// followed by a comma, `[!a, b]`) becomes a [`SyntaxError`](super::SyntaxError). A
/// panic hook stays silent then.
pub fn guarding_panics() -> bool {
    GUARDED.get()
}

/// A guard that keeps [`guarding_panics`] true.
#[derive(Debug)]
pub(super) struct PanicGuard;

impl PanicGuard {
    pub(super) fn new() -> Self {
        GUARDED.set(true);
        Self
    }
}

impl Drop for PanicGuard {
    fn drop(&mut self) {
        GUARDED.set(false);
    }
}
