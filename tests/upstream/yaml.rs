//! The reader against kubectl's own decoder: the recorded cases damaged at
//! random, and random text of the characters that YAML is about. What counts is
//! what `create` would send: the documents before the first error, and never
//! more than kubectl does.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "yaml/compare.rs"]
mod compare;
#[path = "yaml/excuses.rs"]
mod excuses;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use std::fs;
use std::path::Path;

use agreement::Agreement;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use oracle::Oracle;
use random::Rng;
use serde_json::{Value, json};

const INPUTS: usize = 60_000;
const SEED: u64 = 20_261_124;
/// kubectl refuses such a number when it makes an object of the text.
const BEYOND_JSON: &str = "a number that the answer cannot hold";

/// Texts that damage an input.
const BITS: [&str; 60] = [
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    ":",
    ": ",
    "- ",
    "-",
    "#",
    " #",
    "'",
    "\"",
    "|",
    ">",
    "|-",
    ">+",
    "|2",
    "[",
    "]",
    "{",
    "}",
    ",",
    "&a ",
    "*a",
    "<<: *a",
    "!!str ",
    "!x ",
    "? ",
    "---\n",
    "\n---\n",
    "\n...\n",
    "%",
    "@",
    "`",
    "~",
    "null",
    "yes",
    "0x1F",
    "0o17",
    "1_000",
    "1e3",
    ".inf",
    "\\",
    "\\n",
    "\r\n",
    "é",
    "\u{feff}",
    "\n--- x\n",
    "\n----\n",
    "\n---\t\n",
    "\n--- # c\n",
    "\n -- -\n",
    "...\n",
    "\r",
    "\0",
    "\n---\r",
    PEM,
    "\n-----BEGIN A-----\n",
    "\n-----END A-----\n",
];

/// A key as it is pasted.
const PEM: &str = "\n-----BEGIN KEY-----\nTUlJRXBBSUJBQUtDQVFFQQ==\n-----END KEY-----\n";

/// Streams in which a wrong separator would destroy something.
const STREAMS: [&str; 5] = [
    "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  k: v\n---\napiVersion: v1\nkind: Secret\nmetadata:\n  name: tls\nstringData:\n  tls.key: |\n    -----BEGIN KEY-----\n    TUlJRXBBSUJBQUtDQVFFQQ==\n    -----END KEY-----\n  tls.crt: x\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n",
    "kind: Secret\nmetadata: {name: s}\ndata: {a: eA==, b: \"eQ==\"}\n---\n# nothing\n---\nkind: Secret\ndata:\n  c: |\n    eg==\n",
    "{\"kind\": \"Secret\", \"data\": {\"a\": \"eA==\"}}\n{\"kind\": \"Pod\"}\n{\"kind\": \"Job\"}\n",
    "kind: Secret\nstringData:\n  key: |\n-----BEGIN KEY-----\nTUlJRXBBSUJBQUtDQVFFQQ==\n-----END KEY-----\n---\nkind: Pod\n",
    "{\"kind\": \"Secret\"}\n---\nkind: Pod\n---\n{kind: Job, spec: {a: b}}\n",
];

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
    let streams = STREAMS.iter().flat_map(|text| vec![(*text).to_owned(); 20]);
    texts
        .filter(|text| text.len() < 4_000)
        .chain(streams)
        .collect()
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

/// The deepest inputs would overflow a test thread's stack, in serde_json.
const STACK: usize = 512 << 20;

#[test]
fn agrees_with_kubectls_decoder_on_damaged_and_random_text() {
    let thread = std::thread::Builder::new().stack_size(STACK);
    let outcome = thread.spawn(compare).unwrap().join();
    assert!(outcome.is_ok(), "see above");
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
    let mut agreement = Agreement::new("texts");
    for (input, answer) in inputs.iter().zip(&answers) {
        let Some(theirs) = compare::theirs(answer) else {
            agreement.excuse(BEYOND_JSON, format!("{input:?}"));
            continue;
        };
        let ours = compare::ours(input.as_bytes());
        if excuses::is_by_chance(input, &ours, &theirs) {
            agreement.excuse(excuses::BY_CHANCE, format!("{input:?}"));
            continue;
        }
        match ours.apart(&theirs) {
            None if theirs.refusal.is_some() => agreement.equal_and("refused with the same words"),
            None => agreement.equal_and("taken"),
            Some(apart) => {
                let example =
                    format!("{apart:?}: {input:?}\n  ours {ours:?}\n  kubectl's {theirs:?}");
                match excuses::excuse(apart, input, &ours, &theirs) {
                    Some(reason) => agreement.excuse(reason, example),
                    None => agreement.differ(example),
                }
            }
        }
    }
    assert!(
        agreement.kind("taken") > INPUTS / 5,
        "too few inputs are worth comparing"
    );
    agreement.finish(excuses::COUNTS);
}

/// Ways in which a stream is broken, and how many documents of it are sent.
#[test]
fn never_more_is_sent_of_a_broken_stream_than_kubectl_sends() {
    let pod = "kind: Pod\n---\n";
    let table: &[(&[u8], usize)] = &[
        (b"kind: Pod\n---\nkind: Secret\nstringData:\n  k: |\n-----BEGIN KEY-----\nTUlJ\n-----END KEY-----\n---\nkind: Job\n", 1),
        (b"kind: Secret\nk: |\n-----BEGIN KEY-----\nTUlJ\n", 0),
        (b"-----BEGIN KEY-----\n", 0),
        (b"kind: Pod\n--- x\nkind: Job\n", 0),
        (b"kind: Pod\n--- {kind: Job}\n", 0),
        (b"kind: Pod\n----\nkind: Job\n", 0),
        (b"kind: Pod\n---\t\nkind: Job\n", 2),
        (b"kind: Pod\n--- # a comment\nkind: Job\n", 2),
        (b"kind: Pod\n---#\nkind: Job\n", 2),
        (b"kind: Pod\n ---\nk: v\n", 1),
        // kubectl drops the second half without a word.
        (b"kind: Pod\n...\nkind: Job\n", 0),
        (b"kind: Pod\n...\n", 1),
        (b"kind: Pod\n...\n# a comment\n---\nkind: Job\n", 2),
        (b"kind: Pod\n... # end\n \n\t\n---\nkind: Job\n", 2),
        (b"kind: Pod\r\n...\r\n%YAML 1.1\r\n---\r\nkind: Job\r\n", 2),
        (b"kind: Pod\n...\n%TAG ! tag:a,2000:\n", 1),
        (b"---\n{kind: Pod}\nspec: {}\n", 0),
        (b"---\n{\"kind\": \"Pod\"} trailing\n", 0),
        // A text is no object, as both say later.
        (b"{\"kind\": \"Pod\"} trailing\n", 2),
        (b"{\"kind\": \"Pod\"}\n{\"kind\": \"Job\", \"spec\": {\"a\": \"b", 1),
        (b"{\"kind\": \"Pod\"}\n{\"kind\": \"Job\"}\n{\"kind\": ", 2),
        (b"{\"kind\": \"Pod\", \"spec\": {\"a\": \"b", 0),
        (b"kind: Pod\n---\nk: \"abc", 1),
        (b"kind: Pod\n---\nk: [a, b\n", 1),
        (b"kind: Pod\n---\nk: {a: b\n---\nkind: Job\n", 1),
        (b"kind: Pod\n---\n\tk: v\n---\nkind: Job\n", 1),
        (b"kind: Pod\n---\nk: a\0b\n---\nkind: Job\n", 1),
        // To YAML, though not to the splitter, a carriage return ends a line.
        (b"kind: Pod\rk: v\r---\rkind: Job\r", 0),
        (b"kind: Pod\n---\rk: v\n", 0),
        (b"\xef\xbb\xbfkind: Pod\n---\nkind: Job\n", 2),
        (b"kind: Pod\n\xef\xbb\xbf---\nkind: Job\n", 0),
        // Files that were joined: each document may have a mark at its head, and nowhere else.
        (b"kind: Pod\n---\n\xef\xbb\xbfkind: Job\nk: v\n", 2),
        (b"kind: Pod\r\n---\r\n\xef\xbb\xbfkind: Job\r\nk: v\r\n", 2),
        (b"kind: Pod\n---\n\xef\xbb\xbf# c\nkind: Job\nk: v\n", 2),
        (b"kind: Pod\n---\n# c\n\xef\xbb\xbfkind: Job\nk: v\n", 2),
        (b"kind: Pod\n---\n\xef\xbb\xbf\n---\n\xef\xbb\xbfkind: Job\n", 2),
        (b"kind: Pod\n---\n\xef\xbb\xbf{kind: Job, k: v}\n", 2),
        (b"{\"kind\": \"Pod\"}\n\xef\xbb\xbf{\"kind\": \"Job\"}\n", 2),
        (b"{\"a\": 1}\n{\"a\": 2}\n\xef\xbb\xbf{\"a\": 3}\n", 2),
        (b"kind: Pod\nk: |\n  a\n\xef\xbb\xbf  b\n", 0),
        (b"kind: Pod\nk: \"a\n\xef\xbb\xbfb\"\n", 1),
        (b"kind: Pod\nk: a\n  \xef\xbb\xbfb: c\n", 0),
        (b"kind: Pod\nk: \xef\xbb\xbfa\n", 1),
        (b"- a\n\xef\xbb\xbf- b\n", 0),
        (b"kind: Pod\n---\nk: \xff\n", 2),
        (b"\xff\xfek\0:\0 \0v\0\n\0", 1),
        (b"\xff\xfek\0:\0 \0v\0\n", 1),
        (b"\xfe\xff\0k\0:\0 \0v\0", 1),
        (b"%YAML 1.2\n---\nkind: Pod\n", 0),
        (b"kind: Pod\n---\n*x\n", 1),
    ];
    let asked: Vec<Vec<u8>> = table.iter().map(|(input, _)| input.to_vec()).collect();
    let behind = asked.iter().map(|input| [pod.as_bytes(), input].concat());
    let asked: Vec<Vec<u8>> = asked.iter().cloned().chain(behind).collect();
    let question = |input: &Vec<u8>| json!({"op": "yaml", "inputBase64": STANDARD.encode(input)});
    let questions: Vec<Value> = asked.iter().map(question).collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut agreement = Agreement::new("broken streams");
    for (input, answer) in asked.iter().zip(&answers) {
        let (ours, theirs) = (compare::ours(input), compare::theirs(answer).unwrap());
        let text = String::from_utf8_lossy(input);
        let Some(apart) = ours.apart(&theirs) else {
            agreement.equal();
            continue;
        };
        let example = format!("{text:?}\n  ours {ours:?}\n  kubectl's {theirs:?}");
        match excuses::excuse(apart, &text, &ours, &theirs) {
            Some(reason) => agreement.excuse(reason, example),
            None => agreement.differ(example),
        }
    }
    agreement.finish(excuses::COUNTS_OF_BROKEN_STREAMS);
    for (input, sent) in table {
        let shown = String::from_utf8_lossy(input);
        assert_eq!(compare::ours(input).documents.len(), *sent, "{shown:?}");
    }
}
