//! The verdict of a target: whether it can run, and meets the level that is asked for.

use pod_model::security::NonRoot;
use pod_model::{Finding, Verdict};

use super::namespace::NamespaceState;

/// Returns the verdict of the findings, with what is open.
pub(super) fn verdict(
    findings: &[Finding],
    namespace: &NamespaceState,
    unread: &[String],
    is_user_open: bool,
) -> Verdict {
    let is_namespace_open = matches!(namespace, NamespaceState::Unread(_));
    let is_open = is_user_open || is_namespace_open || !unread.is_empty();
    Verdict::of(findings, !is_open)
}

/// Returns whether the image's user decides whether a container starts, and is not known.
pub(super) fn is_open(non_root: &NonRoot) -> bool {
    matches!(non_root, NonRoot::DependsOnImage)
}
