//! The sums of the containers of a Pod.
//!
//! Upstream: `AggregateContainerRequests` and `AggregateContainerLimits` in
//! `k8s.io/component-helpers/resource/helpers.go`.

use k8s_openapi::api::core::v1::Pod;

use super::effective::{Part, Statuses};
use super::list::{ApiList, List, add, add_one, raise, raise_one, read};
use super::options::{Options, Side};
use super::walk::{Walked, walk};
use crate::container::ContainerType;
use crate::quantity::Quantity;

/// Amounts for containers that have none.
pub(super) type Missing = [(&'static str, Quantity)];

/// Returns the most that the containers have at any time.
pub(super) fn container_total<'a>(
    pod: &'a Pod,
    options: Options,
    part: Part,
    missing: &Missing,
) -> List<'a> {
    let statuses = Statuses::of(pod, options);
    if !options.use_status || !options.compares_sums() {
        return aggregate(walk(pod, &statuses, part, None), missing);
    }
    let sum = |side| aggregate(walk(pod, &statuses, part, Some(side)), missing);
    let sides = sides(pod, options, part);
    if sides.is_none() && is_settled(pod, &statuses, part) {
        return sum(Side::Spec);
    }
    let (actual, allocated) = match sides {
        Some((actual, allocated)) => (read(Some(actual)), allocated.map(|own| read(Some(own)))),
        None => {
            let allocated = (part == Part::Requests).then(|| sum(Side::Allocated));
            (sum(Side::Actual), allocated)
        }
    };
    let mut most = if statuses.is_infeasible {
        List::new()
    } else {
        sum(Side::Spec)
    };
    raise(&mut most, actual);
    raise(&mut most, allocated.unwrap_or_default());
    most
}

/// Returns the actual and the allocated sums that the Pod's own status has.
pub(super) fn sides(
    pod: &Pod,
    options: Options,
    part: Part,
) -> Option<(&ApiList, Option<&ApiList>)> {
    let status = pod.status.as_ref().filter(|_| options.use_pod_status())?;
    let actual = part.of(status.resources.as_ref())?;
    match part {
        Part::Requests => Some((actual, Some(status.allocated_resources.as_ref()?))),
        Part::Limits => Some((actual, None)),
    }
}

/// Returns whether the sides of all containers are written alike, so that one sum is enough:
/// that is how nearly every running Pod is.
fn is_settled(pod: &Pod, statuses: &Statuses<'_>, part: Part) -> bool {
    let side = |side| walk(pod, statuses, part, Some(side)).map(|own| own.lists.first());
    let others = side(Side::Actual).zip(side(Side::Allocated));
    side(Side::Spec)
        .zip(others)
        .all(|(spec, others)| others == (spec, spec))
}

fn aggregate<'a>(containers: impl Iterator<Item = Walked<'a>>, missing: &Missing) -> List<'a> {
    let mut total = List::new();
    let mut sidecars = List::new();
    let mut starting = List::new();
    for container in containers {
        let mut own = container.lists.read();
        for (name, amount) in missing {
            own.entry(name).or_insert_with(|| amount.clone());
        }
        match container.container_type {
            ContainerType::Sidecar => {
                add(&mut total, &own);
                for (name, amount) in &own {
                    add_one(&mut sidecars, name, amount);
                    if let Some(sum) = sidecars.get(name) {
                        raise_one(&mut starting, name, sum.clone());
                    }
                }
            }
            ContainerType::Init => {
                // Resources that it does not have are those of the sidecars, which were raised
                // when those were added.
                for (name, mut amount) in own {
                    if let Some(sum) = sidecars.get(name) {
                        amount += sum;
                    }
                    raise_one(&mut starting, name, amount);
                }
            }
            ContainerType::App | ContainerType::Ephemeral => add(&mut total, &own),
        }
    }
    raise(&mut total, starting);
    total
}
