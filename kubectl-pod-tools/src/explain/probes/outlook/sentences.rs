//! The sentences of a Pod.

use super::super::forecasts::Standard;
use super::super::report::{Assumed, Outlook};
use super::entry::OutlookPod;
use super::failing::failing;
use super::hang::hang;
use super::ready::pod_ready;

/// Returns the consequences for the containers that are shown.
pub(in super::super) fn outlook(pod: &OutlookPod<'_>, standard: &Standard) -> Vec<Outlook> {
    let until = standard.is_cut.then_some(standard.until);
    let mut all = vec![pod_ready(pod, &standard.normal, Assumed::Normal, until)];
    for (index, container) in pod.plan.containers.iter().enumerate() {
        let mut shown = pod.containers.iter();
        let Some(own) = shown.find(|own| own.name == container.name) else {
            continue;
        };
        if !container.probes.is_empty() {
            failing(pod, index, own, &standard.silent, &mut all);
            all.extend(hang(pod.plan, index, own, standard));
        }
    }
    all
}
