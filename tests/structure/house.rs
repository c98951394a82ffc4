//! House rules: used dependencies, modules with a row in ARCHITECTURE.md, and files of
//! limited length.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use cargo_metadata::{Dependency, DependencyKind};

use crate::{packages, root, sources};

/// Lines of a source file.
const MOST_LINES: usize = 400;

/// First words of a doc comment that leave the reader to guess what the item is.
const QUESTION_WORDS: [&str; 8] = [
    "What", "How", "Whose", "Whether", "Which", "Where", "Why", "When",
];

/// Dependencies that no source names, and what they are there for.
const UNNAMED: &[(&str, &str)] = &[];

fn rust_files() -> Vec<(String, String)> {
    let mut all = Vec::new();
    for dir in [
        "kubectl-pod-tools",
        "pod-env",
        "pod-model",
        "pod-probe",
        "tests",
    ] {
        for (path, text) in sources(&root().join(dir)) {
            let path = path.strip_prefix(root()).unwrap().display().to_string();
            all.push((path, text));
        }
    }
    all
}

#[test]
fn source_files_have_at_most_400_lines() {
    let files = rust_files();
    assert!(files.len() > 500, "all sources are read");
    let long = files
        .iter()
        .filter(|(_, text)| text.lines().count() > MOST_LINES);
    let long: Vec<&str> = long.map(|(path, _)| path.as_str()).collect();
    assert!(
        long.is_empty(),
        "more than {MOST_LINES} lines: split them at a seam: {long:#?}"
    );
}

/// CONTRIBUTING.md asks for "Returns the …" or "A selector of …".
#[test]
fn doc_comments_say_what_an_item_is_or_does() {
    let mut found = Vec::new();
    for (path, text) in rust_files() {
        let lines: Vec<&str> = text.lines().map(str::trim_start).collect();
        for (number, line) in lines.iter().enumerate() {
            let is_doc = |line: &str| line.starts_with("///") || line.starts_with("//!");
            let begins = number == 0 || !is_doc(lines[number - 1]);
            let first = line
                .strip_prefix("/// ")
                .or_else(|| line.strip_prefix("//! "))
                .and_then(|doc| doc.split(' ').next());
            let is_question = first.is_some_and(|word| QUESTION_WORDS.contains(&word));
            if begins && is_question {
                found.push(format!("{path}:{}: {line}", number + 1));
            }
        }
    }
    assert!(found.is_empty(), "{found:#?}");
}

#[test]
fn architecture_has_a_row_for_each_folder_of_modules() {
    let page = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let rows: Vec<&str> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| ")?.split(" | ").next())
        .collect();
    let mut missing = Vec::new();
    for package in ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"] {
        for entry in fs::read_dir(root().join(package).join("src")).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let is_module = path.is_dir() && name != "bin";
            let word = format!("`{name}`");
            if is_module && !rows.iter().any(|row| row.contains(&word)) {
                missing.push(format!("{package}/src/{name}"));
            }
        }
    }
    missing.sort();
    assert!(
        missing.is_empty(),
        "ARCHITECTURE.md has no row for {missing:?}"
    );
}

/// The name by which sources use a dependency.
fn used_as(dependency: &Dependency) -> String {
    let name = dependency.rename.as_ref().unwrap_or(&dependency.name);
    name.replace('-', "_")
}

/// Returns whether a source names a crate: in a path, or as the whole of a `use`.
fn names(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let is_word = !before.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let behind = &text[at + name.len()..];
        is_word
            && (behind.starts_with("::")
                || text[..at].ends_with("use ") && behind.starts_with([';', ' ']))
    })
}

#[test]
fn every_dependency_is_used_by_the_crate_that_has_it() {
    let mut unused = Vec::new();
    let tests: String = sources(&root().join("tests"))
        .into_iter()
        .map(|(_, text)| text)
        .collect();
    for package in packages() {
        let dir = package.manifest_path.parent().unwrap();
        let of = |folder: &str| -> String {
            let dir = Path::new(dir).join(folder);
            let files = if dir.is_dir() {
                sources(&dir)
            } else {
                Vec::new()
            };
            files.into_iter().map(|(_, text)| text).collect()
        };
        let source = of("src");
        let everything = [
            &source,
            &of("tests"),
            &of("examples"),
            &of("benches"),
            &tests,
        ]
        .map(String::as_str)
        .concat();
        for dependency in &package.dependencies {
            let text = match dependency.kind {
                DependencyKind::Normal => &source,
                _ => &everything,
            };
            let is_known = UNNAMED.iter().any(|(name, _)| *name == dependency.name);
            if !is_known && !names(text, &used_as(dependency)) {
                unused.push(format!("{}: {}", package.name, dependency.name));
            }
        }
    }
    assert!(unused.is_empty(), "nobody uses {unused:#?}");
}

#[test]
fn every_dependency_of_the_workspace_is_somebodys() {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, table) = manifest.split_once("[workspace.dependencies]\n").unwrap();
    let (table, _) = table.split_once("\n[").unwrap();
    let names = table.lines().filter_map(|line| line.split_once(" = "));
    let names: BTreeSet<&str> = names
        .map(|(name, _)| name)
        .filter(|name| !name.starts_with([' ', '#', '"']))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let packages = packages();
    let had: BTreeSet<&str> = packages
        .iter()
        .flat_map(|package| &package.dependencies)
        .map(|dependency| {
            dependency
                .rename
                .as_ref()
                .unwrap_or(&dependency.name)
                .as_str()
        })
        .collect();
    let unused: Vec<_> = names.difference(&had).collect();
    assert!(unused.is_empty(), "no crate has {unused:?}");
}
