//! The reasons why the text of a Pod misleads, in words.

use std::fmt;

use super::pod_reason::{OtherContainer, PodMisleading};
use crate::kubectl_status::origin::ContainerName;
use crate::prose::list;

fn names(containers: &[ContainerName]) -> String {
    let names: Vec<String> = containers.iter().map(ContainerName::to_string).collect();
    list(&names)
}

fn states(others: &[OtherContainer]) -> String {
    let states = others.iter();
    let states = states.map(|other| format!("{} ({})", other.container, other.state));
    list(&states.collect::<Vec<_>>())
}

fn quoted(texts: &[String]) -> String {
    let quoted = texts.iter().map(|text| format!("`{text}`"));
    list(&quoted.collect::<Vec<_>>())
}

/// Returns ``: MESSAGE``, or nothing for an empty message.
fn after_colon(message: &str) -> String {
    match message {
        "" => String::new(),
        message => format!(": {message}"),
    }
}

fn are(count: usize) -> &'static str {
    if count == 1 { "is" } else { "are" }
}

impl fmt::Display for PodMisleading {
    /// Writes a clause that follows "misleads because".
    #[expect(clippy::too_many_lines, reason = "one clause for each reason")]
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AppRuns { container, running } | Self::OthersRun { container, running } => {
                let (others, are) = (names(running), are(running.len()));
                write!(f, "only {container} is in this state, and {others} {are} running")
            }
            Self::SidecarNotStarted { sidecar } => write!(
                f,
                "no init container is running; {sidecar} runs and counts as started once its startup probe succeeds"
            ),
            Self::InitCountsSidecars { sidecars, total } => write!(
                f,
                "{sidecars} of these {total} {} a sidecar, which counts once it has started and does not end",
                are(*sidecars)
            ),
            Self::OthersFail { others } => {
                write!(f, "{} {} not shown", states(others), are(others.len()))
            }
            Self::LastRunHidden {
                container,
                exit_code: 0,
                ..
            } => write!(
                f,
                "the last run of {container} ended with exit code 0: it has not crashed, and is restarted all the same"
            ),
            Self::LastRunHidden {
                container,
                reason,
                exit_code,
            } => write!(
                f,
                "the last run of {container} ended with {reason} (exit code {exit_code})"
            ),
            Self::NotReadyByCompletion { completed, running } => write!(
                f,
                "no readiness probe is the cause; {} completed, and the Pod ends once {} ended, too",
                has(&names(completed), completed.len()),
                has(&names(running), running.len())
            ),
            Self::WillRestart { container } => {
                write!(f, "{container} is going to be restarted")
            }
            Self::NotEnded { phase } => {
                write!(f, "the Pod has not ended; its phase is {phase}")
            }
            Self::HasFailed => f.write_str("the Pod has failed; its phase is Failed"),
            Self::HasSucceeded { container } => write!(
                f,
                "the Pod has succeeded; its phase is Succeeded, whatever the end of {container} is called"
            ),
            Self::HasEnded { phase } => write!(
                f,
                "the Pod has ended, and none of its containers starts again; its phase is {phase}"
            ),
            Self::PodReasonHidden { reason, message } => write!(
                f,
                "the reason of the Pod is {reason}{}",
                after_colon(message)
            ),
            Self::Disrupted { reason, message } => {
                write!(f, "the Pod is the target of a disruption: {reason}{}", after_colon(message))
            }
            Self::Evicted { message } => {
                write!(f, "the kubelet evicted the Pod{}", after_colon(message))
            }
            Self::NodeShutdown => f.write_str("the Pod ended because its node was shut down"),
            Self::DeletionHidden { finalizers } if finalizers.is_empty() => f.write_str(
                "the deletion of the Pod was requested, which is not shown of a Pod that has ended",
            ),
            Self::DeletionHidden { finalizers } => write!(
                f,
                "the deletion of the Pod was requested, which is not shown of a Pod that has ended; finalizers keep it: {}",
                quoted(finalizers)
            ),
            Self::EndedByDeletion {
                container,
                exit_code,
            } => write!(
                f,
                "{container} ended with exit code {exit_code} after the deletion was requested"
            ),
            Self::TerminatingHides { text } => {
                write!(f, "without the deletion it would be `{text}`")
            }
            Self::HeldByFinalizers { finalizers } => write!(
                f,
                "finalizers keep the Pod, whatever its containers do: {}",
                quoted(finalizers)
            ),
            Self::NodeSilent => {
                f.write_str("the node of the Pod no longer reports; this is the last known state")
            }
            Self::NotWritten { value } => write!(
                f,
                "no component of Kubernetes writes `{value}` any more; something else has"
            ),
            Self::NotReadyContainers { others } => {
                write!(f, "some containers are not ready: {}", states(others))
            }
            Self::ReadinessGates { conditions } => write!(
                f,
                "all containers are ready and the Pod is not: its readiness gates wait for {}",
                quoted(conditions)
            ),
            Self::EndNotObserved {
                container,
                exit_code,
            } => write!(
                f,
                "nobody saw {container} end; exit code {exit_code} is not its own"
            ),
            Self::RemovedToRestart { container } => write!(
                f,
                "{container} has not failed; the kubelet removed it to restart all containers"
            ),
            Self::GatesRemoved => f.write_str(
                "the Pod has no scheduling gate any more, and the scheduler has not looked at it since",
            ),
            Self::PendingCauseHidden { reason, message } => {
                write!(f, "the cause is {reason}{}", after_colon(message))
            }
            Self::PendingOnNode { node } => write!(
                f,
                "the Pod is scheduled; the kubelet of node `{node}` has not reported any container"
            ),
            Self::NoSandbox => f.write_str(
                "no container is being created; the volumes or the sandbox of the Pod are not ready",
            ),
            Self::SandboxIsThere => f.write_str(
                "volumes and sandbox are ready; an image is being pulled, or a postStart hook has not ended",
            ),
            Self::Resize { condition, reason } => {
                write!(f, "a resize is not shown: {condition}{}", after_colon(reason))
            }
            Self::RestartsWithoutInit { restarts: 1 } => {
                f.write_str("RESTARTS leaves out 1 restart of an init container")
            }
            Self::RestartsWithoutInit { restarts } => write!(
                f,
                "RESTARTS leaves out {restarts} restarts of init containers"
            ),
        }
    }
}

/// Returns the subject with `has` or `have`.
fn has(subject: &str, count: usize) -> String {
    let verb = if count == 1 { "has" } else { "have" };
    format!("{subject} {verb}")
}
