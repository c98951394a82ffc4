//! Strategic merge against upstream's own, on random Pods and patches.

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

use std::collections::BTreeSet;

use agreement::Agreement;
use oracle::Oracle;
use pod_model::strategic_merge;
use random::Rng;
use serde_json::{Value, json};

const PATCHES: usize = 4_000;
/// Upstream puts a new item into a list as it stands in the patch.
const NULL_IN_NEW: &str =
    "a null inside a new item of a list stays where it stands; to the API it is absent";
const FOLLOWED: &str =
    "a directive inside a new item, which upstream leaves where it stands, is followed";

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

/// The value without nulls.
fn bare(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            entries
                .map(|(key, value)| (key.clone(), bare(value)))
                .collect()
        }
        Value::Array(items) => items.iter().map(bare).collect(),
        other => other.clone(),
    }
}

/// Returns the reason for an intended difference from upstream.
fn excuse(ours: Option<&Value>, theirs: &Value) -> Option<&'static str> {
    let has_directive = theirs.to_string().contains("\"$patch\"");
    match ours {
        Some(_) if has_directive => Some(FOLLOWED),
        Some(ours) if bare(ours) == bare(theirs) => Some(NULL_IN_NEW),
        _ => None,
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
    let mut agreement = Agreement::new("patches");
    for ((original, patch), answer) in pairs.iter().zip(&answers) {
        let mut merged = original.clone();
        let ours = strategic_merge(&mut merged, patch);
        match (&ours, answer.get("merged")) {
            // To the last null and empty list.
            (Ok(()), Some(theirs)) if merged == *theirs => agreement.equal_and("merged"),
            (Err(_), None) => agreement.equal_and("refused by both"),
            (_, theirs) => {
                let example =
                    format!("{original}\n+ {patch}\n= {ours:?} {merged}\nupstream's {answer}");
                match theirs.and_then(|theirs| excuse(ours.is_ok().then_some(&merged), theirs)) {
                    Some(reason) => agreement.excuse(reason, example),
                    None => agreement.differ(example),
                }
            }
        }
    }
    assert!(agreement.kind("refused by both") > 0);
    agreement.finish(&[(NULL_IN_NEW, 556), (FOLLOWED, 62)]);
}
