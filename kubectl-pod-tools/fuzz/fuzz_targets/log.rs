//! Any bytes as a container's log, read piece by piece and resumed.
//! Run with `cargo +nightly fuzz run log`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| kubectl_pod_tools::fuzzing::log(bytes));
