//! The proof of a change of the Pod: it is evaluated again.

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::change::{Change, NearestChange};
use super::evaluated::Evaluated;
use crate::scheduling::Plugin;

/// Changes of one kind that are tried: each costs an evaluation of the nodes.
pub(super) const MOST: usize = 12;

/// Returns the change if it frees nodes that only these plugins refuse.
pub(super) fn proven(
    evaluated: &Evaluated<'_>,
    plugins: &'static [Plugin],
    change: Change,
    edit: impl FnOnce(&mut PodSpec),
) -> Option<NearestChange> {
    let mut pod = evaluated.pod.clone();
    edit(pod.spec.as_mut()?);
    proven_pod(evaluated, plugins, change, &pod)
}

/// Returns the change to this Pod if it frees nodes that only these plugins refuse.
pub(super) fn proven_pod(
    evaluated: &Evaluated<'_>,
    plugins: &'static [Plugin],
    change: Change,
    pod: &Pod,
) -> Option<NearestChange> {
    let nodes = evaluated.only(plugins).map(|miss| miss.node);
    let nodes = evaluated.fitting(pod, nodes);
    (!nodes.is_empty()).then_some(NearestChange { change, nodes })
}
