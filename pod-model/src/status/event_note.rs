//! The part of an Event that explains the state of its object.

use serde_json::Value;

use super::fields::{number_at, text, text_at};
use super::message_pattern::{COMBINED, message_pattern, with_count};
use super::workload_kind::WorkloadKind;

/// The part of an Event that is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventNote {
    /// Kind of the object that the event is about.
    pub kind: String,
    /// Name of that object.
    pub name: String,
    /// Namespace of that object.
    pub namespace: String,
    /// Uid of that object.
    pub uid: String,
    /// The component that reported it: `kubelet`, `job-controller`.
    pub reporter: String,
    /// `FailedCreate`.
    pub reason: String,
    /// The message, in the words of the reporter.
    pub message: String,
    /// Time of the last occurrence, to the second, by the cluster's clock; empty if the
    /// event has none. As text it sorts by time.
    pub at: String,
    /// Number of occurrences that the event itself counts.
    pub count: u64,
    /// Number of occurrences altogether: events that differ only in random parts are one
    /// here.
    pub times: u64,
    /// Value of `times` when it was last reported; 0 if it never was.
    pub reported: u64,
}

/// Reasons of events that explain why something goes wrong, or how it ended.
///
/// Sources: pkg/kubelet/events/event.go, pkg/controller/job/job_controller.go and
/// job_scheduling_manager.go (since 1.37), pkg/controller/controller_utils.go,
/// pkg/controller/statefulset/stateful_set_control.go (since 1.37),
/// pkg/scheduler/schedule_one.go, the cluster autoscaler's `TriggeredScaleUp` and Karpenter's `Nominated`.
const EXPLANATORY: [&str; 29] = [
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
    "FailedWorkloadCompilation",
    "FailedWorkloadCreate",
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
    "UnknownStrategy",
];

/// Reasons of events that end an earlier failure. The last of each is kept. All other
/// events (Scheduled, Started …) explain nothing.
const RECOVERY: [&str; 5] = [
    "Created",
    "Pulled",
    "SuccessfulAttachVolume",
    "SuccessfulCreate",
    "WorkloadCreated",
];

impl EventNote {
    /// Returns the note of an Event, or `None` if it explains nothing.
    pub fn of(event: &Value) -> Option<Self> {
        let reason = text(event, "reason");
        if !EXPLANATORY.contains(&reason) && !RECOVERY.contains(&reason) {
            return None;
        }
        // Without a uid it is not known which object it is about.
        let uid = text_at(event, "/involvedObject/uid");
        if uid.is_empty() {
            return None;
        }
        let reporter = match text_at(event, "/source/component") {
            "" => text(event, "reportingComponent"),
            component => component,
        };
        // A repeated event has the time in its series or moves its lastTimestamp; one of
        // the newer API has only its own time.
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
            reported: 0,
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

    /// Returns whether the controller of the object's kind reported it. Anyone who may write events
    /// may give them any reason (pkg/controller, `EventSource`).
    pub fn is_from_controller(&self) -> bool {
        let controller = match WorkloadKind::of_name(&self.kind) {
            WorkloadKind::DaemonSet => "daemonset-controller",
            WorkloadKind::Job => "job-controller",
            WorkloadKind::ReplicaSet => "replicaset-controller",
            WorkloadKind::ReplicationController => "replication-controller",
            WorkloadKind::StatefulSet => "statefulset-controller",
            WorkloadKind::CronJob
            | WorkloadKind::Deployment
            | WorkloadKind::Pod
            | WorkloadKind::Other => return false,
        };
        self.reporter == controller
    }

    /// Returns the memory that it takes, in bytes.
    pub fn size(&self) -> usize {
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

    /// Returns whether it ends an earlier failure and explains nothing else.
    pub fn is_recovery(&self) -> bool {
        RECOVERY.contains(&self.reason.as_str())
    }

    /// Returns whether it repeats another note about the same object. The recorder makes one event
    /// of those that it takes for similar, with the last message.
    pub fn repeats(&self, other: &Self) -> bool {
        self.uid == other.uid
            && self.reason == other.reason
            && (self.message == other.message
                || self.is_combined() && other.is_combined()
                || message_pattern(&self.message) == message_pattern(&other.message))
    }

    fn is_combined(&self) -> bool {
        self.message.starts_with(COMBINED)
    }

    /// Returns the number of occurrences since an older note: by its count, or by its time
    /// if the count is the same or restarted.
    pub fn occurrences_since(&self, older: &Self) -> u64 {
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

    /// Returns whether it is to be reported: the first time, and then each time the number of
    /// occurrences has doubled.
    pub fn is_report_due(&self) -> bool {
        !self.is_recovery() && self.times >= self.reported.saturating_mul(2).max(1)
    }

    /// Returns whether it has occurred since it was reported.
    pub fn has_unreported(&self) -> bool {
        self.reported > 0 && self.times > self.reported
    }

    /// Returns the line that reports it: in full, or shortened if it was reported before.
    pub fn describe(&self) -> String {
        let (kind, name) = (self.kind.to_lowercase(), &self.name);
        let message = self.message.strip_prefix(COMBINED);
        let message = message.unwrap_or(&self.message);
        let line = format!("{kind}/{name}: {}: {message}", self.reason);
        match (self.reported, self.times) {
            (0, 1) => line,
            (0, times) => format!("{line} ({times} times)"),
            (_, times) => with_count(&line, times),
        }
    }

    /// Returns the line that reports it next to the state of its target. If that has the
    /// same message, the line is shortened, or `None` if it occurred once.
    pub fn describe_beside(&self, state: &str) -> Option<String> {
        let is_new = self.reported > 0
            || self.message.is_empty()
            || !message_pattern(state).ends_with(&format!(": {}", message_pattern(&self.message)));
        if is_new {
            return Some(self.describe());
        }
        let reported = Self {
            reported: 1,
            ..self.clone()
        };
        (self.times > 1).then(|| reported.describe())
    }

    /// Returns the name of the Deployment that owns its ReplicaSet: a ReplicaSet's name is
    /// its Deployment's and a hash without a dash
    /// (pkg/controller/deployment/sync.go, `getNewReplicaSet`).
    pub fn deployment(&self) -> Option<&str> {
        if WorkloadKind::of_name(&self.kind) != WorkloadKind::ReplicaSet {
            return None;
        }
        Some(self.name.rsplit_once('-')?.0)
    }
}
