//! The table of stuck states.

use std::time::Duration;

use super::hold::HoldKind;

/// A state that an object cannot leave on its own.
#[derive(Debug)]
pub struct StuckState {
    /// Reason in the words of the API.
    pub reason: &'static str,
    /// Time that it may last before it counts as stuck; `--stuck-after` overrides it.
    pub grace: Duration,
    /// Its detector.
    pub detector: Detector,
}

/// The source that a state is detected from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Detector {
    /// A container waits for one of these reasons.
    Waiting(&'static [&'static str]),
    /// The same in a Pod that runs to completion, or a container has crashed more than once.
    CrashLoop(&'static [&'static str]),
    /// The scheduler reports that no node fits.
    Unschedulable,
    /// The controller cannot create Pods, and there are none.
    FailedCreate,
    /// Somebody has requested it, and only a person ends it.
    Hold(HoldKind),
    /// The Pod's containers are not created, and an event with one of these reasons explains
    /// why.
    Volumes(&'static [&'static str]),
}

impl StuckState {
    /// Returns whether the object itself is held: that prevents only its end, and a suspended object
    /// may still meet a JSONPath.
    pub fn is_of_object(&self) -> bool {
        matches!(
            self.detector,
            Detector::Hold(HoldKind::Paused | HoldKind::OnDelete | HoldKind::Suspended)
        )
    }
}

/// Longest gap in a state that comes and goes and still counts as lasting: a container that
/// crashes runs for a moment between two back-offs.
pub const GAP: Duration = Duration::from_secs(15);

const fn state(reason: &'static str, grace: u64, detector: Detector) -> StuckState {
    StuckState {
        reason,
        grace: Duration::from_secs(grace),
        detector,
    }
}

/// All states; the first that is detected is reported.
///
/// Sources: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime (`ErrCreateContainer`
/// …), pkg/kubelet/container/sync_result.go, pkg/apis/core (`PodReasonUnschedulable`),
/// pkg/controller/controller_utils.go (`FailedCreatePodReason`),
/// pkg/kubelet/events/event.go (`FailedMountVolume`, `FailedAttachVolume`).
pub const STUCK_STATES: [StuckState; 15] = [
    state(
        "InvalidImageName",
        0,
        Detector::Waiting(&["InvalidImageName"]),
    ),
    state(
        "ErrImageNeverPull",
        5,
        Detector::Waiting(&["ErrImageNeverPull"]),
    ),
    // A registry may be unavailable for a moment.
    state(
        "ImagePullBackOff",
        20,
        Detector::Waiting(&[
            "ImagePullBackOff",
            "ErrImagePull",
            "ImageInspectError",
            "RegistryUnavailable",
        ]),
    ),
    // The ConfigMap may be the next object that is applied.
    state(
        "CreateContainerConfigError",
        20,
        Detector::Waiting(&["CreateContainerConfigError"]),
    ),
    state(
        "CreateContainerError",
        20,
        Detector::Waiting(&["CreateContainerError"]),
    ),
    state(
        "RunContainerError",
        20,
        Detector::Waiting(&["RunContainerError"]),
    ),
    // Its dependencies may come up after the first attempts.
    state(
        "CrashLoopBackOff",
        60,
        Detector::CrashLoop(&["CrashLoopBackOff"]),
    ),
    // A node may be on its way.
    state("Unschedulable", 60, Detector::Unschedulable),
    state("FailedCreate", 15, Detector::FailedCreate),
    // In a rollout the old Pod has to end and its node has to detach the volume.
    state(
        "FailedAttachVolume",
        180,
        Detector::Volumes(&["FailedAttachVolume"]),
    ),
    state("FailedMount", 30, Detector::Volumes(&["FailedMount"])),
    // A script pauses, changes and resumes.
    state("DeploymentPaused", 5, Detector::Hold(HoldKind::Paused)),
    // Somebody may delete the Pods one by one.
    state("OnDelete", 20, Detector::Hold(HoldKind::OnDelete)),
    // An unlabelled queue may admit it.
    state("Suspended", 120, Detector::Hold(HoldKind::Suspended)),
    // The controller of the gate may be slow.
    state("SchedulingGated", 60, Detector::Hold(HoldKind::Gated)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_every_state_with_its_time() {
        let page = include_str!("../../../../docs/waiting.md");
        for state in &STUCK_STATES {
            let line = format!("| `{}` | {} s | ", state.reason, state.grace.as_secs());
            assert!(page.contains(&line), "{line}");
        }
        let listed = page.lines().filter(|line| line.contains(" s | ")).count();
        assert_eq!(listed, STUCK_STATES.len());
    }
}
