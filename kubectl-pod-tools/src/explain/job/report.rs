//! The report of one target.

use k8s_openapi::jiff::Timestamp;
use serde::Serialize;

use super::cron::CronReport;
use super::events::SeenEvent;
use super::forecast::Forecast;
use super::limit::Limit;
use super::parts::{BoundsReport, Counts, IndexesReport, Outcome, RetryReport};
use super::pods::PodReport;
use crate::explain::topic::Explained;

/// Fields that a JobReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct JobBody {
    /// The answer in one sentence or two.
    pub summary: String,
    pub outcome: Outcome,
    /// The reason of the condition that ends it, or of what it waits for, such as `BackOff`.
    pub reason: String,
    /// False as long as `Complete` or `Failed` is not True, although the outcome may be certain.
    pub is_ended: bool,
    /// The Job of a target that is a Pod.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<Counts>,
    pub bounds: BoundsReport,
    /// The bounds, policies and times, each in a phrase about the Job.
    pub limits: Vec<Limit>,
    /// Time of the next Pod after a failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_retry: Option<Timestamp>,
    /// False if it may come before that time: the controller counts failures in its memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_retry_is_exact: Option<bool>,
    /// Each Pod that is held back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub retries: Vec<RetryReport>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub vanishes_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub indexes: Option<IndexesReport>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pods: Vec<PodReport>,
    /// Number of failed Pods that are gone, with their logs.
    #[serde(skip_serializing_if = "is_zero")]
    pub gone_failures: i64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    pub cron: Option<CronReport>,
    /// The life of a new Job under assumptions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub forecast: Option<Forecast>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub events: Vec<SeenEvent>,
    pub advice: Vec<String>,
    /// Reasons why something was not read.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// True if containers are restarted in their Pods: `restartPolicy: OnFailure`.
    #[serde(skip)]
    pub restarts_in_place: bool,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde's signature")]
fn is_zero(count: &i64) -> bool {
    *count == 0
}

/// A target with its report.
pub(in crate::explain) type ExplainedJob = Explained<JobBody>;
