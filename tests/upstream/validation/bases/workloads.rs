//! Jobs, and other objects with a Pod template.

use serde_json::{Value, json};

use super::containers::containers;
use super::job;
use super::volumes::volumes;

pub fn cron_job() -> Value {
    let mut spec = containers()["spec"].clone();
    spec["restartPolicy"] = "OnFailure".into();
    json!({ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "nightly" }, "spec": {
        "schedule": "0 0 * * *", "timeZone": "Etc/UTC", "concurrencyPolicy": "Forbid", "startingDeadlineSeconds": 10,
        "suspend": false, "successfulJobsHistoryLimit": 1, "failedJobsHistoryLimit": 2,
        "jobTemplate": { "metadata": { "labels": { "a": "b" } }, "spec": {
            "backoffLimit": 1, "parallelism": 2, "completions": 3, "completionMode": "Indexed", "manualSelector": false,
            "template": { "metadata": { "labels": { "a": "b" } }, "spec": spec } } } } })
}

/// A workload with the template of a Pod.
fn workload(kind: &str, more: Value, pod: &Value) -> Value {
    let mut spec = more;
    spec["selector"] = json!({ "matchLabels": { "app": "web" } });
    spec["template"] = json!({ "metadata": { "labels": { "app": "web" } }, "spec": pod["spec"] });
    json!({ "apiVersion": "apps/v1", "kind": kind, "metadata": { "name": "web" }, "spec": spec })
}

pub(super) fn deployment() -> Value {
    let mut pod = containers();
    pod["spec"]["activeDeadlineSeconds"] = Value::Null;
    workload("Deployment", json!({}), &pod)
}

pub(super) fn stateful_set() -> Value {
    let mut pod = volumes();
    pod["spec"]["hostname"] = "its.own".into();
    pod["spec"]["containers"][0]["volumeMounts"] =
        json!([{ "name": "data", "mountPath": "/data" }, { "name": "own", "mountPath": "/own" }]);
    let claim = json!({ "metadata": { "name": "data" }, "spec": { "accessModes": ["ReadWriteOnce"], "resources": { "requests": { "storage": "1Gi" } } } });
    let own = json!({ "metadata": { "name": "own" }, "spec": claim["spec"] });
    workload(
        "StatefulSet",
        json!({ "serviceName": "web", "volumeClaimTemplates": [claim, own] }),
        &pod,
    )
}

pub(super) fn indexed() -> Value {
    job(json!({
        "completionMode": "Indexed", "completions": 10, "parallelism": 3, "backoffLimitPerIndex": 2, "maxFailedIndexes": 4,
        "activeDeadlineSeconds": 100, "ttlSecondsAfterFinished": 60, "suspend": true, "podReplacementPolicy": "Failed",
        "managedBy": "example.com/controller",
        "podFailurePolicy": { "rules": [
            { "action": "FailIndex", "onExitCodes": { "operator": "In", "values": [1, 2, 3], "containerName": "app" } },
            { "action": "Ignore", "onPodConditions": [{ "type": "DisruptionTarget", "status": "True" }, { "type": "example.com/x" }] },
            { "action": "Count", "onExitCodes": { "operator": "NotIn", "values": [0, 40] } },
            { "action": "FailJob", "onPodConditions": [{ "type": "ConfigIssue", "status": "Unknown" }] },
        ] },
        "successPolicy": { "rules": [
            { "succeededIndexes": "0,2-4,7", "succeededCount": 3 }, { "succeededCount": 8 }, { "succeededIndexes": "1" }] },
        "template": { "metadata": { "labels": { "a": "b" }, "annotations": { "c": "d" } }, "spec": {
            "restartPolicy": "Never",
            "initContainers": [{ "name": "prepare", "image": "i" }],
            "containers": [{ "name": "app", "image": "i" }] } },
    }))
}

pub(super) fn not_indexed() -> Value {
    job(json!({
        "completionMode": "NonIndexed", "completions": 2, "parallelism": 2, "backoffLimit": 3, "podReplacementPolicy": "TerminatingOrFailed",
        "manualSelector": false,
        "template": { "metadata": { "labels": { "job-name": "work" } }, "spec": {
            "hostNetwork": true, "restartPolicy": "OnFailure", "terminationGracePeriodSeconds": 5,
            "volumes": [{ "name": "i", "image": { "reference": "i" } }],
            "containers": [{ "name": "app", "image": " i ", "ports": [{ "containerPort": 80 }] }] } },
    }))
}

pub(super) fn manual() -> Value {
    job(json!({
        "manualSelector": true,
        "selector": { "matchLabels": { "app": "work" }, "matchExpressions": [
            { "key": "tier", "operator": "In", "values": ["back"] }, { "key": "app", "operator": "Exists" },
            { "key": "x", "operator": "NotIn", "values": ["y"] }, { "key": "z", "operator": "DoesNotExist" }] },
        "template": { "metadata": { "labels": { "app": "work", "tier": "back" } }, "spec": {
            "restartPolicy": "Never", "containers": [{ "name": "app", "image": "i" }] } },
    }))
}
