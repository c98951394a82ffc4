//! Verdict, cause and advice of each situation, and what must not be said.

use std::collections::BTreeMap;
use std::fs;

use pod_model::diagnosis::CAUSES;

use crate::explain::{answer, complaints, explain};
use crate::situations::{Situation, Verdict, directory, read_yaml};

#[test]
fn each_record_is_judged_as_its_situation_is() {
    let all = Situation::all();
    let wrong = complaints(&all, |one, _| {
        match answer(one, &one.file("objects.json")) {
            Ok(answer) => answer.wrong(&one.description.expect),
            Err(error) => vec![error],
        }
    });
    print_table(&all, &wrong);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Prints how many of each verdict are judged right.
fn print_table(all: &[Situation], wrong: &[String]) {
    let is_right = |one: &&Situation| {
        let start = format!("{}: ", one.name);
        !wrong.iter().any(|line| line.starts_with(&start))
    };
    println!("{:10} {:>10} {:>6}", "verdict", "situations", "right");
    for verdict in [Verdict::Ok, Verdict::No, Verdict::Unknown] {
        let of = |one: &&Situation| one.description.expect.verdict.first() == Some(&verdict);
        let name = format!("{verdict:?}").to_lowercase();
        let right = all.iter().filter(of).filter(is_right).count();
        println!("{name:10} {:>10} {right:>6}", all.iter().filter(of).count());
    }
    let right = all.iter().filter(is_right).count();
    println!("{} situations, {right} right", all.len());
}

#[test]
fn the_text_begins_with_the_sentence() {
    let all = Situation::all();
    let wrong = complaints(&all, |one, _| {
        let file = one.file("objects.json");
        let output = explain(one, &file, &[]);
        let text = String::from_utf8(output.stdout).unwrap();
        let summary = match answer(one, &file) {
            Ok(answer) => answer.summary().to_owned(),
            Err(error) => return vec![error],
        };
        let paragraph = text.lines().take_while(|line| !line.is_empty());
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        if words(&paragraph.collect::<Vec<_>>().join(" ")) == words(&summary) {
            return Vec::new();
        }
        vec![format!("{summary:?} is not the beginning of\n{text}")]
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_recorded_causes_are_those_of_the_judge() {
    let path = directory().join("causes.yaml");
    let mut rows = CAUSES.to_vec();
    rows.sort_by_key(|row| row.id);
    let lines = rows
        .iter()
        .map(|row| format!("{}: {}\n", row.id, row.states));
    let lines: String = lines.collect();
    let text = format!("# The ids of causes, and what each states.\n{lines}");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        fs::write(&path, &text).unwrap();
    }
    let recorded = fs::read_to_string(&path).unwrap();
    assert!(
        recorded == text,
        "causes.yaml is old: UPDATE_DOCS=1 writes it"
    );
    let read: BTreeMap<String, String> = read_yaml(&path);
    assert_eq!(read.len(), CAUSES.len());
}
