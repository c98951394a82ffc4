//! Requests and limits.

use serde_json::json;

use super::{findings_of, none};

/// Upstream: `validateResourceRequirements`, `IsNativeResource`,
/// `IsOvercommitAllowed`, `IsHugePageResourceValueDivisible`.
#[test]
fn indivisible_resources_are_requested_as_limited() {
    for (limits, requests, expected) in [
        (json!({}), json!({"cpu": "1"}), &[][..]),
        (json!({"cpu": "2"}), json!({"cpu": "1"}), &[]),
        (
            json!({"cpu": "1"}),
            json!({"cpu": "2"}),
            &["invalid requests"],
        ),
        (json!({}), json!({"kubernetes.io/x": "1"}), &[]),
        (
            json!({}),
            json!({"example.com/gpu": "1"}),
            &["required limits"],
        ),
        (
            json!({"example.com/gpu": "2"}),
            json!({"example.com/gpu": "1"}),
            &["invalid requests"],
        ),
        (
            json!({"example.com/gpu": "1"}),
            json!({"example.com/gpu": "1"}),
            &[],
        ),
        (
            json!({"cpu": "1"}),
            json!({"hugepages-2Mi": "2Mi"}),
            &["required limits"],
        ),
        (
            json!({"cpu": "1", "hugepages-2Mi": "4Mi"}),
            json!({"hugepages-2Mi": "2Mi"}),
            &["invalid requests"],
        ),
    ] {
        let resources = json!({"resources": {"limits": limits, "requests": requests}});
        let base = "spec.containers[0].resources.";
        let found = findings_of(&none(), &none(), &resources, base);
        assert_eq!(found, expected, "{resources}");
    }
    for (name, amount, is_sound) in [
        ("hugepages-2Mi", "2Mi", true),
        ("hugepages-2Mi", "4Mi", true),
        ("hugepages-2Mi", "3Mi", false),
        ("hugepages-2Mi", "1", false),
        ("hugepages-1", "5", true),
        ("hugepages-0", "1", false),
        ("hugepages-500m", "1", false),
        ("hugepages-1500m", "2", false),
    ] {
        let limits = json!({"cpu": "1", name: amount});
        let resources = json!({"resources": {"limits": limits}});
        let base = "spec.containers[0].resources.limits";
        let found = findings_of(&none(), &none(), &resources, base);
        assert_eq!(found.is_empty(), is_sound, "{name} {amount} {found:?}");
    }
}
