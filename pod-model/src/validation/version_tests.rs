//! Every rule that changed between 1.31 and 1.37, on both sides of its change.

use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::{check, prepare};
use crate::features::Gate;
use crate::version::KubernetesVersion;
use crate::{defaults, manifest, pod_security};

/// The versions in which something is so.
fn versions(is_so: impl Fn(KubernetesVersion) -> bool) -> Vec<u8> {
    let all = KubernetesVersion::ALL.into_iter();
    all.filter(|version| is_so(*version))
        .map(KubernetesVersion::minor)
        .collect()
}

/// pkg/features/kube_features.go: the first version whose default is on.
#[test]
fn a_feature_gate_is_on_from_its_version() {
    for (gate, since) in [
        (Gate::ClusterTrustBundleProjection, 37),
        (Gate::ContainerRestartRules, 35),
        (Gate::DynamicResourceAllocation, 34),
        (Gate::EnvFiles, 35),
        (Gate::HostnameOverride, 35),
        (Gate::ImageVolume, 35),
        (Gate::InPlacePodVerticalScaling, 33),
        (Gate::JobManagedBy, 32),
        (Gate::MatchLabelKeysInPodTopologySpreadSelectorMerge, 34),
        (Gate::PodLevelResources, 34),
        (Gate::PodCertificateRequest, 37),
        (Gate::PodLifecycleSleepActionAllowZero, 33),
        (Gate::ProcMountType, 33),
        (Gate::RelaxedDNSSearchValidation, 33),
        (Gate::RelaxedEnvironmentVariableValidation, 32),
        (Gate::RestartAllContainersOnContainerExits, 36),
        (Gate::SELinuxChangePolicy, 33),
        (Gate::SELinuxMount, 37),
        (Gate::StrictIPCIDRValidation, 36),
        (Gate::SupplementalGroupsPolicy, 33),
        (Gate::UserNamespacesSupport, 33),
        (Gate::VolumeAttributesClass, 34),
    ] {
        assert_eq!(versions(|version| gate.is_on(version)), from(since));
    }
}

fn pod(text: &Value) -> Pod {
    serde_json::from_value(text.clone()).unwrap()
}

/// Every version from this one on.
fn from(minor: u8) -> Vec<u8> {
    (minor..=KubernetesVersion::LATEST.minor()).collect()
}

/// Upstream: `dropDisabledFields` of each version.
#[test]
fn a_field_whose_gate_is_off_is_dropped() {
    let selector = json!({"matchLabels": {"a": "b"}});
    let spec = json!({
        "hostUsers": false, "hostnameOverride": "h", "resources": {"limits": {"cpu": "1"}},
        "resourceClaims": [{"name": "r", "resourceClaimName": "x"}],
        "securityContext": {"supplementalGroupsPolicy": "Strict", "seLinuxChangePolicy": "Recursive"},
        "volumes": [{"name": "v", "image": {"reference": "i"}}, {"name": "e", "emptyDir": {}}],
        "topologySpreadConstraints": [{"maxSkew": 1, "topologyKey": "k", "whenUnsatisfiable": "DoNotSchedule", "labelSelector": selector, "matchLabelKeys": ["l"]}],
        "initContainers": [
            {"name": "i", "image": "i", "restartPolicy": "Never"},
            {"name": "s", "image": "i", "restartPolicy": "Always"},
        ],
        "containers": [{
            "name": "c", "image": "i", "restartPolicy": "Never",
            "restartPolicyRules": [{"action": "Restart"}],
            "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"}],
            "resources": {"claims": [{"name": "r"}]},
            "securityContext": {"procMount": "Unmasked"},
            "env": [{"name": "A", "valueFrom": {"fileKeyRef": {"volumeName": "e", "path": "p", "key": "k"}}}],
            "volumeMounts": [{"name": "v", "mountPath": "/v"}, {"name": "e", "mountPath": "/e"}],
        }],
    });
    let whole = pod(&json!({"metadata": {"name": "n", "labels": {"l": "1"}}, "spec": spec}));
    let prepared = |version| serde_json::to_value(prepare::pod(whole.clone(), version)).unwrap();
    for (pointer, value, expected) in [
        ("/spec/hostUsers", json!(false), from(33)),
        ("/spec/hostnameOverride", json!("h"), from(35)),
        ("/spec/resources/limits/cpu", json!("1"), from(34)),
        ("/spec/resourceClaims/0/name", json!("r"), from(34)),
        (
            "/spec/securityContext/supplementalGroupsPolicy",
            json!("Strict"),
            from(33),
        ),
        (
            "/spec/securityContext/seLinuxChangePolicy",
            json!("Recursive"),
            from(33),
        ),
        ("/spec/volumes/0/name", json!("v"), from(35)),
        ("/spec/volumes/0/name", json!("e"), vec![31, 32, 33, 34]),
        (
            "/spec/containers/0/volumeMounts/0/name",
            json!("e"),
            vec![31, 32, 33, 34],
        ),
        // The field came in 1.34, behind its gate; before that the schema does not
        // have it, and validation refuses it.
        (
            "/spec/containers/0/restartPolicy",
            json!("Never"),
            vec![31, 32, 33, 35, 36, 37],
        ),
        (
            "/spec/initContainers/0/restartPolicy",
            json!("Never"),
            vec![31, 32, 33, 35, 36, 37],
        ),
        (
            "/spec/initContainers/1/restartPolicy",
            json!("Always"),
            from(31),
        ),
        (
            "/spec/containers/0/restartPolicyRules/0/action",
            json!("Restart"),
            from(35),
        ),
        (
            "/spec/containers/0/resizePolicy/0/resourceName",
            json!("cpu"),
            from(33),
        ),
        (
            "/spec/containers/0/resources/claims/0/name",
            json!("r"),
            from(34),
        ),
        (
            "/spec/containers/0/securityContext/procMount",
            json!("Unmasked"),
            from(33),
        ),
        (
            "/spec/containers/0/securityContext/procMount",
            json!("Default"),
            vec![31, 32],
        ),
        (
            "/spec/containers/0/env/0/valueFrom/fileKeyRef/key",
            json!("k"),
            from(35),
        ),
        (
            "/spec/topologySpreadConstraints/0/labelSelector/matchExpressions/0/key",
            json!("l"),
            from(34),
        ),
    ] {
        let found = versions(|version| prepared(version).pointer(pointer) == Some(&value));
        assert_eq!(found, expected, "{pointer} {value}");
    }
}

#[test]
fn a_default_that_came_later_is_not_there_before() {
    let text = json!({"metadata": {"name": "n"}, "status": {"podIP": "10.0.0.1"}, "spec": {
        "serviceAccount": "a", "terminationGracePeriodSeconds": -1,
        "resources": {"limits": {"cpu": "1", "hugepages-2Mi": "2Mi"}},
        "volumes": [{"name": "v", "image": {"reference": "i:1"}}],
        "containers": [{"name": "c", "image": "i"}],
    }});
    for (pointer, value, expected) in [
        // From 1.37 on the server adds them later.
        ("/spec/resources/requests/cpu", json!("1"), vec![34, 35, 36]),
        ("/spec/serviceAccountName", json!("a"), from(37)),
        ("/spec/terminationGracePeriodSeconds", json!(1), from(37)),
        ("/status/podIPs/0/ip", json!("10.0.0.1"), from(37)),
        (
            "/spec/volumes/0/image/pullPolicy",
            json!("IfNotPresent"),
            from(35),
        ),
        ("/spec/enableServiceLinks", json!(true), from(31)),
    ] {
        let found = versions(|version| {
            let mut pod = pod(&text);
            defaults::pod(&mut pod, version);
            serde_json::to_value(pod).unwrap().pointer(pointer) == Some(&value)
        });
        assert_eq!(found, expected, "{pointer}");
    }
}

/// Upstream: the versions of each check in k8s.io/pod-security-admission/policy.
#[test]
fn a_pod_security_check_is_asked_from_its_version() {
    let handler = json!({"httpGet": {"host": "x", "port": 1}});
    let sysctl =
        |name: &str| json!({"securityContext": {"sysctls": [{"name": name, "value": "1"}]}});
    let with = |spec: &Value, container: &Value| {
        let mut spec = spec.clone();
        let mut own = json!({"name": "c", "image": "i"});
        for (key, value) in container.as_object().unwrap() {
            own[key] = value.clone();
        }
        spec["containers"] = json!([own]);
        pod(&json!({"metadata": {"name": "n"}, "spec": spec}))
    };
    let none = json!({});
    let unmasked = json!({"securityContext": {"procMount": "Unmasked"}});
    for (level, id, pod, expected) in vec![
        (
            pod_security::Level::Baseline,
            "hostProbesAndHostLifecycle",
            with(&none, &json!({"livenessProbe": handler})),
            from(34),
        ),
        (
            pod_security::Level::Baseline,
            "sysctls",
            with(&sysctl("net.ipv4.tcp_rmem"), &none),
            vec![31],
        ),
        (
            pod_security::Level::Baseline,
            "sysctls",
            with(&sysctl("net.ipv4.tcp_wmem"), &none),
            vec![31],
        ),
        (
            pod_security::Level::Baseline,
            "sysctls",
            with(&sysctl("net.ipv4.tcp_syncookies"), &none),
            vec![],
        ),
        (
            pod_security::Level::Baseline,
            "sysctls",
            with(&sysctl("kernel.x"), &none),
            from(31),
        ),
        (
            pod_security::Level::Restricted,
            "procMount_restricted",
            with(&none, &unmasked),
            from(35),
        ),
        (
            pod_security::Level::Restricted,
            "procMount",
            with(&none, &unmasked),
            vec![31, 32, 33, 34],
        ),
        // In a user namespace of its own a Pod may be root from 1.35 on.
        (
            pod_security::Level::Restricted,
            "runAsUser",
            with(
                &json!({"hostUsers": false, "securityContext": {"runAsUser": 0}}),
                &none,
            ),
            vec![31, 32, 33, 34],
        ),
        (
            pod_security::Level::Baseline,
            "procMount",
            with(&json!({"hostUsers": false}), &unmasked),
            vec![31, 32, 33, 34],
        ),
    ] {
        let found = versions(|version| {
            let spec = pod.spec.as_ref().unwrap();
            let all = pod_security::violations(level, version, &pod.metadata, spec);
            all.iter().any(|violation| violation.check == id)
        });
        assert_eq!(found, expected, "{id} {pod:?}");
    }
}

#[test]
fn an_object_is_judged_by_the_rules_of_its_version() {
    let set = |mount: &str| {
        format!(
            "apiVersion: apps/v1\nkind: StatefulSet\nmetadata: {{name: db}}\nspec:\n  serviceName: db\n  selector: {{matchLabels: {{a: b}}}}\n  template:\n    metadata: {{labels: {{a: b}}}}\n    spec:\n      containers:\n      - {{name: db, image: i, volumeMounts: [{{name: {mount}, mountPath: /d}}]}}\n  volumeClaimTemplates:\n  - metadata: {{name: data}}\n    spec: {{}}\n"
        )
    };
    let job = |manager: &str| {
        format!(
            "apiVersion: batch/v1\nkind: Job\nmetadata: {{name: web}}\nspec:\n  managedBy: {manager}\n  template:\n    spec:\n      restartPolicy: Never\n      containers: [{{name: c, image: i}}]\n"
        )
    };
    for (text, expected) in [
        (set("date"), from(34)),
        (set("data"), vec![]),
        (job("x y"), from(32)),
        (job("example.com/a"), vec![]),
    ] {
        let found = versions(|version| {
            let manifest = manifest::read("f.yaml", text.clone().into_bytes());
            !check(&manifest.documents[0], version).is_empty()
        });
        assert_eq!(found, expected, "{text}");
    }
}
