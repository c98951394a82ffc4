//! The field that a text of the STATUS column comes from.

use std::fmt;

use serde::Serialize;

use crate::container::ContainerType;
use crate::path::FieldPath;

/// A text of the STATUS column, and its origin.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusText {
    /// The text, such as `Init:CrashLoopBackOff`; empty if the object has no phase.
    pub text: String,
    /// The field and the rule that it comes from.
    pub origin: StatusOrigin,
}

impl StatusText {
    /// Returns a text that no container is the origin of.
    pub(super) fn of_object(text: impl Into<String>, rule: StatusRule, path: FieldPath) -> Self {
        Self {
            text: text.into(),
            origin: StatusOrigin {
                rule,
                path,
                container: None,
            },
        }
    }
}

/// The field that a text comes from, and the rule that leads there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StatusOrigin {
    /// The rule.
    pub rule: StatusRule,
    /// The path of the field that decides, such as
    /// `status.initContainerStatuses[1].state.waiting.reason`.
    pub path: FieldPath,
    /// The container whose state it is, or `None` for a field of the whole object.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub container: Option<ContainerName>,
}

impl fmt::Display for StatusOrigin {
    /// Writes a clause that follows "because".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.container.as_ref().map(ContainerName::to_string);
        let name = name.unwrap_or_default();
        match self.rule {
            StatusRule::Phase => f.write_str("this is the phase of the Pod"),
            StatusRule::PodReason => f.write_str("this is the reason of the Pod's status"),
            StatusRule::SchedulingGated => {
                f.write_str("the PodScheduled condition has this reason")
            }
            StatusRule::InitTerminated | StatusRule::ErrorBesideCompleted => {
                write!(f, "{name} has failed")
            }
            StatusRule::InitWaiting | StatusRule::Waiting => write!(f, "{name} waits"),
            StatusRule::InitProgress => write!(f, "{name} is the first that is not done"),
            StatusRule::Terminated => write!(f, "{name} has ended"),
            StatusRule::RunningBesideCompleted => {
                f.write_str("a container has completed, another one is ready, and the Pod is Ready")
            }
            StatusRule::NotReadyBesideCompleted => f.write_str(
                "a container has completed, another one is ready, and the Pod is not Ready",
            ),
            StatusRule::NodeLost => f.write_str(
                "a deletion was requested, and the reason of the Pod's status is NodeLost",
            ),
            StatusRule::Deletion => f.write_str("a deletion was requested"),
            StatusRule::JobCondition => f.write_str("the Job has this condition"),
            StatusRule::JobDefault => f.write_str("no condition of the Job says otherwise"),
        }
    }
}

/// A container of a Pod, by the name in its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ContainerName {
    /// The name.
    pub name: String,
    /// The type, which the spec decides; [`ContainerType::Init`] for a status in
    /// `initContainerStatuses` that the spec does not name.
    #[serde(rename = "type")]
    pub container_type: ContainerType,
}

impl fmt::Display for ContainerName {
    /// Writes the type as people say it, and the name: ``sidecar `proxy` ``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} `{}`", self.container_type.noun(), self.name)
    }
}

/// A rule of upstream's `printPod` or `printJob` that sets the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StatusRule {
    /// The phase of a Pod.
    Phase,
    /// The reason of a Pod's status, such as `Evicted`.
    PodReason,
    /// A PodScheduled condition with the reason SchedulingGated, whatever its status.
    SchedulingGated,
    /// An init container or a sidecar that has terminated with an exit code other than 0:
    /// `Init:Error`.
    InitTerminated,
    /// An init container or a sidecar that waits for a reason: `Init:CrashLoopBackOff`.
    InitWaiting,
    /// An init container that runs or has not started, or a sidecar that has not started:
    /// `Init:0/2`.
    InitProgress,
    /// The first container that waits for a reason or has terminated, here one that waits.
    Waiting,
    /// The same, here one that has terminated.
    Terminated,
    /// The first container has completed, another one is ready, and so is the Pod:
    /// `Running`.
    RunningBesideCompleted,
    /// The first container has completed, another one has failed (since 1.35).
    ErrorBesideCompleted,
    /// The first container has completed, another one is ready, the Pod is not: `NotReady`.
    NotReadyBesideCompleted,
    /// A deletion was requested of a Pod whose status has the reason NodeLost: `Unknown`.
    NodeLost,
    /// A deletion was requested of a Pod or a Job that has not ended: `Terminating`.
    Deletion,
    /// A condition of a Job, such as `Complete`.
    JobCondition,
    /// A Job without any such condition: `Running`.
    JobDefault,
}
