//! Requests and limits of the whole Pod.
//!
//! Upstream: `PodRequests` and `PodLimits` in
//! `k8s.io/component-helpers/resource/helpers.go`.

use k8s_openapi::api::core::v1::Pod;

use super::aggregate::{Missing, container_total};
use super::effective::{Part, is_infeasible};
use super::list::{Amounts, ApiList, List, add, amount, is_pod_level, owned, raise, read};
use super::options::Options;
use crate::quantity::Quantity;
use crate::version::KubernetesVersion;

/// Returns the requests of the whole Pod, by the name of the resource.
///
/// Upstream: `PodRequests`.
pub fn requests(pod: &Pod, options: Options) -> Amounts {
    owned(request_list(pod, options))
}

/// Returns the limits of the whole Pod, by the name of the resource.
///
/// Upstream: `PodLimits`.
pub fn limits(pod: &Pod, options: Options) -> Amounts {
    owned(limit_list(pod, options))
}

pub(crate) fn request_list(pod: &Pod, options: Options) -> List<'_> {
    requests_with(pod, options, &[])
}

/// With amounts for containers that have none.
pub(super) fn requests_with<'a>(pod: &'a Pod, options: Options, missing: &Missing) -> List<'a> {
    let mut total = container_total(pod, options, Part::Requests, missing);
    if options.pod_level && is_pod_level_request_set(pod) {
        apply_pod_level(&mut total, pod, options, Part::Requests);
    }
    add(&mut total, &overhead(pod, options));
    total
}

pub(crate) fn limit_list(pod: &Pod, options: Options) -> List<'_> {
    let mut total = container_total(pod, options, Part::Limits, &[]);
    if options.pod_level && is_pod_level_set(pod) {
        apply_pod_level(&mut total, pod, options, Part::Limits);
    }
    for (name, amount) in overhead(pod, options) {
        if let Some(limit) = total.get_mut(name).filter(|limit| !limit.is_zero()) {
            *limit += &amount;
        }
    }
    total
}

pub(super) fn overhead(pod: &Pod, options: Options) -> List<'_> {
    let overhead = pod.spec.as_ref().and_then(|spec| spec.overhead.as_ref());
    read(overhead.filter(|_| options.overhead))
}

fn own_list(pod: &Pod, part: Part) -> Option<&ApiList> {
    part.of(pod.spec.as_ref()?.resources.as_ref())
}

fn has_pod_level(list: Option<&ApiList>) -> bool {
    list.is_some_and(|list| list.keys().any(|name| is_pod_level(name)))
}

/// Upstream: `IsPodLevelRequestsSet`.
pub(super) fn is_pod_level_request_set(pod: &Pod) -> bool {
    has_pod_level(own_list(pod, Part::Requests))
}

/// Upstream: `IsPodLevelResourcesSet`.
pub(crate) fn is_pod_level_set(pod: &Pod) -> bool {
    is_pod_level_request_set(pod) || has_pod_level(own_list(pod, Part::Limits))
}

fn apply_pod_level<'a>(total: &mut List<'a>, pod: &'a Pod, options: Options, part: Part) {
    for (name, amount) in pod_level(pod, options, part) {
        total.insert(name, amount);
    }
}

/// Returns the amounts that the Pod has on its own level, whatever its containers have.
pub(super) fn pod_level(pod: &Pod, options: Options, part: Part) -> List<'_> {
    let own = own_list(pod, part);
    let status = pod.status.as_ref().filter(|_| options.use_pod_status());
    let actual = status.and_then(|status| status.resources.as_ref());
    let mut level = match (status, actual) {
        (Some(status), Some(actual)) => {
            let allocated = status.allocated_resources.as_ref();
            let allocated = allocated.filter(|_| part == Part::Requests);
            resized(pod, options, part, own, [part.of(Some(actual)), allocated])
        }
        _ => read(own),
    };
    level.retain(|name, _| is_pod_level(name));
    level
}

/// Upstream: `effectivePodLevelResources`; up to 1.36 `determineEffectiveRequests` and
/// `determineEffectiveLimits`, of which the names in the spec count.
fn resized<'a>(
    pod: &Pod,
    options: Options,
    part: Part,
    own: Option<&'a ApiList>,
    [actual, allocated]: [Option<&'a ApiList>; 2],
) -> List<'a> {
    let is_infeasible = is_infeasible(pod);
    let mut most = read(own.filter(|_| !is_infeasible));
    raise(&mut most, read(actual));
    raise(&mut most, read(allocated));
    if options.version >= KubernetesVersion::V1_37 {
        return most;
    }
    // A list that is absent does not count, although there is nothing else.
    let is_absent = part == Part::Limits && is_infeasible && actual.is_none();
    let named = own.into_iter().flat_map(|own| own.keys());
    let amount_of = |name: &str| {
        let most = most.get(name).cloned();
        let spec = || amount(own.filter(|_| is_absent), name);
        most.or_else(spec).unwrap_or(Quantity::ZERO)
    };
    named.map(|name| (name.as_str(), amount_of(name))).collect()
}
