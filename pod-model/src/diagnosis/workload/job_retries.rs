//! Jobs that go on after failures: restarts, Pods and indexes, and the limits of each.
//!
//! Upstream: `pastBackoffLimitOnFailure` and `syncJob` in pkg/controller/job/job_controller.go, `isIndexFailed` in
//! indexed_job_utils.go.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;

use super::job_failed::{failed_indexes, is_failed, number, see_why};
use super::scene::{OwnPod, WorkloadScene, counted, of_pods};
use crate::diagnosis::cause::Cause;
use crate::diagnosis::table as rows;
use crate::job::{FailureAction, JobRules, count_pods, match_failure_policy};

/// Returns whether a container of the Pod ends again and again, which counts against backoffLimit where containers
/// are restarted in their Pod.
pub(super) fn crashes(pod: &OwnPod<'_>) -> bool {
    let cause = pod.diagnosis.causes.first();
    let Some(name) = cause.and_then(|cause| cause.container.as_deref()) else {
        return false;
    };
    let containers = pod.scene.containers();
    containers.iter().any(|own| {
        let waits_to_restart = own
            .waiting()
            .is_none_or(|(reason, _)| reason == "CrashLoopBackOff");
        own.name() == name && own.latest_end().is_some() && waits_to_restart
    })
}

/// Restarts under restartPolicy OnFailure, init containers and sidecars included.
pub(super) fn restarts(scene: &WorkloadScene<'_>, own: &Job, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let rules = JobRules::of(own, scene.version).filter(|rules| rules.restarts_in_place)?;
    let all: Vec<&Pod> = pods.iter().map(|pod| pod.scene.pod).collect();
    let count = count_pods(own, &rules, &all).counts.restarts;
    let live = pods.iter().filter(|pod| !pod.scene.has_ended());
    let crashing = of_pods(live.filter(|pod| crashes(pod)));
    if count <= 0 && crashing.is_empty() {
        return None;
    }
    let crashing = crashing.into_iter().next();
    let why = crashing
        .as_ref()
        .map_or_else(String::new, |cause| format!(" ({})", cause.message));
    let restarts = match count {
        1 => "once".to_owned(),
        count => format!("{count} times"),
    };
    let limit = rules.backoff_limit;
    // Without a limit the first restart is one too many.
    let fails_with = i64::from(limit.max(1));
    let mut cause = if count >= fails_with {
        Cause::new(
            &rows::JOB_BACKOFF_LIMIT,
            format!(
                "its containers were restarted {restarts}{why}, and with {fails_with} the Job fails and its Pods are deleted (backoffLimit {limit})"
            ),
        )
    } else {
        Cause::new(
            &rows::JOB_RETRIES,
            format!(
                "its containers were restarted {restarts}{why}, and the Job fails with {} (backoffLimit {limit})",
                counted(fails_with, "restart")
            ),
        )
        .may_pass()
    };
    match crashing {
        Some(crashing) => {
            cause.since = crashing.since;
            cause.evidence = crashing.evidence;
            cause.advice = crashing.advice;
        }
        None => {
            cause = cause.advise(see_why(scene));
        }
    }
    Some(cause)
}

/// An index that has failed for good: the Job fails when the others have ended.
pub(super) fn index_failed(
    scene: &WorkloadScene<'_>,
    own: &Job,
    pods: &[OwnPod<'_>],
) -> Option<Cause> {
    let rules = JobRules::of(own, scene.version)?;
    let limit = rules.backoff_limit_per_index?;
    let all: Vec<&Pod> = pods.iter().map(|pod| pod.scene.pod).collect();
    let failed = count_pods(own, &rules, &all).failed_indexes?;
    if failed.is_empty() {
        return None;
    }
    let of_pod = of_pods(pods.iter().filter(|pod| is_failed(pod)));
    let why = of_pod
        .first()
        .map_or_else(String::new, |cause| format!(" ({})", cause.message));
    let failed = failed_indexes(&failed.to_string());
    let advice = of_pod.first().and_then(|cause| cause.advice.first());
    let advice = advice.cloned().unwrap_or_else(|| see_why(scene));
    let told = format!("{failed} for good{why}: backoffLimitPerIndex is {limit}");
    let cause = if rules.success_policy.is_some() {
        let message = format!("{told}; the Job succeeds only if its successPolicy is still met");
        Cause::new(&rows::JOB_FAILED_INDEXES, message).may_pass()
    } else {
        let message = format!("{told}; the Job fails when its other indexes have ended");
        Cause::new(&rows::JOB_FAILED_INDEXES, message)
    };
    Some(cause.advise(advice))
}

pub(super) fn ignored(own: &Job, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let policy = own.spec.as_ref()?.pod_failure_policy.as_ref()?;
    let is_ignored = |pod: &Pod| {
        let own = match_failure_policy(policy, pod);
        own.is_some_and(|own| own.action == FailureAction::Ignore)
    };
    let ignored = pods
        .iter()
        .filter(|pod| is_failed(pod) && is_ignored(pod.scene.pod))
        .count();
    if ignored == 0 {
        return None;
    }
    let left = match ignored {
        1 => "1 is still there".to_owned(),
        left => format!("{left} are still there"),
    };
    Some(
        Cause::new(
            &rows::JOB_FAILURES_IGNORED,
            format!("Pods fail ({left}), and a rule of podFailurePolicy ignores that (action Ignore): it tries again for ever, each time after a longer wait, up to 10 minutes"),
        )
        .may_pass()
        .advise("The wait is shown nowhere; see why the Pods fail."),
    )
}

/// Pods that have failed, where the limit is not reached.
pub(super) fn failures(scene: &WorkloadScene<'_>, own: &Job, pods: &[OwnPod<'_>]) -> Option<Cause> {
    let count = number(own.status.as_ref()?.failed);
    if count <= 0 {
        return None;
    }
    let rules = JobRules::of(own, scene.version)?;
    let of_pod = of_pods(pods.iter().filter(|pod| is_failed(pod)));
    let why = of_pod
        .first()
        .map_or_else(String::new, |cause| format!(" ({})", cause.message));
    let bound = match (rules.backoff_limit_per_index, rules.backoff_limit) {
        (Some(each), i32::MAX) => {
            format!(
                "backoffLimitPerIndex allows each index {}",
                counted(each, "failure")
            )
        }
        (Some(each), all) => format!(
            "backoffLimitPerIndex allows each index {}, and backoffLimit all together {all}",
            counted(each, "failure")
        ),
        (None, limit) => {
            let left = limit.saturating_sub(count);
            format!(
                "backoffLimit {limit} allows {left} more {}",
                if left == 1 { "failure" } else { "failures" }
            )
        }
    };
    let have = if count == 1 { "has" } else { "have" };
    let advice = of_pod.first().and_then(|cause| cause.advice.first());
    Some(
        Cause::new(
            &rows::JOB_RETRIES,
            format!(
                "{} {have} failed{why}, and it tries again: {bound}",
                counted(count, "Pod")
            ),
        )
        .may_pass()
        .advise(advice.cloned().unwrap_or_else(|| see_why(scene))),
    )
}
