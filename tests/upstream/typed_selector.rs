//! Label selectors as typed behind `-l`: what `labels.Parse` takes and refuses, of random
//! texts of its signs and words.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/rng.rs"]
mod rng;

use oracle::Oracle;
use pod_model::selector::LabelSelector;
use rng::Rng;
use serde_json::{Value, json};

const RANDOM: usize = 40_000;
const PARTS: [&str; 34] = [
    "a",
    "b",
    "app.example.com/name",
    "A_b.c",
    "in",
    "notin",
    "exists",
    "1",
    "-1",
    "=",
    "==",
    "!=",
    "!",
    "(",
    ")",
    ",",
    ">",
    "<",
    " ",
    " ",
    " in (",
    " notin (",
    ")",
    "a,b",
    "\t",
    "-",
    "é",
    "a/b/c",
    "/a",
    "a/",
    "Up.Case/x",
    "x=y",
    ",",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

#[test]
fn selectors_are_taken_and_refused_as_by_labels_parse() {
    let mut rng = Rng::new(20_261_131);
    let texts: Vec<String> = (0..RANDOM)
        .map(|_| (0..rng.below(8)).map(|_| rng.pick(&PARTS)).collect())
        .collect();
    let questions: Vec<Value> = texts
        .iter()
        .map(|text| json!({"op": "selector", "input": text, "vars": {}}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let (mut taken, mut refused, mut wrong) = (0, 0, Vec::new());
    for (text, answer) in texts.iter().zip(&answers) {
        let theirs = answer.get("err").is_none();
        let ours = LabelSelector::parse(text).err();
        match (theirs, &ours) {
            (true, None) => taken += 1,
            (false, Some(_)) => refused += 1,
            _ => wrong.push(format!("{text:?}: {answer}, ours {ours:?}")),
        }
    }
    println!("{taken} taken by both, {refused} refused by both");
    assert!(
        wrong.is_empty(),
        "{} differ: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(20)]
    );
    assert!(
        taken > RANDOM / 10 && refused > RANDOM / 10,
        "{taken} {refused}"
    );
}
