//! The state of a target's deletion: which containers run, and how far it is.

use std::time::Duration;

use k8s_openapi::api::core::v1::{ContainerState, ContainerStatus, PodStatus};
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use pod_model::{ContainerType, ContainerView};

use super::report::Deletion;
use super::timeline::{TimelineItem, word};
use crate::explain::seconds::rounded;
use crate::render::{in_minutes, time_range};
use crate::targets::Target;

/// Returns the begin of a deletion: `deletionTimestamp` is its end.
pub(super) fn since(target: &Target) -> Option<Timestamp> {
    let until = target
        .is_pod()
        .then_some(target.metadata.deletion_timestamp.as_ref())??;
    let grace = target.metadata.deletion_grace_period_seconds.unwrap_or(0);
    until
        .0
        .checked_sub(SignedDuration::from_secs(grace.max(0)))
        .ok()
}

/// Returns the reason why a deletion stops nothing, if so.
///
/// Upstream: `CheckGracefulDelete` in `k8s.io/kubernetes/pkg/registry/core/pod/strategy.go`.
pub(super) fn immediate(target: &Target) -> Option<String> {
    let status = target.status.as_ref().filter(|_| target.is_pod())?;
    let phase = status.phase.as_deref()?;
    if matches!(phase, "Succeeded" | "Failed") {
        return Some(format!("the Pod has ended ({phase})"));
    }
    let node = target.spec.node_name.as_deref().unwrap_or_default();
    node.is_empty()
        .then(|| "the Pod has no node yet".to_owned())
}

/// Returns whether a container is stopped by the deletion. Of a Pod that has not run, all are.
pub(super) fn is_stopped(target: &Target, container: &ContainerView<'_>) -> bool {
    let status = target.status.as_ref().filter(|_| target.is_pod());
    let Some(status) = status.filter(|own| has_statuses(own)) else {
        return matches!(
            container.container_type,
            ContainerType::App | ContainerType::Sidecar
        );
    };
    let state = status_of(status, container).and_then(|own| own.state.as_ref());
    let Some(state) = state else {
        return false;
    };
    state.running.is_some() || ended_in_deletion(state, since(target))
}

/// Returns whether a container has ended since the deletion began.
fn ended_in_deletion(state: &ContainerState, since: Option<Timestamp>) -> bool {
    let ended = state.terminated.as_ref();
    let ended = ended.and_then(|own| own.finished_at.as_ref());
    // Times of a status are cut to the second.
    matches!((ended, since), (Some(ended), Some(since)) if ended.0.as_second() >= since.as_second())
}

fn has_statuses(status: &PodStatus) -> bool {
    let own = status.container_statuses.iter().flatten();
    let init = status.init_container_statuses.iter().flatten();
    own.chain(init).next().is_some()
}

fn status_of<'a>(
    status: &'a PodStatus,
    container: &ContainerView<'_>,
) -> Option<&'a ContainerStatus> {
    let list = match container.container_type {
        ContainerType::Init | ContainerType::Sidecar => &status.init_container_statuses,
        ContainerType::App => &status.container_statuses,
        ContainerType::Ephemeral => &status.ephemeral_container_statuses,
    };
    let mut all = list.iter().flatten();
    all.find(|own| own.name == container.name)
}

/// Returns the state of the deletion, with the position of now on the timeline.
pub(super) fn deletion(target: &Target, timeline: &[TimelineItem], now: Timestamp) -> Deletion {
    let Some(since) = since(target) else {
        return match immediate(target) {
            Some(reason) => Deletion::Immediate { reason },
            None => Deletion::None,
        };
    };
    let elapsed_seconds = now.as_second() - since.as_second();
    Deletion::Running {
        since,
        now,
        elapsed_seconds,
        message: position(target, timeline, since, elapsed_seconds),
    }
}

fn position(target: &Target, timeline: &[TimelineItem], since: Timestamp, elapsed: i64) -> String {
    let Ok(elapsed) = u64::try_from(elapsed).map(Duration::from_secs) else {
        return format!("the deletion begins at {since}, which is later than now: set `--now`");
    };
    let begun = format!("deleted {} ago, at {since}", in_minutes(elapsed));
    let Some(last) = timeline.iter().map(|own| own.latest).max() else {
        return format!("{begun}: no container runs");
    };
    if elapsed > last {
        let finalizers = target.metadata.finalizers.as_deref().unwrap_or_default();
        let waits = if finalizers.is_empty() {
            "see whether its node is lost, and whether the kubelet can unmount its volumes"
                .to_owned()
        } else {
            format!("its finalizers hold it: {}", finalizers.join(", "))
        };
        return format!(
            "{begun}: its containers should have ended {} ago; {waits}",
            in_minutes(elapsed.saturating_sub(last))
        );
    }
    let next = timeline.iter().find(|own| own.earliest > elapsed);
    match next {
        Some(next) => {
            let (earliest, latest) = rounded(
                next.earliest.saturating_sub(elapsed),
                next.latest.saturating_sub(elapsed),
            );
            format!(
                "{begun}; next: {} of container {} in {}",
                word(next.event),
                next.container,
                time_range(earliest, Some(latest))
            )
        }
        None => format!("{begun}: its containers are about to end"),
    }
}
