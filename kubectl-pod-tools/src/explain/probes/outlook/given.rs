//! Sentences under the assumptions of the command line.

use pod_probe::{Assumptions, Event};

use super::super::report::{Assumed, Outlook};
use super::entry::{OutlookPod, entry};
use super::ready::pod_ready;
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
    let mut all = vec![pod_ready(pod, events, Assumed::Given, Some(horizon))];
    if let Some(at) = assumptions.errors_at.filter(|at| *at < horizon) {
        let until = match assumptions.recovers_at {
            Some(recovers) => format!("to {}", in_minutes(recovers)),
            None => "on".to_owned(),
        };
        let message = format!(
            "from {} {until} no attempt can be run: each counts as nothing, so the probes change nothing",
            in_minutes(at)
        );
        all.push(entry(None, Assumed::Given, None, message));
    }
    all
}
