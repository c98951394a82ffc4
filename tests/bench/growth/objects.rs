//! Objects as people and `kubectl get` write them.

use std::fmt::Write as _;

use serde_json::{Value, json};

/// A small Pod.
pub(crate) fn pod(at: usize) -> Value {
    json!({
        "apiVersion": "v1", "kind": "Pod",
        "metadata": {"name": format!("web-{at}"), "namespace": "default", "labels": {"app": "web"}},
        "spec": {"containers": [{
            "name": "app", "image": "registry.example.com/team/app:1.2.3",
            "env": [
                {"name": "HOST", "value": format!("db-{at}.example.com")},
                {"name": "URL", "value": "postgres://$(HOST):5432/app"},
            ],
        }]},
    })
}

/// The same with an object of its own changed.
pub(crate) fn pod_with(at: usize, change: impl FnOnce(&mut Value)) -> Value {
    let mut pod = pod(at);
    change(&mut pod);
    pod
}

/// A `List` of these.
pub(crate) fn list(items: impl Iterator<Item = Value>) -> Value {
    json!({"apiVersion": "v1", "kind": "List", "metadata": {"resourceVersion": ""}, "items": items.collect::<Vec<_>>()})
}

/// YAML of the plain kind that kubectl writes. Strings are quoted.
pub(crate) fn yaml(value: &Value) -> String {
    let mut text = String::new();
    block(&mut text, value, 0);
    text
}

fn block(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) => {
            for (at, (key, value)) in fields.iter().enumerate() {
                if at > 0 {
                    write!(out, "{:indent$}", "").unwrap();
                }
                write!(out, "{key}:").unwrap();
                below(out, value, indent);
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                if at > 0 {
                    write!(out, "{:indent$}", "").unwrap();
                }
                out.push_str("- ");
                match item {
                    Value::Object(fields) if !fields.is_empty() => block(out, item, indent + 2),
                    scalar => writeln!(out, "{scalar}").unwrap(),
                }
            }
        }
        scalar => writeln!(out, "{scalar}").unwrap(),
    }
}

/// The value of a key.
fn below(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::Object(fields) if !fields.is_empty() => {
            write!(out, "\n{:width$}", "", width = indent + 2).unwrap();
            block(out, value, indent + 2);
        }
        Value::Array(items) if !items.is_empty() => {
            write!(out, "\n{:indent$}", "").unwrap();
            block(out, value, indent);
        }
        scalar => writeln!(out, " {scalar}").unwrap(),
    }
}
