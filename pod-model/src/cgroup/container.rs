//! The cgroup of a container: the numbers that the kubelet asks the runtime for,
//! and what the runtime makes of them.
//!
//! Upstream: `generateLinuxContainerResources`, `calculateLinuxResources`,
//! `getCPULimit`, `getMemoryLimit` and `GetHugepageLimitsFromResources` in
//! pkg/kubelet/kuberuntime/kuberuntime_container_linux.go.

use k8s_openapi::api::core::v1::{Pod, ResourceRequirements};

use super::cpu::{KERNEL_PERIOD, quota, shares};
use super::huge_pages::{HugePages, size};
use super::memory::high;
use super::node::NodeSettings;
use super::values::{Cgroup, MemoryHigh, V1, V2};
use crate::container::ContainerView;
use crate::features::Gate;
use crate::pod_resources::{is_pod_level_set, own_limit, own_request, qos_class};
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// The owner of the limit or the share that a container has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LimitOrigin {
    /// The container.
    Container,
    /// The Pod: each such container may use the whole of it.
    Pod,
    /// Nobody: there is none.
    None,
}

/// Returns the owners of a container's limits of CPU and of memory.
pub fn limit_origins(
    pod: &Pod,
    container: &ContainerView<'_>,
    version: KubernetesVersion,
) -> (LimitOrigin, LimitOrigin) {
    let origin = |name| limit(pod, container, name, version).1;
    (origin("cpu"), origin("memory"))
}

/// Returns the resources of a Pod whose limits its containers share.
fn pod_level(pod: &Pod, version: KubernetesVersion) -> Option<&ResourceRequirements> {
    let counts = Gate::PodLevelResources.is_on(version) && is_pod_level_set(pod);
    pod.spec.as_ref().filter(|_| counts)?.resources.as_ref()
}

fn limit(
    pod: &Pod,
    container: &ContainerView<'_>,
    name: &str,
    version: KubernetesVersion,
) -> (Quantity, LimitOrigin) {
    let own = own_limit(container.resources, name);
    if !own.is_zero() {
        return (own, LimitOrigin::Container);
    }
    let level = own_limit(pod_level(pod, version), name);
    let origin = if level.is_zero() {
        LimitOrigin::None
    } else {
        LimitOrigin::Pod
    };
    (level, origin)
}

/// Returns the numbers of a container's cgroup.
pub fn of_container(pod: &Pod, container: &ContainerView<'_>, node: &NodeSettings) -> Cgroup {
    let (cpu_limit, _) = limit(pod, container, "cpu", node.version);
    let (memory_limit, _) = limit(pod, container, "memory", node.version);
    let request = own_request(container.resources, "cpu");
    // Without a request the whole limit counts, even where it is the Pod's.
    let cpu_shares = shares(request.unwrap_or_else(|| cpu_limit.clone()).milli_value());
    let (cpu_quota, cpu_period) = if node.cpu_cfs_quota {
        let quota = quota(cpu_limit.milli_value(), node.cpu_period);
        (quota, node.cpu_period)
    } else {
        (None, KERNEL_PERIOD)
    };
    let memory_limit = Some(memory_limit.value()).filter(|bytes| *bytes != 0);
    let (memory_min, memory_low) = reserved(pod, container, node);
    Cgroup {
        v1: V1 {
            cpu_shares,
            cpu_quota,
            cpu_period,
            memory_limit,
        },
        v2: V2 {
            cpu_weight: node.weight.of_shares(cpu_shares),
            cpu_max: cpu_quota,
            cpu_period,
            memory_max: memory_limit,
            memory_high: memory_high(pod, container, node),
            memory_min,
            memory_low,
        },
        huge_pages: huge_pages(pod, container, node.version),
    }
}

fn memory_request(container: &ContainerView<'_>) -> i64 {
    own_request(container.resources, "memory").map_or(0, |request| request.value())
}

fn reserved(pod: &Pod, container: &ContainerView<'_>, node: &NodeSettings) -> (i64, i64) {
    if !node.memory_qos {
        return (0, 0);
    }
    node.reserve(memory_request(container), qos_class(pod, node.version))
}

fn memory_high(pod: &Pod, container: &ContainerView<'_>, node: &NodeSettings) -> MemoryHigh {
    let Some(factor) = node.throttling_factor.filter(|_| node.memory_qos) else {
        return MemoryHigh::Max;
    };
    let request = memory_request(container);
    let limit = own_limit(container.resources, "memory").value();
    let is_newer = node.version >= KubernetesVersion::V1_37;
    // The Pod's own `memory.high` slows it down.
    let is_pods =
        is_newer && limit == 0 && !own_limit(pod_level(pod, node.version), "memory").is_zero();
    if is_pods || (request == limit && !(is_newer && request == 0)) {
        return MemoryHigh::Max;
    }
    if limit != 0 {
        return high(request, limit, factor, node);
    }
    match node.allocatable_memory {
        Some(allocatable) if allocatable > 0 => high(request, allocatable, factor, node),
        Some(_) => MemoryHigh::Max,
        None => MemoryHigh::OfNode,
    }
}

/// The container's limits of huge pages, and from 1.34 on those of the Pod for other sizes.
fn huge_pages(pod: &Pod, container: &ContainerView<'_>, version: KubernetesVersion) -> HugePages {
    let level = pod_level(pod, version).filter(|_| version >= KubernetesVersion::V1_34);
    let mut all = HugePages::new();
    for resources in [level, container.resources] {
        let limits = resources.and_then(|own| own.limits.as_ref());
        for (name, amount) in limits.into_iter().flatten() {
            if let (Some(size), Ok(amount)) = (size(name), Quantity::try_from(amount)) {
                all.insert(size, amount.value());
            }
        }
    }
    all
}
