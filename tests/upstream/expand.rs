//! `$(VAR)`: upstream's `expansion.Expand` and ours make the same of every
//! text.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use std::borrow::Cow;
use std::collections::BTreeMap;

use oracle::Oracle;
use pod_model::expansion::expand;
use random::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 120_000;

/// Parts of texts: syntax, more often than other characters.
const PARTS: &[&str] = &[
    "$",
    "$",
    "$",
    "$$",
    "$(",
    "$(",
    "(",
    ")",
    ")",
    "$(A)",
    "$(B)",
    "$(LONG_NAME)",
    "$(NOT)",
    "$()",
    "A",
    "B",
    "{A}",
    "${A}",
    "$A",
    "é",
    "$é",
    "\u{1f600}",
    "\u{0}",
    "\n",
    "\"",
    "\\",
    " ",
    "-",
    ".",
    "text",
    "\u{202e}",
    "\u{fffd}",
];

const NAMES: &[&str] = &["A", "B", "LONG_NAME", "", "$", "$(A", "é", "A B", "{A}"];

/// Texts that take a way of their own through upstream's code.
const KNOWN: &[&str] = &[
    "",
    "$",
    "$$",
    "$$$",
    "$(",
    "$()",
    "$(A",
    "$(A)",
    "$$(A)",
    "$$$(A)",
    "$($(A))",
    "$(A$(B))",
    "$(A)$(A)",
    "$(NOT)",
    "$(NOT)$(A)",
    "x$",
    "$(A)$",
    "$é",
    "$(é)",
    "$($",
    "$($)",
    "$(A$$)",
];

fn vars(rng: &mut Rng) -> BTreeMap<String, String> {
    let mut vars = BTreeMap::new();
    for name in NAMES {
        if rng.percent(60) {
            vars.insert((*name).to_owned(), text(rng, 3));
        }
    }
    vars
}

fn text(rng: &mut Rng, parts: usize) -> String {
    let count = rng.below(parts + 1);
    (0..count).map(|_| rng.pick(PARTS)).collect()
}

#[test]
fn every_text_expands_as_upstream_does_it() {
    let mut rng = Rng::new(4);
    let mut cases: Vec<(String, BTreeMap<String, String>)> = Vec::new();
    for known in KNOWN {
        cases.push(((*known).to_owned(), vars(&mut rng)));
    }
    while cases.len() < KNOWN.len() + RANDOM {
        cases.push((text(&mut rng, 12), vars(&mut rng)));
    }
    let questions: Vec<Value> = cases
        .iter()
        .map(|(input, vars)| json!({"op": "expand", "input": input, "vars": vars}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut changed = 0;
    for ((input, vars), answer) in cases.iter().zip(&answers) {
        let ours = expand(input, |name| {
            vars.get(name).map(|v| Cow::Borrowed(v.as_str()))
        });
        assert_eq!(answer["out"], json!(ours), "{input:?} with {vars:?}");
        changed += usize::from(ours != *input);
    }
    println!(
        "{} texts compared: all equal, {changed} of them expanded",
        cases.len()
    );
    // Texts in which nothing happens would prove nothing.
    assert!(changed > RANDOM / 3, "{changed} of {} changed", cases.len());
}
