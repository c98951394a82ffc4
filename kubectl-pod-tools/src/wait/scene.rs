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
    /// Where that object is.
    pub namespace: String,
    /// That object's uid.
    pub uid: String,
    /// Who says so: `kubelet`, `job-controller`.
    pub reporter: String,
    /// `FailedCreate`.
    pub reason: String,
    /// In its reporter's words.
    pub message: String,
    /// When it was last seen, to the second, by the cluster's clock; empty where
    /// it does not say so. As text it sorts by time.
    pub at: String,
}

/// The events that explain why something goes wrong, or how it ended.
///
/// Sources: pkg/kubelet/events/event.go, pkg/controller/job/job_controller.go,
/// pkg/controller/controller_utils.go, pkg/scheduler/schedule_one.go, the
/// cluster autoscaler's `TriggeredScaleUp` and Karpenter's `Nominated`.
const TELLING: [&str; 26] = [
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
    "NodeNotReady",
    "Nominated",
    "PodFailurePolicy",
    "Preempted",
    "ProbeWarning",
    "Pulling",
    "TriggeredScaleUp",
    "Unhealthy",
];

/// Events that only say that what went wrong before does so no longer. Of each
/// the last is kept. All others (Scheduled, Started …) say nothing.
const QUIET: [&str; 4] = [
    "Created",
    "Pulled",
    "SuccessfulAttachVolume",
    "SuccessfulCreate",
];

impl Note {
    /// What an Event tells; none when it explains nothing.
    pub(crate) fn of(event: &Value) -> Option<Self> {
        let reason = text(event, "reason");
        if !TELLING.contains(&reason) && !QUIET.contains(&reason) {
            return None;
        }
        // Of what has no uid nobody can tell which object it is.
        let uid = text_at(event, "/involvedObject/uid");
        if uid.is_empty() {
            return None;
        }
        let reporter = match text_at(event, "/source/component") {
            "" => text(event, "reportingComponent"),
            component => component,
        };
        // An event that is repeated says when in its series, or moves its
        // lastTimestamp; one of the newer API has only its own time.
        let times = [
            "/series/lastObservedTime",
            "/lastTimestamp",
            "/eventTime",
            "/firstTimestamp",
        ];
        let at = times
            .map(|pointer| text_at(event, pointer))
            .into_iter()
            .find(|at| !at.is_empty());
        Some(Self {
            namespace: text_at(event, "/involvedObject/namespace").to_owned(),
            at: at.and_then(|at| at.get(..19)).unwrap_or("").to_owned(),
            kind: text_at(event, "/involvedObject/kind").to_owned(),
            name: text_at(event, "/involvedObject/name").to_owned(),
            uid: uid.to_owned(),
            reporter: reporter.to_owned(),
            reason: reason.to_owned(),
            message: text(event, "message").trim().to_owned(),
        })
    }

    /// Whether the controller of its object's kind says it. Whoever may write events
    /// may give them any reason (pkg/controller, `EventSource`).
    pub(crate) fn is_of_controller(&self) -> bool {
        let controller = match self.kind.as_str() {
            "DaemonSet" => "daemonset-controller",
            "Job" => "job-controller",
            "ReplicaSet" => "replicaset-controller",
            "ReplicationController" => "replication-controller",
            "StatefulSet" => "statefulset-controller",
            _ => return false,
        };
        self.reporter == controller
    }

    /// The memory that it takes, in bytes.
    pub(crate) fn size(&self) -> usize {
        let texts = [
            &self.kind,
            &self.name,
            &self.namespace,
            &self.uid,
            &self.reason,
            &self.reporter,
        ];
        let texts = texts.into_iter().chain([&self.message, &self.at]);
        size_of::<Self>() + texts.map(String::capacity).sum::<usize>()
    }

    /// Whether it only says that all is well.
    pub(crate) fn is_quiet(&self) -> bool {
        QUIET.contains(&self.reason.as_str())
    }

    /// Whether it says the same of the same object, at whatever time.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        self.uid == other.uid && self.reason == other.reason && self.message == other.message
    }

    /// The name of the Deployment whose ReplicaSet it may tell of: a ReplicaSet's
    /// name is its Deployment's and a hash without a dash
    /// (pkg/controller/deployment/sync.go, `getNewReplicaSet`).
    pub(crate) fn deployment(&self) -> Option<&str> {
        let of_replica_set = (self.kind == "ReplicaSet").then_some(self.name.as_str());
        Some(of_replica_set?.rsplit_once('-')?.0)
    }
}
