//! Sentences under the assumptions of the command line.

use pod_probe::{Assumptions, Event};

use super::super::report::{Assumed, Outlook};
use super::entry::{OutlookPod, entry};
use super::ready::{pod_ready, ready_in_any_run};
use crate::render::in_minutes;

/// Returns what is still worth a sentence beside the timeline.
pub(in super::super) fn given(
    pod: &OutlookPod<'_>,
    events: &[Event],
    assumptions: &Assumptions,
) -> Vec<Outlook> {
    let is_probed = pod.plan.containers.iter().any(|own| !own.probes.is_empty());
    if !is_probed {
        return Vec::new();
    }
    let horizon = assumptions.horizon;
    let ready = ready_in_any_run(events);
    let ready = |index| ready.get(&index).copied();
    let mut all = vec![pod_ready(pod, ready, Assumed::Given, Some(horizon))];
    // An attempt that times out fails all the same.
    let timeouts = pod.plan.containers.iter().flat_map(|own| &own.probes);
    let in_time = assumptions.hangs_at.is_none()
        && timeouts
            .map(|probe| probe.timeout)
            .all(|timeout| assumptions.slow <= timeout);
    if let Some(at) = assumptions.errors_at.filter(|at| in_time && *at < horizon) {
        let until = match assumptions.recovers_at {
            Some(recovers) => format!("to {}", in_minutes(recovers)),
            None => "on".to_owned(),
        };
        let run = if assumptions.first_run_only {
            "the first run"
        } else {
            "a run"
        };
        let message = format!(
            "from {} {until} of {run} no attempt can be run: each counts as nothing, so the probes change nothing",
            in_minutes(at)
        );
        all.push(entry(None, Assumed::Given, None, message));
    }
    all
}
