//! JSONPath: what client-go makes of the paths in `jsonpath/known.txt`, with
//! which the unit tests of `wait/condition/jsonpath` compare ours.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;

use oracle::Oracle;
use serde_json::{Value, json};

#[test]
fn what_is_known_is_what_upstream_says() {
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
