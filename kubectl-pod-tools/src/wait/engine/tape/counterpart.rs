//! A tape has to fail if its rule is broken. Each is therefore played again with a change, its
//! counterpart, and must not end as expected then.
//!
//! If the tape names no change under `unless`, each of its details is omitted once: the fields of
//! its objects, and the objects of its lists. One of them has to decide. The existence of the
//! target does not count.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde_json::Value;

use super::{Tape, read, tapes};

/// The object that nearly every tape begins with: the target.
const TARGET: &str = "/tape/0/items/0";

/// The JSON pointers of what can be left out.
fn details(tape: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for (at, entry) in tape["tape"].as_array().unwrap().iter().enumerate() {
        fields(&entry["object"], &format!("/tape/{at}/object"), &mut found);
        for (item, object) in entry["items"].as_array().into_iter().flatten().enumerate() {
            let path = format!("/tape/{at}/items/{item}");
            found.push(path.clone());
            fields(object, &path, &mut found);
        }
    }
    found.retain(|path| path != TARGET);
    found
}

/// Every scalar below a value, and every empty list and object.
fn fields(value: &Value, path: &str, found: &mut Vec<String>) {
    let each: Vec<(String, &Value)> = match value {
        Value::Object(map) => map
            .iter()
            .map(|(key, value)| (key.replace('~', "~0").replace('/', "~1"), value))
            .collect(),
        Value::Array(items) => items
            .iter()
            .enumerate()
            .map(|(at, value)| (at.to_string(), value))
            .collect(),
        _ => return,
    };
    for (key, value) in each {
        let path = format!("{path}/{key}");
        let before = found.len();
        fields(value, &path, found);
        if found.len() == before {
            found.push(path);
        }
    }
}

/// Puts a value where the pointer leads; null removes what is there.
fn put(tape: &mut Value, path: &str, new: &Value) {
    let (parent, key) = path.rsplit_once('/').unwrap();
    let key = key.replace("~1", "/").replace("~0", "~");
    match tape.pointer_mut(parent) {
        Some(Value::Object(map)) if new.is_null() => assert!(map.remove(&key).is_some(), "{path}"),
        Some(Value::Object(map)) => drop(map.insert(key, new.clone())),
        Some(Value::Array(items)) => {
            let at: usize = key.parse().unwrap();
            let old = items.remove(at);
            assert_ne!(old, *new, "{path}");
            if !new.is_null() {
                items.insert(at, new.clone());
            }
        }
        _ => panic!("{path}: there is no such place"),
    }
}

/// Returns whether a tape ends as it says; a panic is another end.
fn check_ends(tape: &Value) -> bool {
    let tape: Tape = serde_json::from_value(tape.clone()).unwrap_or_else(|e| panic!("{e}"));
    let play = AssertUnwindSafe(|| tape.check_ends());
    catch_unwind(play).is_ok_and(|ends| ends.is_ok())
}

/// Returns why the tape would pass whatever its rule does.
fn fault(tape: &Value) -> Option<String> {
    let unless = serde_json::from_value::<Tape>(tape.clone()).unwrap().unless;
    if !unless.is_empty() {
        let mut counterpart = tape.clone();
        // From the last entry on, so that what is removed moves nothing.
        for (path, new) in unless.iter().rev() {
            put(&mut counterpart, path, new);
        }
        return check_ends(&counterpart)
            .then(|| "ends in the same way with what `unless` changes".to_owned());
    }
    let decides = |path: &String| {
        let mut less = tape.clone();
        put(&mut less, path, &Value::Null);
        !check_ends(&less)
    };
    (!details(tape).iter().any(decides))
        .then(|| "no detail decides it: name its counterpart under `unless`".to_owned())
}

#[test]
fn every_tape_has_a_counterpart_that_ends_otherwise() {
    let wrong: Vec<String> = tapes()
        .iter()
        .filter_map(|path| {
            let (shown, text) = read(path);
            let tape = serde_yaml::from_str(&text).unwrap();
            Some(format!("{shown}: {}", fault(&tape)?))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_tape_that_passes_whatever_is_done_is_found() {
    let tape = |unless: &str| -> Value {
        serde_yaml::from_str(&format!(
            "{{kind: Pod, names: [a], timeout: 3, tape: [\
             {{at: 0, list: targets, items: [{{status: {{phase: Running}}}}]}}, \
             {{at: 0, list: pods}}, {{at: 0, list: events}}], \
             ends: [{{outcome: timedOut}}]{unless}}}"
        ))
        .unwrap()
    };
    for (unless, is_found) in [
        ("", true),
        (", unless: {/names/0: b}", true),
        (", unless: {/tape/0/items/0/status/phase: PendingEnd}", true),
        (", unless: {/timeout: null}", false),
        (", unless: {/tape/0/items/0/status/phase: Succeeded}", false),
        (", unless: {/for: [created]}", false),
    ] {
        let fault = fault(&tape(unless));
        assert_eq!(fault.is_some(), is_found, "{unless}: {fault:?}");
    }
}

#[test]
fn only_omitted_parts_of_a_tape_are_removed() {
    let tape = serde_json::json!({"tape": [
        {"at": 0, "list": "pods", "items": [{"a": {"b/c": 1, "d": [2, {"e": []}]}}, {"f": {}}]},
        {"at": 1, "is": "pods", "object": {"f": null}},
    ]});
    let found = details(&tape);
    let expected = [
        "/tape/0/items/0/a/b~1c",
        "/tape/0/items/0/a/d/0",
        "/tape/0/items/0/a/d/1/e",
        "/tape/0/items/1",
        "/tape/0/items/1/f",
        "/tape/1/object/f",
    ];
    assert_eq!(found, expected);
    for path in found {
        let mut less = tape.clone();
        put(&mut less, &path, &Value::Null);
        assert!(less.pointer(&path) != tape.pointer(&path), "{path}");
        assert!(less.to_string().len() < tape.to_string().len(), "{path}");
    }
}
