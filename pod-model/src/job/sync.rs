//! One look of the Job controller at a Job: how it counts the Pods, whether the Job ends, which
//! Pods it creates and deletes, when it looks again.
//!
//! Upstream: `syncJob` (pkg/controller/job/job_controller.go).

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;

use super::back_off::BackOff;
use super::counts::{CountedPods, count_pods};
use super::end::{EndCause, certain_end, condition, deadline, is_finished};
use super::indexes::Indexes;
use super::manage::{LastFailed, PodChanges, last_failed, manage};
use super::pod::is_ready;
use super::rules::JobRules;
use super::track::{Tracked, track};
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// A Job, its Pods and the time, as its controller sees them.
#[derive(Clone, Debug)]
pub struct ObservedJob<'a> {
    /// The Job.
    pub job: &'a Job,
    /// Its Pods.
    pub pods: Vec<&'a Pod>,
    /// The time.
    pub now: Timestamp,
    /// The failures that the controller remembers.
    pub memory: BackOff,
    /// The controller's version.
    pub version: KubernetesVersion,
}

/// The outcome of one look.
#[derive(Debug)]
pub enum SyncOutcome<'a> {
    /// Another controller manages the Job.
    External(&'a str),
    /// The Job has ended.
    Finished,
    /// The Job has a completion mode that the controller does not know.
    UnknownCompletionMode,
    /// The controller has looked at the Pods.
    Synced(Box<Sync<'a>>),
}

/// Result of a look at the Pods.
#[derive(Debug)]
pub struct Sync<'a> {
    /// The Pods, counted, before it acts.
    pub counted: CountedPods<'a>,
    /// The cause of the Job's end, if it is certain.
    pub end: Option<EndCause>,
    /// True if the Job has ended with this look: `Complete` or `Failed`.
    pub is_finished: bool,
    /// Pods that are created and deleted.
    pub changes: PodChanges<'a>,
    /// The counters after it.
    pub tracked: Tracked<'a>,
    /// The indexes that have failed for good, after it.
    pub failed_indexes: Option<Indexes>,
    /// Number of ready Pods after it, as the status says.
    pub ready: i64,
    /// Number of terminating Pods after it, as the status says.
    pub terminating: i64,
    /// `status.startTime` after it.
    pub started: Option<Timestamp>,
    /// The failures that the controller remembers after it.
    pub memory: BackOff,
    /// The times at which it looks again, if nothing changes before.
    pub looks_again: Vec<Timestamp>,
}

/// Looks at a Job as its controller does.
pub fn sync_job<'a>(observed: &ObservedJob<'a>) -> SyncOutcome<'a> {
    let Some(rules) = JobRules::of(observed.job, observed.version) else {
        return SyncOutcome::UnknownCompletionMode;
    };
    if let Some(controller) = rules.external_controller {
        return SyncOutcome::External(controller);
    }
    if is_finished(observed.job) {
        return SyncOutcome::Finished;
    }
    let spec = observed.job.spec.as_ref();
    let mode = spec.and_then(|spec| spec.completion_mode.as_deref());
    if !matches!(mode, None | Some("Indexed" | "NonIndexed")) {
        return SyncOutcome::UnknownCompletionMode;
    }
    SyncOutcome::Synced(Box::new(sync_pods(observed, &rules)))
}

fn sync_pods<'a>(observed: &ObservedJob<'a>, rules: &JobRules<'_>) -> Sync<'a> {
    let ObservedJob { job, pods, now, .. } = observed;
    let counted = count_pods(job, rules, pods);
    let status = job.status.as_ref();
    let start = status.and_then(|status| status.start_time.as_ref());
    let mut started = start.map(|time| time.0);
    if started.is_none() && !rules.is_suspended {
        started = Some(*now);
    }
    let memory = observed
        .memory
        .with(&counted.new_succeeded, &counted.new_failed);
    let mut end = certain_end(job, rules, pods, &counted, started, *now);
    let mut looks_again = Vec::new();
    if !is_ended_early(end.as_ref())
        && let Some((_, at)) = deadline(rules, started)
    {
        looks_again.push(at);
    }
    let last_failed = if rules.is_indexed && rules.backoff_limit_per_index.is_some() {
        last_failed(rules, pods, &counted)
    } else {
        LastFailed::default()
    };
    let is_deleted = job.metadata.deletion_timestamp.is_some();
    let changes = if end.is_some() {
        PodChanges {
            deleted: counted.active.clone(),
            ..PodChanges::default()
        }
    } else if is_deleted {
        PodChanges {
            active: counted.counts.active,
            ..PodChanges::default()
        }
    } else {
        let version = observed.version;
        manage(rules, pods, &counted, &last_failed, memory, *now, version)
    };
    if end.is_none() {
        let succeeded = counted.counts.succeeded;
        let is_enough = match rules.completions {
            None => succeeded > 0,
            Some(completions) => succeeded >= i64::from(completions),
        };
        if is_enough && changes.active == 0 {
            end = Some(EndCause::Completions);
        } else if !is_deleted {
            resume_or_suspend(observed, rules, &mut started);
        }
    }
    looks_again.extend(
        changes
            .held_back
            .and_then(|left| now.checked_add(left).ok()),
    );
    let tracked = track(job, rules, pods, &counted, &last_failed, end.as_ref());
    let deleted_ready = changes.deleted.iter().filter(|pod| is_ready(pod)).count();
    let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let terminating = counted.counts.terminating + number(changes.deleted.len());
    Sync {
        is_finished: end.is_some() && tracked.all_counted && terminating == 0,
        failed_indexes: counted.failed_indexes.clone(),
        ready: counted.counts.ready - number(deleted_ready),
        terminating,
        counted,
        end,
        changes,
        tracked,
        started,
        memory,
        looks_again,
    }
}

/// The controller asks for the deadline before it asks for failed indexes and the success
/// policy, so these let it look again.
fn is_ended_early(end: Option<&EndCause>) -> bool {
    let late = |end: &EndCause| {
        matches!(
            end,
            EndCause::MaxFailedIndexes { .. }
                | EndCause::FailedIndexes { .. }
                | EndCause::SuccessPolicy { .. }
        )
    };
    end.is_some_and(|end| !late(end))
}

/// The start time counts from the last time that the Job was resumed. Where a suspended Job may
/// be changed, it has none.
fn resume_or_suspend(
    observed: &ObservedJob<'_>,
    rules: &JobRules<'_>,
    started: &mut Option<Timestamp>,
) {
    let suspended = condition(observed.job, "Suspended").map(|condition| condition.status.as_str());
    if rules.is_suspended {
        let is_new = suspended != Some("True");
        if is_new && Gate::MutableSchedulingDirectivesForSuspendedJobs.is_on(observed.version) {
            *started = None;
        }
    } else if suspended.is_some_and(|status| status != "False") {
        *started = Some(observed.now);
    }
}
