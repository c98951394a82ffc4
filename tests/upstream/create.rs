//! Random command lines of `create pod` and `create job` against upstream's own
//! validation of what they make: no error where we say nothing, and the same
//! fields where we refuse.
//!
//! Of a line that makes no object, because a value cannot be read or flags exclude
//! each other, the flag that is told is left out, and the rest is compared; each
//! such refusal is a row of `create/unread.rs`.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

#[path = "create/unread.rs"]
mod unread;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::process::{Command, Output, Stdio};

use agreement::Agreement;
use oracle::Oracle;
use pod_model::{FieldPath, Segment};
use random::Rng;
use serde_json::{Value, json};

use words::{JOB, POD};

const LINES: usize = 5_000;
const THREADS: usize = 8;
const PANIC: &str = "upstream's own code panics on a success policy without completions";
/// Without a tree of the right types there is nothing to validate.
const TYPE_FIRST: &str = "a value of a wrong type is told before the rules are looked at";

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

/// The result of a command line.
enum Made {
    /// Messages for values of flags that cannot be parsed, or that contradict another flag.
    Unread(String),
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
                return Made::Unread(String::from_utf8(lenient.stderr).unwrap());
            }
            let object = serde_json::from_slice(&lenient.stdout).unwrap();
            Made::Object(object, fields(&said))
        }
        code => panic!("{line:?} ends with {code:?}: {said}"),
    }
}

/// A line as far as it makes an object.
struct Readable {
    line: Vec<String>,
    object: Value,
    /// The fields that are refused.
    ours: BTreeSet<String>,
    /// Messages for the flags that are left out.
    unread: Vec<String>,
}

fn readable(line: &[String]) -> Readable {
    let (mut line, mut unread) = (line.to_vec(), Vec::new());
    loop {
        match make(&line) {
            Made::Object(object, ours) => {
                return Readable {
                    line,
                    object,
                    ours,
                    unread,
                };
            }
            Made::Unread(said) => {
                let at = told_flag(&line, &said).unwrap_or_else(|| panic!("{line:?}: {said}"));
                line.remove(at);
                unread.push(class(&said));
            }
        }
    }
}

/// The place in the line of the flag that a message is about.
fn told_flag(line: &[String], said: &str) -> Option<usize> {
    let flags = || line.iter().enumerate().skip(4).rev();
    let name = |word: &str| word.split('=').next().unwrap().to_owned();
    let shown = said
        .lines()
        .find_map(|line| line.trim().strip_prefix("1 | "));
    let is_shown = |word: &str| {
        shown.is_some_and(|shown| {
            let value = word.split_once('=').map_or("", |(_, value)| value);
            shown.split(' ').any(|part| part == name(word)) && shown.contains(value)
        })
    };
    let told = flags().find(|(_, word)| is_shown(word));
    // Flags that exclude each other are named in the message.
    let named = |word: &str| {
        let parts = said.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        parts.into_iter().any(|part| part == name(word))
    };
    told.or_else(|| flags().find(|(_, word)| named(word)))
        .map(|(at, _)| at)
}

/// The first line of a message without what it quotes.
fn class(said: &str) -> String {
    let (_, first) = said.lines().next().unwrap().split_once(": ").unwrap();
    let parts = first.split('`').enumerate();
    parts
        .map(|(at, part)| match at % 2 {
            1 if !part.starts_with("--") => "`…`".to_owned(),
            1 => format!("`{part}`"),
            _ => part.to_owned(),
        })
        .collect()
}

/// The fields that are named: beside what is underlined, or in place of it. Of a value
/// of a wrong type, that of the `--set` which is underlined.
fn fields(said: &str) -> BTreeSet<String> {
    let mut set = "";
    let named = said.lines().filter_map(|line| {
        let line = line.trim();
        if let Some(place) = line.strip_prefix("--> ") {
            return (!place.starts_with("command line")).then_some(place);
        }
        if let Some((path, _)) = line
            .split_once("--set ")
            .and_then(|(_, set)| set.split_once('='))
        {
            set = path;
        }
        let (_, label) = line.rsplit_once('^')?;
        let label = label.trim();
        Some(if label.starts_with("expected ") {
            set
        } else {
            label
        })
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

/// Returns whether the object has the field.
fn is_there(object: &Value, path: &FieldPath) -> bool {
    let mut steps = path.segments().iter();
    let field = steps.try_fold(object, |value, step| match step {
        Segment::Field(name) => value.get(&**name),
        Segment::Index(index) => value.get(index),
    });
    field.is_some()
}

/// Adds the fields that admission sets before validation.
fn admitted(object: &Value) -> Value {
    let mut object = object.clone();
    if object["kind"] == "Pod" && object["spec"]["serviceAccountName"].is_null() {
        object["spec"]["serviceAccountName"] = json!("default");
    }
    object
}

/// The object without some of its fields.
fn without(object: &Value, fields: &BTreeSet<String>) -> Value {
    let mut object = object.clone();
    for field in fields.iter().rev() {
        let path = FieldPath::parse(field);
        let Some((last, parents)) = path.segments().split_last() else {
            continue;
        };
        let place = parents
            .iter()
            .try_fold(&mut object, |value, step| match step {
                Segment::Field(name) => value.get_mut(&**name),
                Segment::Index(index) => value.get_mut(index),
            });
        match (place, last) {
            (Some(Value::Object(map)), Segment::Field(name)) => drop(map.remove(&**name)),
            // An item that goes would move the others.
            (Some(Value::Array(items)), Segment::Index(index)) => items[*index] = json!({}),
            _ => {}
        }
    }
    object
}

fn question(object: &Value) -> Value {
    json!({"op": "object", "manifest": admitted(object).to_string()})
}

fn fields_of(answer: &Value) -> Option<BTreeSet<String>> {
    let errors = answer["errors"].as_array()?.iter();
    Some(
        errors
            .map(|error| normal(error["Field"].as_str().unwrap()))
            .collect(),
    )
}

/// Returns whether what upstream refuses is what we refuse.
fn compared(made: &Readable, answer: &Value) -> Option<&'static str> {
    let theirs = fields_of(answer)?;
    // What defaulting copied from a field that is refused is refused with it:
    // nobody has written that.
    let written = |field: &&String| is_there(&made.object, &FieldPath::parse(field));
    let theirs: BTreeSet<String> = if theirs.is_disjoint(&made.ours) {
        theirs
    } else {
        let told = |field: &&String| made.ours.contains(*field) || written(field);
        theirs.iter().filter(told).cloned().collect()
    };
    (made.ours == theirs).then_some(if theirs.is_empty() {
        "taken by both"
    } else {
        "with the same fields refused"
    })
}

/// Returns whether of an object that upstream cannot decode all that it refuses are the
/// fields that we refuse: without them it decodes, and asks for no other.
fn decodes_without(ours: &BTreeSet<String>, answer: &Value) -> bool {
    let is_ours = |field: &String| {
        let related = |own: &String| own.starts_with(field) || field.starts_with(own);
        ours.iter().any(related)
    };
    !ours.is_empty() && fields_of(answer).is_some_and(|theirs| theirs.iter().all(is_ours))
}

#[test]
fn flags_are_refused_exactly_when_upstream_refuses_the_object() {
    let mut rng = Rng::new(20_261_124);
    let lines: Vec<Vec<String>> = (0..LINES).map(|_| line(&mut rng)).collect();
    // Programs that start wait more than they work.
    let made: Vec<Readable> = std::thread::scope(|scope| {
        let all = |lines: &[Vec<String>]| lines.iter().map(|line| readable(line)).collect();
        let parts = lines.chunks(LINES / THREADS);
        let threads: Vec<_> = parts
            .map(|part| scope.spawn(move || -> Vec<Readable> { all(part) }))
            .collect();
        threads
            .into_iter()
            .flat_map(|thread| thread.join().unwrap())
            .collect()
    });
    let mut oracle = Oracle::start();
    let questions: Vec<Value> = made.iter().map(|made| question(&made.object)).collect();
    let answers = oracle.ask_all(&questions);
    let questions: Vec<Value> = made
        .iter()
        .map(|made| question(&without(&made.object, &made.ours)))
        .collect();
    let without = oracle.ask_all(&questions);

    let mut unread: BTreeMap<String, usize> = BTreeMap::new();
    let mut agreement = Agreement::new("command lines");
    for ((made, answer), without) in made.iter().zip(&answers).zip(&without) {
        for why in &made.unread {
            *unread.entry(why.clone()).or_default() += 1;
        }
        if !made.unread.is_empty() {
            agreement.note("after flags were left out");
        }
        let shown = || {
            format!(
                "{}\n  ours {:?}\n  upstream's {} {}\n  {}",
                made.line.join(" "),
                made.ours,
                answer["errors"],
                answer["decodeErr"],
                made.object
            )
        };
        let spec = &made.object["spec"];
        if answer.get("panic").is_some()
            && spec["completions"].is_null()
            && !spec["successPolicy"].is_null()
        {
            agreement.excuse(PANIC, shown());
        } else if answer.get("decodeErr").is_some() && decodes_without(&made.ours, without) {
            agreement.equal_and("that upstream cannot decode for the fields that we refuse");
        } else if answer.get("decodeErr").is_some()
            && !made.ours.is_empty()
            && fields_of(without).is_some()
        {
            agreement.excuse(TYPE_FIRST, shown());
        } else {
            match compared(made, answer) {
                Some(kind) => agreement.equal_and(kind),
                None => agreement.differ(shown()),
            }
        }
    }
    let refused = agreement.kind("with the same fields refused");
    assert!((LINES / 20..LINES * 4 / 5).contains(&refused), "{refused}");
    let table: BTreeMap<String, usize> = unread::ROWS
        .iter()
        .map(|(why, count)| ((*why).to_owned(), *count))
        .collect();
    assert_eq!(table.len(), unread::ROWS.len(), "a row stands twice");
    println!(
        "{} flags left out, for {} reasons",
        unread.values().sum::<usize>(),
        unread.len()
    );
    let rows = unread
        .iter()
        .map(|(why, count)| format!("    ({why:?}, {count}),\n"));
    assert!(
        unread == table,
        "the table of create/unread.rs is now\n{}",
        rows.collect::<String>()
    );
    agreement.finish(&[(PANIC, 4), (TYPE_FIRST, 126)]);
}
