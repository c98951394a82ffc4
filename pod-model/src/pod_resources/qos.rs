//! The class of quality of service.
//!
//! Upstream: `ComputePodQOS` and `GetPodQOS` in pkg/apis/core/v1/helper/qos.

use std::fmt;

use k8s_openapi::api::core::v1::{Pod, PodSpec, ResourceRequirements};
use serde::Serialize;

use super::effective::Part;
use super::list::{List, amount, amount_or_zero};
use super::total::is_pod_level_set;
use crate::features::Gate;
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// A class of quality of service, the best first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum QosClass {
    /// Each container has limits of CPU and memory, and requests as much.
    Guaranteed,
    /// All others.
    Burstable,
    /// No container has a request or a limit of CPU or memory.
    BestEffort,
}

impl fmt::Display for QosClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guaranteed => "Guaranteed",
            Self::Burstable => "Burstable",
            Self::BestEffort => "BestEffort",
        })
    }
}

/// The resources that make a class.
pub(super) const COMPUTE: [&str; 2] = ["cpu", "memory"];

/// Returns the class that the Pod's status has, which never changes, or else that of its spec.
///
/// Upstream: `GetPodQOS`.
pub fn qos_class(pod: &Pod, version: KubernetesVersion) -> QosClass {
    let status = pod.status.as_ref().and_then(|own| own.qos_class.as_deref());
    match status {
        Some("Guaranteed") => QosClass::Guaranteed,
        Some("Burstable") => QosClass::Burstable,
        Some("BestEffort") => QosClass::BestEffort,
        _ => computed_qos_class(pod, version),
    }
}

/// Returns the class of the Pod's spec.
///
/// Upstream: `ComputePodQOS`.
pub fn computed_qos_class(pod: &Pod, version: KubernetesVersion) -> QosClass {
    let Some(spec) = &pod.spec else {
        return QosClass::BestEffort;
    };
    let is_newer = version >= KubernetesVersion::V1_37;
    if let Some(own) = pod_level(pod, spec, version) {
        return if is_newer {
            of_requirements(Some(own))
        } else {
            of_sums([Some(own)].into_iter())
        };
    }
    let init = spec.init_containers.iter().flatten();
    let all = init
        .chain(&spec.containers)
        .map(|own| own.resources.as_ref());
    if is_newer {
        of_containers(all)
    } else {
        of_sums(all)
    }
}

/// Returns the Pod's own resources if they alone decide. Up to 1.36 an empty object does.
pub(super) fn pod_level<'a>(
    pod: &Pod,
    spec: &'a PodSpec,
    version: KubernetesVersion,
) -> Option<&'a ResourceRequirements> {
    let is_fixed = Gate::PodLevelResourcesFixKubeletQOSClass.is_on(version);
    let own = spec.resources.as_ref()?;
    let counts = Gate::PodLevelResources.is_on(version) && (!is_fixed || is_pod_level_set(pod));
    counts.then_some(own)
}

/// The rule up to 1.36: sums are compared, and each must have limits of both resources.
fn of_sums<'a>(all: impl Iterator<Item = Option<&'a ResourceRequirements>>) -> QosClass {
    let mut requests = List::new();
    let mut limits = List::new();
    let mut is_limited = true;
    for own in all {
        add_positive(&mut requests, own, Part::Requests);
        let limited = add_positive(&mut limits, own, Part::Limits);
        // The Pod's own resources without any limit do not count as one that lacks limits,
        // but then the numbers of requests and limits differ.
        is_limited &= limited == COMPUTE.len();
    }
    if requests.is_empty() && limits.is_empty() {
        return QosClass::BestEffort;
    }
    if is_limited && requests == limits {
        QosClass::Guaranteed
    } else {
        QosClass::Burstable
    }
}

/// Adds the amounts above 0, and returns their number.
fn add_positive(
    list: &mut List<'_>,
    resources: Option<&ResourceRequirements>,
    part: Part,
) -> usize {
    let mut count = 0;
    for name in COMPUTE {
        let own = amount(part.of(resources), name).filter(|own| own.signum() > 0);
        if let Some(mut sum) = own {
            if let Some(before) = list.get(name) {
                sum += before;
            }
            list.insert(name, sum);
            count += 1;
        }
    }
    count
}

/// The rule from 1.37 on: each container has a class, and all must have the same.
fn of_containers<'a>(all: impl Iterator<Item = Option<&'a ResourceRequirements>>) -> QosClass {
    let mut class = None;
    for own in all.map(of_requirements) {
        if own == QosClass::Burstable || class.is_some_and(|class| class != own) {
            return QosClass::Burstable;
        }
        class = Some(own);
    }
    class.unwrap_or(QosClass::BestEffort)
}

/// Upstream: `requirementsQOS`.
pub(super) fn of_requirements(resources: Option<&ResourceRequirements>) -> QosClass {
    let [cpu, memory] = COMPUTE.map(|name| {
        let of = |part: Part| amount_or_zero(part.of(resources), name);
        of_resource(&of(Part::Requests), &of(Part::Limits))
    });
    if cpu == memory {
        cpu
    } else {
        QosClass::Burstable
    }
}

/// Upstream: `resourceQOS`.
fn of_resource(request: &Quantity, limit: &Quantity) -> QosClass {
    if request != limit {
        QosClass::Burstable
    } else if request.is_zero() {
        QosClass::BestEffort
    } else {
        QosClass::Guaranteed
    }
}
