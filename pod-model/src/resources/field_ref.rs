//! `resourceFieldRef`: requests and limits as variables.
//!
//! Upstream: `ExtractContainerResourceValue` and its neighbours in
//! pkg/api/v1/resource/helpers.go, `defaultPodLimitsForDownwardAPI` in
//! pkg/kubelet/kubelet_resources.go, and
//! `validateContainerResourceFieldSelector` in pkg/apis/core/validation.

use std::collections::BTreeMap;

use super::limit_ranges::LimitRangeDefaults;
use crate::container::{ContainerType, ContainerView};
use crate::features::Gate;
use crate::quantity::{Format, Quantity};
use crate::version::KubernetesVersion;
use k8s_openapi::api::core::v1::{PodSpec, ResourceFieldSelector, ResourceRequirements};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as Text;

type Resources = BTreeMap<String, Text>;

/// The result of a `resourceFieldRef`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResourceValue {
    /// The value, and where its amount was set.
    Known(String, ResourceOrigin),
    /// No limit is set, so that the node's allocatable counts, which is not known.
    NodeAllocatable,
    /// The API server refuses the selector, for this reason.
    Unsupported(String),
    /// The Pod has no container of this name; only the kubelet checks it.
    NoContainer(String),
}

/// The origin of the amount of a [`ResourceValue::Known`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ResourceOrigin {
    /// In the container itself.
    Container,
    /// Nowhere: it is 0.
    Nowhere,
    /// In a LimitRange of the namespace.
    LimitRange,
    /// In the Pod's own `resources`.
    Pod,
    /// In the node's allocatable.
    Node,
}

/// A resource of the requests or limits.
struct Selected<'a> {
    limits: bool,
    name: &'a str,
}

const HUGE_PAGES: &str = "hugepages-";

fn select(resource: &str) -> Option<Selected<'_>> {
    let (limits, name) = match resource.split_once('.')? {
        ("limits", name) => (true, name),
        ("requests", name) => (false, name),
        _ => return None,
    };
    let is_known =
        matches!(name, "cpu" | "memory" | "ephemeral-storage") || name.starts_with(HUGE_PAGES);
    is_known.then_some(Selected { limits, name })
}

/// Returns whether the value of a selector can depend on the node.
pub fn depends_on_node(selector: &ResourceFieldSelector) -> bool {
    select(&selector.resource).is_some_and(|s| s.limits && !s.name.starts_with(HUGE_PAGES))
}

/// Returns whether the value of a selector can depend on LimitRanges.
pub fn depends_on_limit_ranges(selector: &ResourceFieldSelector) -> bool {
    select(&selector.resource).is_some()
}

/// Amounts that count where a container sets none.
#[derive(Clone, Copy)]
pub struct Substitutes<'a> {
    /// The defaults of LimitRanges, for a Pod that is not created yet.
    pub defaults: Option<&'a LimitRangeDefaults>,
    /// The node's allocatable, or `None` if it was not read.
    pub allocatable: Option<&'a Resources>,
    /// The Kubernetes version whose rules apply.
    pub version: KubernetesVersion,
}

/// Returns the value of a `resourceFieldRef` in the container `own`.
pub fn resource_field_value(
    selector: &ResourceFieldSelector,
    own: &ContainerView<'_>,
    spec: &PodSpec,
    substitutes: Substitutes<'_>,
) -> ResourceValue {
    let Some(selected) = select(&selector.resource) else {
        return ResourceValue::Unsupported(format!(
            "`{}` is none of limits or requests of cpu, memory, ephemeral-storage and hugepages-*",
            selector.resource
        ));
    };
    let divisor = match divisor(selector, &selected) {
        Ok(divisor) => divisor,
        Err(why) => return ResourceValue::Unsupported(why),
    };
    let named = selector.container_name.as_deref().unwrap_or_default();
    // LimitRanges see no ephemeral containers.
    let ephemeral = named.is_empty() && own.container_type == ContainerType::Ephemeral;
    let defaults = substitutes.defaults.filter(|_| !ephemeral);
    let (resources, filled) = if named.is_empty() {
        (own.resources, true)
    } else if let Some(c) = spec.containers.iter().find(|c| c.name == named) {
        (c.resources.as_ref(), true)
    } else if let Some(c) = spec
        .init_containers
        .iter()
        .flatten()
        .find(|c| c.name == named)
    {
        // Another container's limits are filled up only for app containers.
        (c.resources.as_ref(), false)
    } else {
        return ResourceValue::NoContainer(named.to_owned());
    };
    let (quantity, taken) = if selected.limits {
        let set = get(resources.and_then(|r| r.limits.as_ref()), selected.name);
        let set = set.map(|set| (set, ResourceOrigin::Container)).or_else(|| {
            let given = get(defaults.map(|d| &d.limits), selected.name);
            given.map(|given| (given, ResourceOrigin::LimitRange))
        });
        let fills = filled && !selected.name.starts_with(HUGE_PAGES);
        match set {
            Some((set, taken)) if !fills || !is_zero(set) => (Some(set), taken),
            None if !fills => (None, ResourceOrigin::Nowhere),
            _ => match fallback(selected.name, spec, substitutes) {
                Some((text, taken)) => (Some(text), taken),
                None => return ResourceValue::NodeAllocatable,
            },
        }
    } else if let Some(set) = request(resources, selected.name) {
        (Some(set), ResourceOrigin::Container)
    } else {
        match get(defaults.map(|d| &d.requests), selected.name) {
            Some(given) => (Some(given), ResourceOrigin::LimitRange),
            None => (None, ResourceOrigin::Nowhere),
        }
    };
    let quantity = match quantity.filter(|text| !text.0.is_empty()) {
        None => Ok(Quantity::default()),
        Some(text) => text.0.parse::<Quantity>(),
    };
    let Ok(quantity) = quantity else {
        let why = format!("`{}` is not a quantity", selector.resource);
        return ResourceValue::Unsupported(why);
    };
    let (amount, unit) = if selected.name == "cpu" {
        (quantity.milli_value(), divisor.milli_value())
    } else {
        (quantity.value(), divisor.value())
    };
    ResourceValue::Known(ceiling(amount, unit).to_string(), taken)
}

/// Returns the amount in the place of a limit that is not set: the Pod's own (from 1.34,
/// where the node says how much it has of the resource), or the node's.
fn fallback<'a>(
    name: &str,
    spec: &'a PodSpec,
    substitutes: Substitutes<'a>,
) -> Option<(&'a Text, ResourceOrigin)> {
    let pod_level =
        Gate::PodLevelResources.is_on(substitutes.version) && matches!(name, "cpu" | "memory");
    let limits = spec.resources.as_ref().and_then(|r| r.limits.as_ref());
    let of_pod = get(limits.filter(|_| pod_level), name).filter(|q| !is_zero(q));
    let of_node = substitutes.allocatable.map(|all| get(Some(all), name));
    match (of_pod, of_node) {
        // Every node has CPU and memory, which are the two that count here.
        (Some(pod), None | Some(Some(_))) => Some((pod, ResourceOrigin::Pod)),
        (_, Some(Some(node))) => Some((node, ResourceOrigin::Node)),
        // The node was read and has none: the limit stays 0, as in upstream.
        (_, Some(None)) => Some((&ZERO, ResourceOrigin::Node)),
        (None, None) => None,
    }
}

/// The empty text is what a quantity that is not set looks like.
static ZERO: Text = Text(String::new());

/// A request; one that is not set is the limit, which the API server writes
/// into it (`SetDefaults_Pod` in pkg/apis/core/v1/defaults.go).
fn request<'a>(resources: Option<&'a ResourceRequirements>, name: &str) -> Option<&'a Text> {
    let resources = resources?;
    get(resources.requests.as_ref(), name).or_else(|| get(resources.limits.as_ref(), name))
}

fn get<'a>(resources: Option<&'a Resources>, name: &str) -> Option<&'a Text> {
    resources?.get(name)
}

fn is_zero(text: &Text) -> bool {
    text.0
        .parse::<Quantity>()
        .is_ok_and(|quantity| quantity.is_zero())
}

/// The divisor; 1 where it is not set or 0.
fn divisor(selector: &ResourceFieldSelector, selected: &Selected<'_>) -> Result<Quantity, String> {
    let text = selector.divisor.as_ref().map_or("", |q| q.0.as_str());
    let text = if text.is_empty() { "1" } else { text };
    let divisor = text
        .parse::<Quantity>()
        .map_err(|_| format!("divisor `{text}` is not a quantity"))?;
    if divisor.is_zero() {
        return Ok(Quantity::new(1, Format::DecimalSi));
    }
    let canonical = divisor.to_string();
    let allowed = if selected.name == "cpu" {
        CPU_DIVISORS
    } else {
        BYTE_DIVISORS
    };
    if allowed.contains(&canonical.as_str()) {
        Ok(divisor)
    } else {
        Err(format!(
            "divisor `{text}` is none of {}",
            allowed.join(", ")
        ))
    }
}

/// Upstream: `validContainerResourceDivisorForCPU`.
const CPU_DIVISORS: &[&str] = &["1m", "1"];
/// Upstream: `validContainerResourceDivisorForMemory` and its two equals.
const BYTE_DIVISORS: &[&str] = &[
    "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
];

/// The quotient, rounded up. Upstream divides floating point numbers of 53
/// bits, and so does this: above 2^53 the two must not differ.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "upstream's arithmetic, `int64(math.Ceil(float64(a) / float64(b)))`"
)]
fn ceiling(amount: i64, unit: i64) -> i64 {
    (amount as f64 / unit as f64).ceil() as i64
}
