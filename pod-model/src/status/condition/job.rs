//! The end of Jobs, as their controller marks it (pkg/controller/job).

use std::collections::BTreeSet;

use serde_json::Value;

use super::failing_container::failure_in_pods;
use crate::status::answer::{Answer, Evidence};
use crate::status::event_note::EventNote;
use crate::status::fields::{count_at, number_at, text, text_at, true_condition, uid};
use crate::status::observation::Observation;

/// The end of a Job, reached or certain.
pub(super) enum JobEnd {
    /// Complete.
    Complete(Evidence),
    /// Failed.
    Failed(Evidence),
}

/// Returns the end once it is certain. `SuccessCriteriaMet` and `FailureTarget` are final:
/// `Complete` and `Failed` follow when the last Pods have ended
/// (pkg/controller/job/job_controller.go, `syncJob`).
pub(super) fn ended(observation: &Observation) -> Option<JobEnd> {
    let find = |kinds: [&'static str; 2]| {
        kinds
            .into_iter()
            .find_map(|kind| Some((kind, true_condition(observation.object, kind)?)))
    };
    let reason = |kind: &str, condition: &Value| match text(condition, "reason") {
        "" => kind.to_owned(),
        reason => reason.to_owned(),
    };
    if let Some((kind, condition)) = find(["Failed", "FailureTarget"]) {
        let reason = reason(kind, condition);
        let said = text(condition, "message");
        return Some(JobEnd::Failed(match failure_in_pods(observation) {
            Some((message, failing_container)) => {
                // Only the controller's message names the rule of the policy.
                let message = if reason == "PodFailurePolicy" {
                    format!("{said}; {message}")
                } else {
                    message
                };
                Evidence::new(reason, message).with_failing_container(failing_container)
            }
            None => Evidence::new(reason, said),
        }));
    }
    let (kind, condition) = find(["Complete", "SuccessCriteriaMet"])?;
    Some(JobEnd::Complete(Evidence::new(
        reason(kind, condition),
        text(condition, "message"),
    )))
}

/// Judges `done`.
pub(super) fn done(observation: &Observation) -> Answer {
    match ended(observation) {
        Some(JobEnd::Complete(evidence)) => Answer::Met(evidence),
        Some(JobEnd::Failed(evidence)) => Answer::Never(evidence),
        None => Answer::NotYet(progress(observation)),
    }
}

/// Returns the counts of its Pods, and the failure if nothing has succeeded.
pub(super) fn progress(observation: &Observation) -> Evidence {
    let job = observation.object;
    let number = |key: &str| number_at(job, &format!("/status/{key}")).unwrap_or(0);
    let mut said = match number_at(job, "/spec/completions") {
        Some(wanted) => format!("{} of {wanted} succeeded", number("succeeded")),
        None => format!("{} succeeded", number("succeeded")),
    };
    for key in ["active", "failed"] {
        if number(key) > 0 {
            said.push_str(&format!(", {} {key}", number(key)));
        }
    }
    // All that have ended failed, and the next may still succeed.
    let (failed, succeeded) = (number("failed"), number("succeeded"));
    if failed > 0
        && succeeded == 0
        && let Some((failure, _)) = failure_in_pods(observation)
    {
        said.push_str(&format!("; {failure}"));
    }
    // The condition is set a moment later, and not at all by an external controller.
    let is_suspended = job.pointer("/spec/suspend") == Some(&Value::Bool(true))
        || true_condition(job, "Suspended").is_some();
    let reason = if is_suspended { "Suspended" } else { "Running" };
    Evidence::new(reason, said)
}

/// Returns how a Job ended that was deleted before its end was observed: from its events, or
/// from the last statuses of its Pods. `ended` are the Pods that did not end by the deletion
/// of the Job; `others` is whether there were more.
pub fn judge_deleted_job(
    observation: &Observation,
    ended: &[&Value],
    others: bool,
) -> Option<Answer> {
    let uid = uid(observation.object);
    let is_of_job = |note: &&&EventNote| note.uid == uid && note.is_from_controller();
    let of_job = || observation.notes.iter().filter(is_of_job);
    if of_job().any(|note| note.reason == "Completed") {
        let message = "it was deleted after it had completed";
        return Some(Answer::Met(Evidence::new("Completed", message)));
    }
    let failed = [
        "BackoffLimitExceeded",
        "DeadlineExceeded",
        "FailedIndexes",
        "MaxFailedIndexesExceeded",
        "PodFailurePolicy",
    ];
    if let Some(note) = of_job().find(|note| failed.contains(&note.reason.as_str())) {
        let (message, failing_container) =
            failure_in_pods(observation).unwrap_or_else(|| (note.message.clone(), None));
        let evidence =
            Evidence::new(&note.reason, message).with_failing_container(failing_container);
        return Some(Answer::Never(evidence));
    }
    let phase = |phase: &str| {
        let is = |pod: &&&Value| text_at(pod, "/status/phase") == phase;
        i64::try_from(ended.iter().filter(is).count()).unwrap_or(i64::MAX)
    };
    // A work queue is done when one Pod has succeeded and none is left, of all that the
    // Job has counted; the server defaults completions in the spec of any other Job.
    let enough = match observation.object.pointer("/spec/completions") {
        Some(wanted) => wanted
            .as_u64()
            .is_some_and(|wanted| wanted > 0 && succeeded(observation.object, ended) >= wanted),
        None => phase("Succeeded") > 0 && !others && covers(observation.object, ended.len()),
    };
    if enough {
        let message = format!(
            "it was deleted; {} of its Pods had succeeded",
            phase("Succeeded")
        );
        return Some(Answer::Met(Evidence::new("Completed", message)));
    }
    // With these a failed Pod does not necessarily count.
    let by_rules = ["/spec/podFailurePolicy", "/spec/backoffLimitPerIndex"]
        .iter()
        .any(|path| observation.object.pointer(path).is_some());
    let limit = number_at(observation.object, "/spec/backoffLimit").unwrap_or(6);
    if !by_rules && phase("Failed") > limit {
        let (message, failing_container) = failure_in_pods(observation)?;
        let evidence = Evidence::new("BackoffLimitExceeded", message)
            .with_failing_container(failing_container);
        return Some(Answer::Never(evidence));
    }
    None
}

/// Returns the number of succeeded Pods that count: one for each index of an Indexed Job
/// (pkg/controller/job/indexed_job_utils.go, `calculateSucceededIndexes`).
fn succeeded(job: &Value, ended: &[&Value]) -> u64 {
    let good = ended
        .iter()
        .filter(|pod| text_at(pod, "/status/phase") == "Succeeded");
    if text_at(job, "/spec/completionMode") != "Indexed" {
        return good.count().try_into().unwrap_or(u64::MAX);
    }
    let completions = job.pointer("/spec/completions").and_then(Value::as_u64);
    let index = |pod: &&Value| {
        let index = text_at(
            pod,
            "/metadata/annotations/batch.kubernetes.io~1job-completion-index",
        );
        let index = index.parse::<u64>().ok()?;
        completions.is_some_and(|n| index < n).then_some(index)
    };
    let indexes: BTreeSet<u64> = good.filter_map(index).collect();
    indexes.len().try_into().unwrap_or(u64::MAX)
}

/// Returns whether so many Pods are all that a Job has counted: others may be unobserved.
fn covers(job: &Value, ended: usize) -> bool {
    let counts = ["active", "succeeded", "failed"]
        .map(|key| count_at(job, &format!("/status/{key}")).map(Option::unwrap_or_default));
    let mut counted = 0i64;
    for count in counts {
        let Ok(count) = count else {
            return false;
        };
        counted += count;
    }
    i64::try_from(ended).is_ok_and(|ended| ended >= counted)
}
