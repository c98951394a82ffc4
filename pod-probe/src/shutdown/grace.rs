//! The grace period of a deletion.

use std::time::Duration;

use serde::Serialize;

/// The origin of a deletion's grace period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum GraceOrigin {
    /// `terminationGracePeriodSeconds` of the Pod.
    Pod,
    /// The deletion asks for it, as with `kubectl delete --grace-period`.
    Requested,
    /// `deletionGracePeriodSeconds` of a Pod that is being deleted.
    Deletion,
}

/// The grace period of a deletion, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeletionGrace {
    /// That of the API: with 0 the object goes at once, and its containers end without it.
    pub seconds: u64,
    /// Its origin.
    pub origin: GraceOrigin,
    /// That of the kubelet.
    pub kubelet_seconds: u64,
}

impl DeletionGrace {
    /// The least that the kubelet grants.
    ///
    /// Upstream: `calculateEffectiveGracePeriod` in `k8s.io/kubernetes/pkg/kubelet/pod_workers.go`.
    const LEAST: u64 = 1;

    /// Returns the grace period of a Pod whose defaults are filled in: that of a deletion that has
    /// begun, or the requested one, or the Pod's own.
    ///
    /// Upstream: `CheckGracefulDelete` in `k8s.io/kubernetes/pkg/registry/core/pod/strategy.go`, where a
    /// negative one is 1, and `BeforeDelete` in `k8s.io/apiserver/pkg/registry/rest/delete.go`.
    pub fn of(pod: Option<i64>, requested: Option<u64>, deletion: Option<i64>) -> Self {
        let at_least_one = |seconds: i64| u64::try_from(seconds).unwrap_or(1);
        let (seconds, origin) = match (deletion, requested, pod) {
            (Some(seconds), _, _) => (at_least_one(seconds), GraceOrigin::Deletion),
            (None, Some(seconds), _) => (seconds, GraceOrigin::Requested),
            (None, None, pod) => (at_least_one(pod.unwrap_or(0)), GraceOrigin::Pod),
        };
        Self {
            seconds,
            origin,
            kubelet_seconds: seconds.max(Self::LEAST),
        }
    }

    /// Returns that of the kubelet as a time.
    pub fn kubelet(&self) -> Duration {
        Duration::from_secs(self.kubelet_seconds)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_deletion_counts_more_than_the_request_and_that_more_than_the_pod() {
        for (pod, requested, deletion, seconds, kubelet) in [
            (Some(30), None, None, 30, 30),
            (Some(30), Some(5), None, 5, 5),
            (Some(30), Some(5), Some(10), 10, 10),
            (Some(30), Some(0), None, 0, 1),
            (Some(0), None, None, 0, 1),
            (Some(-1), None, None, 1, 1),
            (None, None, None, 0, 1),
        ] {
            let found = DeletionGrace::of(pod, requested, deletion);
            assert_eq!((found.seconds, found.kubelet_seconds), (seconds, kubelet));
        }
    }
}
