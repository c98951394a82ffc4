//! A Job's Pod as the Job controller sees it.
//!
//! Upstream: pkg/controller/job and `IsPodActive`, `IsPodTerminating` and `ActivePods` of
//! pkg/controller/controller_utils.go.

use k8s_openapi::api::core::v1::{ContainerStatus, Pod, PodCondition};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

/// Annotation with the completion index of a Pod of an Indexed Job.
pub const COMPLETION_INDEX: &str = "batch.kubernetes.io/job-completion-index";
/// Annotation with the number of failures of the index before this Pod.
pub const FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-failure-count";
/// Annotation with the number of failures of the index that a rule ignored before this Pod.
pub const IGNORED_FAILURE_COUNT: &str = "batch.kubernetes.io/job-index-ignored-failure-count";
/// Finalizer of a Pod that its Job has not counted yet.
pub const TRACKING_FINALIZER: &str = "batch.kubernetes.io/job-tracking";

/// Go's zero time, which is no time: 0001-01-01T00:00:00Z in seconds since 1970.
pub(super) const ZERO_TIME: i64 = -62_135_596_800;

/// Returns the phase; empty before the first status.
pub(super) fn phase(pod: &Pod) -> &str {
    let status = pod.status.as_ref();
    status
        .and_then(|status| status.phase.as_deref())
        .unwrap_or_default()
}

/// Returns whether the Pod has ended.
pub(super) fn is_terminal(pod: &Pod) -> bool {
    matches!(phase(pod), "Failed" | "Succeeded")
}

/// Returns whether the Pod counts in `status.active`: it neither has ended nor is deleted.
pub fn is_active(pod: &Pod) -> bool {
    !is_terminal(pod) && pod.metadata.deletion_timestamp.is_none()
}

/// Returns whether the Pod counts in `status.terminating`: it is deleted and has not ended.
pub fn is_terminating(pod: &Pod) -> bool {
    !is_terminal(pod) && pod.metadata.deletion_timestamp.is_some()
}

/// Returns whether the Pod is ready.
pub fn is_ready(pod: &Pod) -> bool {
    ready_condition(pod).is_some_and(|condition| condition.status == "True")
}

/// Returns whether the Pod counts as failed. One that is deleted counts at once, unless the Job
/// replaces only Pods that have ended.
///
/// Upstream: `isPodFailed`.
pub fn is_failed(pod: &Pod, only_replaces_failed: bool) -> bool {
    match phase(pod) {
        "Failed" => true,
        "Succeeded" => false,
        _ => !only_replaces_failed && pod.metadata.deletion_timestamp.is_some(),
    }
}

/// Returns whether the Job has not counted the Pod yet.
pub fn is_tracked(pod: &Pod) -> bool {
    let mut finalizers = pod.metadata.finalizers.iter().flatten();
    finalizers.any(|finalizer| finalizer == TRACKING_FINALIZER)
}

/// Returns the completion index; `None` if there is none that upstream understands.
///
/// Upstream: `getCompletionIndex`.
pub fn completion_index(pod: &Pod) -> Option<i64> {
    let index = annotation(pod, COMPLETION_INDEX)?.parse().ok()?;
    (index >= 0).then_some(index)
}

/// Failures of an index before a Pod, by its annotations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct IndexFailures {
    /// Failures that count.
    pub counted: i32,
    /// Failures that a rule of the failure policy ignored.
    pub ignored: i32,
}

impl IndexFailures {
    /// Returns the number of both, which decides the back-off.
    pub fn total(self) -> i32 {
        self.counted.wrapping_add(self.ignored)
    }
}

/// Returns the failures of the Pod's index before it.
///
/// Upstream: `getIndexFailureCount`, `getIndexAbsoluteFailureCount`.
pub fn index_failures(pod: &Pod) -> IndexFailures {
    let count = |key: &str| {
        let count = annotation(pod, key).and_then(|text| text.parse::<i64>().ok());
        count
            .and_then(|count| i32::try_from(count).ok())
            .filter(|count| *count >= 0)
            .unwrap_or_default()
    };
    IndexFailures {
        counted: count(FAILURE_COUNT),
        ignored: count(IGNORED_FAILURE_COUNT),
    }
}

/// Returns the sum of the restarts of all containers, init containers and sidecars included.
pub(super) fn restarts(pod: &Pod) -> i32 {
    let statuses = container_statuses(pod, true).chain(container_statuses(pod, false));
    statuses.fold(0, |sum: i32, status| sum.wrapping_add(status.restart_count))
}

/// Returns the time from which the back-off counts: the end of the last container, or the
/// nearest that is known.
///
/// Upstream: `getFinishedTime` (pkg/controller/job/backoff_utils.go).
pub fn finished_at(pod: &Pod) -> Timestamp {
    let by_containers = last_container_end(pod);
    let by_condition = || {
        let condition = ready_condition(pod).filter(|condition| condition.status == "False")?;
        time(condition.last_transition_time.as_ref())
    };
    let by_deletion = || {
        let deleted = pod.metadata.deletion_timestamp.as_ref()?.0;
        let grace = pod.metadata.deletion_grace_period_seconds.unwrap_or(0);
        deleted.checked_sub(SignedDuration::from_secs(grace)).ok()
    };
    by_containers
        .or_else(by_condition)
        .or_else(by_deletion)
        .or_else(|| pod.metadata.creation_timestamp.as_ref().map(|time| time.0))
        .unwrap_or_else(zero_time)
}

/// Sidecars end after the app containers; init containers do not matter. Upstream forgets the
/// app containers' end as soon as a sidecar runs, and takes the sidecars' alone if an app
/// container runs.
fn last_container_end(pod: &Pod) -> Option<Timestamp> {
    let spec = pod.spec.as_ref();
    let init = spec.and_then(|spec| spec.init_containers.as_ref());
    let is_sidecar = |status: &&ContainerStatus| {
        init.into_iter().flatten().any(|container| {
            container.name == status.name && container.restart_policy.as_deref() == Some("Always")
        })
    };
    let apps = last_end(None, container_statuses(pod, false));
    last_end(apps, container_statuses(pod, true).filter(is_sidecar))
}

fn last_end<'a>(
    before: Option<Timestamp>,
    statuses: impl Iterator<Item = &'a ContainerStatus>,
) -> Option<Timestamp> {
    let mut last = before;
    for status in statuses {
        let terminated = status.state.as_ref()?.terminated.as_ref()?;
        let end = time(terminated.finished_at.as_ref())?;
        last = Some(last.map_or(end, |last| last.max(end)));
    }
    last
}

/// Returns the time of a field; Go's zero time is none.
fn time(time: Option<&Time>) -> Option<Timestamp> {
    time.map(|time| time.0)
        .filter(|time| time.as_second() != ZERO_TIME)
}

/// Go's zero time.
pub(super) fn zero_time() -> Timestamp {
    Timestamp::from_second(ZERO_TIME).unwrap_or(Timestamp::MIN)
}

fn ready_condition(pod: &Pod) -> Option<&PodCondition> {
    let conditions = pod.status.as_ref()?.conditions.as_ref()?;
    conditions
        .iter()
        .find(|condition| condition.type_ == "Ready")
}

fn container_statuses(pod: &Pod, init: bool) -> impl Iterator<Item = &ContainerStatus> {
    let lists = pod.status.as_ref().map(|status| {
        if init {
            &status.init_container_statuses
        } else {
            &status.container_statuses
        }
    });
    lists.into_iter().flatten().flatten()
}

fn annotation<'a>(pod: &'a Pod, key: &str) -> Option<&'a str> {
    let annotations = pod.metadata.annotations.as_ref()?;
    annotations.get(key).map(String::as_str)
}

/// Returns the order in which the controller deletes Pods that are too many, the first first.
///
/// Upstream: `ActivePods.Less`, down to the ready Pods; those that are alike so far are
/// ordered by times and restarts, which decides only between equals.
pub(super) fn deletion_order(pod: &Pod) -> (bool, u8, bool) {
    let node = pod.spec.as_ref().and_then(|spec| spec.node_name.as_deref());
    let is_assigned = node.is_some_and(|node| !node.is_empty());
    let phase = match phase(pod) {
        "Unknown" => 1,
        "Running" => 2,
        _ => 0,
    };
    (is_assigned, phase, is_ready(pod))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn pod(value: &Value) -> Pod {
        serde_json::from_value(value.clone()).unwrap()
    }

    fn ended(name: &str, at: &str) -> Value {
        json!({"name": name, "image": "", "imageID": "", "ready": false, "restartCount": 0,
            "state": {"terminated": {"exitCode": 1, "finishedAt": at}}})
    }

    #[test]
    fn a_deleted_pod_is_failed_unless_only_ended_ones_are_replaced() {
        let deleted = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:00Z"},
            "status": {"phase": "Running"}});
        assert!(is_failed(&pod(&deleted), false));
        assert!(!is_failed(&pod(&deleted), true));
        assert!(is_terminating(&pod(&deleted)) && !is_active(&pod(&deleted)));
    }

    #[test]
    fn the_end_is_that_of_the_last_container_then_of_the_pod() {
        let sidecar = json!({"containers": [], "initContainers":
            [{"name": "s", "restartPolicy": "Always"}, {"name": "i"}]});
        let (early, late) = ("2026-01-01T00:00:01Z", "2026-01-01T00:00:09Z");
        for (pod_value, end) in [
            (
                json!({"spec": sidecar, "status": {
                    "containerStatuses": [ended("c", early)],
                    "initContainerStatuses": [ended("s", late), ended("i", "2026-01-02T00:00:00Z")]}}),
                late,
            ),
            (
                json!({"metadata": {"deletionTimestamp": "2026-01-01T00:00:39Z",
                    "deletionGracePeriodSeconds": 30}}),
                late,
            ),
            (
                json!({"metadata": {"creationTimestamp": early}, "status": {"conditions":
                    [{"type": "Ready", "status": "False", "lastTransitionTime": late}]}}),
                late,
            ),
            (json!({"metadata": {"creationTimestamp": early}}), early),
        ] {
            assert_eq!(
                finished_at(&pod(&pod_value)).to_string(),
                end,
                "{pod_value}"
            );
        }
    }
}
