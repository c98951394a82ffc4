//! Every case in `tests/yaml/cases`: NAME.yaml, and what kubectl's own decoder
//! makes of it, NAME.json (the documents; NAME.or.json where chance decides) or
//! NAME.err (its refusal).
//! `tests/cluster` can make them anew: `upstream truth tests/yaml/cases`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde_json::Value;

/// The deepest cases would overflow a test thread's stack, in serde_json.
const STACK: usize = 512 << 20;

fn cases() -> Vec<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/yaml/cases");
    let mut cases: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    cases.sort();
    cases
}

fn documents(json: &str) -> Vec<Value> {
    let mut deserializer = serde_json::Deserializer::from_str(json);
    deserializer.disable_recursion_limit();
    Vec::deserialize(&mut deserializer).unwrap()
}

/// Returns the difference, if any.
fn disagreement(case: &Path) -> Option<String> {
    let manifest = pod_model::manifest::read("case", fs::read(case).unwrap());
    let (_, errors) = (&manifest.documents, &manifest.errors);
    let refused = fs::read_to_string(case.with_extension("err")).ok();
    match (refused, errors.first()) {
        (Some(_), Some(error)) => {
            let place = error.location.as_ref().expect("an error has its place");
            let lines = manifest.source.text().lines().count().max(1);
            (place.line as usize > lines + 1).then(|| format!("no such line: {place}"))
        }
        (Some(refused), None) => Some(format!("accepts what kubectl refuses: {refused}")),
        (None, Some(error)) => {
            let text = pod_model::yaml::decode_bytes(fs::read(case).unwrap());
            let errors = pod_model::yaml::parse_stream(&text).errors;
            // kubectl accepts the document and drops what stands behind its end.
            (!errors[0].is_dropped)
                .then(|| format!("refuses what kubectl accepts: {}", error.message))
        }
        (None, None) => {
            let text = pod_model::yaml::decode_bytes(fs::read(case).unwrap());
            let parsed = pod_model::yaml::parse_stream(&text).documents;
            let ours: Vec<_> = parsed
                .iter()
                .map(|d| d.tree.to_json(d.tree.root()))
                .collect();
            let ours = documents(&format!("[{}]", ours.join(",")));
            // Where kubectl takes one of two by chance, both are recorded.
            let theirs: Vec<_> = ["json", "or.json"]
                .iter()
                .filter_map(|end| fs::read_to_string(case.with_extension(end)).ok())
                .map(|json| documents(&json))
                .collect();
            (!theirs.contains(&ours)).then(|| format!("ours {ours:?}, kubectl's {theirs:?}"))
        }
    }
}

#[test]
fn agrees_with_kubectls_decoder_on_every_case() {
    let run = || {
        let cases = cases();
        assert!(cases.len() > 150, "only {} cases found", cases.len());
        cases
            .iter()
            .filter_map(|case| Some(format!("{}: {}", case.display(), disagreement(case)?)))
            .collect::<Vec<_>>()
    };
    let thread = std::thread::Builder::new().stack_size(STACK);
    let bad = thread.spawn(run).unwrap().join().unwrap();
    assert!(bad.is_empty(), "{}", bad.join("\n"));
}
