//! Valid objects in which every field stands at least once; tests break them.

#[path = "bases/containers.rs"]
mod containers;
#[path = "bases/placement.rs"]
mod placement;
#[path = "bases/security.rs"]
mod security;
#[path = "bases/volumes.rs"]
mod volumes;
#[path = "bases/workloads.rs"]
mod workloads;

use serde_json::{Value, json};

use containers::{containers, sidecars};
use placement::placement;
use security::{annotated, host, security, windows};
use volumes::{old_volumes, volumes};
pub use workloads::cron_job;
use workloads::{deployment, indexed, manual, not_indexed, stateful_set};

#[expect(
    clippy::needless_pass_by_value,
    reason = "it becomes a part of the object"
)]
pub fn pod(spec: Value) -> Value {
    json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "web" }, "spec": spec })
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "it becomes a part of the object"
)]
pub fn job(spec: Value) -> Value {
    json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "work" }, "spec": spec })
}

/// A Pod with one plain container.
pub fn plain_pod() -> Value {
    pod(json!({ "containers": [{ "name": "app", "image": "nginx:1.27" }] }))
}

/// A Job with one plain container.
pub fn plain_job() -> Value {
    job(json!({ "template": { "spec": {
        "restartPolicy": "Never", "containers": [{ "name": "app", "image": "busybox:1.36" }] } } }))
}

pub fn all() -> Vec<Value> {
    let mut all = vec![
        plain_pod(),
        plain_job(),
        containers(),
        sidecars(),
        placement(),
        security(),
        windows(),
        host(),
        volumes(),
        old_volumes(),
        resources(),
        indexed(),
        not_indexed(),
        manual(),
        annotated(),
        named(),
    ];
    all.extend([cron_job(), deployment(), stateful_set()]);
    // The same Pods as templates.
    for base in [
        containers(),
        security(),
        volumes(),
        placement(),
        annotated(),
    ] {
        let mut spec = base["spec"].clone();
        spec["restartPolicy"] = "OnFailure".into();
        let mut metadata = base["metadata"].clone();
        metadata["name"] = Value::Null;
        all.push(job(
            json!({ "template": { "metadata": metadata, "spec": spec } }),
        ));
    }
    all
}

fn selector() -> Value {
    json!({ "matchLabels": { "app": "web" }, "matchExpressions": [
        { "key": "tier", "operator": "In", "values": ["front", "back"] },
        { "key": "old", "operator": "DoesNotExist" },
    ] })
}

fn resources() -> Value {
    pod(json!({
        "resources": { "limits": { "cpu": "4", "memory": "4Gi", "hugepages-2Mi": "8Mi" }, "requests": { "cpu": "2", "memory": "2Gi", "hugepages-2Mi": "8Mi" } },
        "initContainers": [
            { "name": "prepare", "image": "i", "resources": { "requests": { "cpu": "1" } } },
            { "name": "log", "image": "i", "restartPolicy": "Always", "resources": { "requests": { "cpu": "500m" }, "limits": { "cpu": "1" } } },
        ],
        "containers": [
            { "name": "app", "image": "i", "resources": { "requests": { "cpu": "1", "memory": "1Gi" }, "limits": { "cpu": "2", "hugepages-2Mi": "4Mi" } } },
            { "name": "second", "image": "i", "resources": { "limits": { "memory": "512Mi" } } },
        ],
    }))
}

fn named() -> Value {
    let mut pod = plain_pod();
    pod["metadata"] = json!({
        "generateName": "web-",
        "finalizers": ["example.com/first", "orphan"],
        "ownerReferences": [
            { "apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "r", "uid": "u", "controller": true },
            { "apiVersion": "v1", "kind": "Node", "name": "n", "uid": "u" }],
    });
    pod["spec"]["nodeName"] = "node".into();
    pod["metadata"]["annotations"] = json!({ "kubernetes.io/config.mirror": "x" });
    pod
}
