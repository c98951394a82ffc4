//! The cgroup of a Pod, which the kubelet makes.
//!
//! Upstream: `ResourceConfigForPod` and `ApplyPodLevelMemoryHigh` in
//! pkg/kubelet/cm/helpers_linux.go, `toResources` in cgroup_manager_linux.go.

use k8s_openapi::api::core::v1::Pod;

use super::cpu::{KERNEL_PERIOD, MIN_SHARES, quota, shares};
use super::huge_pages::sums;
use super::memory::high;
use super::node::NodeSettings;
use super::values::{Cgroup, MemoryHigh, V1, V2};
use super::weight::linear;
use crate::container::ContainerType;
use crate::features::Gate;
use crate::pod_resources::{
    Options, QosClass, is_pod_level_set, limit_list, own_limit, qos_class, request_list, typed,
};
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// Returns the numbers of a Pod's cgroup.
pub fn of_pod(pod: &Pod, node: &NodeSettings) -> Cgroup {
    let options = Options::to_place(node.version);
    let (requests, limits) = (request_list(pod, options), limit_list(pod, options));
    let class = qos_class(pod, node.version);
    let cpu_shares = match (class, requests.get("cpu")) {
        (QosClass::Guaranteed | QosClass::Burstable, Some(request)) => {
            shares(request.milli_value())
        }
        _ => MIN_SHARES,
    };
    let is_limited = |name: &str| match class {
        QosClass::Guaranteed => true,
        QosClass::Burstable => unlimited(pod, name, node.version).is_empty(),
        QosClass::BestEffort => false,
    };
    let is_cpu_limited = is_limited("cpu");
    let cpu_limit = limits.get("cpu").filter(|_| is_cpu_limited);
    let cpu_quota = cpu_limit
        .filter(|_| node.cpu_cfs_quota)
        .and_then(|limit| quota(limit.milli_value(), node.cpu_period));
    let cpu_period = if is_cpu_limited {
        node.cpu_period
    } else {
        KERNEL_PERIOD
    };
    let memory = limits.get("memory").filter(|_| is_limited("memory"));
    let memory_limit = memory.map(Quantity::value).filter(|bytes| *bytes != 0);
    let (memory_min, memory_low) = reserved(&requests, class, node);
    let names = requests.iter().map(|(name, amount)| (*name, amount));
    Cgroup {
        v1: V1 {
            cpu_shares,
            cpu_quota,
            cpu_period,
            memory_limit,
        },
        v2: V2 {
            cpu_weight: linear(cpu_shares),
            cpu_max: cpu_quota,
            cpu_period,
            memory_max: memory_limit,
            memory_high: memory_high(pod, node),
            memory_min,
            memory_low,
        },
        huge_pages: sums(names),
    }
}

/// Returns `memory.min` and `memory.low`.
fn reserved(
    requests: &std::collections::BTreeMap<&str, Quantity>,
    class: QosClass,
    node: &NodeSettings,
) -> (i64, i64) {
    let request = requests.get("memory").map_or(0, Quantity::value).max(0);
    let request = if node.memory_qos { request } else { 0 };
    node.reserve(request, class)
}

impl NodeSettings {
    /// Divides a request into `memory.min` and `memory.low`.
    pub(super) fn reserve(&self, request: i64, class: QosClass) -> (i64, i64) {
        if self.version < KubernetesVersion::V1_36 {
            return (request, 0);
        }
        match (self.tiered_reservation, class) {
            (false, _) => (0, 0),
            (true, QosClass::Guaranteed) => (request, 0),
            (true, QosClass::Burstable | QosClass::BestEffort) => (0, request),
        }
    }
}

/// From 1.37 on a Pod with resources of its own has the limit that slows down.
fn memory_high(pod: &Pod, node: &NodeSettings) -> MemoryHigh {
    let has = node.memory_qos
        && node.version >= KubernetesVersion::V1_37
        && Gate::PodLevelResources.is_on(node.version)
        && is_pod_level_set(pod);
    let Some(factor) = node.throttling_factor.filter(|_| has) else {
        return MemoryHigh::Max;
    };
    if !unlimited(pod, "memory", node.version).is_empty() {
        return MemoryHigh::Max;
    }
    let options = Options::to_place(node.version);
    let of = |list: &std::collections::BTreeMap<&str, Quantity>| {
        list.get("memory").map_or(0, Quantity::value)
    };
    let request = of(&request_list(pod, options));
    let limit = of(&limit_list(pod, options));
    if (request == limit && request != 0) || limit == 0 {
        return MemoryHigh::Max;
    }
    match high(request, limit, factor, node) {
        MemoryHigh::Bytes(bytes) if bytes > 0 => MemoryHigh::Bytes(bytes),
        _ => MemoryHigh::Max,
    }
}

/// Returns the containers without a limit of `cpu` or `memory`, which take away that of the
/// Pod; none where the Pod has one of its own.
pub fn unlimited_by(pod: &Pod, resource: &str, version: KubernetesVersion) -> Vec<String> {
    let names = unlimited(pod, resource, version).into_iter();
    names.map(str::to_owned).collect()
}

/// Up to 1.36 the limits of sidecars are added to those of the containers that start after them,
/// so that one of them is enough.
fn unlimited<'a>(pod: &'a Pod, resource: &str, version: KubernetesVersion) -> Vec<&'a str> {
    if Gate::PodLevelResources.is_on(version) && is_pod_level_set(pod) {
        let own = pod.spec.as_ref().and_then(|spec| spec.resources.as_ref());
        if !own_limit(own, resource).is_zero() {
            return Vec::new();
        }
    }
    let mut sidecars = Quantity::ZERO;
    let mut without = Vec::new();
    for (container, container_type) in typed(pod) {
        let mut limit = own_limit(container.resources.as_ref(), resource);
        if version < KubernetesVersion::V1_37 && container_type != ContainerType::App {
            limit += &sidecars;
            if container_type == ContainerType::Sidecar {
                sidecars = limit.clone();
            }
        }
        if limit.is_zero() {
            without.push(container.name.as_str());
        }
    }
    without
}
