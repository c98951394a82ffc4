//! JSONPath against client-go's own: what it makes of the paths in `jsonpath/known.txt`,
//! with which the unit tests of `wait/condition/jsonpath` compare ours, and random paths.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "jsonpath/random.rs"]
mod random;
#[path = "../support/random/rng.rs"]
mod rng;

use std::collections::BTreeMap;

use oracle::Oracle;
use rng::Rng;
use serde_json::{Value, json};

#[test]
fn known_paths_give_upstreams_values() {
    let object: Value = serde_json::from_str(include_str!("jsonpath/object.json")).unwrap();
    let known = include_str!("jsonpath/known.txt").lines();
    let mut upstream = Oracle::start();
    let mut asked = 0;
    for line in known.filter(|line| !line.starts_with('#')) {
        let (path, known) = line.split_once('\t').unwrap();
        let answer = upstream.ask(&json!({"op": "jsonpath", "path": path, "object": object}));
        let known: Option<Value> = known
            .strip_prefix("ok ")
            .map(|values| serde_json::from_str(values).unwrap());
        assert_eq!(
            sorted(answer.get("values")),
            sorted(known.as_ref()),
            "{path}: {answer}"
        );
        assert!(
            known.is_some() || answer.get("err").is_some(),
            "{path}: {answer}"
        );
        asked += 1;
    }
    assert!(asked > 60, "{asked}");
}

/// The order of a Go map is any.
fn sorted(values: Option<&Value>) -> Option<Vec<Value>> {
    let mut values = values?.as_array()?.clone();
    values.sort_by_cached_key(|value| {
        let mut value = value.clone();
        value.sort_all_objects();
        value.to_string()
    });
    Some(values)
}

const RANDOM: usize = 30_000;

/// Errors of kubectl on evaluating a valid path.
const WHEN_MET: [&str; 9] = [
    "is not array or slice",
    "array index out of bounds",
    "starting index",
    "step must be",
    "can only compare one element",
    "incompatible types for comparison",
    "invalid type for comparison",
    "unrecognized filter operator",
    "unrecognized identifier",
];

/// Returns the reason for an intended difference: kubectl accepts a useless path.
fn excuse(path: &str, theirs: &Value, ours: &Result<Vec<Value>, String>) -> Option<&'static str> {
    let nowhere = theirs == &json!([]);
    let is_letter = |value: &Value| value.as_u64().is_some_and(|n| n < 128);
    let theirs = theirs.as_array()?;
    let Err(why) = ours else {
        let ours = ours.as_ref().ok()?;
        let begins = path.trim_start_matches('{').starts_with(['$', ' ', '@']);
        let mut more = theirs.iter().filter(|value| !ours.contains(value));
        return match () {
            () if nowhere && begins => Some("read by us: a `$` or a blank before the first name"),
            () if nowhere && path.contains("['") => Some("read by us: a quoted name with a dot"),
            () if path.contains('*') && more.all(is_letter) => {
                Some("the letters of a text, as numbers")
            }
            () => None,
        };
    };
    match why.as_str() {
        _ if nowhere => Some("refused by us: leads nowhere for ever"),
        "expected a comparison" => Some("refused by us: a literal alone, which is always there"),
        why if why.starts_with("expected a value, or a path") => {
            Some("refused by us: an empty side")
        }
        why if why.starts_with("expected an index, a slice") => {
            Some("refused by us: no index, which is 0")
        }
        why if why.starts_with("expected the name of a field after `..`") => {
            Some("refused by us: `..` and no name")
        }
        "unexpected `\\`" => Some("refused by us: a word with a quote, which is always there"),
        _ => None,
    }
}

/// Compares what each random path leads to, or that it is refused. What kubectl refuses
/// only when it meets the object may lead to anything here.
#[test]
fn random_paths_lead_where_client_go_leads() {
    let object: Value = serde_json::from_str(include_str!("jsonpath/object.json")).unwrap();
    let mut rng = Rng::new(20_261_130);
    let paths: Vec<String> = (0..RANDOM).map(|_| random::path(&mut rng)).collect();
    let questions: Vec<Value> = paths
        .iter()
        .map(|path| json!({"op": "jsonpath", "path": path, "object": object}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let mut tally = BTreeMap::<&str, usize>::new();
    let mut wrong = Vec::new();
    for (path, answer) in paths.iter().zip(&answers) {
        let ours = pod_model::status::condition::json_path_values(path, &object);
        let theirs = answer.get("values");
        let why = answer["err"].as_str().unwrap_or_default();
        let what = match (theirs, &ours) {
            (Some(theirs), Ok(ours)) if sorted(Some(theirs)) == sorted(Some(&json!(ours))) => {
                "the same values"
            }
            (None, _) if WHEN_MET.iter().any(|said| why.contains(said)) => "refused when met",
            (None, Err(_)) => "refused by both",
            (None, Ok(_)) => "read by us alone",
            (Some(theirs), _) => excuse(path, theirs, &ours).unwrap_or_else(|| {
                wrong.push(format!("{path}: {answer}, ours {ours:?}"));
                "different"
            }),
        };
        *tally.entry(what).or_default() += 1;
    }
    println!("{RANDOM} paths: {tally:#?}");
    assert!(
        wrong.is_empty(),
        "{} differ: {:#?}",
        wrong.len(),
        &wrong[..wrong.len().min(30)]
    );
    // They may only become fewer. What leads nowhere for ever is a slip that we tell.
    let excused = |begin: &str| -> usize {
        let named = tally.iter().filter(|(what, _)| what.starts_with(begin));
        named.map(|(_, count)| count).sum()
    };
    let nowhere = excused("refused by us: leads nowhere");
    assert!(nowhere <= 1_900, "{nowhere}");
    assert!(excused("refused by us: ") - nowhere <= 80, "{tally:?}");
    assert!(excused("read by us: ") <= 10, "{tally:?}");
    assert!(tally["the same values"] > RANDOM / 4, "{tally:?}");
    assert!(tally["refused by both"] > RANDOM / 10, "{tally:?}");
}
