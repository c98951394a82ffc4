//! The end of a Job, as soon as it is certain.
//!
//! Upstream: `syncJob` (pkg/controller/job/job_controller.go), which asks in this order.

use k8s_openapi::api::batch::v1::{Job, JobCondition};
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::counts::{CountedPods, number};
use super::failure_policy::{FailureAction, FailureMatch, match_failure_policy};
use super::missed::nanoseconds;
use super::pod::is_failed;
use super::rules::JobRules;
use super::success_policy::met_rule;

/// The cause of a Job's end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EndCause {
    /// A condition of the status names it.
    Recorded {
        /// The condition's reason.
        reason: String,
        /// True if the Job succeeds.
        is_success: bool,
    },
    /// A rule of the failure policy with the action `FailJob`.
    FailurePolicy {
        /// The Pod that it caught.
        pod: String,
        /// The rule.
        rule: FailureMatch,
    },
    /// More failures than `backoffLimit`.
    BackoffLimit {
        /// Number of failures that count.
        failed: i64,
        /// The limit.
        limit: i32,
    },
    /// As many restarts as `backoffLimit`, with `restartPolicy: OnFailure`.
    Restarts {
        /// Number of restarts.
        restarts: i64,
        /// The limit.
        limit: i32,
    },
    /// It was active longer than `activeDeadlineSeconds`.
    Deadline {
        /// The end of that time.
        at: Timestamp,
        /// The number of seconds.
        seconds: i64,
    },
    /// More failed indexes than `maxFailedIndexes`.
    MaxFailedIndexes {
        /// Number of failed indexes.
        failed: i64,
        /// The limit.
        limit: i32,
    },
    /// All indexes have ended, and some have failed.
    FailedIndexes {
        /// Number of failed indexes.
        failed: i64,
    },
    /// A rule of the success policy is met.
    SuccessPolicy {
        /// Its index.
        index: usize,
    },
    /// As many Pods have succeeded as it needs.
    Completions,
}

impl EndCause {
    /// Returns the reason of the condition.
    pub fn reason(&self) -> &str {
        match self {
            Self::Recorded { reason, .. } => reason,
            Self::FailurePolicy { .. } => "PodFailurePolicy",
            Self::BackoffLimit { .. } | Self::Restarts { .. } => "BackoffLimitExceeded",
            Self::Deadline { .. } => "DeadlineExceeded",
            Self::MaxFailedIndexes { .. } => "MaxFailedIndexesExceeded",
            Self::FailedIndexes { .. } => "FailedIndexes",
            Self::SuccessPolicy { .. } => "SuccessPolicy",
            Self::Completions => "CompletionsReached",
        }
    }

    /// Returns whether the Job succeeds.
    pub fn is_success(&self) -> bool {
        match self {
            Self::Recorded { is_success, .. } => *is_success,
            Self::SuccessPolicy { .. } | Self::Completions => true,
            _ => false,
        }
    }
}

/// Returns the cause of the end if it is certain, but for the completions, which count when
/// no Pod is active any more.
pub(super) fn certain_end(
    job: &Job,
    rules: &JobRules<'_>,
    pods: &[&Pod],
    counted: &CountedPods<'_>,
    started: Option<Timestamp>,
    now: Timestamp,
) -> Option<EndCause> {
    recorded_end(job)
        .or_else(|| fail_job(rules, pods))
        .or_else(|| limits(rules, counted, started, now))
        .or_else(|| failed_indexes(rules, counted))
        .or_else(|| {
            let policy = rules.success_policy.filter(|_| rules.is_indexed)?;
            let completions = number(rules.completions);
            let index = met_rule(policy, completions, &counted.succeeded_indexes)?;
            Some(EndCause::SuccessPolicy { index })
        })
}

/// `SuccessCriteriaMet` and `FailureTarget` are certain, although `Complete` and `Failed` follow
/// only when the last Pod has ended.
pub fn recorded_end(job: &Job) -> Option<EndCause> {
    let recorded = |kinds: [&str; 2], is_success: bool| {
        let condition = kinds
            .into_iter()
            .find_map(|kind| true_condition(job, kind))?;
        Some(EndCause::Recorded {
            reason: condition.reason.clone().unwrap_or_default(),
            is_success,
        })
    };
    recorded(["Complete", "SuccessCriteriaMet"], true)
        .or_else(|| recorded(["Failed", "FailureTarget"], false))
}

/// Returns whether the Job has ended, and nothing is done for it any more.
pub fn is_finished(job: &Job) -> bool {
    ["Complete", "Failed"]
        .into_iter()
        .any(|kind| true_condition(job, kind).is_some())
}

pub(super) fn true_condition<'a>(job: &'a Job, kind: &str) -> Option<&'a JobCondition> {
    condition(job, kind).filter(|condition| condition.status == "True")
}

pub(super) fn condition<'a>(job: &'a Job, kind: &str) -> Option<&'a JobCondition> {
    let conditions = job.status.as_ref()?.conditions.as_ref()?;
    conditions.iter().find(|condition| condition.type_ == kind)
}

/// Upstream: `getFailJobMessage`.
fn fail_job(rules: &JobRules<'_>, pods: &[&Pod]) -> Option<EndCause> {
    let policy = rules.failure_policy?;
    let failed = pods
        .iter()
        .filter(|pod| is_failed(pod, rules.only_replaces_failed));
    failed.into_iter().find_map(|pod| {
        let rule = match_failure_policy(policy, pod)?;
        (rule.action == FailureAction::FailJob).then(|| EndCause::FailurePolicy {
            pod: pod.metadata.name.clone().unwrap_or_default(),
            rule,
        })
    })
}

/// Upstream: `pastBackoffLimitOnFailure`, `pastActiveDeadline`.
fn limits(
    rules: &JobRules<'_>,
    counted: &CountedPods<'_>,
    started: Option<Timestamp>,
    now: Timestamp,
) -> Option<EndCause> {
    let limit = rules.backoff_limit;
    if counted.counts.failed > i64::from(limit) {
        return Some(EndCause::BackoffLimit {
            failed: counted.counts.failed,
            limit,
        });
    }
    let restarts = counted.counts.restarts;
    // Without a limit the first restart is too many, and not none.
    if rules.restarts_in_place && restarts >= i64::from(limit.max(1)) {
        return Some(EndCause::Restarts { restarts, limit });
    }
    let (seconds, at) = deadline(rules, started)?;
    (now >= at).then_some(EndCause::Deadline { at, seconds })
}

/// Returns the seconds of the deadline and its time; `None` while the Job is suspended, which
/// stops the clock.
pub(super) fn deadline(
    rules: &JobRules<'_>,
    started: Option<Timestamp>,
) -> Option<(i64, Timestamp)> {
    let seconds = rules.active_deadline_seconds?;
    let started = started.filter(|_| !rules.is_suspended)?;
    // More than 292 years wrap around, as in the controller.
    let length = SignedDuration::from_nanos(nanoseconds(seconds));
    let end = started.saturating_add(length).unwrap_or(Timestamp::MAX);
    Some((seconds, end))
}

fn failed_indexes(rules: &JobRules<'_>, counted: &CountedPods<'_>) -> Option<EndCause> {
    let failed = counted.failed_indexes.as_ref()?.total();
    match rules.max_failed_indexes {
        Some(limit) if failed > i64::from(limit) => {
            return Some(EndCause::MaxFailedIndexes { failed, limit });
        }
        _ => {}
    }
    let ended = failed + counted.succeeded_indexes.total();
    (failed > 0 && ended >= number(rules.completions)).then_some(EndCause::FailedIndexes { failed })
}
