//! The report of one target.

use k8s_openapi::jiff::Timestamp;
use pod_model::{ContainerType, FieldPath, Location};
use pod_probe::{DeletionGrace, Hook};
use serde::Serialize;

use super::events::SeenHook;
use super::timeline::TimelineItem;
use crate::explain::topic::Explained;

/// Fields that a HooksReport adds to the item of a target.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct HooksBody {
    pub containers: Vec<ContainerHooks>,
    pub grace_period: Grace,
    /// The course of the deletion, in seconds from it.
    pub timeline: Vec<TimelineItem>,
    /// True if the API server refuses the Pod for its hooks: then nothing is forecast.
    #[serde(skip)]
    pub is_refused: bool,
    pub deletion: Deletion,
    /// Consequences in sentences.
    pub outlook: Vec<String>,
    /// Events and states about hooks.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub observed: Vec<SeenHook>,
    /// The reason why the events were not read, or `None` if they were.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unread: Option<String>,
    /// Containers that do not run, and are not stopped.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_running: Vec<String>,
}

/// A grace period and its origin.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct Grace {
    #[serde(flatten)]
    pub grace: DeletionGrace,
    /// Its place in a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub location: Option<Location>,
}

/// The deletion of a target.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase", tag = "state")]
pub(in crate::explain) enum Deletion {
    /// It is not being deleted: the timeline is that of a deletion.
    None,
    /// It would go at once: the reason.
    Immediate { reason: String },
    /// It is being deleted.
    #[serde(rename_all = "camelCase")]
    Running {
        /// Its begin: `deletionTimestamp` less the grace period.
        since: Timestamp,
        /// `--now`, or the clock.
        now: Timestamp,
        /// From its begin to now.
        elapsed_seconds: i64,
        /// The position on the timeline in a sentence.
        message: String,
    },
}

/// A container with its hooks.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::explain) struct ContainerHooks {
    pub name: String,
    #[serde(rename = "type")]
    pub container_type: ContainerType,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_start: Option<Hook>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<Hook>,
    /// `stopSignal`, unless the API server drops it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stop_signal: Option<String>,
    /// `stopSignal` of a file that the API server drops, because its feature gate is off by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dropped_stop_signal: Option<String>,
    #[serde(skip)]
    pub path: FieldPath,
}

impl ContainerHooks {
    pub(super) fn has_hooks(&self) -> bool {
        self.post_start.is_some() || self.pre_stop.is_some()
    }
}

/// A target and its hooks.
pub(in crate::explain) type ExplainedHooks = Explained<HooksBody>;
