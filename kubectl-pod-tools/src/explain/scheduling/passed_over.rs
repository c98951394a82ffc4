//! Pods at which the scheduler does not look.

use crate::explain::stored::{is_stored, node_name};
use crate::targets::Target;

/// The annotation of a Pod that a kubelet runs from a file of its node.
const MIRROR: &str = "kubernetes.io/config.mirror";

/// Returns the reason why the scheduler does not look at a Pod, now or once it leaves its node.
/// Upstream: `skipPodSchedule` (pkg/scheduler/schedule_one.go), and `newPodInformer` for those that
/// have ended.
pub(super) fn passed_over(target: &Target) -> Option<&'static str> {
    if !target.is_pod() {
        return None;
    }
    let phase = target.status.as_ref().and_then(|own| own.phase.as_deref());
    if matches!(phase, Some("Succeeded" | "Failed")) {
        return Some("it has ended, and the scheduler passes over it");
    }
    let annotations = target.metadata.annotations.as_ref();
    if annotations.is_some_and(|own| own.contains_key(MIRROR)) {
        return Some("the kubelet of its node runs it from a file, without a scheduler");
    }
    if !is_stored(target) || node_name(target).is_some() {
        return None;
    }
    let is_deleted = target.metadata.deletion_timestamp.is_some();
    is_deleted.then_some("it is being deleted, and the scheduler passes over it")
}
