//! The row of a Job.

use k8s_openapi::api::batch::v1::{Job, JobSpec, JobStatus};
use k8s_openapi::jiff::Timestamp;

use super::duration::human_duration;
use super::origin::{StatusRule, StatusText};
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// The row of a Job in the table of `kubectl get jobs`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobRow {
    /// STATUS.
    pub status: StatusText,
    /// COMPLETIONS: `1/3`, and `0/1 of 2` for a Job without `completions`.
    pub completions: String,
    /// `status.startTime`.
    pub started: Option<Timestamp>,
    /// `status.completionTime`, which only a Job that is Complete has.
    pub completed: Option<Timestamp>,
}

impl JobRow {
    /// Returns the DURATION column: empty before the Job has started. It counts on until
    /// there is a completion time.
    pub fn duration_column(&self, now: Timestamp) -> String {
        let end = self.completed.unwrap_or(now);
        self.started
            .map_or_else(String::new, |started| human_duration(started, end))
    }
}

/// A condition whose type is the text if it is True, and the first version that has it.
type Row = (&'static str, KubernetesVersion);

/// Conditions that set the text whether or not a deletion was requested, the first of them.
const ENDED: [Row; 2] = [
    ("Complete", KubernetesVersion::OLDEST),
    ("Failed", KubernetesVersion::OLDEST),
];

/// The same, of a Job whose deletion was not requested.
const NOT_DELETED: [Row; 3] = [
    ("Suspended", KubernetesVersion::OLDEST),
    ("FailureTarget", KubernetesVersion::OLDEST),
    ("SuccessCriteriaMet", KubernetesVersion::V1_34),
];

/// Returns the row of a Job as a server of a version prints it.
///
/// Upstream: pkg/printers/internalversion/printers.go, `printJob`.
pub fn job_row(job: &Job, version: KubernetesVersion) -> JobRow {
    let (no_spec, no_status) = (JobSpec::default(), JobStatus::default());
    let spec = job.spec.as_ref().unwrap_or(&no_spec);
    let status = job.status.as_ref().unwrap_or(&no_status);
    let time = |time: &k8s_openapi::apimachinery::pkg::apis::meta::v1::Time| time.0;
    JobRow {
        status: status_text(job, status, version),
        completions: completions(spec, status),
        started: status.start_time.as_ref().map(time),
        completed: status.completion_time.as_ref().map(time),
    }
}

fn status_text(job: &Job, status: &JobStatus, version: KubernetesVersion) -> StatusText {
    let root = FieldPath::root();
    let first = |rows: &[Row]| {
        let mut rows = rows.iter().filter(|(_, since)| *since <= version);
        rows.find_map(|(condition, _)| {
            let index = true_condition(status, condition)?;
            let path = root.field("status").field("conditions").index(index);
            let rule = StatusRule::JobCondition;
            Some(StatusText::of_object(
                *condition,
                rule,
                path.field("status"),
            ))
        })
    };
    let deletion = job.metadata.deletion_timestamp.as_ref().map(|_| {
        let path = root.field("metadata").field("deletionTimestamp");
        StatusText::of_object("Terminating", StatusRule::Deletion, path)
    });
    first(&ENDED)
        .or(deletion)
        .or_else(|| first(&NOT_DELETED))
        .unwrap_or_else(|| {
            let path = root.field("status").field("conditions");
            StatusText::of_object("Running", StatusRule::JobDefault, path)
        })
}

/// Returns the index of the first condition of a type if its status is True.
pub(super) fn true_condition(status: &JobStatus, condition: &str) -> Option<usize> {
    let all = status.conditions.as_deref().unwrap_or_default();
    let index = all.iter().position(|c| c.type_ == condition)?;
    (all.get(index)?.status == "True").then_some(index)
}

fn completions(spec: &JobSpec, status: &JobStatus) -> String {
    let succeeded = status.succeeded.unwrap_or_default();
    match (spec.completions, spec.parallelism.unwrap_or_default()) {
        (Some(completions), _) => format!("{succeeded}/{completions}"),
        (None, parallelism @ 2..) => format!("{succeeded}/1 of {parallelism}"),
        (None, _) => format!("{succeeded}/1"),
    }
}
