//! Parts of the report that states are made of.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use pod_model::job::{Indexes, JobRules, completion_index};
use serde::Serialize;

/// The end of a Job, as far as it is certain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) enum Outcome {
    Succeeded,
    Failed,
    /// It has not ended, and its end is open.
    Unfinished,
    /// A `CronJob` that waits for its next run.
    Scheduled,
    /// A `CronJob` whose next run does not start by itself.
    Blocked,
}

/// The numbers of a Job's Pods; those that succeeded are indexes if it has some.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Counts {
    pub succeeded: i64,
    /// Number of Pods that have to succeed; absent if the first success is enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub completions: Option<i32>,
    /// Failures that count.
    pub failed: i64,
    /// Failures that a rule of the failure policy ignores, of Pods that exist.
    pub ignored: i64,
    pub active: i64,
    pub ready: i64,
    pub terminating: i64,
    /// Restarts of the containers of unfinished Pods.
    pub restarts: i64,
}

/// Upper bounds; those that are absent do not exist.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct BoundsReport {
    /// Pods that it creates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_pods: Option<i64>,
    /// Failures with which it can still succeed; of all indexes together. With `restartPolicy`
    /// `OnFailure` the restarts of its unfinished Pods with which it can.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_failures: Option<i64>,
    /// Seconds from its start.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_seconds: Option<i64>,
    /// The time at which these have passed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Timestamp>,
}

/// A Pod that is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct RetryReport {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub index: Option<i64>,
    pub at: Timestamp,
    pub is_exact: bool,
    /// Failures that make the back-off.
    pub failures: i32,
}

/// The completion indexes of an Indexed Job by their state, as `0-4,7`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct IndexesReport {
    pub total: i64,
    pub succeeded: String,
    pub failed: String,
    pub active: String,
    /// Those that have no Pod yet, or wait for the next one.
    pub pending: String,
}

impl IndexesReport {
    /// Sorts the indexes of a Job.
    pub(super) fn of(
        rules: &JobRules<'_>,
        succeeded: &Indexes,
        failed: &Indexes,
        active: &[&Pod],
    ) -> Self {
        let total = i64::from(rules.completions.unwrap_or_default());
        let mut numbers: Vec<i64> = active
            .iter()
            .filter_map(|pod| completion_index(pod))
            .filter(|index| *index < total)
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let active = Indexes::from_ascending(numbers);
        let all = Indexes::parse(&format!("0-{}", total - 1), total);
        let pending = all.without(succeeded).without(failed).without(&active);
        Self {
            total,
            succeeded: succeeded.to_string(),
            failed: failed.to_string(),
            active: active.to_string(),
            pending: pending.to_string(),
        }
    }
}
