//! Any bytes, read as a manifest: no panic, every place inside the text, every
//! document decoded. Run with `cargo +nightly fuzz run manifest`, seeded with
//! `tests/yaml/cases`.
#![no_main]

use std::sync::Once;

use libfuzzer_sys::fuzz_target;
use pod_model::manifest::LazyManifest;
use pod_model::{Document, KubernetesVersion};

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
        let span = error
            .location
            .as_ref()
            .expect("an error has its place")
            .span;
        assert!(
            manifest
                .source
                .text()
                .get(span.start as usize..span.end as usize)
                .is_some()
        );
    }
    let pieces = LazyManifest::of("fuzz", bytes.to_vec());
    let (mut documents, mut errors) = (Vec::new(), Vec::new());
    for piece in 0..pieces.len() {
        let read = pieces.read(piece);
        documents.extend(read.documents);
        errors.extend(read.errors);
    }
    // In pieces or at once, an input holds the same.
    assert_eq!(shown(&documents), shown(&manifest.documents));
    assert_eq!(errors, manifest.errors);
    for document in &manifest.documents {
        for finding in pod_model::check(document, KubernetesVersion::LATEST) {
            let span = finding
                .location
                .as_ref()
                .expect("a finding has its place")
                .span;
            assert!(
                manifest
                    .source
                    .text()
                    .get(span.start as usize..span.end as usize)
                    .is_some()
            );
        }
        let _ = document.to_json();
        let _ = document.to_value();
        let _ = document.decode::<k8s_openapi::api::core::v1::Pod>();
        let _ = pod_model::validation::check(document, KubernetesVersion::LATEST);
    }
});

fn shown(documents: &[Document]) -> Vec<(usize, String, String)> {
    let one = |document: &Document| {
        let base = document.base().to_string();
        (document.index(), base, document.to_json())
    };
    documents.iter().map(one).collect()
}
