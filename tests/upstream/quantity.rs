//! Quantities: upstream's `resource.ParseQuantity` and ours read, round and
//! print the same texts in the same way.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/agreement.rs"]
mod agreement;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

use std::cmp::Ordering;

use agreement::Agreement;
use oracle::Oracle;
use pod_model::Quantity;
use pod_model::quantity::Format;
use random::Rng;
use random::quantity::like_quantity;
use serde_json::{Value, json};

const RANDOM: usize = 60_000;

/// Texts that take a way of their own through upstream's code. Exponents near
/// 2³¹ are left out: upstream writes out their zeros and does not come back.
const KNOWN: &[&str] = &[
    "",
    "0",
    "00",
    "+",
    "-",
    "-0",
    "+0",
    ".",
    "-.",
    "1.",
    ".5",
    "+.5",
    "0.5",
    "01",
    "007",
    "+5",
    "1.5",
    "1.50",
    "1.500",
    "1.5000",
    "1000",
    "1000m",
    "999m",
    "1001m",
    "100k",
    "0.1",
    "0.1m",
    "0.0001m",
    "1n",
    "0.1n",
    "-0.1n",
    "1u",
    "1.5u",
    "-1.5",
    "-1500m",
    "-1.5000000000000000000001",
    "-1.9999999999999999999999",
    "1Ki",
    "1.Ki",
    "1.5Ki",
    "0.5Ki",
    "0.0001Ki",
    "1023",
    "1024Ki",
    "1025Ki",
    "8Ki",
    "1Gi",
    "1.5Gi",
    "0.1Gi",
    "999Ti",
    "1000Ti",
    "1Pi",
    "1Ei",
    "7Ei",
    "8Ei",
    "-8Ei",
    "-9Ei",
    "1.5Ei",
    "0Ei",
    "0.0Ei",
    ".Ki",
    "+1Ki",
    "1E",
    "9E",
    "10E",
    "100E",
    "1000E",
    "12345E",
    "1e1",
    "1e3",
    "1e-3",
    "1E3",
    "1E+3",
    "1e-10",
    "1e18",
    "1e19",
    "1e20",
    "0e20",
    "5e-1",
    "1e100",
    "1e1000",
    "1e-1000",
    "1.5e1",
    "1e4294967296",
    "1e9223372036854775808",
    "e3",
    "E",
    "Ei",
    "e-10",
    ".e-10",
    "k",
    "m",
    "9223372036854775807",
    "9223372036854775808",
    "-9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "9223372036854775.807",
    "9223372036.854775807",
    "9223372036.8547758071",
    "9223372037.000000001",
    "123456789012345678",
    "1234567890123456789",
    "999999999999999999999999999999",
    "0.000000001",
    "0.0000000001",
    "0.0000000000000000000001",
    "1000000000000000000000000000000000Ki",
    "12 Mi",
    " 1",
    "1 ",
    "1mi",
    "1K",
    "1KiB",
    "1i",
    "1Kii",
    "1e",
    "1e+",
    "1e-",
    "1e5k",
    "1k5",
    "1k+5",
    "1.2.3",
    "--1",
    "+-1",
    "1-",
    "1m-",
    "1n3",
    "0x10",
    "1_000",
    "1,5",
    "∞",
    "1é",
    "١",
    "NaN",
    "Inf",
    "1e1.5",
];

fn ours(text: &str) -> Value {
    match text.parse::<Quantity>() {
        Ok(quantity) => json!({
            "canonical": quantity.to_string(),
            "value": quantity.value(),
            "milli": quantity.milli_value(),
            "format": match quantity.format() {
                Format::DecimalSi => "DecimalSI",
                Format::BinarySi => "BinarySI",
                Format::DecimalExponent => "DecimalExponent",
            },
        }),
        Err(error) => json!({ "err": error.to_string() }),
    }
}

#[test]
fn quantities_are_upstream_s() {
    let mut rng = Rng::new(0x0071_a417);
    let mut texts: Vec<String> = KNOWN.iter().map(|text| (*text).to_owned()).collect();
    texts.extend((0..RANDOM).map(|_| like_quantity(&mut rng)));

    let questions: Vec<_> = texts
        .iter()
        .map(|text| json!({ "op": "quantity", "input": text }))
        .collect();
    let answers = Oracle::start().ask_all(&questions);

    let mut agreement = Agreement::new("quantities");
    for (text, upstream) in texts.iter().zip(answers) {
        let ours = ours(text);
        if ours != upstream {
            agreement.differ(format!("{text:?}: upstream {upstream}, ours {ours}"));
        } else if ours.get("err").is_none() {
            agreement.equal_and("readable");
        } else {
            agreement.equal_and("refused by both");
        }
    }
    assert!(agreement.kind("readable") > texts.len() / 2);
    agreement.finish(&[]);
}

/// Sums and order of pairs, as of requests and limits.
#[test]
fn quantities_are_compared_and_added_as_upstream_does_it() {
    let mut rng = Rng::new(0x0071_a418);
    let is_finite = |text: &&&str| !text.contains("e4294967296");
    let known: Vec<&str> = KNOWN.iter().filter(is_finite).copied().collect();
    let mut pairs: Vec<(String, String)> = (0..RANDOM / 2)
        .map(|_| {
            let one = like_quantity(&mut rng);
            let other = match rng.below(6) {
                0 => rng.pick(&known).to_owned(),
                1 => random::quantity::quantity(&mut rng),
                2 => format!("0{one}"),
                _ => like_quantity(&mut rng),
            };
            (one, other)
        })
        .collect();
    // Near each other, and the same in other words.
    for (a, b) in [
        ("1", "1000m"),
        ("1Gi", "1024Mi"),
        ("1Gi", "1G"),
        ("0", "-0"),
        ("1e3", "1k"),
        ("9223372036854775807", "1"),
        ("9223372036854775807", "1n"),
        ("-9223372036854775808", "-1"),
        ("8Ei", "-8Ei"),
        ("0.1", "0.2"),
        ("1n", "-1n"),
        ("500m", "512Ki"),
        ("1.5Gi", "1500M"),
    ] {
        pairs.extend([(a.to_owned(), b.to_owned()), (b.to_owned(), a.to_owned())]);
    }
    let questions: Vec<_> = pairs
        .iter()
        .map(|(a, b)| json!({ "op": "quantityCmp", "a": a, "b": b }))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut agreement = Agreement::new("pairs of quantities");
    for ((a, b), upstream) in pairs.iter().zip(answers) {
        let ours = compared(a, b);
        let is_refused = ours.get("err").is_some();
        if ours != upstream {
            agreement.differ(format!("{a:?} {b:?}: upstream {upstream}, ours {ours}"));
        } else if is_refused {
            agreement.equal_and("refused by both");
        } else {
            agreement.equal_and(match ours["cmp"].as_i64() {
                Some(0) => "the same",
                Some(1) => "more",
                _ => "less",
            });
        }
    }
    for kind in ["the same", "more", "less", "refused by both"] {
        assert!(agreement.kind(kind) > RANDOM / 200, "{kind}");
    }
    agreement.finish(&[]);
}

fn compared(a: &str, b: &str) -> Value {
    let (a, b) = match (a.parse::<Quantity>(), b.parse::<Quantity>()) {
        (Ok(a), Ok(b)) => (a, b),
        (Err(error), _) | (_, Err(error)) => return json!({ "err": error.to_string() }),
    };
    let cmp = match a.cmp(&b) {
        Ordering::Less => -1,
        Ordering::Equal => 0,
        Ordering::Greater => 1,
    };
    let mut sum = a;
    sum += &b;
    json!({ "cmp": cmp, "sum": sum.to_string() })
}
