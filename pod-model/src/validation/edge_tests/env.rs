//! Sources of variables.

use serde_json::{Value, json};

use super::{findings_of, none, with};

/// Upstream: `validateContainerResourceFieldSelector`, `…Divisor`.
#[test]
fn a_resource_is_taken_with_a_divisor_of_its_kind() {
    for (resource, divisor, expected) in [
        ("limits.cpu", "1m", &[][..]),
        ("limits.cpu", "1Mi", &["invalid divisor"]),
        ("requests.memory", "1Mi", &[]),
        ("requests.memory", "1m", &["invalid divisor"]),
        ("requests.hugepages-2Mi", "0", &[]),
        ("requests.hugepages-2Mi", "1Mi", &[]),
        ("limits.hugepages-1Gi", "1Gi", &[]),
        ("limits.hugepages-1Gi", "1m", &["invalid divisor"]),
        ("limits.hugepages-1Gi", "2", &["invalid divisor"]),
        ("hugepages-2Mi", "0", &["not-supported resource"]),
        ("limits.gpu", "1m", &["not-supported resource"]),
    ] {
        let selector = json!({"resource": resource, "divisor": divisor});
        let env = json!([{"name": "A", "valueFrom": {"resourceFieldRef": selector}}]);
        let base = "spec.containers[0].env[0].valueFrom.resourceFieldRef.";
        let found = findings_of(&none(), &none(), &json!({"env": env}), base);
        assert_eq!(found, expected, "{resource} {divisor}");
    }
}

/// Upstream: `validateEnvVarValueFrom`.
#[test]
fn a_variable_takes_its_value_from_one_source() {
    let sources = [
        json!({"fieldRef": {"fieldPath": "metadata.name"}}),
        json!({"resourceFieldRef": {"resource": "limits.cpu"}}),
        json!({"configMapKeyRef": {"name": "c", "key": "k"}}),
        json!({"secretKeyRef": {"name": "s", "key": "k"}}),
        json!({"fileKeyRef": {"volumeName": "v", "path": "p", "key": "k"}}),
    ];
    let findings_of = |var: Value| {
        let spec = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let var = with(json!({"name": "A"}), &var);
        findings_of(
            &none(),
            &spec,
            &json!({"env": [var]}),
            "spec.containers[0].env[0].",
        )
    };
    let wrong = ["invalid valueFrom"];
    assert_eq!(findings_of(json!({"valueFrom": {}})), wrong);
    for (i, one) in sources.iter().enumerate() {
        let none: [&str; 0] = [];
        assert_eq!(findings_of(json!({"valueFrom": one})), none, "{one}");
        assert_eq!(
            findings_of(json!({"value": "", "valueFrom": one})),
            none,
            "{one}"
        );
        assert_eq!(
            findings_of(json!({"value": "x", "valueFrom": one})),
            wrong,
            "{one}"
        );
        for other in &sources[i + 1..] {
            let both = with(one.clone(), other);
            assert_eq!(
                findings_of(json!({"valueFrom": both})),
                wrong,
                "{one} {other}"
            );
        }
    }
}
