//! Jobs that have failed: the reason, and the Pods that it came from.
//!
//! Upstream: `syncJob` in pkg/controller/job/job_controller.go; [`crate::job`] has its rules.

use k8s_openapi::api::batch::v1::Job;

use super::scene::{OwnPod, State, WorkloadScene, counted, of_pods};
use crate::diagnosis::cause::{Cause, Evidence};
use crate::diagnosis::table as rows;
use crate::verdict::Verdict;

pub(super) fn number(given: Option<i32>) -> i32 {
    given.unwrap_or(0)
}

pub(super) fn is_failed(pod: &OwnPod<'_>) -> bool {
    pod.scene.phase() == "Failed"
}

/// Returns the state of a Job that has failed, or fails for certain.
pub(super) fn failed(
    scene: &WorkloadScene<'_>,
    own: &Job,
    reason: &str,
    pods: &[OwnPod<'_>],
) -> State {
    let spec = own.spec.as_ref();
    let status = own.status.as_ref();
    let conditions = status
        .and_then(|status| status.conditions.as_deref())
        .unwrap_or_default();
    let condition = conditions.iter().find(|own| {
        matches!(own.type_.as_str(), "Failed" | "FailureTarget") && own.status == "True"
    });
    let is_over = conditions
        .iter()
        .any(|own| own.type_ == "Failed" && own.status == "True");
    let message = condition
        .and_then(|own| own.message.as_deref())
        .unwrap_or_default();
    let of_pod = of_pods(pods.iter().filter(|pod| is_failed(pod)));
    let count = number(status.and_then(|status| status.failed));
    let why = of_pod
        .first()
        .map_or_else(String::new, |cause| format!(": {}", cause.message));
    let main = match reason {
        "DeadlineExceeded" => {
            let seconds = spec.and_then(|spec| spec.active_deadline_seconds).unwrap_or_default();
            Cause::new(
                &rows::JOB_DEADLINE,
                format!("it was active longer than its activeDeadlineSeconds of {seconds} s, and its Pods were ended"),
            )
            .advise("Raise activeDeadlineSeconds, or see why the work takes so long.")
        }
        "PodFailurePolicy" => Cause::new(&rows::JOB_FAILURE_POLICY, format!("a rule of podFailurePolicy failed it: {message}"))
            .advise("The rule says that this exit code must not be tried again: read the log of the Pod that it names."),
        "FailedIndexes" | "MaxFailedIndexesExceeded" => {
            let indexes = status.and_then(|status| status.failed_indexes.as_deref()).unwrap_or_default();
            let most = spec.and_then(|spec| spec.max_failed_indexes);
            let most = match (reason, most) {
                ("MaxFailedIndexesExceeded", Some(most)) => format!(", and maxFailedIndexes allows {most}"),
                _ => String::new(),
            };
            let indexes = failed_indexes(indexes);
            Cause::new(&rows::JOB_FAILED_INDEXES, format!("{indexes}{most}{why}"))
                .advise("Read the logs of the Pods of these indexes; the others have succeeded, or were ended.")
        }
        "BackoffLimitExceeded" | "" => backoff(scene, own, count, &why),
        // That of another controller, or of a newer one.
        reason => {
            let words = message.trim_end_matches('.');
            let words = if words.is_empty() { String::new() } else { format!(": {words}") };
            Cause::new(&rows::JOB_FAILED, format!("its controller says {reason}{words}{why}"))
                .advise(see_why(scene))
        }
    };
    let path = "status.conditions";
    let kind = condition.map_or("Failed", |own| own.type_.as_str());
    let main = main
        .shown_by([Evidence::field(
            path,
            format!("{kind} is True, {reason}: {message}"),
        )])
        .since(
            condition
                .and_then(|own| own.last_transition_time.as_ref())
                .map(|time| time.0),
        );
    // A program that ends with an error of its own is all that there is to say of a Pod; another cause says more.
    let tells_more = of_pod.first().is_some_and(|cause| {
        reason == "BackoffLimitExceeded"
            && *cause.row != rows::EXITS_WITH_ERROR
            && *cause.row != rows::TERMINATING
    });
    let mut causes = of_pod;
    if tells_more {
        causes.insert(1, main);
    } else {
        causes.insert(0, main);
    }
    let words = if is_over {
        "has failed".to_owned()
    } else {
        match number(status.and_then(|status| status.terminating)) {
            0 => "fails for certain".to_owned(),
            ends => format!(
                "fails for certain, and waits for the end of {}",
                counted(ends, "Pod")
            ),
        }
    };
    State {
        words,
        since: causes.first().and_then(|cause| cause.since),
        causes,
        verdict: Verdict::No,
    }
}

fn backoff(scene: &WorkloadScene<'_>, own: &Job, count: i32, why: &str) -> Cause {
    let spec = own.spec.as_ref();
    let limit = spec.and_then(|spec| spec.backoff_limit).unwrap_or(6);
    let policy = spec.and_then(|spec| spec.template.spec.as_ref()?.restart_policy.as_deref());
    let (what, logs) = match policy {
        Some("OnFailure") => (
            format!(
                "its containers were restarted as often as backoffLimit {limit} allows, and its Pod was deleted with its logs"
            ),
            "restartPolicy Never keeps the Pods that failed, and their logs.".to_owned(),
        ),
        _ => (
            format!(
                "{} failed, and backoffLimit {limit} allows {limit}",
                counted(count, "Pod")
            ),
            see_why(scene),
        ),
    };
    Cause::new(&rows::JOB_BACKOFF_LIMIT, format!("{what}{why}")).advise(logs)
}

/// Returns `index 1 failed`, `the indexes 1,3-5 failed`.
pub(super) fn failed_indexes(indexes: &str) -> String {
    if indexes.is_empty() {
        "some indexes failed".to_owned()
    } else if indexes.contains([',', '-']) {
        format!("the indexes {indexes} failed")
    } else {
        format!("index {indexes} failed")
    }
}

/// Returns the advice to look at the Pods.
pub(super) fn see_why(scene: &WorkloadScene<'_>) -> String {
    let name = scene.metadata().name.as_deref().unwrap_or_default();
    format!(
        "See why its Pods fail: kubectl get pods{} -l batch.kubernetes.io/job-name={name}",
        scene.in_namespace()
    )
}
