//! Random command lines of `create pod` and `create job` against upstream's own
//! validation of what they make: no error where we say nothing, and the same
//! fields where we refuse.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

mod words;

use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};

use oracle::Oracle;
use pod_model::{FieldPath, Segment};
use random::Rng;
use serde_json::{Value, json};

use words::{JOB, POD};

const LINES: usize = 5_000;

/// A command line; a flag that is given once is there once.
fn line(rng: &mut Rng) -> Vec<String> {
    let is_job = rng.percent(50);
    let kind = if is_job { "job" } else { "pod" };
    let name = rng.pick(&["web", "web", "web", "web", "a.b", "Web", "x-"]);
    let mut line = ["create", kind, name, "--image=nginx:1"]
        .map(str::to_owned)
        .to_vec();
    let mut given = BTreeSet::new();
    for _ in 0..=rng.below(9) {
        let from_job = is_job && rng.percent(40);
        let (flag, values) = rng.pick(if from_job { JOB } else { POD });
        let many = words::MANY.contains(&flag);
        if !given.insert(flag) && !many {
            continue;
        }
        match rng.pick(values) {
            "" => line.push(format!("--{flag}")),
            value => line.push(format!("--{flag}={value}")),
        }
    }
    line
}

fn run(line: &[String], validate: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kubectl-pod_tools"))
        .args(line)
        .args(["--dry-run=client", "-o", "json", validate])
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap()
}

/// What became of a line.
enum Made {
    /// What stands behind a flag cannot be read, or contradicts another flag.
    Unread,
    /// The object, and the fields that are refused.
    Object(Value, BTreeSet<String>),
}

fn make(line: &[String]) -> Made {
    let strict = run(line, "--validate=strict");
    let said = String::from_utf8(strict.stderr).unwrap();
    match strict.status.code() {
        Some(0) => Made::Object(
            serde_json::from_slice(&strict.stdout).unwrap(),
            BTreeSet::new(),
        ),
        Some(2) => {
            let lenient = run(line, "--validate=ignore");
            if !lenient.status.success() {
                return Made::Unread;
            }
            let object = serde_json::from_slice(&lenient.stdout).unwrap();
            Made::Object(object, fields(&said))
        }
        code => panic!("{line:?} ends with {code:?}: {said}"),
    }
}

/// The fields that are named: beside what is underlined, or in place of it.
fn fields(said: &str) -> BTreeSet<String> {
    let named = said.lines().filter_map(|line| {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("--> ") {
            return (!place.starts_with("command line")).then_some(place);
        }
        line.rsplit_once('^').map(|(_, label)| label.trim())
    });
    named
        .filter(|field| !field.is_empty())
        .map(normal)
        .collect()
}

/// Upstream writes the keys of maps in other brackets.
fn normal(path: &str) -> String {
    FieldPath::parse(path).to_string()
}

/// Whether the object has the field.
fn is_there(object: &Value, path: &FieldPath) -> bool {
    let mut steps = path.segments().iter();
    let field = steps.try_fold(object, |value, step| match step {
        Segment::Field(name) => value.get(&**name),
        Segment::Index(index) => value.get(index),
    });
    field.is_some()
}

/// What admission adds before the API server validates.
fn admitted(object: &Value) -> Value {
    let mut object = object.clone();
    if object["kind"] == "Pod" && object["spec"]["serviceAccountName"].is_null() {
        object["spec"]["serviceAccountName"] = json!("default");
    }
    object
}

#[test]
fn what_upstream_refuses_is_refused_at_the_flags_and_nothing_else() {
    let mut rng = Rng::new(20_261_124);
    let lines: Vec<Vec<String>> = (0..LINES).map(|_| line(&mut rng)).collect();
    let (front, back) = lines.split_at(LINES / 2);
    let all = |lines: &[Vec<String>]| lines.iter().map(|line| make(line)).collect::<Vec<_>>();
    let mut made = std::thread::scope(|scope| {
        let front = scope.spawn(|| all(front));
        let back = all(back);
        (front.join().unwrap(), back)
    });
    made.0.append(&mut made.1);
    let (mut unread, mut refused, mut bad) = (0, 0, Vec::new());
    let mut asked = Vec::new();
    for (line, made) in lines.iter().zip(made.0) {
        match made {
            Made::Unread => unread += 1,
            Made::Object(object, fields) => asked.push((line, object, fields)),
        }
    }
    let questions: Vec<Value> = asked
        .iter()
        .map(|(_, object, _)| json!({"op": "object", "manifest": admitted(object).to_string()}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    for ((line, object, ours), answer) in asked.iter().zip(&answers) {
        // Upstream's own code panics on a success policy without completions.
        if answer.get("panic").is_some() && object["spec"]["completions"].is_null() {
            assert!(
                !object["spec"]["successPolicy"].is_null(),
                "{line:?}: {answer}"
            );
            continue;
        }
        if answer.get("decodeErr").is_some() {
            assert!(!ours.is_empty(), "{line:?}: {answer}");
            refused += 1;
            continue;
        }
        let errors = answer["errors"].as_array();
        let theirs: BTreeSet<String> = errors
            .unwrap_or_else(|| panic!("{line:?}: {answer}"))
            .iter()
            .map(|error| normal(error["Field"].as_str().unwrap()))
            .collect();
        refused += usize::from(!theirs.is_empty());
        // What defaulting copied from a field that is refused is refused with it:
        // nobody has written that.
        let written = |field: &&String| is_there(object, &FieldPath::parse(field));
        let theirs: BTreeSet<String> = if theirs.is_disjoint(ours) {
            theirs
        } else {
            let told = |field: &&String| ours.contains(*field) || written(field);
            theirs.iter().filter(told).cloned().collect()
        };
        if *ours != theirs {
            bad.push(format!(
                "{}\n  ours {ours:?}\n  upstream's {theirs:?} {}\n  {object}",
                line.join(" "),
                answer["errors"],
            ));
        }
    }
    println!(
        "{LINES} command lines: {unread} contradict themselves, {refused} are refused by both"
    );
    assert!(
        bad.is_empty(),
        "{} differ:\n{}",
        bad.len(),
        bad[..bad.len().min(8)].join("\n")
    );
    assert!(unread < LINES / 3, "{unread} cannot be read");
    assert!(
        (LINES / 20..LINES * 3 / 4).contains(&refused),
        "{refused} are refused"
    );
}
