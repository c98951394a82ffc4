//! Defaults: upstream's `Scheme.Default` and ours make the same object of the
//! same manifest.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    reason = "a test ends where something is not as it should be"
)]

#[path = "../support/oracle.rs"]
mod oracle;
#[path = "../support/random/mod.rs"]
mod random;

mod marshal;

use k8s_openapi::api::batch::v1::{CronJob, Job};
use k8s_openapi::api::core::v1::Pod;
use oracle::Oracle;
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
) -> Value {
    let mut object: T = serde_json::from_value(manifest.clone()).unwrap();
    default(&mut object, KubernetesVersion::V1_37);
    let once = serde_json::to_value(&object).unwrap();
    default(&mut object, KubernetesVersion::V1_37);
    assert_eq!(once, serde_json::to_value(&object).unwrap(), "not twice");
    once
}

fn ours(manifest: &Value) -> Value {
    match manifest["kind"].as_str().unwrap() {
        "Pod" => defaulted::<Pod>(manifest, defaults::pod),
        "Job" => defaulted::<Job>(manifest, defaults::job),
        "CronJob" => defaulted::<CronJob>(manifest, defaults::cron_job),
        kind => panic!("no defaults for {kind}"),
    }
}

#[test]
fn defaults_are_upstream_s() {
    let mut rng = Rng::new(0x00de_fa17);
    let mut manifests = known();
    for number in 0..RANDOM {
        manifests.push(match number % 8 {
            0..=4 => random::pod(&mut rng),
            5 | 6 => random::job(&mut rng),
            _ => random::cron_job(&mut rng),
        });
    }

    let mut oracle = Oracle::start();
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
            marshal::differences("", manifest, upstream, &ours(manifest), &mut found);
        }
    }
    let count = found.len();
    found.sort();
    found.dedup();
    assert!(
        found.is_empty(),
        "{count} differences, among them\n{}",
        found[..found.len().min(60)].join("\n")
    );
    println!("{} objects compared: all equal", manifests.len());
}
