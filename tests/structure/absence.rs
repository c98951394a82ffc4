//! A test that something is not said proves nothing once nobody says it any
//! more: a word whose absence is asserted has to be one that could be there.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use crate::{root, sources};

/// The literals of `!x.contains("…")` in an assertion, and the text without those
/// assertions.
fn absences(text: &str) -> (Vec<String>, String) {
    let (mut found, mut rest, mut kept) = (Vec::new(), text, String::new());
    while let Some(at) = rest.find("assert!(") {
        let (before, from) = rest.split_at(at);
        kept.push_str(before);
        let end = from.find(");\n").map_or(from.len(), |end| end + 3);
        let (assertion, behind) = from.split_at(end);
        let negated = negated_literals(assertion);
        if negated.is_empty() {
            kept.push_str(assertion);
        }
        found.extend(negated);
        rest = behind;
    }
    kept.push_str(rest);
    (found, kept)
}

fn negated_literals(assertion: &str) -> Vec<String> {
    let terms = assertion.trim_start_matches("assert!(").trim_start();
    let terms = terms.split("&&").map(str::trim_start);
    let literals = terms.filter_map(|term| {
        let call = term.strip_prefix('!')?;
        let (_, argument) = call.split_once("contains(\"")?;
        let (literal, _) = argument.split_once('"')?;
        Some(literal.to_owned())
    });
    literals.collect()
}

#[test]
fn a_word_whose_absence_is_asserted_could_be_there() {
    let top = root();
    let mut asserted: BTreeMap<String, PathBuf> = BTreeMap::new();
    // What the programs say, and what the tests give to them and expect of them.
    let mut said = String::new();
    for (path, text) in sources(&top.join("tests")) {
        if path.starts_with(top.join("tests/structure")) || path.ends_with("tests/structure.rs") {
            continue;
        }
        let (literals, kept) = absences(&text);
        asserted.extend(literals.into_iter().map(|literal| (literal, path.clone())));
        said.push_str(&kept);
    }
    for name in ["kubectl-pod-tools", "pod-env", "pod-model", "pod-probe"] {
        let texts = sources(&top.join(name).join("src")).into_iter();
        said.extend(texts.map(|(_, text)| text));
    }
    let users = fs::read_to_string(top.join("tests/cluster/lib/config.sh")).unwrap();
    said.push_str(&users);
    assert!(asserted.len() > 25, "{asserted:?}");
    // An escape is made, not written.
    let is_escape = |literal: &str| literal.starts_with("\\u{1b}");
    let never: Vec<_> = asserted
        .iter()
        .filter(|(literal, _)| !is_escape(literal) && !said.contains(literal.as_str()))
        .collect();
    assert!(
        never.is_empty(),
        "nothing says, gives or expects this, so its absence proves nothing: {never:#?}"
    );
}

/// The marks whose absence a test asserts without having seen them before.
fn unseen_marks(test: &str) -> Vec<String> {
    let (mut seen, mut unseen) = (Vec::new(), Vec::new());
    for (at, call) in test.match_indices(".take_mark(\"") {
        let name = test[at + call.len()..]
            .split('"')
            .next()
            .unwrap()
            .to_owned();
        let start = test[..at].rfind("assert!(").unwrap_or(at);
        let is_absent = test[start..at].starts_with("assert!(!");
        if !is_absent {
            seen.push(name);
        } else if !seen.contains(&name) {
            unseen.push(name);
        }
    }
    unseen
}

#[test]
fn a_mark_that_is_not_there_was_there_before() {
    for (path, text) in sources(&root().join("tests/cli")) {
        for test in text.split("#[test]\n") {
            let name = test.lines().next().unwrap_or_default();
            let unseen = unseen_marks(test);
            assert!(unseen.is_empty(), "{}: {name}: {unseen:?}", path.display());
            let mut absent = test.split("assert!(!").skip(1);
            assert!(
                !absent.any(|rest| rest.lines().next().unwrap().contains(".exists()")),
                "{}: {name}: ask with `take_mark`, first where the file is made",
                path.display()
            );
        }
    }
    let seen = "assert!(home.take_mark(\"a\")); assert!(!home.take_mark(\"a\"));";
    assert_eq!(unseen_marks(seen), [""; 0]);
    assert_eq!(unseen_marks("assert!(!home.take_mark(\"a\"));"), ["a"]);
    let other = "assert!(home.take_mark(\"a\")); assert!(!home.take_mark(\"b\"));";
    assert_eq!(unseen_marks(other), ["b"]);
    let late = "assert!(!home.take_mark(\"a\")); assert!(home.take_mark(\"a\"));";
    assert_eq!(unseen_marks(late), ["a"]);
}

#[test]
fn asserted_absences_are_found() {
    let text = "a(); assert!(!run.contains(\"b c\"), \"{run}\");\nassert!(x.contains(\"d\"));\n\
                assert!(!all.any(|a| a.contains(\"e\")) && !f.contains(\"g\"));\n";
    let (found, kept) = absences(text);
    assert_eq!(found, ["b c", "e", "g"]);
    assert_eq!(kept, "a(); assert!(x.contains(\"d\"));\n");
}
