//! The doors of the fuzz targets (`kubectl-pod-tools/fuzz`): what a server
//! answers, and what a file holds, as bytes. They exist only where cargo-fuzz builds.

use crate::{cluster, submit, wait};

/// Runs something in the time of a clock that stands still while anything
/// happens, and jumps while nothing does.
fn run(future: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    // Without a runtime there is nothing to find.
    if let Ok(runtime) = runtime {
        runtime.block_on(future);
    }
}

/// Answers that are read at once: versions, objects, lists, discovery, refusals
/// and warnings.
pub fn answer(bytes: &[u8]) {
    run(cluster::fuzzing::answer(bytes));
}

/// Lists, watches and events, as `wait` follows them.
pub fn wait(bytes: &[u8]) {
    run(wait::fuzzing::wait(bytes));
}

/// Logs, as `wait --logs` resumes them.
pub fn log(bytes: &[u8]) {
    run(wait::fuzzing_log(bytes));
}

/// Manifests, as `apply` checks them, with everything that it tells of them.
pub fn file(bytes: &[u8]) {
    submit::fuzzing::file(bytes);
}

/// The YAML library's one known panic is caught; a fuzzer must not see it.
pub fn ignore_guarded_panics() {
    crate::panic::install_hook();
}
