//! Amounts by the name of the resource, and upstream's arithmetic of them.
//!
//! Upstream: `addResourceList`, `maxResourceList` in
//! `k8s.io/component-helpers/resource/helpers.go`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use crate::quantity::Quantity;

/// Amounts by the name of the resource.
pub type Amounts = BTreeMap<String, Quantity>;

/// Amounts as they are in the API.
pub(super) type ApiList = BTreeMap<String, ApiQuantity>;

/// Amounts whose names are borrowed from the Pod.
pub(crate) type List<'a> = BTreeMap<&'a str, Quantity>;

/// Reads a list; what is no quantity is absent, since upstream would not have decoded it.
pub(super) fn read(list: Option<&ApiList>) -> List<'_> {
    let list = list.into_iter().flatten();
    list.filter_map(|(name, amount)| Some((name.as_str(), Quantity::try_from(amount).ok()?)))
        .collect()
}

/// Reads the amount of one resource.
pub(crate) fn amount(list: Option<&ApiList>, name: &str) -> Option<Quantity> {
    Quantity::try_from(list?.get(name)?).ok()
}

/// Reads the amount of one resource; what is absent is 0.
pub(crate) fn amount_or_zero(list: Option<&ApiList>, name: &str) -> Quantity {
    amount(list, name).unwrap_or_default()
}

/// Returns the limit of one resource; without one it is 0.
pub(crate) fn own_limit(resources: Option<&ResourceRequirements>, name: &str) -> Quantity {
    amount_or_zero(resources.and_then(|own| own.limits.as_ref()), name)
}

/// Returns the request of one resource.
pub(crate) fn own_request(
    resources: Option<&ResourceRequirements>,
    name: &str,
) -> Option<Quantity> {
    amount(resources.and_then(|own| own.requests.as_ref()), name)
}

pub(super) fn add_one<'a>(list: &mut List<'a>, name: &'a str, amount: &Quantity) {
    match list.get_mut(name) {
        Some(sum) => *sum += amount,
        None => {
            list.insert(name, amount.clone());
        }
    }
}

pub(super) fn add<'a>(list: &mut List<'a>, more: &List<'a>) {
    for (name, amount) in more {
        add_one(list, name, amount);
    }
}

/// Of two that are equal the first one stays.
pub(super) fn raise_one<'a>(list: &mut List<'a>, name: &'a str, mut least: Quantity) {
    match list.get_mut(name) {
        None => {
            list.insert(name, least);
        }
        Some(own) if least > *own => {
            least.compared_with(own);
            *own = least;
        }
        Some(_) => {}
    }
}

pub(super) fn raise<'a>(list: &mut List<'a>, least: List<'a>) {
    for (name, amount) in least {
        raise_one(list, name, amount);
    }
}

pub(super) fn owned(list: List<'_>) -> Amounts {
    let list = list.into_iter();
    list.map(|(name, amount)| (name.to_owned(), amount))
        .collect()
}

/// Upstream: `IsHugePageResourceName`.
pub(crate) fn is_huge_page(name: &str) -> bool {
    name.starts_with("hugepages-")
}

/// Returns whether a Pod has the resource on its own level.
///
/// Upstream: `IsSupportedPodLevelResource`.
pub(super) fn is_pod_level(name: &str) -> bool {
    matches!(name, "cpu" | "memory") || is_huge_page(name)
}
