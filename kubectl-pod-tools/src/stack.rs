//! A stack for values that nest as deep as the API server accepts.

use std::panic::resume_unwind;
use std::thread;

/// Size of the stack, in bytes; unused parts take no memory. Parsing, dropping and printing a
/// value of 10,000 levels takes a tenth of it.
const SIZE: usize = 256 << 20;

/// Runs a function on a thread with a large stack, or on the caller's own thread if the system
/// has none.
pub(crate) fn with_large<T, F>(run: F) -> T
where
    T: Send + 'static,
    F: FnOnce() -> T + Send + 'static + Clone,
{
    let thread = thread::Builder::new()
        .stack_size(SIZE)
        .name("main".to_owned());
    match thread.spawn(run.clone()) {
        Ok(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
        Err(_) => run(),
    }
}
