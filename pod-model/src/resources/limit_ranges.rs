//! Requests and limits that the namespace's LimitRanges give to containers
//! that have none.
//!
//! Upstream: plugin/pkg/admission/limitranger, which sees Pods as they are
//! made, and `SetDefaults_LimitRangeItem` in pkg/apis/core/v1/defaults.go.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

type Resources = BTreeMap<String, Quantity>;

/// Requests and limits of a container that sets none.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LimitRangeDefaults {
    /// Limits by resource name.
    pub limits: Resources,
    /// Requests by resource name.
    pub requests: Resources,
}

impl LimitRangeDefaults {
    /// Combines the defaults of several LimitRanges: of each resource the first
    /// one counts.
    pub fn of(limit_ranges: &[&LimitRange]) -> Self {
        let mut all = Self::default();
        for limit_range in limit_ranges {
            let mut one = Self::default();
            let items = limit_range.spec.iter().flat_map(|spec| &spec.limits);
            for item in items.filter(|item| item.type_ == "Container") {
                let (limits, requests) = of_item(item);
                one.limits.extend(limits);
                one.requests.extend(requests);
            }
            fill(&mut all.limits, Some(&one.limits));
            fill(&mut all.requests, Some(&one.requests));
        }
        all
    }
}

/// The API server's own defaults: a limit is the maximum, a request is the
/// limit, or else the minimum.
fn of_item(item: &LimitRangeItem) -> (Resources, Resources) {
    let mut limits = item.default.clone().unwrap_or_default();
    fill(&mut limits, item.max.as_ref());
    let mut requests = item.default_request.clone().unwrap_or_default();
    fill(&mut requests, Some(&limits));
    fill(&mut requests, item.min.as_ref());
    (limits, requests)
}

fn fill(resources: &mut Resources, from: Option<&Resources>) {
    for (name, quantity) in from.into_iter().flatten() {
        if !resources.contains_key(name) {
            resources.insert(name.clone(), quantity.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn limit_range(limits: &Value) -> LimitRange {
        serde_json::from_value(json!({"metadata": {"name": "l"}, "spec": {"limits": limits}}))
            .unwrap()
    }

    fn seen(resources: &Resources) -> Vec<(&str, &str)> {
        resources
            .iter()
            .map(|(name, q)| (name.as_str(), q.0.as_str()))
            .collect()
    }

    #[test]
    fn missing_limits_follow_from_the_given_ones() {
        let one = limit_range(&json!([
            {"type": "Pod", "max": {"cpu": "9"}},
            {"type": "Container", "default": {"cpu": "2"}, "max": {"memory": "1Gi", "cpu": "4"},
             "defaultRequest": {"memory": "1Mi"}, "min": {"ephemeral-storage": "1k"}}]));
        let two = limit_range(&json!([{"type": "Container", "default": {"cpu": "7", "x": "1"}}]));
        let got = LimitRangeDefaults::of(&[&one, &two]);
        assert_eq!(
            seen(&got.limits),
            [("cpu", "2"), ("memory", "1Gi"), ("x", "1")]
        );
        assert_eq!(
            seen(&got.requests),
            [
                ("cpu", "2"),
                ("ephemeral-storage", "1k"),
                ("memory", "1Mi"),
                ("x", "1")
            ]
        );
    }
}
