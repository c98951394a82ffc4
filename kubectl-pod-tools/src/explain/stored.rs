//! Pods that a server has stored, and their nodes.

use k8s_openapi::api::core::v1::{PodSpec, PodStatus};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::targets::Target;

/// Returns whether a server has stored the target as a Pod: admission was before that.
pub(super) fn is_stored(target: &Target) -> bool {
    target.is_pod() && (target.document.is_none() || has_uid(&target.metadata))
}

/// Returns whether a target is a Pod that neither a server nor a kubelet has had.
pub(super) fn is_manifest(target: &Target) -> bool {
    target.is_pod()
        && target.document.is_some()
        && is_written(&target.metadata, target.status.as_ref())
}

/// Returns whether a Pod of a file is one that neither a server nor a kubelet has had.
pub(super) fn is_written(metadata: &ObjectMeta, status: Option<&PodStatus>) -> bool {
    let phase = status.and_then(|own| own.phase.as_ref());
    !has_uid(metadata) && phase.is_none()
}

/// Returns whether a server has stored an object: it gives each a uid.
pub(super) fn has_uid(metadata: &ObjectMeta) -> bool {
    let uid = metadata.uid.as_deref();
    uid.is_some_and(|uid| !uid.is_empty())
}

/// Returns the name of the node that the target names.
pub(super) fn node_name(target: &Target) -> Option<&str> {
    named_node(&target.spec)
}

/// Returns the name of the node that a spec names.
pub(super) fn named_node(spec: &PodSpec) -> Option<&str> {
    let name = spec.node_name.as_deref();
    name.filter(|name| !name.is_empty())
}

/// Returns whether a target is a Pod that waits for a node.
pub(super) fn waits_for_node(target: &Target) -> bool {
    let phase = target.status.as_ref().and_then(|own| own.phase.as_deref());
    target.is_pod() && phase == Some("Pending") && node_name(target).is_none()
}
