//! Requests and limits of the whole Pod, where they are partly given.
//!
//! Upstream: `defaultHugePagePodLimits` and `defaultPodRequests` in
//! `k8s.io/kubernetes/pkg/apis/core/v1/defaults.go`, from 1.37 on
//! `DefaultPodLevelResources` in `…/pkg/api/pod`, and
//! `AggregateContainerRequests` in `k8s.io/component-helpers/resource`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, PodSpec};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::resources::{ResourceList, round_up};
use crate::quantity::Quantity;

pub(crate) type Amounts = BTreeMap<String, Quantity>;

fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Upstream: `IsSupportedPodLevelResource`.
fn is_supported(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge_page(name)
}

fn is_empty(list: Option<&ResourceList>) -> bool {
    list.is_none_or(BTreeMap::is_empty)
}

/// Amounts of the containers together, as they were written: a default that is a sum has
/// the format of the amounts, and may be larger than one that can be written.
pub(super) struct Totals {
    requests: Amounts,
    limits: Amounts,
}

impl Totals {
    /// Returns the totals if the Pod has requests or limits of its own. Amounts are rounded
    /// before they are added, or their sum is.
    pub(super) fn of(spec: &PodSpec, rounded: Rounded) -> Option<Self> {
        is_given(spec).then(|| Self {
            requests: total(spec, rounded, requests_of),
            limits: total(spec, rounded, limits_of),
        })
    }
}

/// The place of rounding in the order of upstream's defaults.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Rounded {
    Amounts,
    Sums,
}

fn total(
    spec: &PodSpec,
    rounded: Rounded,
    list: fn(&Container) -> Option<&ResourceList>,
) -> Amounts {
    let amounts = |container: &Container| {
        let mut amounts = amounts(list(container));
        if rounded == Rounded::Amounts {
            amounts.values_mut().for_each(round_up);
        }
        amounts
    };
    let mut total = aggregate(spec, amounts);
    total.values_mut().for_each(round_up);
    total
}

fn is_given(spec: &PodSpec) -> bool {
    let resources = spec.resources.as_ref();
    !is_empty(resources.and_then(|own| own.limits.as_ref()))
        || !is_empty(resources.and_then(|own| own.requests.as_ref()))
}

/// The Pod's limit of huge pages is that of its containers together, unless it
/// requests some itself.
pub(super) fn huge_page_limits(spec: &mut PodSpec, totals: &Totals) {
    let Some(resources) = spec.resources.as_mut() else {
        return;
    };
    let none = ResourceList::new();
    let requests = resources.requests.as_ref().unwrap_or(&none);
    let mut limits = resources.limits.clone().unwrap_or_default();
    for (name, amount) in &totals.limits {
        if is_huge_page(name) && !requests.contains_key(name) {
            limits
                .entry(name.clone())
                .or_insert_with(|| ApiQuantity::from(amount));
        }
    }
    if !limits.is_empty() {
        resources.limits = Some(limits);
    }
}

/// With limits for the Pod, its requests are those of its containers together,
/// and its limits where no container requests anything.
pub(super) fn requests(spec: &mut PodSpec, totals: &Totals) {
    let resources = spec.resources.as_ref();
    if !is_empty(resources.and_then(|own| own.limits.as_ref())) {
        set_requests(spec, totals);
    }
}

/// Fills in what servers from 1.37 on add when they create the Pod, in their order.
pub(super) fn created(spec: &mut PodSpec, totals: &Totals) {
    huge_page_limits(spec, totals);
    set_requests(spec, totals);
    set_limits(spec, totals);
}

/// Limits the Pod to what its containers are limited to together, and not to less than it requests, where every
/// container has a limit.
///
/// Upstream: `defaultPodLevelLimits`.
fn set_limits(spec: &mut PodSpec, totals: &Totals) {
    let Some(mut resources) = spec.resources.take() else {
        return;
    };
    let requests = resources.requests.clone().unwrap_or_default();
    let limits = resources.limits.get_or_insert_default();
    let limited = limited_everywhere(spec);
    for (name, request) in requests {
        let is_limited = limited.contains(name.as_str());
        if !is_supported(&name) || limits.contains_key(&name) || !is_limited {
            continue;
        }
        let Some(total) = totals.limits.get(&name) else {
            continue;
        };
        // A sum may be larger than what can be read again.
        let sum = totals.requests.get(&name);
        let limit = match sum.filter(|sum| ApiQuantity::from(*sum) == request) {
            Some(sum) => sum.max(total).clone(),
            None => Quantity::try_from(&request)
                .unwrap_or_default()
                .max(total.clone()),
        };
        limits.insert(name, ApiQuantity::from(&limit));
    }
    resources.limits = resources.limits.filter(|limits| !limits.is_empty());
    spec.resources = Some(resources);
}

/// Returns the resources of which each container has a limit.
fn limited_everywhere(spec: &PodSpec) -> BTreeSet<&str> {
    let init = spec.init_containers.iter().flatten();
    let ephemeral = spec.ephemeral_containers.iter().flatten();
    let mut limits = init
        .chain(&spec.containers)
        .map(|own| &own.resources)
        .chain(ephemeral.map(|own| &own.resources))
        .map(|resources| resources.as_ref().and_then(|own| own.limits.as_ref()));
    let first = limits.next().flatten().into_iter();
    let mut common: BTreeSet<&str> = first
        .flat_map(|own| own.keys())
        .map(String::as_str)
        .collect();
    for own in limits {
        common.retain(|name| own.is_some_and(|own| own.contains_key(*name)));
    }
    common
}

fn set_requests(spec: &mut PodSpec, totals: &Totals) {
    let Some(resources) = spec.resources.as_mut() else {
        return;
    };
    let limits = resources.limits.clone().unwrap_or_default();
    let mut requests = resources.requests.clone().unwrap_or_default();
    for (name, amount) in &totals.requests {
        if is_supported(name) && !is_huge_page(name) {
            requests
                .entry(name.clone())
                .or_insert_with(|| ApiQuantity::from(amount));
        }
    }
    for (name, limit) in limits {
        if is_supported(&name) {
            requests.entry(name).or_insert(limit);
        }
    }
    if !requests.is_empty() {
        resources.requests = Some(requests);
    }
}

/// Returns the total requests of the containers, by the name of the resource.
///
/// Upstream: `AggregateContainerRequests`.
pub(crate) fn container_requests(spec: &PodSpec) -> Amounts {
    aggregate(spec, |container| amounts(requests_of(container)))
}

/// Returns the total limits of the containers, by the name of the resource.
///
/// Upstream: `AggregateContainerLimits`.
pub(crate) fn container_limits(spec: &PodSpec) -> Amounts {
    aggregate(spec, |container| amounts(limits_of(container)))
}

fn limits_of(container: &Container) -> Option<&ResourceList> {
    container.resources.as_ref()?.limits.as_ref()
}

fn requests_of(container: &Container) -> Option<&ResourceList> {
    container.resources.as_ref()?.requests.as_ref()
}

/// The most that the Pod has at any time: its containers and sidecars together,
/// or an init container with the sidecars that started before it.
fn aggregate(spec: &PodSpec, amounts: impl Fn(&Container) -> Amounts) -> Amounts {
    let mut total = Amounts::new();
    for container in &spec.containers {
        add(&mut total, &amounts(container));
    }
    let mut sidecars = Amounts::new();
    let mut starting = Amounts::new();
    for container in spec.init_containers.iter().flatten() {
        let mut own = amounts(container);
        if container.restart_policy.as_deref() == Some("Always") {
            add(&mut total, &own);
            add(&mut sidecars, &own);
            own = sidecars.clone();
        } else {
            // In this order the sum has the format of the container's amount.
            add(&mut own, &sidecars);
        }
        raise(&mut starting, own);
    }
    raise(&mut total, starting);
    total
}

fn amounts(list: Option<&ResourceList>) -> Amounts {
    let list = list.into_iter().flatten();
    list.filter_map(|(name, amount)| Some((name.clone(), Quantity::try_from(amount).ok()?)))
        .collect()
}

fn add(total: &mut Amounts, more: &Amounts) {
    for (name, amount) in more {
        match total.get_mut(name) {
            Some(sum) => *sum += amount,
            None => {
                total.insert(name.clone(), amount.clone());
            }
        }
    }
}

fn raise(total: &mut Amounts, least: Amounts) {
    for (name, amount) in least {
        if total.get(&name).is_none_or(|own| amount > *own) {
            total.insert(name, amount);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn spec(own: &Value, init: &Value, app: &Value) -> PodSpec {
        let of = |name: &str, policy: &Value, requests: &Value| {
            let resources = json!({"limits": requests, "requests": requests});
            json!({"name": name, "restartPolicy": policy, "resources": resources})
        };
        let (sidecar, once) = (&init["sidecar"], &init["once"]);
        serde_json::from_value(json!({
            "resources": own,
            "initContainers": [of("s", &json!("Always"), sidecar), of("i", &Value::Null, once)],
            "containers": [of("a", &Value::Null, app), of("b", &Value::Null, app)],
        }))
        .unwrap()
    }

    /// Upstream: `AggregateContainerRequests`, `AggregateContainerLimits`.
    #[test]
    fn containers_are_added_and_those_that_start_are_a_least() {
        for (sidecar, once, app, expected) in [
            ("1", "1", "2", "5"),
            ("1", "5", "2", "6"),
            ("1", "4", "2", "5"),
            ("0", "0", "100m", "200m"),
        ] {
            let init = json!({"sidecar": {"cpu": sidecar}, "once": {"cpu": once}});
            let spec = spec(&Value::Null, &init, &json!({"cpu": app}));
            let expected = Amounts::from([("cpu".to_owned(), expected.parse().unwrap())]);
            assert_eq!(container_requests(&spec), expected);
            assert_eq!(container_limits(&spec), expected);
        }
    }

    /// Upstream: `maxResourceList`, which replaces what is less and nothing else.
    #[test]
    fn of_two_that_are_equal_the_first_keeps_its_format() {
        for (once, app, expected) in [
            ("1Ki", "512", "1024"),
            ("1023", "512", "1024"),
            ("1025", "512", "1025"),
            ("1024", "0.5Ki", "1Ki"),
            ("1.001Ki", "512", "1025024m"),
        ] {
            let init = json!({"sidecar": {}, "once": {"memory": once}});
            let spec = spec(&Value::Null, &init, &json!({"memory": app}));
            assert_eq!(container_requests(&spec)["memory"].to_string(), expected);
            assert_eq!(container_limits(&spec)["memory"].to_string(), expected);
        }
    }

    /// Upstream: `defaultPodRequests`.
    #[test]
    fn a_pod_requests_what_its_containers_do_and_then_what_it_is_limited_to() {
        let app = json!({"cpu": "1", "ephemeral-storage": "1", "hugepages-2Mi": "2Mi"});
        let init = json!({"sidecar": {}, "once": {}});
        let limits = json!({"cpu": "4", "memory": "1Gi"});
        for (own, expected) in [
            (
                json!({"limits": limits}),
                json!({"cpu": "2", "memory": "1Gi"}),
            ),
            (
                json!({"limits": limits, "requests": {"cpu": "3"}}),
                json!({"cpu": "3", "memory": "1Gi"}),
            ),
            (
                json!({"limits": {"memory": "1Gi"}}),
                json!({"cpu": "2", "memory": "1Gi"}),
            ),
            (json!({"requests": {"cpu": "3"}}), json!({"cpu": "3"})),
            (json!({"limits": {}}), Value::Null),
        ] {
            let mut spec = spec(&own, &init, &app);
            if let Some(totals) = Totals::of(&spec, Rounded::Sums) {
                requests(&mut spec, &totals);
            }
            let found = spec.resources.unwrap().requests;
            assert_eq!(serde_json::to_value(found).unwrap(), expected, "{own}");
        }
    }
}
