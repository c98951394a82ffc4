//! Known objects, one a row of `known.jsonl`: its name, the `text` of its STATUS, the `path`
//! of the field that this comes from, the reasons why the text `misleads`, and the same
//! `before` a version where they differ.

#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "two tests include it, and each uses a part of it"
)]

use pod_model::KubernetesVersion;
use serde_json::{Value, json};

/// A known object.
pub(crate) struct Known {
    pub name: String,
    pub object: Value,
    row: Value,
}

impl Known {
    fn of(&self, version: KubernetesVersion) -> &Value {
        let before = self.row["before"].as_object().into_iter().flatten();
        let mut before = before.filter(|(since, _)| version < since.parse().unwrap());
        before.next().map_or(&self.row, |(_, row)| row)
    }

    pub(crate) fn text(&self, version: KubernetesVersion) -> &str {
        self.of(version)["text"].as_str().unwrap()
    }

    pub(crate) fn path(&self, version: KubernetesVersion) -> &str {
        self.of(version)["path"].as_str().unwrap()
    }

    /// Returns the names of the reasons.
    pub(crate) fn misleads(&self, version: KubernetesVersion) -> Vec<&str> {
        let names = self.of(version)["misleads"].as_array().unwrap();
        names.iter().map(|name| name.as_str().unwrap()).collect()
    }
}

pub(crate) fn all() -> Vec<Known> {
    let rows = include_str!("known.jsonl").lines();
    rows.map(|line| {
        let row: Value = serde_json::from_str(line).unwrap();
        let (kind, own, version) = match (row.get("pod"), row.get("job")) {
            (Some(own), None) => ("Pod", own, "v1"),
            (None, Some(own)) => ("Job", own, "batch/v1"),
            _ => panic!("{line}: a row has a pod or a job"),
        };
        let mut object = own.clone();
        object["apiVersion"] = version.into();
        object["kind"] = kind.into();
        let metadata = object["metadata"].as_object().cloned();
        object["metadata"] = json!(metadata.unwrap_or_default());
        object["metadata"]["name"] = "web".into();
        Known {
            name: row["name"].as_str().unwrap().to_owned(),
            object,
            row,
        }
    })
    .collect()
}
