//! Bytes in JSON: Go's decoder and ours make the same of every text.

use pod_model::yaml::base64::{decode, encode};
use serde_json::{Value, json};

use crate::oracle::Oracle;
use crate::random::Rng;

const RANDOM: usize = 30_000;

const KNOWN: &[&str] = &[
    "",
    "=",
    "==",
    "A",
    "AA",
    "AA=",
    "AA==",
    "AA===",
    "AAA=",
    "AAA",
    "AAAA",
    "AAAA=",
    "AB==",
    "AAB=",
    "\n",
    "\r\n",
    "A\nA==",
    "AA=\n=",
    "AA\r==\n",
    "AA==\n\n",
    "AA==A",
    "AA==\nAAAA",
    "A A==",
    "AA== ",
    " AA==",
    "AA\t==",
    "-_-_",
    "+/+/",
    "AA\u{85}==",
    "AA\u{2028}==",
    "AA\0==",
    "ＡＡ==",
];

const PIECES: &[&str] = &[
    "A", "z", "9", "+", "/", "YQ", "AAAA", "=", "=", "\n", "\r\n", "\r", " ", "\t", "-", "_", "é",
    "\0",
];

/// A text that is base64 more often than not.
fn text(rng: &mut Rng) -> String {
    if rng.percent(40) {
        return (0..rng.below(9)).map(|_| rng.pick(PIECES)).collect();
    }
    let bytes: Vec<u8> = (0..rng.below(12))
        .map(|_| rng.bits().to_le_bytes()[0])
        .collect();
    let mut text: Vec<char> = encode(&bytes).chars().collect();
    for _ in 0..rng.below(4) {
        let at = rng.below(text.len() + 1);
        text.insert(at, rng.pick(&['\n', '\n', '\r', '\n', ' ']));
    }
    // Bits that are left over.
    if rng.percent(30)
        && let Some(last) = text.iter().rposition(char::is_ascii_alphanumeric)
    {
        text[last] = rng.pick(&['B', 'h', '7', 'Q']);
    }
    text.into_iter().collect()
}

#[test]
fn bytes_are_decoded_as_go_decodes_them() {
    let mut rng = Rng::new(64);
    let known = KNOWN.iter().map(|text| (*text).to_owned());
    let random = (0..RANDOM).map(|_| text(&mut rng));
    let texts: Vec<String> = known.chain(random).collect();
    let question = |text: &String| json!({"op": "base64", "text": text});
    let questions: Vec<Value> = texts.iter().map(question).collect();
    let answers = Oracle::start().ask_all(&questions);
    let (mut taken, mut broken) = (0, 0);
    for (text, answer) in texts.iter().zip(&answers) {
        let ours = decode(text);
        let theirs = answer.get("bytes").cloned();
        assert_eq!(ours.as_ref().map(|bytes| json!(bytes)), theirs, "{text:?}");
        taken += usize::from(ours.is_some());
        broken += usize::from(ours.is_some() && text.contains(['\r', '\n']));
    }
    println!(
        "base64: {} texts, {taken} taken ({broken} with line breaks), {} refused",
        texts.len(),
        texts.len() - taken
    );
    assert!(taken > RANDOM / 3 && broken > RANDOM / 10 && taken < RANDOM * 9 / 10);
}
