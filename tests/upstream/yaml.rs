//! The reader against kubectl's own decoder: the recorded cases damaged at
//! random, and random text of the characters that YAML is about.

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

use std::fs;
use std::path::Path;

use oracle::Oracle;
use random::Rng;
use serde::Deserialize;
use serde_json::{Value, json};

const INPUTS: usize = 60_000;
const SEED: u64 = 20_261_124;

/// What the damage is made of.
const BITS: [&str; 48] = [
    " ", "  ", "\n", "\n\n", "\t", ":", ": ", "- ", "-", "#", " #", "'", "\"", "|", ">", "|-",
    ">+", "|2", "[", "]", "{", "}", ",", "&a ", "*a", "<<: *a", "!!str ", "!x ", "? ", "---\n",
    "\n---\n", "\n...\n", "%", "@", "`", "~", "null", "yes", "0x1F", "0o17", "1_000", "1e3",
    ".inf", "\\", "\\n", "\r\n", "é", "\u{feff}",
];

/// Why an input is known to be read otherwise than by kubectl. All but the
/// last come from the scanner of the YAML library, and nobody writes them on
/// purpose.
fn known_difference(input: &str) -> Option<&'static str> {
    let followed = |text: &str, by: &[char]| {
        input
            .match_indices(text)
            .any(|(at, _)| input[at + text.len()..].starts_with(by))
    };
    let tags = || {
        input.split('!').skip(1).map(|after| {
            let end = after.find([' ', '\n', '\t']).unwrap_or(after.len());
            &after[..end]
        })
    };
    let in_flow = input.contains(['{', '[']);
    let rows = [
        (
            input.trim_start().starts_with('{') && !input.ends_with('\n'),
            "what follows a JSON object, with no line feed at the end",
        ),
        (
            input.contains("\\/"),
            "the escape \\/ behind the end of the document",
        ),
        (
            tags().any(|tag| tag.contains([',', '[', ']', '{', '}'])),
            "a tag of flow indicators",
        ),
        (
            in_flow && followed(":", &[',', '[', ']', '{', '}']),
            "`a:,` inside a flow collection",
        ),
        (
            in_flow && input.contains('?'),
            "`a? ` inside a flow collection",
        ),
        (
            input
                .char_indices()
                .any(|(at, c)| at > 0 && c == '\u{feff}'),
            "a byte order mark inside the text",
        ),
        (input.contains("\\'"), "the escape \\' in double quotes"),
        (
            [".inf", ".nan"]
                .iter()
                .any(|word| input.to_lowercase().contains(word))
                && input.matches(':').count() > 1,
            "a number beyond JSON that a later equal key replaces",
        ),
        (
            input.contains("\n\"1\":") || input.contains("\"1\":") && input.contains("1: "),
            "the keys 1 and \"1\": kubectl takes one of them by chance",
        ),
    ];
    rows.into_iter()
        .find(|(applies, _)| *applies)
        .map(|(_, why)| why)
}

fn seeds() -> Vec<String> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/yaml/cases");
    let mut files: Vec<_> = fs::read_dir(dir)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "yaml"))
        .collect();
    files.sort();
    let texts = files
        .iter()
        .filter_map(|file| fs::read_to_string(file).ok());
    // The largest and deepest cases are compared as they are; damaging them
    // would only be slow.
    texts.filter(|text| text.len() < 4_000).collect()
}

fn damaged(rng: &mut Rng, seed: &str) -> String {
    let mut text: Vec<char> = seed.chars().collect();
    for _ in 0..=rng.below(3) {
        let at = rng.below(text.len() + 1);
        match rng.below(4) {
            0 if !text.is_empty() => {
                let end = (at + 1 + rng.below(4)).min(text.len());
                text.drain(at.min(end)..end);
            }
            1 => {
                // A line of another place.
                let lines: Vec<String> = seed.lines().map(|l| format!("{l}\n")).collect();
                if !lines.is_empty() {
                    let line = &lines[rng.below(lines.len())];
                    text.splice(at..at, line.chars());
                }
            }
            _ => {
                let bit = BITS[rng.below(BITS.len())];
                text.splice(at..at, bit.chars());
            }
        }
    }
    text.into_iter().collect()
}

fn invented(rng: &mut Rng) -> String {
    (0..rng.below(14))
        .map(|_| match rng.below(3) {
            0 => ["a", "b", "key", "12", "é"][rng.below(5)],
            _ => BITS[rng.below(BITS.len())],
        })
        .collect()
}

fn ours(input: &str) -> Result<Value, String> {
    let text = pod_model::yaml::decode_bytes(input.as_bytes().to_vec());
    let (documents, errors) = pod_model::yaml::parse_stream(&text);
    match errors.first() {
        Some(error) => Err(format!("{error:?}")),
        None => {
            let documents = documents.iter().map(|d| d.tree.to_json(d.tree.root()));
            let documents = documents.collect::<Vec<_>>().join(",");
            let documents = format!("[{documents}]");
            let mut documents = serde_json::Deserializer::from_str(&documents);
            documents.disable_recursion_limit();
            Ok(Value::deserialize(&mut documents).unwrap())
        }
    }
}

/// Equal, where 11e3 is 11000: JSON is passed on as it was written.
fn same(ours: &Value, theirs: &Value) -> bool {
    match (ours, theirs) {
        (Value::Number(a), Value::Number(b)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        (a, b) => a == b,
    }
}

fn disagreement(input: &str, answer: &Value) -> Option<String> {
    match (ours(input), answer.get("err").and_then(Value::as_str)) {
        (Ok(documents), None) if same(&documents, &answer["docs"]) => None,
        (Ok(documents), None) => Some(format!(
            "{input:?}\n  ours {documents}\n  kubectl's {}",
            answer["docs"]
        )),
        (Ok(documents), Some(error)) => Some(format!(
            "{input:?}\n  ours {documents}\n  kubectl refuses: {error}"
        )),
        (Err(error), None) => Some(format!(
            "{input:?}\n  ours refuses: {error}\n  kubectl's {}",
            answer["docs"]
        )),
        (Err(_), Some(_)) => None,
    }
}

/// The deepest inputs would overflow a test thread's stack, in serde_json.
const STACK: usize = 512 << 20;

#[test]
fn agrees_with_kubectls_decoder_on_damaged_and_random_text() {
    let thread = std::thread::Builder::new().stack_size(STACK);
    thread.spawn(compare).unwrap().join().unwrap();
}

fn compare() {
    let mut rng = Rng::new(SEED);
    let seeds = seeds();
    let inputs: Vec<String> = (0..INPUTS)
        .map(|i| match i % 4 {
            0 => invented(&mut rng),
            _ => {
                let seed = rng.below(seeds.len());
                damaged(&mut rng, &seeds[seed])
            }
        })
        .collect();
    let questions: Vec<Value> = inputs
        .iter()
        .map(|input| json!({"op": "yaml", "input": input}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let accepted = answers
        .iter()
        .filter(|answer| answer.get("err").is_none())
        .count();
    assert!(
        accepted > INPUTS / 5,
        "only {accepted} inputs were worth comparing"
    );
    let mut known = 0;
    let mut bad = Vec::new();
    for (input, answer) in inputs.iter().zip(&answers) {
        if let Some(difference) = disagreement(input, answer) {
            match known_difference(input) {
                Some(_) => known += 1,
                None => bad.push(difference),
            }
        }
    }
    // A reason that excuses more than it was written for would hide mistakes.
    assert!(
        known < INPUTS / 200,
        "{known} known differences are too many"
    );
    assert!(
        bad.is_empty(),
        "{} of {INPUTS} differ:\n{}",
        bad.len(),
        bad.iter().take(40).cloned().collect::<Vec<_>>().join("\n")
    );
    println!("{INPUTS} inputs compared, {accepted} of them accepted, {known} known differences");
}
