//! Pods that a server has stored, and their nodes.

use crate::targets::Target;

/// Returns whether a server has stored the target as a Pod: admission was before that.
pub(super) fn is_stored(target: &Target) -> bool {
    let uid = target.metadata.uid.as_deref();
    target.is_pod() && (target.document.is_none() || uid.is_some_and(|uid| !uid.is_empty()))
}

/// Returns the name of the node that the target names.
pub(super) fn node_name(target: &Target) -> Option<&str> {
    let name = target.spec.node_name.as_deref();
    name.filter(|name| !name.is_empty())
}

/// Returns whether a target is a Pod that waits for a node.
pub(super) fn waits_for_node(target: &Target) -> bool {
    let phase = target.status.as_ref().and_then(|own| own.phase.as_deref());
    target.is_pod() && phase == Some("Pending") && node_name(target).is_none()
}
