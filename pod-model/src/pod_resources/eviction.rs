//! The order in which the kubelet evicts Pods when the node runs short: usage
//! above the request first, then the lower priority, then the usage above the
//! request. The class of quality of service takes no part. What is fixed for a
//! Pod is here, the usage is known at run time alone.
//!
//! Upstream: `rankMemoryPressure`, `rankDiskPressureFunc` and `rankPIDPressure` in
//! pkg/kubelet/eviction/helpers.go, `evictPod` in eviction_manager.go,
//! `GetResourceRequestQuantity` in pkg/api/v1/resource/helpers.go.

use k8s_openapi::api::core::v1::Pod;

use super::effective::Part;
use super::list::amount;
use super::oom::is_critical;
use super::options::Options;
use super::total::{is_pod_level_set, overhead, pod_level, request_list};
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// The facts that are fixed in the order of eviction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Eviction {
    /// The kubelet never evicts the Pod, since it is critical.
    pub never: bool,
    /// The Pod's priority; a lower one is evicted sooner. `None` if it has a class that was not
    /// looked up.
    pub priority: Option<i32>,
    /// The request of memory that usage is compared with.
    pub memory_request: Quantity,
    /// Any usage of memory is above the request.
    pub memory_always_above: bool,
    /// The request of the node's storage that usage is compared with. A Pod with resources of
    /// its own has none here, whatever its containers request.
    pub ephemeral_storage_request: Quantity,
}

/// Returns what is fixed for a Pod in the order of eviction.
pub fn eviction(pod: &Pod, version: KubernetesVersion) -> Eviction {
    let memory_request = request(pod, "memory", version);
    Eviction {
        never: is_critical(pod),
        priority: pod.spec.as_ref().map_or(Some(0), |own| {
            let class = own.priority_class_name.as_deref().unwrap_or_default();
            own.priority.or(class.is_empty().then_some(0))
        }),
        memory_always_above: memory_request.signum() <= 0,
        memory_request,
        ephemeral_storage_request: request(pod, "ephemeral-storage", version),
    }
}

/// Upstream: `GetResourceRequestQuantity`, which is not the sum that the scheduler makes.
fn request(pod: &Pod, name: &str, version: KubernetesVersion) -> Quantity {
    let options = Options {
        overhead: false,
        ..Options::to_place(version)
    };
    let mut request = Quantity::ZERO;
    if version < KubernetesVersion::V1_34 {
        request = plain_request(pod, name);
    } else if options.pod_level && is_pod_level_set(pod) {
        let own = pod_level(pod, options, Part::Requests).remove(name);
        request += &own.unwrap_or_default();
    } else {
        let own = request_list(pod, options).remove(name);
        request += &own.unwrap_or_default();
    }
    let added = overhead(pod, Options::to_place(version)).remove(name);
    if let Some(overhead) = added.filter(|_| !request.is_zero()) {
        request += &overhead;
    }
    request
}

/// The rule before 1.34: sidecars count as init containers that run once.
fn plain_request(pod: &Pod, name: &str) -> Quantity {
    let mut request = Quantity::ZERO;
    let Some(spec) = &pod.spec else {
        return request;
    };
    for container in &spec.containers {
        if let Some(own) = amount(Part::Requests.of(container.resources.as_ref()), name) {
            request += &own;
        }
    }
    for container in spec.init_containers.iter().flatten() {
        let own = amount(Part::Requests.of(container.resources.as_ref()), name);
        if let Some(own) = own.filter(|own| *own > request) {
            request = own;
        }
    }
    request
}
