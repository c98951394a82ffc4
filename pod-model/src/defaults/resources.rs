//! Lists of resources.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::ResourceRequirements;
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use crate::quantity::Quantity;

/// Amounts by the name of the resource.
pub(crate) type ResourceList = BTreeMap<String, ApiQuantity>;

const MILLI: i32 = -3;

/// Rounds up to thousandths and writes each amount in its canonical form. What
/// cannot be read stays: upstream would not have decoded it.
///
/// Upstream: `SetDefaults_ResourceList`.
pub(crate) fn resource_list(list: Option<&mut ResourceList>) {
    for amount in list.into_iter().flat_map(BTreeMap::values_mut) {
        if let Ok(mut quantity) = Quantity::try_from(&*amount) {
            round_up(&mut quantity);
            *amount = ApiQuantity::from(&quantity);
        }
    }
}

/// Rounds up to thousandths.
pub(super) fn round_up(quantity: &mut Quantity) {
    quantity.round_up(MILLI);
}

pub(super) fn resources(resources: Option<&mut ResourceRequirements>) {
    if let Some(resources) = resources {
        resource_list(resources.limits.as_mut());
        resource_list(resources.requests.as_mut());
    }
}

/// Sets missing requests to the limits.
///
/// Upstream: `SetDefaults_Pod`, for Pods only and not for templates.
pub(super) fn requests_from_limits(resources: Option<&mut ResourceRequirements>) {
    let Some(resources) = resources else { return };
    let Some(limits) = &resources.limits else {
        return;
    };
    if limits.is_empty() {
        return;
    }
    let requests = resources.requests.get_or_insert_default();
    for (name, limit) in limits {
        requests
            .entry(name.clone())
            .or_insert_with(|| limit.clone());
    }
}
