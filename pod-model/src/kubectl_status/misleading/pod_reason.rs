//! Reasons why the text of a Pod misleads.

use serde::Serialize;

use crate::kubectl_status::origin::ContainerName;

/// A container that the text is not about, and its own state in a word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OtherContainer {
    /// The container.
    #[serde(flatten)]
    pub container: ContainerName,
    /// Its reason, such as `CrashLoopBackOff`, or `not ready`.
    pub state: String,
}

/// A reason why the text of a Pod misleads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "id", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum PodMisleading {
    /// `Init:…` is the state of one sidecar, and app containers run.
    AppRuns {
        /// The sidecar or init container of the text.
        container: ContainerName,
        /// The app containers that run.
        running: Vec<ContainerName>,
    },
    /// `Init:0/1`, and no init container runs: a sidecar runs that has not started, which
    /// its startup probe decides.
    SidecarNotStarted {
        /// The sidecar.
        sidecar: ContainerName,
    },
    /// `Init:1/3` counts sidecars, which do not end.
    InitCountsSidecars {
        /// Number of sidecars among the init containers.
        sidecars: usize,
        /// Number of init containers, sidecars included.
        total: usize,
    },
    /// The text is the state of one app container, and others run.
    OthersRun {
        /// The container of the text.
        container: ContainerName,
        /// The app containers that run.
        running: Vec<ContainerName>,
    },
    /// Other containers wait with an error or have failed, which the text leaves out.
    OthersFail {
        /// The other containers, in the order of the lists.
        others: Vec<OtherContainer>,
    },
    /// `CrashLoopBackOff`, and the last run ended well or for a reason of its own, such as
    /// `OOMKilled`.
    LastRunHidden {
        /// The container.
        container: ContainerName,
        /// The reason of the last end; may be empty.
        reason: String,
        /// The exit code of the last run.
        exit_code: i32,
    },
    /// `NotReady` is not about a readiness probe: a container has completed.
    NotReadyByCompletion {
        /// The app containers that have completed.
        completed: Vec<ContainerName>,
        /// The containers that run.
        running: Vec<ContainerName>,
    },
    /// A container has ended, and the kubelet starts it again.
    WillRestart {
        /// The container.
        container: ContainerName,
    },
    /// `Completed`, and the Pod has not ended.
    NotEnded {
        /// The phase.
        phase: String,
    },
    /// The text reads as success or as a running Pod, and the Pod has failed.
    HasFailed,
    /// The text reads as a failure, and the Pod has succeeded.
    HasSucceeded {
        /// The container of the text.
        container: ContainerName,
    },
    /// The text is that of a container that waits, runs or has to start, and the Pod has ended.
    HasEnded {
        /// The phase: `Failed` or `Succeeded`.
        phase: String,
    },
    /// A container's text stands in for the reason of the Pod, such as `Evicted`.
    PodReasonHidden {
        /// The reason.
        reason: String,
        /// The message; may be empty.
        message: String,
    },
    /// Somebody disrupts or has disrupted the Pod, such as by the eviction API.
    Disrupted {
        /// The reason of the DisruptionTarget condition.
        reason: String,
        /// The message; may be empty.
        message: String,
    },
    /// The kubelet has evicted the Pod; an event says so, and the status does not.
    Evicted {
        /// The message of the event.
        message: String,
    },
    /// The text `Terminated` is the reason of a Pod that ended because its node was shut down.
    NodeShutdown,
    /// The deletion was requested, which is not shown of a Pod that has ended.
    DeletionHidden {
        /// The finalizers that keep it; may be empty.
        finalizers: Vec<String>,
    },
    /// A container's end is the effect of the deletion and not an error of its own.
    EndedByDeletion {
        /// The container.
        container: ContainerName,
        /// Its exit code.
        exit_code: i32,
    },
    /// `Terminating` stands in for another text than `Running`.
    TerminatingHides {
        /// The other text.
        text: String,
    },
    /// `Terminating` lasts until these finalizers are gone, whatever the containers do.
    HeldByFinalizers {
        /// The finalizers.
        finalizers: Vec<String>,
    },
    /// The node no longer reports, and the text is the last that was known.
    NodeSilent,
    /// No component of Kubernetes writes this reason or phase any more.
    NotWritten {
        /// The value, such as `NodeLost`.
        value: String,
    },
    /// `Running`, and some containers are not ready or do not run.
    NotReadyContainers {
        /// These containers.
        others: Vec<OtherContainer>,
    },
    /// All containers are ready, and readiness gates keep the Pod from being Ready.
    ReadinessGates {
        /// The conditions of the gates that are not True.
        conditions: Vec<String>,
    },
    /// Nobody saw the end: the kubelet or the runtime made up the exit code.
    EndNotObserved {
        /// The container.
        container: ContainerName,
        /// The exit code that is no container's own.
        exit_code: i32,
    },
    /// The kubelet removed the container to restart all containers of the Pod; it has not failed.
    RemovedToRestart {
        /// The container.
        container: ContainerName,
    },
    /// `SchedulingGated`, and there is no gate any more.
    GatesRemoved,
    /// `Pending` has a cause that a condition names.
    PendingCauseHidden {
        /// The reason, such as `Unschedulable`.
        reason: String,
        /// The message; may be empty.
        message: String,
    },
    /// `Pending`, and a node was chosen whose kubelet has not reported any container.
    PendingOnNode {
        /// The node.
        node: String,
    },
    /// `ContainerCreating` or `Init:0/1`, and no container is being created.
    NoSandbox,
    /// `ContainerCreating`, and the sandbox is there: an image is pulled, or a container
    /// already runs and its postStart hook has not ended, which holds back the ones behind it.
    SandboxIsThere,
    /// A resize of the Pod waits or is under way, which is not shown.
    Resize {
        /// The condition: `PodResizePending` or `PodResizeInProgress`.
        condition: String,
        /// The reason of the condition, such as `Infeasible`; may be empty.
        reason: String,
    },
    /// RESTARTS leaves out the restarts of init containers, once the Pod is initialized.
    RestartsWithoutInit {
        /// Number of restarts that are left out.
        restarts: i64,
    },
}
