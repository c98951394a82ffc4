//! What a condition is shown: one object, and what belongs to it.

use serde_json::Value;

use super::fields::{text, text_at};

/// An object with its Pods and the events that tell of either.
#[derive(Clone, Debug)]
pub(crate) struct Scene<'a> {
    /// As the API server sent it last.
    pub object: &'a Value,
    /// Those that it made, gone ones included, the oldest first; a Pod is its own.
    pub pods: Vec<&'a Value>,
    /// The oldest first.
    pub notes: Vec<&'a Note>,
}

impl Scene<'_> {
    /// `Job`; empty for a kind that is not built in.
    pub(crate) fn kind(&self) -> &str {
        super::fields::kind(self.object)
    }
}

/// What is kept of an Event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The kind of the object that it tells of.
    pub kind: String,
    /// That object's name.
    pub name: String,
    /// That object's uid.
    pub uid: String,
    /// `FailedCreate`.
    pub reason: String,
    /// In its reporter's words.
    pub message: String,
}

/// The events that explain why something goes wrong, or how it ended. All
/// others (Scheduled, Pulled, Created, Started …) only say that all is well.
///
/// Sources: pkg/kubelet/events/event.go, pkg/controller/job/job_controller.go,
/// pkg/controller/controller_utils.go, pkg/scheduler/schedule_one.go, and the
/// cluster autoscaler's `TriggeredScaleUp`.
const TELLING: [&str; 24] = [
    "BackOff",
    "BackoffLimitExceeded",
    "Completed",
    "DeadlineExceeded",
    "ErrImageNeverPull",
    "Evicted",
    "ExceededGracePeriod",
    "Failed",
    "FailedAttachVolume",
    "FailedBinding",
    "FailedCreate",
    "FailedCreatePodSandBox",
    "FailedIndexes",
    "FailedMount",
    "FailedPostStartHook",
    "FailedScheduling",
    "InspectFailed",
    "MaxFailedIndexesExceeded",
    "PodFailurePolicy",
    "Preempted",
    "ProbeWarning",
    "Pulling",
    "TriggeredScaleUp",
    "Unhealthy",
];

impl Note {
    /// What an Event tells; none when it explains nothing.
    pub(crate) fn of(event: &Value) -> Option<Self> {
        let reason = text(event, "reason");
        if !TELLING.contains(&reason) {
            return None;
        }
        Some(Self {
            kind: text_at(event, "/involvedObject/kind").to_owned(),
            name: text_at(event, "/involvedObject/name").to_owned(),
            uid: text_at(event, "/involvedObject/uid").to_owned(),
            reason: reason.to_owned(),
            message: text(event, "message").trim().to_owned(),
        })
    }
}
