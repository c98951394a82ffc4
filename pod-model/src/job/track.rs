//! The Pods that the controller lets go of, and the status that it writes.
//!
//! Upstream: `trackJobStatusAndRemoveFinalizers`, `canRemoveFinalizer`, `enactJobFinished`
//! (pkg/controller/job/job_controller.go).

use std::collections::BTreeSet;

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use k8s_openapi::api::core::v1::Pod;

use super::counts::{CountedPods, Uncounted, has_valid_index, length, number, uid};
use super::end::EndCause;
use super::failure_policy;
use super::indexes::Indexes;
use super::manage::LastFailed;
use super::pod::{completion_index, is_failed, is_tracked, phase};
use super::rules::JobRules;

/// Number of Pods that are counted at once (`MaxUncountedPods`).
const MOST_AT_ONCE: usize = 500;

/// The counters of a Job's status after the controller has looked at its Pods.
#[derive(Clone, Debug, Default)]
pub struct Tracked<'a> {
    /// Pods that the Job has counted now, and that may be deleted.
    pub released: Vec<&'a Pod>,
    /// `status.succeeded`.
    pub succeeded: i64,
    /// `status.failed`.
    pub failed: i64,
    /// `status.completedIndexes`, of an Indexed Job.
    pub completed_indexes: Option<Indexes>,
    /// True if every Pod that has ended is counted.
    pub all_counted: bool,
}

/// Counts the Pods that have ended and lets go of them.
pub(super) fn track<'a>(
    job: &Job,
    rules: &JobRules<'_>,
    pods: &[&'a Pod],
    counted: &CountedPods<'a>,
    last_failed: &LastFailed<'a>,
    end: Option<&EndCause>,
) -> Tracked<'a> {
    let empty = JobStatus::default();
    let status = job.status.as_ref().unwrap_or(&empty);
    let uncounted = Uncounted::of(status);
    let lists = status.uncounted_terminated_pods.as_ref();
    let listed = |list: Option<&Vec<String>>| list.cloned().unwrap_or_default();
    let mut succeeded = listed(lists.and_then(|lists| lists.succeeded.as_ref()));
    let mut failed = listed(lists.and_then(|lists| lists.failed.as_ref()));
    let is_released = |pod: &Pod| {
        let has_ended = phase(pod) == "Succeeded" || is_failed(pod, rules.only_replaces_failed);
        let is_all = job.metadata.deletion_timestamp.is_some() || end.is_some();
        // The next Pod of the index needs its number of failures.
        let is_awaited = phase(pod) != "Succeeded"
            && rules.backoff_limit_per_index.is_some()
            && completion_index(pod)
                .and_then(|index| last_failed.get(&index))
                .is_some_and(|last| uid(last) == uid(pod));
        is_all || (has_ended && !is_awaited)
    };
    let fails_all = end.is_some_and(|end| !end.is_success());
    let mut released: Vec<&'a Pod> = Vec::new();
    let mut indexes = 0;
    let tracked = pods.iter().copied().filter(|pod| is_tracked(pod));
    for pod in tracked.filter(|pod| is_released(pod)) {
        released.push(pod);
        let own = uid(pod).to_owned();
        if phase(pod) == "Succeeded" && !uncounted.failed.contains(uid(pod)) {
            if rules.is_indexed {
                let is_new = |index: i64| !counted.previous_indexes.contains(index);
                indexes += usize::from(
                    has_valid_index(pod, rules) && completion_index(pod).is_some_and(is_new),
                );
            } else if !uncounted.succeeded.contains(uid(pod)) {
                succeeded.push(own);
            }
        } else if (is_failed(pod, rules.only_replaces_failed) || fails_all)
            && !uncounted.failed.contains(uid(pod))
            && has_valid_index(pod, rules)
            && failure_policy::counts(rules.failure_policy, pod)
        {
            failed.push(own);
        }
        if indexes + succeeded.len() + failed.len() >= MOST_AT_ONCE {
            break;
        }
    }
    let gone: BTreeSet<&str> = released.iter().map(|pod| uid(pod)).collect();
    let held: BTreeSet<&str> = pods
        .iter()
        .filter(|pod| is_tracked(pod) && !gone.contains(uid(pod)))
        .map(|pod| uid(pod))
        .collect();
    let waiting = |list: &[String]| {
        list.iter()
            .filter(|uid| held.contains(uid.as_str()))
            .count()
    };
    let count = |before: Option<i32>, list: &[String]| {
        number(before) + length(list.len()) - length(waiting(list))
    };
    Tracked {
        succeeded: if rules.is_indexed {
            counted.succeeded_indexes.total()
        } else {
            count(status.succeeded, &succeeded)
        },
        failed: count(status.failed, &failed),
        completed_indexes: rules.is_indexed.then(|| counted.succeeded_indexes.clone()),
        all_counted: waiting(&succeeded) + waiting(&failed) == 0,
        released,
    }
}
