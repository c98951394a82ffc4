//! The report of one target.

use k8s_openapi::jiff::Timestamp;
use pod_model::ContainerType;
use pod_model::diagnosis::{BetterByItself, Cause, Stage};
use serde::Serialize;

use crate::explain::topic::Explained;

/// Fields that a StatusReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct StatusBody {
    /// The answer in one sentence or two.
    pub summary: String,
    /// The state as people call it.
    pub state: String,
    /// The STATUS column of `kubectl get`; absent for what has no status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kubectl_status: Option<String>,
    /// The reasons why that column misleads.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub misleading: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    pub better_by_itself: BetterByItself,
    pub causes: Vec<Cause>,
    pub advice: Vec<String>,
    pub containers: Vec<ContainerReport>,
    /// The stages of the life that lies ahead of what has never run.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lifecycle: Vec<Stage>,
    /// Everything that was not read and would tell more, with the reason.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unread: Vec<String>,
    /// True if the state changes no more, but by deletion.
    #[serde(skip)]
    pub is_final: bool,
}

/// A container and its state.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerReport {
    pub name: String,
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    /// `waiting`, `running`, `terminated`, or absent without a status.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exit_code: Option<i32>,
    pub ready: bool,
    pub restart_count: i32,
    /// Begin of this state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<Timestamp>,
    /// The run before, or the current state if it is an end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_run: Option<LastRun>,
    /// The latest time at which the kubelet starts it again, after its back-off.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_start: Option<Timestamp>,
}

/// The newest run that has ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct LastRun {
    pub exit_code: i32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub finished_at: Option<Timestamp>,
    /// Its last log lines, if it has failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log: Option<Vec<String>>,
    /// The reason why its log was not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub log_unread: Option<String>,
}

/// A target with its report.
pub(in crate::explain) type ExplainedStatus = Explained<StatusBody>;
