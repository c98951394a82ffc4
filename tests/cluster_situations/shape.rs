//! The shape of a situation: phases, conditions, reasons and exit codes, without times and random names.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

/// The states of the objects of each name. How many Pods a controller has made is left to chance.
pub(crate) type Shape = BTreeMap<String, BTreeSet<String>>;

/// Returns the shape of a situation's objects.
pub(crate) fn shape(objects: &[Value]) -> Shape {
    let mut shape = Shape::new();
    for object in objects {
        let kind = object["kind"].as_str().unwrap_or_default();
        let state = match kind {
            // Nodes are alike in all situations but those that break them, which are not made again.
            "Node" | "Namespace" | "ServiceAccount" | "Event" => continue,
            "Pod" => pod(object),
            _ => workload(object),
        };
        let states = shape.entry(format!("{kind}/{}", name(object))).or_default();
        states.insert(state.to_string());
    }
    shape
}

/// Returns the name without its random part.
fn name(object: &Value) -> String {
    let metadata = &object["metadata"];
    let generated = metadata["generateName"]
        .as_str()
        .map(|start| format!("{start}*"));
    let name =
        generated.unwrap_or_else(|| metadata["name"].as_str().unwrap_or_default().to_owned());
    // A CronJob's Jobs are named after the minute.
    let is_minute = |part: &&str| part.len() > 6 && part.bytes().all(|byte| byte.is_ascii_digit());
    let parts = name
        .split('-')
        .map(|part| if is_minute(&part) { "*" } else { part });
    parts.collect::<Vec<_>>().join("-")
}

fn pod(object: &Value) -> Value {
    let status = &object["status"];
    let containers = |field: &str| -> Vec<Value> {
        let statuses = status[field].as_array().into_iter().flatten();
        statuses.map(container).collect()
    };
    json!({
        "phase": status["phase"],
        "reason": status["reason"],
        "conditions": conditions(object),
        "isDeleted": object["metadata"].get("deletionTimestamp").is_some(),
        "init": containers("initContainerStatuses"),
        "app": containers("containerStatuses"),
    })
}

fn container(status: &Value) -> Value {
    json!({
        "name": status["name"],
        "state": state(&status["state"]),
        "last": state(&status["lastState"]),
        "ready": status["ready"],
        "started": status["started"],
        "restarted": status["restartCount"] != 0,
    })
}

fn state(state: &Value) -> Value {
    let Some((name, state)) = state.as_object().and_then(|state| state.iter().next()) else {
        return Value::Null;
    };
    json!([name, state["reason"], state["exitCode"], state["signal"]])
}

fn conditions(object: &Value) -> Vec<Value> {
    let conditions = object["status"]["conditions"]
        .as_array()
        .into_iter()
        .flatten();
    let row = |one: &Value| json!([one["type"], one["status"], one["reason"]]);
    let mut rows: Vec<Value> = conditions.map(row).collect();
    rows.sort_by_key(Value::to_string);
    rows
}

/// Returns the state of anything else: the numbers and words of its status.
fn workload(object: &Value) -> Value {
    let status = object["status"].as_object().into_iter().flatten();
    let is_state = |value: &Value| value.is_number() || value.is_string();
    // A time, or a number that counts changes.
    let is_random =
        |key: &str| key.ends_with("Time") || key.ends_with("Generation") || key.contains("evision");
    // More than one is a matter of time.
    let rough = |value: &Value| match value.as_i64() {
        Some(2..) => "many".into(),
        _ => value.clone(),
    };
    let fields = status.filter(|(key, value)| is_state(value) && !is_random(key));
    let fields: BTreeMap<&String, Value> = fields.map(|(key, value)| (key, rough(value))).collect();
    json!({"status": fields, "conditions": conditions(object)})
}
