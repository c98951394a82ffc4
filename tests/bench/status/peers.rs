//! The recorded situations, judged by others.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use serde_json::Value;

use crate::situations::{Answer, Expectation, Situation, Verdict, read_yaml};
use crate::support::cluster::repository;

/// Counts of the answers of a judge.
#[derive(Default)]
struct Score {
    right: usize,
    unknown: usize,
    wrong: usize,
    opposite: usize,
    /// Records whose cause was named, among those that have one.
    causes: usize,
}

impl Score {
    fn add(&mut self, verdict: Option<Verdict>, names_cause: bool, expected: &Expectation) {
        let truth = expected.verdict.first();
        let opposite = match truth {
            Some(Verdict::Ok) => Some(Verdict::No),
            Some(Verdict::No) => Some(Verdict::Ok),
            _ => None,
        };
        let count = match verdict {
            Some(verdict) if expected.verdict.contains(&verdict) => &mut self.right,
            Some(Verdict::Unknown) | None => &mut self.unknown,
            verdict if verdict == opposite => &mut self.opposite,
            _ => &mut self.wrong,
        };
        *count += 1;
        self.causes += usize::from(names_cause && expected.cause.is_some());
    }
}

pub(crate) fn run() {
    let all = Situation::all();
    let theirs = ask(&all);
    let [mut ours, mut kstatus, mut argo] = <[Score; 3]>::default();
    for (one, line) in all.iter().zip(&theirs) {
        let expected = &one.description.expect;
        let answer = explain(one);
        let names_cause = answer.cause() == expected.cause.as_deref();
        ours.add(answer.verdict(), names_cause, expected);
        for (score, name) in [(&mut kstatus, "kstatus"), (&mut argo, "argo")] {
            let answer = &line[name];
            let verdict = serde_json::from_value(answer["verdict"].clone()).ok();
            score.add(verdict, says(answer, expected), expected);
        }
    }
    let with_cause = all
        .iter()
        .filter(|one| one.description.expect.cause.is_some())
        .count();
    println!(
        "{} recorded situations, {with_cause} with a cause",
        all.len()
    );
    println!(
        "  {:<16} {:>6} {:>8} {:>6} {:>9} {:>13}",
        "", "right", "unknown", "wrong", "opposite", "causes named"
    );
    for (who, score) in [
        ("explain-status", ours),
        ("kstatus", kstatus),
        ("Argo CD's health", argo),
    ] {
        println!(
            "  {who:<16} {:>6} {:>8} {:>6} {:>9} {:>13}",
            score.right, score.unknown, score.wrong, score.opposite, score.causes
        );
    }
}

/// Returns whether a message contains one of the words that tell the cause, which is generous.
fn says(answer: &Value, expected: &Expectation) -> bool {
    let text = format!("{} {}", answer["state"], answer["message"]).to_lowercase();
    expected
        .says
        .iter()
        .any(|word| text.contains(&word.to_lowercase()))
}

fn explain(situation: &Situation) -> Answer {
    let recorded: BTreeMap<String, String> = read_yaml(&situation.file("recorded.yaml"));
    let mut command = Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"));
    command.args([
        "explain-status",
        "--offline",
        "-o",
        "json",
        "--now",
        &recorded["now"],
    ]);
    command
        .arg(&situation.description.target)
        .arg("-f")
        .arg(situation.file("objects.json"));
    command.env_clear().env("HOME", "/nonexistent");
    Answer::of(&command.output().unwrap()).unwrap()
}

/// Builds the program of the others, and returns its line for each situation.
fn ask(all: &[Situation]) -> Vec<Value> {
    let dir = repository().join("target/bench");
    std::fs::create_dir_all(&dir).unwrap();
    let program: PathBuf = dir.join("peers");
    let mut go = Command::new("go");
    go.current_dir(repository().join("tests/bench/peers"))
        .env("CGO_ENABLED", "0");
    go.args(["build", "-trimpath", "-o"]).arg(&program).arg(".");
    assert!(go.status().unwrap().success(), "the peers are not built");
    let argument = |one: &Situation| {
        format!(
            "{}={}",
            one.file("objects.json").display(),
            one.description.target
        )
    };
    let output = Command::new(program)
        .args(all.iter().map(argument))
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}
