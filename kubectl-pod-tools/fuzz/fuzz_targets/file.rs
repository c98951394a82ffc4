//! Any bytes as a manifest that `apply` checks, with everything that it tells of
//! it. Run with `cargo +nightly fuzz run file`, seeded with `tests/yaml/cases`.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;

static HOOK: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    HOOK.call_once(kubectl_pod_tools::fuzzing::ignore_guarded_panics);
    kubectl_pod_tools::fuzzing::file(bytes);
});
