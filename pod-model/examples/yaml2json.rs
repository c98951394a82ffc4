//! Reads YAML or JSON on standard input as kubectl does and prints its
//! documents as one JSON array; or the errors on standard error, exit code 1.
//! Differential tests drive it.

#![allow(
    clippy::disallowed_methods,
    reason = "a program around the library may do what the library may not"
)]

use std::io::{Read, Write};
use std::process::ExitCode;

fn main() -> ExitCode {
    let default = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if !pod_model::yaml::guarding_panics() {
            default(info);
        }
    }));
    let mut bytes = Vec::new();
    if let Err(error) = std::io::stdin().read_to_end(&mut bytes) {
        return fail(&error.to_string());
    }
    let text = pod_model::yaml::decode_bytes(bytes);
    let pod_model::yaml::ParsedStream {
        documents, errors, ..
    } = pod_model::yaml::parse_stream(&text);
    if !errors.is_empty() {
        let source = pod_model::Source::new("-", text);
        let lines = errors.iter().map(|e| {
            let at = source.location(e.span);
            format!("{at}: {e}\n")
        });
        return fail(&lines.collect::<String>());
    }
    let documents: Vec<_> = documents
        .iter()
        .map(|d| d.tree.to_json(d.tree.root()))
        .collect();
    let out = format!("[{}]\n", documents.join(",\n"));
    match std::io::stdout().write_all(out.as_bytes()) {
        // A reader that has seen enough is no failure.
        Err(e) if e.kind() != std::io::ErrorKind::BrokenPipe => fail(&e.to_string()),
        _ => ExitCode::SUCCESS,
    }
}

fn fail(message: &str) -> ExitCode {
    // Nothing is left to do where standard error is closed as well.
    let _ = writeln!(std::io::stderr(), "{}", message.trim_end());
    ExitCode::FAILURE
}
