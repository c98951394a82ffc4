//! Rules of the validation on both sides of their edges: a file for each topic.

mod containers;
mod env;
mod jobs;
mod names;
mod network;
mod prepare;
mod probes;
mod profiles;
mod resources;
mod volumes;

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use crate::finding::Finding;
use crate::validation::validate_pod;
use crate::version::KubernetesVersion;

pub(super) const LATEST: KubernetesVersion = KubernetesVersion::LATEST;

pub(super) fn told(findings: &[Finding]) -> Vec<String> {
    let told = findings
        .iter()
        .map(|own| format!("{} {}", own.id(), own.path));
    told.collect()
}

pub(super) fn with(base: Value, more: &Value) -> Value {
    let mut base = base;
    let more = more.as_object().unwrap().clone();
    base.as_object_mut().unwrap().extend(more);
    base
}

pub(super) fn pod(metadata: &Value, spec: &Value, container: &Value) -> Pod {
    let container = with(json!({"name": "app", "image": "i"}), container);
    let spec = with(json!({"containers": [container]}), spec);
    let metadata = with(json!({"name": "web"}), metadata);
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

/// Returns the findings for a Pod with these parts, with paths relative to `base`.
pub(super) fn findings_of(
    metadata: &Value,
    spec: &Value,
    container: &Value,
    base: &str,
) -> Vec<String> {
    let findings = validate_pod(&pod(metadata, spec, container), LATEST);
    let told = told(&findings);
    told.iter().map(|own| own.replace(base, "")).collect()
}

pub(super) fn none() -> Value {
    json!({})
}
