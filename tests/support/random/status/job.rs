//! Jobs with a status.

use serde_json::{Value, json};

use super::super::Rng;
use super::clock::Clock;

/// A Job as the API server may have it.
pub fn job_with_status(rng: &mut Rng, clock: Clock) -> Value {
    let completions = 1 + rng.below(5);
    let mut spec = json!({
        "parallelism": 1 + rng.below(3),
        "backoffLimit": 6,
        "suspend": rng.percent(15),
        "template": { "spec": {
            "containers": [{ "name": "main", "image": "busybox:1.37" }],
            "restartPolicy": rng.pick(&["Never", "OnFailure"]),
        } },
    });
    // Without it the Job is done when one Pod has succeeded and all have ended.
    if rng.percent(75) {
        spec["completions"] = completions.into();
    }
    let mut job = json!({
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {
            "name": "import",
            "namespace": "default",
            "uid": "0c1f4f0e-58a9-44a1-8a0e-0f8f0cbb2c55",
            "creationTimestamp": clock.past(rng),
        },
        "spec": spec,
    });
    let most = if job["spec"]["completions"].is_null() {
        1
    } else {
        completions
    };
    job["status"] = job_status(rng, clock, &job["spec"], most);
    if rng.percent(15) {
        let requested = Clock::span(rng);
        job["metadata"]["deletionTimestamp"] = clock.ago(requested);
        job["metadata"]["deletionGracePeriodSeconds"] = 0.into();
        job["metadata"]["finalizers"] = json!([rng.pick(&["foregroundDeletion", "orphan"])]);
    }
    job
}

fn condition(rng: &mut Rng, clock: Clock, kind: &str, is_true: bool) -> Value {
    json!({
        "type": kind,
        "status": if is_true { "True" } else { "False" },
        "lastProbeTime": clock.past(rng),
        "lastTransitionTime": clock.past(rng),
    })
}

fn job_status(rng: &mut Rng, clock: Clock, spec: &Value, completions: usize) -> Value {
    if rng.percent(6) {
        return json!({});
    }
    let ended = Clock::span(rng);
    let started = ended + Clock::span(rng);
    let mut status = json!({
        "startTime": clock.ago(started),
        "succeeded": rng.below(completions),
        "failed": if rng.percent(60) { 0 } else { rng.below(8) },
    });
    let mut conditions = Vec::new();
    let mut add = |rng: &mut Rng, kind: &str, is_true: bool| {
        conditions.push(condition(rng, clock, kind, is_true));
    };
    // A Job that was suspended once keeps the condition.
    if rng.percent(10) {
        add(rng, "Suspended", false);
    }
    match rng.below(10) {
        0 if spec["suspend"] == true => {
            status["startTime"] = Value::Null;
            add(rng, "Suspended", true);
        }
        0..4 => {
            let active = rng.below(3);
            status["active"] = active.into();
            status["ready"] = rng.below(active + 1).into();
        }
        4 => {
            add(rng, "FailureTarget", true);
            status["terminating"] = (1 + rng.below(2)).into();
        }
        5 => {
            add(rng, "SuccessCriteriaMet", true);
            status["terminating"] = (1 + rng.below(2)).into();
        }
        6 | 7 => {
            add(rng, "SuccessCriteriaMet", true);
            add(rng, "Complete", true);
            status["succeeded"] = completions.into();
            status["completionTime"] = clock.ago(ended);
        }
        _ => {
            add(rng, "FailureTarget", true);
            add(rng, "Failed", true);
        }
    }
    if !conditions.is_empty() {
        status["conditions"] = conditions.into();
    }
    status
}
