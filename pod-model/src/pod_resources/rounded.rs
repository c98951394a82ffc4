//! Requests of a Pod as whole numbers, as the scheduler counts with them. It
//! adds up numbers that were rounded for each Pod, and not the exact amounts.
//!
//! Upstream: `PodInfo.CalculateResource`, `Resource.Add` and
//! `Resource.SetMaxResource` in pkg/scheduler/framework/types.go,
//! `computePodResourceRequest` in pkg/scheduler/framework/plugins/noderesources.

use k8s_openapi::api::core::v1::Pod;

use super::aggregate::Missing;
use super::list::{List, is_huge_page};
use super::options::Options;
use super::total::{is_pod_level_request_set, request_list, requests_with};
use crate::names;
use crate::quantity::{Format, Quantity};
use crate::version::KubernetesVersion;

/// Requests of a Pod, each rounded up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rounded {
    /// CPU in thousandths.
    pub milli_cpu: i64,
    /// Memory in bytes.
    pub memory: i64,
    /// Storage of the node in bytes.
    pub ephemeral_storage: i64,
    /// All else that the scheduler counts, by name: extended resources, huge pages, attachable
    /// volumes and resources of `kubernetes.io`.
    pub scalar: Vec<(String, i64)>,
}

/// CPU and memory with a least for each container that requests none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NonZero {
    /// CPU in thousandths.
    pub milli_cpu: i64,
    /// Memory in bytes.
    pub memory: i64,
}

/// Returns what a Pod takes of the node that it is on.
///
/// Upstream: `PodInfo.CalculateResource`.
pub fn used(pod: &Pod, version: KubernetesVersion) -> Rounded {
    rounded(&request_list(pod, Options::placed(version)))
}

/// Returns what a Pod asks of a node that it could be placed on.
///
/// Upstream: `computePodResourceRequest`.
pub fn asked(pod: &Pod, version: KubernetesVersion) -> Rounded {
    let mut asked = rounded(&request_list(pod, Options::to_place(version)));
    asked.milli_cpu = asked.milli_cpu.max(0);
    asked.memory = asked.memory.max(0);
    asked.ephemeral_storage = asked.ephemeral_storage.max(0);
    for (_, amount) in &mut asked.scalar {
        *amount = (*amount).max(0);
    }
    asked
}

/// Returns what a Pod on a node counts for in scores: containers without a request of CPU or
/// memory count 100m and 200 MiB, unless the Pod itself requests the resource.
///
/// Upstream: `getNonMissingContainerRequests`.
pub fn non_zero(pod: &Pod, version: KubernetesVersion) -> NonZero {
    let options = Options::placed(version);
    let is_own = options.pod_level && is_pod_level_request_set(pod);
    let plain = is_own.then(|| request_list(pod, options));
    let missing = least();
    let missing: Vec<_> = missing
        .into_iter()
        .filter(|(name, _)| plain.as_ref().is_none_or(|own| !own.contains_key(name)))
        .collect();
    let missing: &Missing = &missing;
    let requests = match plain {
        Some(plain) if missing.is_empty() => plain,
        _ => requests_with(pod, options, missing),
    };
    let requests = rounded(&requests);
    NonZero {
        milli_cpu: requests.milli_cpu,
        memory: requests.memory,
    }
}

/// Returns what a Pod that is to be placed counts for in the scores of `NodeResourcesFit`: 100m
/// and 200 MiB for each container without a request. The Pod's own `resources` do not count,
/// because the plugin's options hide those of its scorer, which stay off.
///
/// Upstream: `NewFit`, `calculatePodResourceRequest`
/// (pkg/scheduler/framework/plugins/noderesources).
pub fn scored(pod: &Pod, version: KubernetesVersion) -> NonZero {
    let options = Options {
        pod_level: false,
        ..Options::to_place(version)
    };
    let requests = rounded(&requests_with(pod, options, &least()));
    NonZero {
        milli_cpu: requests.milli_cpu,
        memory: requests.memory,
    }
}

/// Upstream: `DefaultMilliCPURequest` and `DefaultMemoryRequest` in
/// pkg/scheduler/util/pod_resources.go.
fn least() -> [(&'static str, Quantity); 2] {
    let cpu = Quantity::from_milli(100, Format::DecimalSi);
    let memory = Quantity::new(200 * 1024 * 1024, Format::DecimalSi);
    [("cpu", cpu), ("memory", memory)]
}

fn rounded(requests: &List<'_>) -> Rounded {
    let mut rounded = Rounded::default();
    for (name, amount) in requests {
        match *name {
            "cpu" => rounded.milli_cpu = amount.milli_value(),
            "memory" => rounded.memory = amount.value(),
            "ephemeral-storage" => rounded.ephemeral_storage = amount.value(),
            "pods" => {}
            name if is_scalar(name) => rounded.scalar.push((name.to_owned(), amount.value())),
            _ => {}
        }
    }
    rounded
}

/// Upstream: `IsScalarResourceName` in pkg/scheduler/util/utils.go.
fn is_scalar(name: &str) -> bool {
    is_huge_page(name)
        || name.contains("kubernetes.io/")
        || name.starts_with("attachable-volumes-")
        || (name.contains('/')
            && !name.starts_with("requests.")
            && names::label_key(&format!("requests.{name}")).is_none())
}
