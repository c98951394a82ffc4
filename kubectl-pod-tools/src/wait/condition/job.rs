//! Jobs, as their controller marks them (pkg/controller/job).

use std::collections::BTreeSet;

use serde_json::Value;

use super::culprit::failure_in_pods;
use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{count_at, number_at, text, text_at, true_condition};
use crate::wait::scene::{Note, Scene};

/// How a Job has ended, or surely will.
pub(super) enum Ended {
    /// Complete.
    Well(Evidence),
    /// Failed.
    Badly(Evidence),
}

/// The verdict, once it is certain. `SuccessCriteriaMet` and `FailureTarget`
/// are never taken back: `Complete` and `Failed` follow when the last Pods
/// have ended (pkg/controller/job/job_controller.go, `syncJob`).
pub(super) fn ended(scene: &Scene) -> Option<Ended> {
    let find = |kinds: [&'static str; 2]| {
        kinds
            .into_iter()
            .find_map(|kind| Some((kind, true_condition(scene.object, kind)?)))
    };
    let reason = |kind: &str, condition: &Value| match text(condition, "reason") {
        "" => kind.to_owned(),
        reason => reason.to_owned(),
    };
    if let Some((kind, condition)) = find(["Failed", "FailureTarget"]) {
        let reason = reason(kind, condition);
        let said = text(condition, "message");
        return Some(Ended::Badly(match failure_in_pods(scene) {
            Some((message, culprit)) => {
                // The policy's rule is only named in the controller's words.
                let message = if reason == "PodFailurePolicy" {
                    format!("{said}; {message}")
                } else {
                    message
                };
                Evidence::new(reason, message).blaming(culprit)
            }
            None => Evidence::new(reason, said),
        }));
    }
    let (kind, condition) = find(["Complete", "SuccessCriteriaMet"])?;
    Some(Ended::Well(Evidence::new(
        reason(kind, condition),
        text(condition, "message"),
    )))
}

/// "Done".
pub(super) fn done(scene: &Scene) -> Answer {
    match ended(scene) {
        Some(Ended::Well(evidence)) => Answer::Met(evidence),
        Some(Ended::Badly(evidence)) => Answer::Never(evidence),
        None => Answer::NotYet(progress(scene)),
    }
}

/// How far it is.
pub(super) fn progress(scene: &Scene) -> Evidence {
    let job = scene.object;
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
    // All that ended failed: said, and not the end, for the next may succeed.
    let (failed, succeeded) = (number("failed"), number("succeeded"));
    if failed > 0
        && succeeded == 0
        && let Some((failure, _)) = failure_in_pods(scene)
    {
        said.push_str(&format!("; {failure}"));
    }
    // The condition comes a moment later, and not at all from another controller.
    let is_suspended = job.pointer("/spec/suspend") == Some(&Value::Bool(true))
        || true_condition(job, "Suspended").is_some();
    let reason = if is_suspended { "Suspended" } else { "Running" };
    Evidence::new(reason, said)
}

/// How a Job ended that was removed before anybody saw the end: from its
/// events, or from the last statuses of its Pods. `ended` are those that were
/// not ended by the Job's own removal; `others` whether there were more.
pub(crate) fn vanished(scene: &Scene, ended: &[&Value], others: bool) -> Option<Answer> {
    let uid = crate::wait::fields::uid(scene.object);
    let is_of_job = |note: &&&Note| note.uid == uid && note.is_of_controller();
    let of_job = || scene.notes.iter().filter(is_of_job);
    if of_job().any(|note| note.reason == "Completed") {
        let message = "it was removed after it had completed";
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
        let (message, culprit) =
            failure_in_pods(scene).unwrap_or_else(|| (note.message.clone(), None));
        let evidence = Evidence::new(&note.reason, message).blaming(culprit);
        return Some(Answer::Never(evidence));
    }
    let phase = |phase: &str| {
        let is = |pod: &&&Value| text_at(pod, "/status/phase") == phase;
        i64::try_from(ended.iter().filter(is).count()).unwrap_or(i64::MAX)
    };
    // A work queue is done when one has succeeded and none is left, of all that the
    // Job has counted; the server writes completions into the spec of any other Job.
    let enough = match scene.object.pointer("/spec/completions") {
        Some(wanted) => wanted
            .as_u64()
            .is_some_and(|wanted| wanted > 0 && succeeded(scene.object, ended) >= wanted),
        None => phase("Succeeded") > 0 && !others && covers(scene.object, ended.len()),
    };
    if enough {
        let message = format!(
            "it was removed; {} of its Pods had succeeded",
            phase("Succeeded")
        );
        return Some(Answer::Met(Evidence::new("Completed", message)));
    }
    // With these a Pod that has failed need not count.
    let by_rules = ["/spec/podFailurePolicy", "/spec/backoffLimitPerIndex"]
        .iter()
        .any(|path| scene.object.pointer(path).is_some());
    let limit = number_at(scene.object, "/spec/backoffLimit").unwrap_or(6);
    if !by_rules && phase("Failed") > limit {
        let (message, culprit) = failure_in_pods(scene)?;
        let evidence = Evidence::new("BackoffLimitExceeded", message).blaming(culprit);
        return Some(Answer::Never(evidence));
    }
    None
}

/// How many of the Pods that have succeeded count: of an Indexed Job one for each
/// index (pkg/controller/job/indexed_job_utils.go, `calculateSucceededIndexes`).
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

/// Whether so many Pods are all that a Job has counted: there may be others that
/// nobody has seen.
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
