//! Any bytes, read as a manifest: no panic, every place inside the text, every
//! document decoded. Run with `cargo +nightly fuzz run manifest`, seeded with
//! `tests/yaml/cases`.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;

static HOOK: Once = Once::new();

fuzz_target!(|bytes: &[u8]| {
    // The YAML library's one known panic is caught; libFuzzer must not see it.
    HOOK.call_once(|| {
        let default = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !pod_model::yaml::guarding_panics() {
                default(info);
            }
        }));
    });
    let manifest = pod_model::manifest::read("fuzz", bytes.to_vec());
    for error in &manifest.errors {
        let span = error.location.as_ref().expect("an error has its place").span;
        assert!(manifest.source.text().get(span.start as usize..span.end as usize).is_some());
    }
    for document in &manifest.documents {
        let _ = document.to_json();
        let _ = document.to_value();
        let _ = document.decode::<k8s_openapi::api::core::v1::Pod>();
        let _ = pod_model::validation::check(document, pod_model::KubernetesVersion::LATEST);
    }
});
