//! Mistakes that people make, one a row of `known/*.jsonl`: its name, and what is
//! changed in a sound `pod`, `job` or `cronJob`: JSON pointers and the values there, null for
//! a field that goes. `$repeat` and `$times` make long texts and lists. `since` and `until` are the first and
//! the last minor version in which it is a mistake.

use pod_model::KubernetesVersion;
use serde_json::{Map, Value, json};

use crate::bases::{cron_job, plain_job, plain_pod};

const FILES: [&str; 5] = [
    include_str!("known/metadata.jsonl"),
    include_str!("known/containers.jsonl"),
    include_str!("known/specs.jsonl"),
    include_str!("known/volumes.jsonl"),
    include_str!("known/jobs.jsonl"),
];

/// One mistake.
pub struct Row {
    pub name: String,
    pub object: Value,
    since: u64,
    until: u64,
}

impl Row {
    /// Returns whether it is a mistake in this version.
    pub fn is_mistake_in(&self, version: KubernetesVersion) -> bool {
        (self.since..=self.until).contains(&u64::from(version.minor()))
    }
}

pub fn rows() -> Vec<Row> {
    FILES
        .iter()
        .flat_map(|file| file.lines())
        .map(row)
        .collect()
}

/// Makes the object that a row edits.
type Base = fn() -> Value;

fn row(line: &str) -> Row {
    let row: Value = serde_json::from_str(line).unwrap();
    let bases = [
        ("pod", plain_pod as Base),
        ("job", plain_job),
        ("cronJob", cron_job),
    ];
    let mut named = bases
        .iter()
        .filter_map(|(name, base)| Some((base(), row.get(*name)?)));
    let (base, edits) = named
        .next()
        .unwrap_or_else(|| panic!("{line}: a row has a pod, a job or a cronJob"));
    let edits = edits.as_object().unwrap();
    Row {
        name: row["name"].as_str().unwrap().to_owned(),
        object: edited(base, edits),
        since: row["since"].as_u64().unwrap_or(0),
        until: row["until"].as_u64().unwrap_or(u64::MAX),
    }
}

fn edited(mut object: Value, edits: &Map<String, Value>) -> Value {
    for (pointer, value) in edits {
        let steps = pointer.split('/').filter(|step| !step.is_empty());
        *steps.fold(&mut object, step) = written_out(value);
    }
    object
}

/// Follows a step, and creates missing values.
fn step<'a>(at: &'a mut Value, step: &str) -> &'a mut Value {
    if at.is_null() {
        *at = match step.parse::<usize>() {
            Ok(_) => json!([]),
            Err(_) => json!({}),
        };
    }
    match at {
        Value::Array(list) => {
            let index: usize = step.parse().unwrap();
            while list.len() <= index {
                list.push(Value::Null);
            }
            &mut list[index]
        }
        Value::Object(fields) => fields.entry(step).or_insert(Value::Null),
        _ => panic!("{step} of {at}"),
    }
}

fn written_out(value: &Value) -> Value {
    match value {
        Value::Object(fields) => match (fields.get("$repeat"), fields.get("$times")) {
            (Some(what), Some(times)) => repeated(what, times.as_u64().unwrap()),
            _ => {
                let fields = fields.iter();
                let fields = fields.map(|(name, value)| (name.clone(), written_out(value)));
                Value::Object(fields.collect())
            }
        },
        Value::Array(list) => list.iter().map(written_out).collect(),
        other => other.clone(),
    }
}

fn repeated(what: &Value, times: u64) -> Value {
    let times = usize::try_from(times).unwrap();
    match what {
        Value::String(text) => text.repeat(times).into(),
        Value::Array(list) => {
            let one: Vec<Value> = list.iter().map(written_out).collect();
            one.iter()
                .cycle()
                .take(one.len() * times)
                .cloned()
                .collect()
        }
        other => panic!("{other} cannot be repeated"),
    }
}
