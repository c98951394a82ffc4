//! Values that the baseline allows, beside those that it does not.

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::{CHECKS, Level, LevelVersion, PolicyVersion, evaluate, evaluate_both, violations};
use crate::version::KubernetesVersion;

/// The paths of what the baseline has against a Pod.
fn told(metadata: &Value, context: &Value) -> Vec<String> {
    let container = json!({"name": "app", "image": "i", "securityContext": context});
    let pod = json!({"metadata": metadata, "spec": {"containers": [container]}});
    let pod: Pod = serde_json::from_value(pod).unwrap();
    let spec = pod.spec.as_ref().unwrap();
    let found = violations(
        Level::Baseline,
        KubernetesVersion::LATEST,
        &pod.metadata,
        spec,
    );
    found.iter().map(|own| own.path.to_string()).collect()
}

/// `appArmorProfile_1_0`.
#[test]
fn an_annotation_of_app_armor_is_empty_default_or_local() {
    for (value, is_good) in [
        ("", true),
        ("runtime/default", true),
        ("localhost/", true),
        ("localhost/p", true),
        ("localhost", false),
        ("runtime/defaults", false),
        ("unconfined", false),
    ] {
        let key = "container.apparmor.security.beta.kubernetes.io/app";
        let found = told(&json!({"annotations": {key: value}}), &json!({}));
        assert_eq!(found.is_empty(), is_good, "{value} {found:?}");
        let found = told(
            &json!({"annotations": {"example.com/app": value}}),
            &json!({}),
        );
        assert!(found.is_empty(), "{value} {found:?}");
    }
}

/// `procMount_1_0`.
#[test]
fn proc_is_mounted_as_it_is_by_default() {
    for (mount, is_good) in [
        (Value::Null, true),
        (json!("Default"), true),
        (json!("Unmasked"), false),
        (json!(""), false),
    ] {
        let found = told(&json!({}), &json!({"procMount": mount}));
        let expected = ["spec.containers[0].securityContext.procMount"];
        assert_eq!(found, &expected[usize::from(is_good)..], "{mount}");
    }
}

#[test]
fn both_levels_are_answered_as_each_of_them_is() {
    let pod = json!({
        "metadata": {},
        "spec": {
            "hostNetwork": true,
            "volumes": [{"name": "a", "hostPath": {"path": "/"}}, {"name": "b", "nfs": {"server": "s", "path": "/"}}],
            "containers": [{"name": "app", "image": "i", "securityContext": {
                "privileged": true,
                "procMount": "Unmasked",
                "capabilities": {"add": ["SYS_ADMIN"]},
                "seccompProfile": {"type": "Unconfined"},
                "runAsUser": 0,
            }}],
        },
    });
    let pod: Pod = serde_json::from_value(pod).unwrap();
    let spec = pod.spec.as_ref().unwrap();
    let server = KubernetesVersion::LATEST;
    let since = CHECKS.iter().flat_map(super::checks::Check::since);
    for minor in since {
        let version = PolicyVersion::minor(minor.into());
        let ask = |level| {
            let at = LevelVersion { level, version };
            evaluate(at, server, &pod.metadata, spec)
        };
        let each = (ask(Level::Baseline), ask(Level::Restricted));
        assert_eq!(
            evaluate_both(version, server, &pod.metadata, spec),
            each,
            "{version}"
        );
    }
}
