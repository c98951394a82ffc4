//! All reasons of a Pod, in order.

use k8s_openapi::api::core::v1::{Event, Pod};

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::View;
use super::{columns, containers, deletion, not_started, phase};
use crate::kubectl_status::pod::PodRow;

/// Returns the reasons why the STATUS of a Pod misleads, the most important first, those
/// of the other columns last. `events` are about this Pod.
pub fn misleading_pod(pod: &Pod, row: &PodRow, events: &[Event]) -> Vec<Misleading<PodMisleading>> {
    let view = View::new(pod, row);
    let mut found = Vec::new();
    phase::find(&view, events, &mut found);
    deletion::find(&view, &mut found);
    containers::find(&view, &mut found);
    not_started::find(&view, &mut found);
    columns::find(&view, &mut found);
    found
}
