//! Any bytes as what the server says while `wait` waits: lists, watch lines and
//! events, through the followers into the engine. The first byte chooses the
//! targets, what follows up to 0xff is `--for`, and the rest are answers as those
//! of `answer`.
//! Run with `cargo +nightly fuzz run wait`.
#![no_main]

use kubectl_pod_tools_fuzz::mutate;
use libfuzzer_sys::{fuzz_mutator, fuzz_target};

fuzz_target!(|bytes: &[u8]| kubectl_pod_tools::fuzzing::wait(bytes));

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    mutate(data, size, max_size, seed)
});
