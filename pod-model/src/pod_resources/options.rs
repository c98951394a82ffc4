//! Choices in the sums of a Pod.
//!
//! Upstream: `PodResourcesOptions` in `k8s.io/component-helpers/resource`, as
//! the scheduler and the kubelet fill it in.

use serde::Serialize;

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The choices in a sum of requests or limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// The version whose rules apply.
    pub version: KubernetesVersion,
    /// A resize in the status counts.
    pub use_status: bool,
    /// The Pod's overhead is added.
    pub overhead: bool,
    /// The Pod's own `resources` count.
    pub pod_level: bool,
}

impl Options {
    /// Returns the choices of the scheduler for a Pod that a node has.
    ///
    /// Upstream: `PodInfo.CalculateResource` in pkg/scheduler/framework/types.go.
    pub fn placed(version: KubernetesVersion) -> Self {
        Self {
            use_status: Gate::InPlacePodVerticalScaling.is_on(version),
            ..Self::to_place(version)
        }
    }

    /// Returns the choices of the scheduler for a Pod that has no node yet, which are those of
    /// the kubelet for cgroups.
    ///
    /// Upstream: `computePodResourceRequest` in
    /// pkg/scheduler/framework/plugins/noderesources/fit.go, `ResourceConfigForPod` in
    /// pkg/kubelet/cm/helpers_linux.go.
    pub fn to_place(version: KubernetesVersion) -> Self {
        Self {
            version,
            use_status: false,
            overhead: true,
            pod_level: Gate::PodLevelResources.is_on(version),
        }
    }

    /// A resize of the Pod's own resources counts.
    pub(super) fn use_pod_status(self) -> bool {
        self.use_status && Gate::InPlacePodLevelResourcesVerticalScaling.is_on(self.version)
    }

    /// The sides of a resize are summed up first and compared then, and not for each container.
    pub(super) fn compares_sums(self) -> bool {
        self.version >= KubernetesVersion::V1_37
    }
}

/// The place that an amount comes from while a Pod is resized.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// The spec.
    Spec,
    /// The status: what the container has now.
    Actual,
    /// The status: what the kubelet has admitted.
    Allocated,
}
