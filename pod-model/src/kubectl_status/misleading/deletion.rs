//! Deletions that are not shown, and what `Terminating` hides.

use super::pod_reason::PodMisleading;
use super::reason::Misleading;
use super::view::{Found, View};
use crate::kubectl_status::origin::StatusRule;
use crate::path::FieldPath;

pub(super) fn find(view: &View<'_>, found: &mut Found) {
    if view.is_deleted() {
        deleted(view, found);
    }
    silent_node(view, found);
}

fn deleted(view: &View<'_>, found: &mut Found) {
    let metadata = FieldPath::root().field("metadata");
    let timestamp = metadata.field("deletionTimestamp");
    let finalizers = view.pod.metadata.finalizers.clone().unwrap_or_default();
    if let Some(masked) = &view.row.masked {
        if masked.text != "Running" && view.rule() == StatusRule::Deletion {
            let text = masked.text.clone();
            found.push(Misleading {
                reason: PodMisleading::TerminatingHides { text },
                path: masked.origin.path.clone(),
            });
        }
        if !finalizers.is_empty() {
            found.push(Misleading {
                reason: PodMisleading::HeldByFinalizers { finalizers },
                path: metadata.field("finalizers"),
            });
        }
        return;
    }
    found.push(Misleading {
        reason: PodMisleading::DeletionHidden { finalizers },
        path: timestamp,
    });
    ended_by_deletion(view, found);
}

/// `deletionTimestamp` is the end of the grace period, not its start.
fn ended_by_deletion(view: &View<'_>, found: &mut Found) {
    let metadata = &view.pod.metadata;
    let grace = metadata.deletion_grace_period_seconds.unwrap_or(0);
    let (Some(own), Some(deadline)) = (view.origin_status(), &metadata.deletion_timestamp) else {
        return;
    };
    let Some(end) = own.terminated().filter(|end| end.exit_code != 0) else {
        return;
    };
    let finished = end.finished_at.as_ref().map(|time| time.0.as_second());
    let requested = deadline.0.as_second().saturating_sub(grace);
    if grace > 0 && finished.is_some_and(|finished| finished >= requested) {
        found.push(Misleading {
            reason: PodMisleading::EndedByDeletion {
                container: own.container.clone(),
                exit_code: end.exit_code,
            },
            path: own
                .path
                .field("state")
                .field("terminated")
                .field("finishedAt"),
        });
    }
}

/// The node's controller sets Ready to False and leaves the rest as the kubelet wrote it:
/// without a reason, beside ContainersReady that is True.
fn silent_node(view: &View<'_>, found: &mut Found) {
    let Some((path, ready)) = view.condition("Ready") else {
        return;
    };
    let has_reason = ready
        .reason
        .as_deref()
        .is_some_and(|reason| !reason.is_empty());
    let is_shown = view.rule() == StatusRule::NodeLost;
    if ready.status == "False"
        && !has_reason
        && view.is_true("ContainersReady")
        && !view.has_ended()
        && !is_shown
    {
        found.push(Misleading {
            reason: PodMisleading::NodeSilent,
            path: path.field("status"),
        });
    }
}
