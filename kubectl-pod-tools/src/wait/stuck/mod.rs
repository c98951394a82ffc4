//! States that do not get better by themselves: one row each, with the time
//! after which it is believed. A new one is a row here and in `docs/waiting.md`, and a
//! tape.

#[cfg(test)]
mod edge_tests;
mod held;
mod look;

use std::time::Duration;

pub(crate) use held::{Hold, held};
pub(crate) use look::{Stuck, look};

/// One such state.
#[derive(Debug)]
pub(crate) struct Row {
    /// The word of the API that names it.
    pub reason: &'static str,
    /// How long it may last before it is believed; `--stuck-after` overrules it.
    pub grace: Duration,
    /// Where it is seen.
    pub seen: Seen,
}

/// Where a state is seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Seen {
    /// A container waits, for one of these reasons.
    Waiting(&'static [&'static str]),
    /// The same, in a Pod that is meant to end; or a container that has crashed
    /// more than once.
    WaitingToEnd(&'static [&'static str]),
    /// The scheduler has said that no node fits.
    Unschedulable,
    /// The controller cannot create Pods, and there are none.
    FailedCreate,
    /// Somebody has asked for it, and only a person ends it.
    Held(Hold),
    /// The Pod's containers are not created, and an event of these says why.
    Volumes(&'static [&'static str]),
}

impl Row {
    /// Whether it is a state of the object itself, in the way of its end and of nothing
    /// else: what is suspended may well become what a JSONPath asks for.
    pub(crate) fn is_of_object(&self) -> bool {
        matches!(
            self.seen,
            Seen::Held(Hold::Paused | Hold::OnDelete | Hold::Suspended)
        )
    }
}

/// A state that comes and goes counts as lasting while its gaps are no longer
/// than this: a container that crashes runs for a moment between two back-offs.
pub(crate) const GAP: Duration = Duration::from_secs(15);

const fn row(reason: &'static str, grace: u64, seen: Seen) -> Row {
    Row {
        reason,
        grace: Duration::from_secs(grace),
        seen,
    }
}

/// All of them; the first that is seen is told.
///
/// Sources: pkg/kubelet/images/types.go, pkg/kubelet/kuberuntime (`ErrCreateContainer`
/// …), pkg/kubelet/container/sync_result.go, pkg/apis/core (`PodReasonUnschedulable`),
/// pkg/controller/controller_utils.go (`FailedCreatePodReason`),
/// pkg/kubelet/events/event.go (`FailedMountVolume`, `FailedAttachVolume`).
pub(crate) const ROWS: [Row; 15] = [
    row("InvalidImageName", 0, Seen::Waiting(&["InvalidImageName"])),
    row(
        "ErrImageNeverPull",
        5,
        Seen::Waiting(&["ErrImageNeverPull"]),
    ),
    // A registry may be away for a moment.
    row(
        "ImagePullBackOff",
        20,
        Seen::Waiting(&[
            "ImagePullBackOff",
            "ErrImagePull",
            "ImageInspectError",
            "RegistryUnavailable",
        ]),
    ),
    // The ConfigMap may be the next object that somebody applies.
    row(
        "CreateContainerConfigError",
        20,
        Seen::Waiting(&["CreateContainerConfigError"]),
    ),
    row(
        "CreateContainerError",
        20,
        Seen::Waiting(&["CreateContainerError"]),
    ),
    row(
        "RunContainerError",
        20,
        Seen::Waiting(&["RunContainerError"]),
    ),
    // What it waits for may come up after the first attempts.
    row(
        "CrashLoopBackOff",
        60,
        Seen::WaitingToEnd(&["CrashLoopBackOff"]),
    ),
    // A node may be on its way.
    row("Unschedulable", 60, Seen::Unschedulable),
    row("FailedCreate", 15, Seen::FailedCreate),
    // In a rollout the old Pod has to end and its node to let the volume go.
    row(
        "FailedAttachVolume",
        180,
        Seen::Volumes(&["FailedAttachVolume"]),
    ),
    row("FailedMount", 30, Seen::Volumes(&["FailedMount"])),
    // A script pauses, changes and resumes.
    row("DeploymentPaused", 5, Seen::Held(Hold::Paused)),
    // Who deletes them one by one has his time for each.
    row("OnDelete", 20, Seen::Held(Hold::OnDelete)),
    // A queue that says nothing of itself may admit it.
    row("Suspended", 120, Seen::Held(Hold::Suspended)),
    // The controller that the gate is for may be slow.
    row("SchedulingGated", 60, Seen::Held(Hold::Gated)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_lists_every_state_with_its_time() {
        let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/waiting.md");
        let page = std::fs::read_to_string(page).unwrap();
        for row in &ROWS {
            let line = format!("| `{}` | {} s | ", row.reason, row.grace.as_secs());
            assert!(page.contains(&line), "{line}");
        }
        let listed = page.lines().filter(|line| line.contains(" s | ")).count();
        assert_eq!(listed, ROWS.len());
    }
}
