//! Any bytes as the answers that are read at once: versions, objects, lists,
//! discovery in both forms, refusals, warnings. Answers are separated by 0xff,
//! and the first byte of each chooses its status code.
//! Run with `cargo +nightly fuzz run answer`.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| kubectl_pod_tools::fuzzing::answer(bytes));
