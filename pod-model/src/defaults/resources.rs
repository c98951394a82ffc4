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
    let amounts = list.into_iter().flat_map(BTreeMap::values_mut);
    for amount in amounts.filter(|amount| !is_canonical(&amount.0)) {
        if let Ok(mut quantity) = Quantity::try_from(&*amount) {
            round_up(&mut quantity);
            *amount = ApiQuantity::from(&quantity);
        }
    }
}

/// Returns whether a text is sure to be the canonical form of an amount that need not be rounded: up to three digits,
/// of which the first is not zero, and a common suffix. Most amounts are, and a Pod gets its defaults several times.
fn is_canonical(text: &str) -> bool {
    const SUFFIXES: [&str; 9] = ["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "Ti"];
    let suffix = text.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = text.len() - suffix.len();
    (1..=3).contains(&digits) && !text.starts_with('0') && SUFFIXES.contains(&suffix)
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
        if !requests.contains_key(name) {
            requests.insert(name.clone(), limit.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_amounts_stay_as_they_are() {
        for suffix in ["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "Ti"] {
            for number in 1..1000 {
                let text = format!("{number}{suffix}");
                assert!(is_canonical(&text), "{text}");
                let mut quantity: Quantity = text.parse().unwrap();
                round_up(&mut quantity);
                assert_eq!(ApiQuantity::from(&quantity).0, text);
            }
        }
        for text in [
            "", "m", "0", "01", "1000", "1.5", "-1", "+1", "1u", "1e3", "1E", "1 ", "1K",
        ] {
            assert!(!is_canonical(text), "{text}");
        }
    }
}
