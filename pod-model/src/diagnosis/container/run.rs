//! One run of a container that has ended: the events that came during it, and its log.

use crate::diagnosis::event::PodEvent;
use crate::diagnosis::scene::{ContainerState, Ended, Scene};

/// An event has the second of its end, and the run that of the runtime.
const TOLERANCE: i64 = 2;

/// Returns whether an event came while a run was there, as far as its first and last times show.
pub(super) fn is_during(event: &PodEvent, ended: Ended<'_>) -> bool {
    let (Some(first), Some(last)) = (event.first, event.last) else {
        return true;
    };
    let begins = ended
        .started()
        .is_none_or(|started| last.as_second() + TOLERANCE >= started.as_second());
    let ends = ended
        .at()
        .is_none_or(|at| first.as_second() <= at.as_second() + TOLERANCE);
    begins && ends
}

/// Returns true if an event came before a run began, to the second: what ended the run before it is no cause of its end.
pub(super) fn is_before(event: &PodEvent, ended: Ended<'_>) -> bool {
    let times = event.last.zip(ended.started());
    times.is_some_and(|(last, started)| last.as_second() < started.as_second())
}

/// Returns whether the events of a run are still there: its start is among them.
pub(super) fn has_events(
    scene: &Scene<'_>,
    container: &ContainerState<'_>,
    ended: Ended<'_>,
) -> bool {
    let started = scene.events(Some(container.name()), "Started");
    scene.has_events && started.iter().any(|event| is_during(event, ended))
}

/// Returns the command that prints the log of the newest run that has ended.
pub(super) fn logs(scene: &Scene<'_>, container: &ContainerState<'_>) -> String {
    let namespace = scene.pod.metadata.namespace.as_deref();
    let namespace = namespace.map_or_else(String::new, |name| format!(" -n {name}"));
    let is_last = container.latest_end().is_some_and(|ended| ended.is_last);
    let previous = if is_last { " --previous" } else { "" };
    format!(
        "kubectl logs {}{namespace} -c {}{previous}",
        scene.name(),
        container.name()
    )
}
