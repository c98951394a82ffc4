//! What a condition is shown: one object, and what belongs to it.

use serde_json::Value;

use super::fields::{number_at, text, text_at};
use super::repeats::{COMBINED, again, pattern};

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
    /// How often, as the event counts.
    pub count: u64,
    /// How often altogether: events that only differ in what is random are one here.
    pub times: u64,
    /// How often it had happened when it was told last; 0 when it was not.
    pub told: u64,
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
        // core/v1 counts in the event, events.k8s.io in its series
        // (k8s.io/client-go/tools/events, `recordToSink`).
        let counts = ["/series/count", "/count"].map(|pointer| number_at(event, pointer));
        let count = counts.into_iter().flatten().max();
        let count = count
            .and_then(|n| u64::try_from(n).ok())
            .unwrap_or(1)
            .max(1);
        Some(Self {
            count,
            times: count,
            told: 0,
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

    /// Whether it says the same of the same object, at whatever time. What the recorder
    /// takes for similar has one event, and in it the last message.
    pub(crate) fn repeats(&self, other: &Self) -> bool {
        self.uid == other.uid
            && self.reason == other.reason
            && (self.message == other.message
                || self.is_combined() && other.is_combined()
                || pattern(&self.message) == pattern(&other.message))
    }

    fn is_combined(&self) -> bool {
        self.message.starts_with(COMBINED)
    }

    /// How often it has happened since the same was seen before: by its count, or by
    /// its time where the count stays or begins anew.
    pub(super) fn happened_since(&self, older: &Self) -> u64 {
        if self.message != older.message && !(self.is_combined() && older.is_combined()) {
            self.count
        } else if self.count > older.count {
            self.count - older.count
        } else if self.at > older.at {
            if self.count < older.count {
                self.count
            } else {
                1
            }
        } else {
            0
        }
    }

    /// Whether there is something to tell: all that happens once, and what happens
    /// again and again at half the pace each time.
    pub(crate) fn is_due(&self) -> bool {
        !self.is_quiet() && self.times >= self.told.saturating_mul(2).max(1)
    }

    /// Whether it happened since it was told.
    pub(crate) fn is_behind(&self) -> bool {
        self.told > 0 && self.times > self.told
    }

    /// What it says: in full, or shortly when it was told before.
    pub(crate) fn said(&self) -> String {
        let (kind, name) = (self.kind.to_lowercase(), &self.name);
        let message = self.message.strip_prefix(COMBINED);
        let message = message.unwrap_or(&self.message);
        let said = format!("{kind}/{name}: {}: {message}", self.reason);
        match (self.told, self.times) {
            (0, 1) => said,
            (0, times) => format!("{said} ({times} times)"),
            (_, times) => again(&said, times),
        }
    }

    /// What it says beside the state of its target, which may say the same already: then
    /// it is told again, as a count.
    pub(crate) fn said_beside(&self, state: &str) -> Option<String> {
        let is_new = self.told > 0
            || self.message.is_empty()
            || !pattern(state).ends_with(&format!(": {}", pattern(&self.message)));
        if is_new {
            return Some(self.said());
        }
        let told = Self {
            told: 1,
            ..self.clone()
        };
        (self.times > 1).then(|| told.said())
    }

    /// The name of the Deployment whose ReplicaSet it may tell of: a ReplicaSet's
    /// name is its Deployment's and a hash without a dash
    /// (pkg/controller/deployment/sync.go, `getNewReplicaSet`).
    pub(crate) fn deployment(&self) -> Option<&str> {
        let of_replica_set = (self.kind == "ReplicaSet").then_some(self.name.as_str());
        Some(of_replica_set?.rsplit_once('-')?.0)
    }
}
