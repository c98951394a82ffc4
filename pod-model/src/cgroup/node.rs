//! The settings of a node that the numbers depend on.

use super::weight::CpuWeight;
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The settings of a node.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeSettings {
    /// The kubelet's version.
    pub version: KubernetesVersion,
    /// The runtime's way from CPU shares to a weight.
    pub weight: CpuWeight,
    /// The feature gate `MemoryQoS`; it does nothing in version 1 of cgroups.
    pub memory_qos: bool,
    /// The kubelet's `memoryReservationPolicy` is `TieredReservation`; from 1.36 on.
    pub tiered_reservation: bool,
    /// The kubelet's `memoryThrottlingFactor`; without one no `memory.high` is set, and 1.37 has
    /// no default for it, although `MemoryQoS` is on.
    pub throttling_factor: Option<f64>,
    /// The kubelet's `cpuCFSQuota`: CPU limits are enforced.
    pub cpu_cfs_quota: bool,
    /// The kubelet's `cpuCFSQuotaPeriod`, in microseconds.
    pub cpu_period: i64,
    /// The size of a page of memory.
    pub page_size: i64,
    /// The node's allocatable memory.
    pub allocatable_memory: Option<i64>,
}

impl NodeSettings {
    /// Returns the kubelet's defaults in a version, with a runtime of today.
    ///
    /// Upstream: `SetDefaults_KubeletConfiguration` in pkg/kubelet/apis/config/v1beta1.
    pub fn of(version: KubernetesVersion) -> Self {
        Self {
            version,
            weight: CpuWeight::Quadratic,
            memory_qos: Gate::MemoryQoS.is_on(version),
            tiered_reservation: false,
            throttling_factor: (version < KubernetesVersion::V1_37).then_some(0.9),
            cpu_cfs_quota: true,
            cpu_period: 100_000,
            page_size: 4096,
            allocatable_memory: None,
        }
    }
}

/// Returns whether a kubelet starts on a node with version 1 of cgroups without being told to:
/// from 1.35 on it does not.
///
/// Upstream: `failCgroupV1` in `SetDefaults_KubeletConfiguration`.
pub fn starts_on_v1(version: KubernetesVersion) -> bool {
    version < KubernetesVersion::V1_35
}
