//! Jobs and CronJobs.

use serde_json::{Value, json};

use super::Rng;
use super::parts::{Object, count, flag, list, metadata, pick};
use super::pod::pod_spec;

/// A Job that upstream can decode; it need not be valid.
pub fn job(rng: &mut Rng) -> Value {
    let mut job = Object::new();
    job.set("apiVersion", Value::from("batch/v1"));
    job.set("kind", Value::from("Job"));
    job.set("metadata", metadata(rng, true));
    job.set("spec", job_spec(rng));
    job.value()
}

/// A CronJob that upstream can decode; it need not be valid.
pub fn cron_job(rng: &mut Rng) -> Value {
    let mut spec = Object::new();
    spec.set("schedule", Value::from("0 * * * *"));
    spec.set(
        "jobTemplate",
        json!({ "metadata": metadata(rng, false), "spec": job_spec(rng) }),
    );
    spec.maybe(rng, 30, "concurrencyPolicy", |rng| {
        pick(rng, &["Forbid", ""])
    });
    spec.maybe(rng, 30, "suspend", flag);
    spec.maybe(rng, 30, "successfulJobsHistoryLimit", |rng| count(rng, 3));
    spec.maybe(rng, 30, "failedJobsHistoryLimit", |rng| count(rng, 3));
    json!({
        "apiVersion": "batch/v1",
        "kind": "CronJob",
        "metadata": metadata(rng, true),
        "spec": spec.value(),
    })
}

fn job_spec(rng: &mut Rng) -> Value {
    let mut spec = Object::new();
    spec.set("template", template(rng));
    for field in [
        "completions",
        "parallelism",
        "backoffLimit",
        "backoffLimitPerIndex",
        "maxFailedIndexes",
        "activeDeadlineSeconds",
        "ttlSecondsAfterFinished",
    ] {
        spec.maybe(rng, 25, field, |rng| count(rng, 9));
    }
    spec.maybe(rng, 30, "completionMode", |rng| {
        pick(rng, &["Indexed", "NonIndexed"])
    });
    spec.maybe(rng, 20, "suspend", flag);
    spec.maybe(rng, 20, "manualSelector", flag);
    spec.maybe(rng, 20, "podReplacementPolicy", |rng| {
        pick(rng, &["Failed", "TerminatingOrFailed"])
    });
    spec.maybe(
        rng,
        30,
        "podFailurePolicy",
        |rng| json!({ "rules": list(rng, 2, failure_rule) }),
    );
    // Upstream's validation dereferences `completions`, present or not.
    if spec.0.contains_key("completions") {
        spec.maybe(
            rng,
            30,
            "successPolicy",
            |rng| json!({ "rules": [{ "succeededCount": count(rng, 3) }] }),
        );
    }
    spec.value()
}

fn template(rng: &mut Rng) -> Value {
    let mut template = Object::new();
    template.maybe(rng, 60, "metadata", |rng| metadata(rng, false));
    template.maybe(rng, 98, "spec", pod_spec);
    template.value()
}

fn failure_rule(rng: &mut Rng) -> Value {
    let action = pick(rng, &["FailJob", "FailIndex", "Ignore", "Count"]);
    if rng.percent(40) {
        return json!({ "action": action, "onExitCodes": { "operator": "In", "values": [1] } });
    }
    let conditions = list(rng, 2, |rng| {
        let mut pattern = Object::new();
        pattern.set("type", Value::from("DisruptionTarget"));
        pattern.maybe(rng, 50, "status", |rng| pick(rng, &["True", "False", ""]));
        pattern.value()
    });
    json!({ "action": action, "onPodConditions": conditions })
}
