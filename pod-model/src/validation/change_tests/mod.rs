//! Every change of validation of Pods and templates without a feature gate, and what follows from the gates of
//! 1.36 and 1.37, on both sides of the change.

mod certificates;
mod rules;

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::validate_pod;
use crate::finding::Finding;
use crate::version::KubernetesVersion;

const CONTAINER: &str = "app";

/// Returns the findings of each version as `id path`, with the first minor version of each result.
fn history(check: impl Fn(KubernetesVersion) -> Vec<Finding>) -> Vec<(u8, Vec<String>)> {
    let mut history: Vec<(u8, Vec<String>)> = Vec::new();
    for version in KubernetesVersion::ALL {
        let found = check(version)
            .iter()
            .map(|own| format!("{} {}", own.id(), own.path))
            .collect();
        if history.last().is_none_or(|(_, last)| *last != found) {
            history.push((version.minor(), found));
        }
    }
    history
}

fn with(mut base: Value, more: &Value) -> Value {
    base.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    base
}

fn spec(more: &Value, container: &Value) -> Value {
    let container = with(json!({"name": CONTAINER, "image": "i"}), container);
    with(json!({"containers": [container]}), more)
}

fn pod(metadata: &Value, spec: &Value) -> Pod {
    let metadata = with(json!({"name": "web"}), metadata);
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

/// Asserts the results of a Pod: from which minor version on, and the findings.
fn assert_pod(metadata: &Value, spec: &Value, expected: &[(u8, &[&str])]) {
    let pod = pod(metadata, spec);
    let found = history(|version| validate_pod(&pod, version));
    let expected: Vec<(u8, Vec<String>)> = expected
        .iter()
        .map(|(minor, found)| (*minor, found.iter().map(|own| (*own).to_owned()).collect()))
        .collect();
    assert_eq!(found, expected, "{metadata} {spec}");
}

fn assert_spec(more: &Value, container: &Value, expected: &[(u8, &[&str])]) {
    assert_pod(&json!({}), &spec(more, container), expected);
}
