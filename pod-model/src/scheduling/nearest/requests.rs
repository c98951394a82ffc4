//! Lower requests.

use k8s_openapi::api::core::v1::{Container, Pod};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::change::RequestOwner;
use crate::quantity::Quantity;
use crate::scheduling::{Evaluation, Snapshot};

/// Containers of a Pod whose requests are lowered until the Pod's is low enough.
const MOST_STEPS: usize = 16;

/// Returns the Pod with at most an amount of a resource, taken from the containers that request
/// most, or `None` if its containers do not suffice.
pub(super) fn with_at_most(
    snapshot: &Snapshot,
    pod: &Pod,
    resource: &str,
    most: i128,
) -> Option<Pod> {
    let mut lower = pod.clone();
    for _ in 0..MOST_STEPS {
        let total = Evaluation::new(snapshot, &lower).requests().get(resource);
        if total <= most {
            return Some(lower);
        }
        let spec = lower.spec.as_mut()?;
        let of_pod = spec
            .resources
            .as_mut()
            .and_then(|own| own.requests.as_mut());
        if let Some(own) = of_pod.and_then(|own| own.get_mut(resource)) {
            lower_by(own, resource, total - most)?;
            continue;
        }
        let containers = spec.containers.iter_mut();
        let containers = containers.chain(spec.init_containers.iter_mut().flatten());
        let largest = containers
            .filter(|container| amount(container, resource) > 0)
            .max_by_key(|container| amount(container, resource))?;
        let requests = largest.resources.as_mut()?.requests.as_mut()?;
        lower_by(requests.get_mut(resource)?, resource, total - most)?;
    }
    None
}

/// Returns the fields that make a Pod request an amount of a resource and that differ in the Pod
/// which requests less.
pub(super) fn owner(
    snapshot: &Snapshot,
    (pod, from): (&Pod, i128),
    (lower, to): (&Pod, i128),
    resource: &str,
    overhead: i128,
) -> RequestOwner {
    let (Some(own), Some(other)) = (&pod.spec, &lower.spec) else {
        return RequestOwner::Containers;
    };
    let requests = own.resources.as_ref().and_then(|own| own.requests.as_ref());
    if requests.is_some_and(|own| own.contains_key(resource)) {
        let mut containers = pod.clone();
        if let Some(spec) = &mut containers.spec {
            spec.resources = None;
        }
        let of_containers = Evaluation::new(snapshot, &containers)
            .requests()
            .get(resource);
        return if of_containers > to {
            RequestOwner::PodAndContainers
        } else {
            RequestOwner::Pod
        };
    }
    let lowered = |own: &[Container], other: &[Container]| {
        let pairs = own.iter().zip(other).filter(|(own, other)| own != other);
        let lowered = pairs.map(|(own, _)| (own.name.clone(), amount(own, resource)));
        lowered.collect::<Vec<_>>()
    };
    let init = (
        own.init_containers.as_deref(),
        other.init_containers.as_deref(),
    );
    let init = lowered(init.0.unwrap_or_default(), init.1.unwrap_or_default());
    let app = lowered(&own.containers, &other.containers);
    let from = from - overhead;
    match (init.as_slice(), app.as_slice()) {
        ([], [(name, amount)]) if *amount == from => RequestOwner::Container(name.clone()),
        ([(name, amount)], []) if *amount == from => RequestOwner::InitContainer(name.clone()),
        _ => RequestOwner::Containers,
    }
}

/// Returns the overhead of a Pod.
pub(super) fn overhead(pod: &Pod, resource: &str) -> i128 {
    let overhead = pod.spec.as_ref().and_then(|own| own.overhead.as_ref());
    let own = overhead.and_then(|own| own.get(resource));
    own.and_then(|own| parsed(own, resource)).unwrap_or(0)
}

fn amount(container: &Container, resource: &str) -> i128 {
    let requests = container
        .resources
        .as_ref()
        .and_then(|own| own.requests.as_ref());
    let own = requests.and_then(|own| own.get(resource));
    own.and_then(|own| parsed(own, resource)).unwrap_or(0)
}

/// Lowers a quantity by an amount, to zero at the least. Returns `None` if it is zero already.
fn lower_by(quantity: &mut ApiQuantity, resource: &str, by: i128) -> Option<()> {
    let own = parsed(quantity, resource).filter(|own| *own > 0)?;
    let lower = (own - by).max(0);
    quantity.0 = match resource {
        "cpu" => format!("{lower}m"),
        _ => lower.to_string(),
    };
    Some(())
}

/// Returns the amount of a quantity: CPU in thousandths.
fn parsed(quantity: &ApiQuantity, resource: &str) -> Option<i128> {
    let quantity: Quantity = quantity.0.parse().ok()?;
    Some(match resource {
        "cpu" => quantity.milli_value().into(),
        _ => quantity.value().into(),
    })
}
