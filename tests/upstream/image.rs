//! Names of images against the kubelet's own reading of them.

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

use oracle::Oracle;
use pod_model::image::ImageName;
use random::Rng;
use serde_json::{Value, json};

const NAMES: usize = 100_000;

const PARTS: [&str; 40] = [
    "a",
    "nginx",
    "busybox",
    "b0",
    "9",
    "A",
    "Image",
    "<Image>",
    "/",
    "/",
    "/",
    ":",
    ":",
    "@",
    ".",
    "_",
    "__",
    "___",
    "-",
    "--",
    "..",
    "localhost",
    "localhost:5000",
    "docker.io",
    "index.docker.io",
    "example.com",
    "[::1]",
    "[::1]:80",
    "[]",
    "é",
    " ",
    "latest",
    "1.27",
    "sha256:",
    "sha512:",
    "md5:",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "${TAG}",
    "http://",
    "\n",
];

fn name(rng: &mut Rng) -> String {
    if rng.percent(2) {
        return "a".repeat(240 + rng.below(30));
    }
    (0..=rng.below(7)).map(|_| rng.pick(&PARTS)).collect()
}

#[test]
fn image_names_are_read_as_the_kubelet_reads_them() {
    let mut rng = Rng::new(20_261_124);
    let names: Vec<String> = (0..NAMES).map(|_| name(&mut rng)).collect();
    let questions: Vec<Value> = names
        .iter()
        .map(|name| json!({"op": "image", "input": name}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut good = 0;
    let mut bad = Vec::new();
    for (name, answer) in names.iter().zip(&answers) {
        let ours = ImageName::parse(name).ok();
        let theirs = answer
            .get("tag")
            .map(|tag| (tag.as_str().unwrap(), answer["digest"].as_str().unwrap()));
        let same = match (&ours, theirs) {
            (None, None) => true,
            (Some(ours), Some((tag, digest))) => {
                ours.effective_tag().unwrap_or("") == tag && ours.digest.unwrap_or("") == digest
            }
            _ => false,
        };
        good += usize::from(theirs.is_some());
        if !same {
            bad.push(format!("{name:?}: ours {ours:?}, the kubelet's {answer}"));
        }
    }
    assert!(good > NAMES / 50, "only {good} names are good");
    assert!(
        bad.is_empty(),
        "{} differ:\n{}",
        bad.len(),
        bad[..bad.len().min(20)].join("\n")
    );
    println!("{NAMES} names compared: all equal, {good} of them good");
}
