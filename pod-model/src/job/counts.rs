//! The Pods of a Job as its controller counts them.

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use k8s_openapi::api::core::v1::Pod;

use super::failure_policy;
use super::indexes::Indexes;
use super::pod::{
    completion_index, index_failures, is_active, is_failed, is_ready, is_terminating, is_tracked,
    phase, restarts,
};
use super::rules::JobRules;

/// The numbers of a Job's Pods. Those of the status are a moment behind: the controller adds
/// the Pods that have ended and still have its finalizer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JobCounts {
    /// Pods that succeeded; of an Indexed Job indexes.
    pub succeeded: i64,
    /// Failures that count.
    pub failed: i64,
    /// Pods that neither have ended nor are deleted.
    pub active: i64,
    /// Active Pods that are ready.
    pub ready: i64,
    /// Pods that are deleted and have not ended.
    pub terminating: i64,
    /// Restarts of the containers of Pods that have not ended, which count against the limit
    /// with `restartPolicy: OnFailure`.
    pub restarts: i64,
}

/// A Job's Pods, counted and sorted.
#[derive(Debug)]
pub struct CountedPods<'a> {
    /// The numbers.
    pub counts: JobCounts,
    /// The indexes that have succeeded, of an Indexed Job.
    pub succeeded_indexes: Indexes,
    /// The indexes that have failed for good; `None` without `backoffLimitPerIndex`.
    pub failed_indexes: Option<Indexes>,
    /// The Pods that are active.
    pub active: Vec<&'a Pod>,
    /// The Pods that succeeded and that the status does not count yet.
    pub new_succeeded: Vec<&'a Pod>,
    /// The Pods that failed and that the status does not count yet, ignored ones included.
    pub new_failed: Vec<&'a Pod>,
    pub(super) previous_indexes: Indexes,
}

/// Counts the Pods of a Job, which are its own.
///
/// Upstream: `syncJob`, `getNewFinishedPods`, `nonIgnoredFailedPodsCount`,
/// `calculateSucceededIndexes`, `calculateFailedIndexes`.
pub fn count_pods<'a>(job: &Job, rules: &JobRules<'_>, pods: &[&'a Pod]) -> CountedPods<'a> {
    let empty = JobStatus::default();
    let status = job.status.as_ref().unwrap_or(&empty);
    let uncounted = Uncounted::of(status);
    let is_new = |pod: &Pod, counted: &BTreeSet<&str>| {
        is_tracked(pod) && !counted.contains(uid(pod)) && has_valid_index(pod, rules)
    };
    let pods_where = |belongs: &dyn Fn(&Pod) -> bool| -> Vec<&'a Pod> {
        pods.iter().copied().filter(|pod| belongs(pod)).collect()
    };
    let active = pods_where(&is_active);
    let new_succeeded =
        pods_where(&|pod| phase(pod) == "Succeeded" && is_new(pod, &uncounted.succeeded));
    let new_failed = pods_where(&|pod| {
        is_failed(pod, rules.only_replaces_failed) && is_new(pod, &uncounted.failed)
    });
    let counting = new_failed
        .iter()
        .filter(|pod| failure_policy::counts(rules.failure_policy, pod));
    let is_unfinished = |pod: &&&Pod| matches!(phase(pod), "Running" | "Pending");
    let mut counts = JobCounts {
        succeeded: number(status.succeeded)
            + length(new_succeeded.len())
            + length(uncounted.succeeded.len()),
        failed: number(status.failed) + length(counting.count()) + length(uncounted.failed.len()),
        active: length(active.len()),
        ready: length(active.iter().filter(|pod| is_ready(pod)).count()),
        terminating: length(pods.iter().filter(|pod| is_terminating(pod)).count()),
        restarts: pods
            .iter()
            .filter(is_unfinished)
            .map(|pod| i64::from(restarts(pod)))
            .sum(),
    };
    let mut counted = CountedPods {
        counts,
        succeeded_indexes: Indexes::default(),
        failed_indexes: None,
        active,
        new_succeeded,
        new_failed,
        previous_indexes: Indexes::default(),
    };
    if rules.is_indexed {
        count_indexes(status, rules, pods, &mut counted);
        counts.succeeded = counted.succeeded_indexes.total();
        counted.counts = counts;
    }
    counted
}

fn count_indexes(
    status: &JobStatus,
    rules: &JobRules<'_>,
    pods: &[&Pod],
    counted: &mut CountedPods<'_>,
) {
    let completions = number(rules.completions);
    let parse = |text: &Option<String>| {
        let text = text.as_deref().unwrap_or_default();
        Indexes::parse(text, completions)
    };
    let indexes_of = |belongs: &dyn Fn(&Pod) -> bool| {
        let tracked = pods.iter().filter(|pod| is_tracked(pod) && belongs(pod));
        let valid = tracked.filter_map(|pod| completion_index(pod));
        let set: BTreeSet<i64> = valid.filter(|index| *index < completions).collect();
        Indexes::from_ascending(set)
    };
    counted.previous_indexes = parse(&status.completed_indexes);
    let succeeded = indexes_of(&|pod| phase(pod) == "Succeeded");
    counted.succeeded_indexes = counted.previous_indexes.merge(&succeeded);
    if let Some(limit) = rules.backoff_limit_per_index {
        let failed = indexes_of(&|pod| index_has_failed(pod, rules, limit));
        counted.failed_indexes = Some(parse(&status.failed_indexes).merge(&failed));
    }
}

/// Upstream: `isIndexFailed`.
fn index_has_failed(pod: &Pod, rules: &JobRules<'_>, limit: i32) -> bool {
    if !is_failed(pod, rules.only_replaces_failed) {
        return false;
    }
    let rule = rules
        .failure_policy
        .and_then(|policy| failure_policy::match_failure_policy(policy, pod));
    match rule.map(|rule| rule.action) {
        Some(failure_policy::FailureAction::FailIndex) => true,
        Some(failure_policy::FailureAction::Ignore) => false,
        _ => index_failures(pod).counted >= limit,
    }
}

/// Returns whether the Pod belongs to an index of the Job, if it has indexes.
pub(super) fn has_valid_index(pod: &Pod, rules: &JobRules<'_>) -> bool {
    !rules.is_indexed
        || completion_index(pod).is_some_and(|index| index < number(rules.completions))
}

/// The Pods that the status lists as ended and not yet counted.
pub(super) struct Uncounted<'a> {
    pub(super) succeeded: BTreeSet<&'a str>,
    pub(super) failed: BTreeSet<&'a str>,
}

impl<'a> Uncounted<'a> {
    pub(super) fn of(status: &'a JobStatus) -> Self {
        let lists = status.uncounted_terminated_pods.as_ref();
        let set = |list: Option<&'a Vec<String>>| {
            list.into_iter().flatten().map(String::as_str).collect()
        };
        Self {
            succeeded: set(lists.and_then(|lists| lists.succeeded.as_ref())),
            failed: set(lists.and_then(|lists| lists.failed.as_ref())),
        }
    }
}

pub(super) fn uid(pod: &Pod) -> &str {
    pod.metadata.uid.as_deref().unwrap_or_default()
}

pub(super) fn number(count: Option<i32>) -> i64 {
    i64::from(count.unwrap_or_default())
}

pub(super) fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
