//! Any bytes as the answers that are read at once: versions, objects, lists,
//! discovery in both forms, refusals, warnings. Answers are separated by 0xff,
//! and the first byte of each chooses its status code.
//! Run with `cargo +nightly fuzz run answer`.
#![no_main]

use kubectl_pod_tools_fuzz::mutate;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| kubectl_pod_tools::fuzzing::answer(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed)
});
