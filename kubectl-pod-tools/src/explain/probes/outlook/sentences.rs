//! The sentences of a Pod.

use std::collections::HashMap;

use super::super::forecasts::Standard;
use super::super::report::{Assumed, Outlook};
use super::entry::OutlookPod;
use super::failing::failing;
use super::hang::hang;
use super::ready::{first_ready, pod_ready};

/// Returns the consequences for the containers that are shown.
pub(in super::super) fn outlook(pod: &OutlookPod<'_>, standard: &Standard) -> Vec<Outlook> {
    let until = standard.is_cut.then_some(standard.until);
    let ready = |index| first_ready(standard.normal.of(index), index);
    let mut all = vec![pod_ready(pod, ready, Assumed::Normal, until)];
    let shown = pod.containers.iter().map(|own| (own.name.as_str(), own));
    let shown: HashMap<_, _> = shown.collect();
    for (index, container) in pod.plan.containers.iter().enumerate() {
        let Some(own) = shown.get(container.name.as_str()) else {
            continue;
        };
        if !container.probes.is_empty() {
            failing(pod, index, standard.silent.of(index), &mut all);
            all.extend(hang(pod.plan, index, own, standard));
        }
    }
    all
}
