//! Strategic merge against upstream's own, on random Pods and patches.

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

use std::collections::BTreeSet;

use oracle::Oracle;
use pod_model::strategic_merge;
use random::Rng;
use serde_json::{Map, Value, json};

const PATCHES: usize = 4_000;

/// A Pod whose lists have each key once: the API refuses others, and upstream's
/// merge sorts equal ones in ways of its own.
fn pod(rng: &mut Rng) -> Value {
    let mut pod = random::pod(rng);
    unique(&mut pod);
    pod
}

fn unique(value: &mut Value) {
    match value {
        Value::Object(map) => map.values_mut().for_each(unique),
        Value::Array(items) => {
            let mut seen = BTreeSet::new();
            items.retain(|item| {
                let keys = ["mountPath", "name", "containerPort"];
                let key = keys.iter().find_map(|key| {
                    item.get(key)
                        .filter(|_| key != &"name" || item.get("containerPort").is_none())
                });
                key.is_none_or(|key| seen.insert(key.to_string()))
            });
            items.iter_mut().for_each(unique);
        }
        _ => {}
    }
}

/// A Pod's patch: parts of another Pod, with nulls and directives strewn in.
fn patch(rng: &mut Rng) -> Value {
    let mut patch = pod(rng);
    strew(rng, &mut patch);
    patch
}

fn strew(rng: &mut Rng, value: &mut Value) {
    match value {
        Value::Object(map) => {
            let keys: Vec<String> = map.keys().cloned().collect();
            for key in keys {
                let keep = ["apiVersion", "kind", "name", "mountPath", "containerPort"];
                if keep.contains(&key.as_str()) {
                    continue;
                }
                match rng.below(100) {
                    0..15 => drop(map.remove(&key)),
                    15..20 => map[&key] = Value::Null,
                    _ => strew(rng, &mut map[&key]),
                }
            }
            if rng.percent(1) {
                let word = rng.pick(&["delete", "replace", "merge", "x"]);
                map.insert("$patch".to_owned(), json!(word));
            }
        }
        Value::Array(items) => {
            for item in &mut *items {
                strew(rng, item);
            }
            if rng.percent(10) {
                items.reverse();
            }
            if rng.percent(1) && items.iter().all(Value::is_object) {
                items.push(json!({"$patch": "replace"}));
            }
        }
        _ => {}
    }
}

/// An absent field and a null are the same to the API; an empty list is not
/// told apart from an absent one either.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.iter().filter(|(key, value)| {
                !value.is_null()
                    && *key != "$patch"
                    && value.as_array().is_none_or(|a| !a.is_empty())
            });
            let entries = entries.map(|(key, value)| (key.clone(), bare(value)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

#[test]
fn patches_are_merged_as_upstream_merges_them() {
    let mut rng = Rng::new(20_261_124);
    let pairs: Vec<(Value, Value)> = (0..PATCHES)
        .map(|_| (pod(&mut rng), patch(&mut rng)))
        .collect();
    let questions: Vec<Value> = pairs
        .iter()
        .map(|(original, patch)| json!({"op": "merge", "kind": "Pod", "original": original, "patch": patch}))
        .collect();
    let answers = Oracle::start().ask_all(&questions);
    let (mut refused, mut left_in, mut bad) = (0, 0, Vec::new());
    for ((original, patch), answer) in pairs.iter().zip(&answers) {
        // Upstream leaves a directive inside a new item where it stands, and
        // the API server then refuses the unknown field.
        if answer["merged"].to_string().contains("\"$patch\"") {
            left_in += 1;
            continue;
        }
        let mut merged = original.clone();
        let ours = strategic_merge(&mut merged, patch);
        let same = match (&ours, answer.get("merged")) {
            (Ok(()), Some(theirs)) => bare(&merged) == bare(theirs),
            (Err(_), None) => true,
            _ => false,
        };
        refused += usize::from(ours.is_err());
        if !same {
            bad.push(format!(
                "{original}\n+ {patch}\n= {ours:?} {}\nupstream's {answer}",
                bare(&merged)
            ));
        }
    }
    assert!(
        refused > 0 && refused < PATCHES / 2,
        "{refused} are refused"
    );
    assert!(
        bad.is_empty(),
        "{} differ:\n{}",
        bad.len(),
        bad[..bad.len().min(2)].join("\n\n")
    );
    assert!(left_in < PATCHES / 10, "{left_in} have a directive left in");
    println!(
        "{PATCHES} patches, {left_in} of them left out; {refused} of the others refused by both"
    );
}
