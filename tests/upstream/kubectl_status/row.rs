//! Rows of both sides in one form.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;
use pod_model::KubernetesVersion;
use pod_model::kubectl_status::{StatusRule, age, job_row, pod_row};
use serde_json::Value;

/// The columns of a Pod and of a Job that are compared.
const OF_POD: [&str; 4] = ["Ready", "Status", "Restarts", "Age"];
const OF_JOB: [&str; 4] = ["Status", "Completions", "Duration", "Age"];

/// A row of ours.
pub(crate) struct Row {
    pub cells: Vec<String>,
    pub status: String,
    pub path: String,
    pub rule: StatusRule,
}

pub(crate) fn ours(object: &Value, version: KubernetesVersion, now: i64) -> Row {
    let now = Timestamp::from_second(now).unwrap();
    let (status, cells) = if object["kind"] == "Job" {
        let job: Job = serde_json::from_value(object.clone()).unwrap();
        let row = job_row(&job, version);
        let cells = vec![
            row.status.text.clone(),
            row.completions.clone(),
            row.duration_column(now),
            age(job.metadata.creation_timestamp.as_ref(), now),
        ];
        (row.status, cells)
    } else {
        let pod: Pod = serde_json::from_value(object.clone()).unwrap();
        let row = pod_row(&pod, version);
        let cells = vec![
            row.ready_column(),
            row.status.text.clone(),
            row.restarts_column(now),
            age(pod.metadata.creation_timestamp.as_ref(), now),
        ];
        (row.status, cells)
    };
    Row {
        cells,
        path: status.origin.path.to_string(),
        rule: status.origin.rule,
        status: status.text,
    }
}

/// Returns the same columns of upstream's row.
pub(crate) fn of_cells(object: &Value, cells: &Value) -> Vec<String> {
    let columns = if object["kind"] == "Job" {
        OF_JOB
    } else {
        OF_POD
    };
    let cell = |column: &&str| cells[*column].as_str().unwrap().to_owned();
    columns.iter().map(cell).collect()
}
