//! Defaults: upstream's `Scheme.Default` and ours make the same object of the
//! same manifest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "defaults/created.rs"]
mod created;
#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

mod marshal;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use oracle::{Oracle, of_each_minor};
use pod_model::schema::{Type, builtin};
use pod_model::{KubernetesVersion, defaults};
use random::Rng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const RANDOM: usize = 12_000;
/// Questions that are asked together; it bounds the memory.
const BATCH: usize = 500;

/// Manifests that take a way of their own.
fn known() -> Vec<Value> {
    let pod = |spec: Value| json!({ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "a" }, "spec": spec });
    let job = |spec: Value| json!({ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "a" }, "spec": spec });
    let container = json!({ "name": "c", "image": "nginx:1" });
    vec![
        json!({ "apiVersion": "v1", "kind": "Pod" }),
        json!({ "apiVersion": "v1", "kind": "Pod", "metadata": {}, "spec": {} }),
        json!({ "apiVersion": "batch/v1", "kind": "Job" }),
        json!({ "apiVersion": "batch/v1", "kind": "CronJob" }),
        pod(json!({ "containers": [container] })),
        pod(json!({ "containers": [container], "volumes": [{ "name": "v" }] })),
        pod(json!({ "hostNetwork": true, "containers": [
            { "name": "c", "ports": [{ "containerPort": 80 }, { "containerPort": 81, "hostPort": 1 }] }] })),
        pod(json!({ "containers": [{ "name": "c", "resources": { "limits": {} } }] })),
        pod(
            json!({ "resources": { "limits": { "cpu": "2", "hugepages-2Mi": "4Mi" } }, "containers": [
            { "name": "c", "resources": { "requests": { "cpu": "0.5" }, "limits": { "hugepages-1Gi": "1Gi" } } }] }),
        ),
        job(
            json!({ "template": { "metadata": { "labels": { "a": "b" } }, "spec": { "containers": [container] } } }),
        ),
        job(json!({ "completions": 3, "template": {} })),
        job(json!({ "parallelism": 0, "backoffLimitPerIndex": 0, "template": {} })),
        job(json!({ "template": {}, "podFailurePolicy": { "rules": [
            { "action": "Ignore", "onPodConditions": [{ "type": "DisruptionTarget" }] }] } })),
    ]
}

fn defaulted<T: DeserializeOwned + Serialize>(
    manifest: &Value,
    default: fn(&mut T, KubernetesVersion),
    version: KubernetesVersion,
) -> Value {
    let mut object: T = serde_json::from_value(manifest.clone()).unwrap();
    default(&mut object, version);
    let once = serde_json::to_value(&object).unwrap();
    default(&mut object, version);
    assert_eq!(once, serde_json::to_value(&object).unwrap(), "not twice");
    once
}

fn ours(manifest: &Value, version: KubernetesVersion) -> Value {
    match manifest["kind"].as_str().unwrap() {
        "Pod" => defaulted::<Pod>(manifest, defaults::pod, version),
        "Job" => defaulted::<Job>(manifest, defaults::job, version),
        "CronJob" => defaulted::<CronJob>(manifest, defaults::cron_job, version),
        kind => panic!("no defaults for {kind}"),
    }
}

/// An object without the fields that the version does not know: a server drops
/// them when it decodes, before there are defaults.
fn known_to(version: KubernetesVersion, manifest: &Value) -> Value {
    let text = |field: &str| manifest[field].as_str().unwrap();
    let id = builtin().definition(text("apiVersion"), text("kind"), version);
    pruned(manifest, Type::Object(id.unwrap()), version)
}

fn pruned(value: &Value, kind: Type, version: KubernetesVersion) -> Value {
    match (value, kind) {
        (Value::Object(fields), Type::Object(id)) => builtin()
            .fields(id, version)
            .filter_map(|field| {
                let value = fields.get(field.name)?;
                Some((field.name.to_owned(), pruned(value, field.kind, version)))
            })
            .collect(),
        (Value::Array(elements), Type::List(inner)) => elements
            .iter()
            .map(|element| pruned(element, builtin().inner(inner), version))
            .collect(),
        _ => value.clone(),
    }
}

of_each_minor!(defaults_are_upstream_s);

fn defaults_are_upstream_s(version: KubernetesVersion) {
    let mut rng = Rng::new(0x00de_fa17);
    let mut manifests = known();
    for number in 0..RANDOM {
        let manifest = match number % 8 {
            0..=4 => random::pod(&mut rng),
            5 | 6 => random::job(&mut rng),
            _ => random::cron_job(&mut rng),
        };
        manifests.push(known_to(version, &manifest));
    }

    let mut oracle = Oracle::of(version);
    let mut found = Vec::new();
    for batch in manifests.chunks(BATCH) {
        let questions: Vec<_> = batch
            .iter()
            .map(|manifest| json!({ "op": "object", "manifest": manifest.to_string() }))
            .collect();
        for (manifest, answer) in batch.iter().zip(oracle.ask_all(&questions)) {
            let Some(upstream) = answer.get("defaulted") else {
                panic!("{answer}: upstream cannot decode {manifest}");
            };
            marshal::differences("", manifest, upstream, &ours(manifest, version), &mut found);
        }
    }
    let count = found.len();
    found.sort();
    found.dedup();
    assert!(
        found.is_empty(),
        "{version}: {count} differences, among them\n{}",
        found[..found.len().min(60)].join("\n")
    );
    println!("{version}: {} objects compared: all equal", manifests.len());
}
