//! Entry points of the fuzz targets (`kubectl-pod-tools/fuzz`) for responses and files. They
//! exist only in builds of cargo-fuzz.

use crate::{cluster, submit, wait};

/// Runs something with a paused clock, which jumps while nothing happens.
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

/// Single responses: versions, objects, lists, discovery, refusals and warnings.
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

/// Manifests, as `apply` checks them, with all findings.
pub fn file(bytes: &[u8]) {
    submit::fuzzing::file(bytes);
}

/// The YAML library's one known panic is caught; a fuzzer must not see it.
pub fn ignore_guarded_panics() {
    crate::panic::install_hook();
}
