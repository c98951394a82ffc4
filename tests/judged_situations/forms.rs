//! The same objects in the other forms in which people send them, and with less.

use serde_json::{Map, Value, json};

use crate::explain::{answer, complaints, file};
use crate::situations::Situation;

/// Returns an event of the core API as `events.k8s.io` shows it.
///
/// Upstream: pkg/apis/events/v1/conversion.go.
fn newer(event: &Value) -> Value {
    let mut own = Map::new();
    for (key, value) in event.as_object().unwrap() {
        let key = match key.as_str() {
            "involvedObject" => "regarding",
            "message" => "note",
            "reportingComponent" => "reportingController",
            "source" => "deprecatedSource",
            "firstTimestamp" => "deprecatedFirstTimestamp",
            "lastTimestamp" => "deprecatedLastTimestamp",
            "count" => "deprecatedCount",
            other => other,
        };
        own.insert(key.to_owned(), value.clone());
    }
    own.insert("apiVersion".to_owned(), "events.k8s.io/v1".into());
    Value::Object(own)
}

fn is_event(object: &Value) -> bool {
    object["kind"] == "Event"
}

fn list(items: &[Value]) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "items": items})
}

/// Returns the complaint that two answers differ.
fn difference(one: &Situation, other: &std::path::Path) -> Vec<String> {
    let first = answer(one, &one.file("objects.json"));
    let (first, other) = match (first, answer(one, other)) {
        (Ok(first), Ok(other)) => (first.content(), other.content()),
        (first, other) => return vec![format!("{first:?}, {other:?}")],
    };
    if first == other {
        return Vec::new();
    }
    vec![format!("{first:#}\nbecame\n{other:#}")]
}

#[test]
fn a_record_in_yaml_is_judged_alike() {
    let wrong = complaints(&Situation::all(), |one, scratch| {
        let text = serde_yaml::to_string(&list(&one.record())).unwrap();
        difference(one, &file(scratch, one, "yaml", &text))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn events_of_the_newer_api_are_judged_alike() {
    let wrong = complaints(&Situation::all(), |one, scratch| {
        let mut objects = one.record();
        for event in objects.iter_mut().filter(|object| is_event(object)) {
            *event = newer(event);
        }
        let text = list(&objects).to_string();
        difference(one, &file(scratch, one, "json", &text))
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn without_events_or_nodes_nobody_says_the_opposite() {
    let wrong = complaints(&Situation::all(), |one, scratch| {
        let mut objects = one.record();
        objects.retain(|object| !is_event(object) && object["kind"] != "Node");
        let path = file(scratch, one, "json", &list(&objects).to_string());
        match answer(one, &path) {
            Ok(answer) if answer.is_opposite(&one.description.expect) => {
                vec![format!("{:?}: {}", answer.verdict(), answer.summary())]
            }
            Ok(_) => Vec::new(),
            Err(error) => vec![error],
        }
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
