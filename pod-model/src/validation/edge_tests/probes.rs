//! The probes of a Pod, checked without the rest of it.

use k8s_openapi::api::core::v1::Pod;
use serde_json::json;

use crate::path::FieldPath;
use crate::validation::{prepared_pod, validate_hooks, validate_pod, validate_probes};
use crate::version::KubernetesVersion;

#[test]
fn probes_alone_have_the_findings_that_they_have_in_a_pod() {
    let wrong = [
        json!({}),
        json!({"tcpSocket": {"port": 80}, "httpGet": {"port": 0}, "periodSeconds": -1}),
        json!({"httpGet": {"port": "8080", "scheme": "http", "httpHeaders": [{"name": "a b", "value": ""}]}}),
        json!({"exec": {"command": []}, "successThreshold": 2, "terminationGracePeriodSeconds": 0}),
        json!({"grpc": {"port": 70_000}, "timeoutSeconds": -1, "terminationGracePeriodSeconds": 5}),
        json!({"tcpSocket": {"port": 80}}),
    ];
    let mut compared = 0;
    for probe in &wrong {
        // Names and a hook that have findings of their own.
        let container = json!({"name": "A", "image": "i", "startupProbe": probe, "readinessProbe": probe,
            "livenessProbe": probe, "lifecycle": {"preStop": {"exec": {}}}});
        let mut sidecar = container.clone();
        sidecar["restartPolicy"] = "Always".into();
        let pod: Pod = serde_json::from_value(json!({"metadata": {"name": "web"}, "spec": {
            "restartPolicy": "none", "containers": [container], "initContainers": [container, sidecar],
            "ephemeralContainers": [container]}}))
        .unwrap();
        for version in KubernetesVersion::ALL {
            let mut all = validate_pod(&pod, version);
            let is_probes = |path: &FieldPath| path.to_string().contains("Probe");
            all.retain(|finding| is_probes(&finding.path));
            let spec = prepared_pod(pod.clone(), version).spec.unwrap();
            let path = FieldPath::root().field("spec");
            let mut alone = validate_probes(&spec, version, &path);
            // They come in another order: that of the containers.
            all.sort_by_key(|own| own.path.to_string());
            alone.sort_by_key(|own| own.path.to_string());
            assert_eq!(alone, all, "{probe} {version}");
            compared += all.len();
        }
    }
    assert!(compared > 100, "{compared}");
}

/// Hooks by themselves have the findings of the whole Pod.
#[test]
fn hooks_alone_are_judged_as_in_the_whole_pod() {
    let wrong = [
        json!({"exec": {}}),
        json!({"sleep": {"seconds": 60}}),
        json!({"sleep": {"seconds": -1}}),
        json!({"sleep": {"seconds": 0}}),
        json!({"tcpSocket": {"port": 0}}),
        json!({"tcpSocket": {"port": 80}}),
        json!({"httpGet": {"port": 70_000}, "exec": {"command": ["a"]}}),
        json!({}),
    ];
    let mut compared = 0;
    for hook in &wrong {
        let container =
            json!({"name": "a", "image": "i", "lifecycle": {"preStop": hook, "postStart": hook}});
        let mut sidecar = container.clone();
        sidecar["restartPolicy"] = "Always".into();
        let pod: Pod = serde_json::from_value(json!({"metadata": {"name": "web"}, "spec": {
            "containers": [container], "initContainers": [container, sidecar],
            "ephemeralContainers": [container]}}))
        .unwrap();
        for version in KubernetesVersion::ALL {
            let mut all = validate_pod(&pod, version);
            all.retain(|finding| finding.path.to_string().contains("lifecycle"));
            let spec = prepared_pod(pod.clone(), version).spec.unwrap();
            let path = FieldPath::root().field("spec");
            let mut alone = validate_hooks(&spec, version, &path);
            // They come in another order: that of the containers.
            all.sort_by_key(|own| own.path.to_string());
            alone.sort_by_key(|own| own.path.to_string());
            assert_eq!(alone, all, "{hook} {version}");
            compared += all.len();
        }
    }
    assert!(compared > 50, "{compared}");
}
