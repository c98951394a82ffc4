//! Rules of the validation on both sides of their edges.

use std::collections::BTreeMap;

use k8s_openapi::api::batch::v1::{
    JobSpec, PodFailurePolicy, PodFailurePolicyOnPodConditionsPattern, PodFailurePolicyRule,
    SuccessPolicy, SuccessPolicyRule,
};
use k8s_openapi::api::core::v1::{Lifecycle, Pod, PodTemplateSpec};
use serde_json::{Value, json};

use super::errors::Errors;
use super::path::Path;
use super::{check, failure_policy, names, prepare, success_policy, validate_pod};
use super::{validate_cron_job, validate_template};
use crate::finding::Finding;
use crate::manifest;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

const LATEST: KubernetesVersion = KubernetesVersion::LATEST;

fn told(findings: &[Finding]) -> Vec<String> {
    let told = findings
        .iter()
        .map(|own| format!("{} {}", own.id, own.path));
    told.collect()
}

fn with(base: Value, more: &Value) -> Value {
    let mut base = base;
    let more = more.as_object().unwrap().clone();
    base.as_object_mut().unwrap().extend(more);
    base
}

fn pod(metadata: &Value, spec: &Value, container: &Value) -> Pod {
    let container = with(json!({"name": "app", "image": "i"}), container);
    let spec = with(json!({"containers": [container]}), spec);
    let metadata = with(json!({"name": "web"}), metadata);
    serde_json::from_value(json!({"metadata": metadata, "spec": spec})).unwrap()
}

/// What is said of a Pod with these parts; the paths lose `base`.
fn told_of(metadata: &Value, spec: &Value, container: &Value, base: &str) -> Vec<String> {
    let findings = validate_pod(&pod(metadata, spec, container), LATEST);
    let told = told(&findings);
    told.iter().map(|own| own.replace(base, "")).collect()
}

fn none() -> Value {
    json!({})
}

/// Upstream: `validatePodHostNetworkDeps`.
#[test]
fn in_the_network_of_the_host_a_port_is_the_nodes() {
    let port = |host: &Value| json!({"ports": [{"containerPort": 80, "hostPort": host}]});
    for (network, host, in_pod, in_template) in [
        (true, json!(80), false, false),
        (true, json!(81), true, true),
        (true, Value::Null, false, false),
        (true, json!(0), false, false),
        (false, json!(81), false, false),
        (false, Value::Null, false, false),
    ] {
        let spec = json!({"hostNetwork": network});
        let pod = pod(&none(), &spec, &port(&host));
        let expected = |is_wrong, base: &str| {
            let wrong = format!("invalid {base}.containers[0].ports[0].hostPort");
            Vec::from_iter(Some(wrong).filter(|_| is_wrong))
        };
        let found = told(&validate_pod(&pod, LATEST));
        assert_eq!(found, expected(in_pod, "spec"), "{network} {host}");
        let template = PodTemplateSpec {
            metadata: None,
            spec: pod.spec,
        };
        let path = FieldPath::root().field("template");
        let found = told(&validate_template(&template, &path, LATEST));
        let expected = expected(in_template, "template.spec");
        assert_eq!(found, expected, "{network} {host} in a template");
    }
}

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
        let found = told_of(&none(), &none(), &json!({"env": env}), base);
        assert_eq!(found, expected, "{resource} {divisor}");
    }
}

/// Upstream: `ValidateAppArmorProfileField`.
#[test]
fn an_app_armor_profile_has_a_type_and_a_name_where_it_is_local() {
    let long = "p".repeat(4096);
    for (profile, expected) in [
        (json!({"type": "RuntimeDefault"}), &[][..]),
        (json!({"type": "Unconfined"}), &[]),
        (json!({"type": "Localhost", "localhostProfile": "p"}), &[]),
        (
            json!({"type": "Localhost", "localhostProfile": &long[1..]}),
            &[],
        ),
        (
            json!({"type": "Localhost", "localhostProfile": long}),
            &["too-long localhostProfile"],
        ),
        (json!({"type": "Localhost"}), &["required localhostProfile"]),
        (
            json!({"type": "Localhost", "localhostProfile": ""}),
            &["required localhostProfile"],
        ),
        (
            json!({"type": "Localhost", "localhostProfile": " p"}),
            &["invalid localhostProfile"],
        ),
        (
            json!({"type": "RuntimeDefault", "localhostProfile": "p"}),
            &["invalid localhostProfile"],
        ),
        (json!({"type": ""}), &["required type"]),
        (json!({"type": "localhost"}), &["not-supported type"]),
    ] {
        let context = json!({"securityContext": {"appArmorProfile": profile}});
        let base = "spec.securityContext.appArmorProfile.";
        let found = told_of(&none(), &context, &none(), base);
        assert_eq!(found, expected, "{profile}");
        let base = "spec.containers[0].securityContext.appArmorProfile.";
        let found = told_of(&none(), &none(), &context, base);
        assert_eq!(found, expected, "{profile} of a container");
    }
}

/// Upstream: `validateSeccompAnnotationsAndFields`.
#[test]
fn an_annotation_of_seccomp_says_what_the_field_says() {
    let local = json!({"type": "Localhost", "localhostProfile": "p"});
    let default = json!({"type": "RuntimeDefault"});
    for (annotation, profile, expected) in [
        ("runtime/default", &default, &[][..]),
        ("docker/default", &default, &[]),
        ("unconfined", &default, &["forbidden type"]),
        ("unconfined", &json!({"type": "Unconfined"}), &[]),
        (
            "runtime/default",
            &json!({"type": "Unconfined"}),
            &["forbidden type"],
        ),
        ("localhost/p", &local, &[]),
        ("localhost/q", &local, &["forbidden localhostProfile"]),
        ("runtime/default", &local, &["forbidden type"]),
    ] {
        let context = json!({"securityContext": {"seccompProfile": profile}});
        let pods = json!({"annotations": {"seccomp.security.alpha.kubernetes.io/pod": annotation}});
        let base = "spec.securityContext.seccompProfile.";
        let found = told_of(&pods, &context, &none(), base);
        assert_eq!(found, expected, "{annotation} {profile}");
        let own = json!({"annotations": {"container.seccomp.security.alpha.kubernetes.io/app": annotation}});
        let base = "spec.containers[0].securityContext.seccompProfile.";
        let found = told_of(&own, &none(), &context, base);
        assert_eq!(found, expected, "{annotation} {profile} of a container");
    }
}

/// Upstream: `validateResourceRequirements`, `IsNativeResource`,
/// `IsOvercommitAllowed`, `IsHugePageResourceValueDivisible`.
#[test]
fn what_cannot_be_divided_is_requested_as_it_is_limited() {
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
        let found = told_of(&none(), &none(), &resources, base);
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
        let found = told_of(&none(), &none(), &resources, base);
        assert_eq!(found.is_empty(), is_sound, "{name} {amount} {found:?}");
    }
}

/// Upstream: `validatePodFailurePolicyRule`.
#[test]
fn only_fail_index_needs_a_limit_for_each_index() {
    for (action, limit, expected) in [
        ("FailIndex", None, &["invalid rules[0].action"][..]),
        ("FailIndex", Some(0), &[]),
        ("FailJob", None, &[]),
        ("Ignore", None, &[]),
        ("Count", Some(1), &[]),
        ("", None, &["required rules[0].action"]),
        ("x", None, &["not-supported rules[0].action"]),
    ] {
        let pattern = PodFailurePolicyOnPodConditionsPattern {
            type_: "Ready".to_owned(),
            status: Some("True".to_owned()),
        };
        let policy = PodFailurePolicy {
            rules: vec![PodFailurePolicyRule {
                action: action.to_owned(),
                on_exit_codes: None,
                on_pod_conditions: Some(vec![pattern]),
            }],
        };
        let spec = JobSpec {
            backoff_limit_per_index: limit,
            ..JobSpec::default()
        };
        let (root, mut errors) = (FieldPath::root(), Errors::default());
        failure_policy::policy(&policy, &spec, &Path::base(&root), &mut errors);
        assert_eq!(
            told(&errors.into_findings()),
            expected,
            "{action} {limit:?}"
        );
    }
}

/// Upstream: `validateSuccessPolicyRule`, `validateIndexesFormat`.
#[test]
fn a_rule_of_success_counts_its_indexes() {
    let told_of = |count: Option<i32>, indexes: &str| {
        let policy = SuccessPolicy {
            rules: vec![SuccessPolicyRule {
                succeeded_count: count,
                succeeded_indexes: Some(indexes.to_owned()),
            }],
        };
        let (root, mut errors) = (FieldPath::root(), Errors::default());
        success_policy::policy(&policy, Some(10), &Path::base(&root), &mut errors);
        told(&errors.into_findings())
    };
    let (wrong, many) = (
        "invalid rules[0].succeededIndexes",
        "invalid rules[0].succeededCount",
    );
    for (count, indexes, expected) in [
        (Some(5), "0,2-4,7", &[][..]),
        (Some(6), "0,2-4,7", &[many]),
        (Some(1), "3", &[]),
        (Some(2), "3", &[many]),
        (Some(2), "3-4", &[]),
        (Some(3), "3-4", &[many]),
        (Some(10), "0-9", &[]),
        (None, "0-10", &[wrong]),
        (None, "4-4", &[wrong]),
        (None, "2,1", &[wrong]),
        (None, "1-3,3", &[wrong]),
    ] {
        assert_eq!(told_of(count, indexes), expected, "{count:?} {indexes}");
    }
    let long = "too-long rules[0].succeededIndexes".to_owned();
    for (length, is_long) in [
        (65_535, false),
        (65_536, false),
        (65_537, true),
        (65_538, true),
    ] {
        let found = told_of(None, &"0".repeat(length));
        assert_eq!(found.contains(&long), is_long, "{length}");
    }
}

/// Upstream: `dropContainerStopSignals`.
#[test]
fn hooks_that_were_a_stop_signal_alone_are_gone() {
    for (hooks, expected) in [
        (json!({"stopSignal": "SIGTERM"}), None),
        (json!({}), Some(json!({}))),
        (json!({"preStop": {}}), Some(json!({"preStop": {}}))),
        (json!({"postStart": {}}), Some(json!({"postStart": {}}))),
        (
            json!({"stopSignal": "SIGTERM", "preStop": {}}),
            Some(json!({"preStop": {}})),
        ),
        (
            json!({"stopSignal": "SIGTERM", "postStart": {}}),
            Some(json!({"postStart": {}})),
        ),
    ] {
        let mut own = pod(&none(), &none(), &none());
        let lifecycle: Lifecycle = serde_json::from_value(hooks.clone()).unwrap();
        own.spec.as_mut().unwrap().containers[0].lifecycle = Some(lifecycle);
        let prepared = prepare::pod(own, LATEST).spec.unwrap();
        let left = prepared.containers[0].lifecycle.as_ref();
        let left = left.map(|own| serde_json::to_value(own).unwrap());
        assert_eq!(left, expected, "{hooks}");
    }
}

/// Upstream: `podStrategy.PrepareForCreate` and what comes before it.
#[test]
fn only_a_negative_grace_period_becomes_a_second() {
    for (seconds, expected) in [(-5, 1), (-1, 1), (0, 0), (1, 1), (30, 30)] {
        let own = pod(
            &none(),
            &json!({"terminationGracePeriodSeconds": seconds}),
            &none(),
        );
        let prepared = prepare::pod(own, LATEST).spec.unwrap();
        assert_eq!(prepared.termination_grace_period_seconds, Some(expected));
    }
}

#[test]
fn admission_gives_a_pod_its_account() {
    let token = json!({"volumes": [{"name": "t", "projected": {"sources": [{"serviceAccountToken": {"path": "t"}}]}}]});
    let wrong = "forbidden spec.volumes[0].projected.sources[0].serviceAccountToken";
    for (account, expected) in [
        (json!({}), &[wrong][..]),
        (json!({"serviceAccountName": ""}), &[wrong]),
        (json!({"serviceAccountName": "robot"}), &[]),
        (json!({"serviceAccount": "robot"}), &[]),
    ] {
        let own = pod(&none(), &with(token.clone(), &account), &none());
        assert_eq!(told(&validate_pod(&own, LATEST)), expected, "{account}");
        let whole =
            json!({"apiVersion": "v1", "kind": "Pod", "metadata": own.metadata, "spec": own.spec});
        let manifest = manifest::read("p.json", whole.to_string().into_bytes());
        let found = told(&check(&manifest.documents[0], LATEST));
        assert!(found.is_empty(), "{account} {found:?}");
    }
}

/// Upstream: `validateEphemeralContainers`.
#[test]
fn the_target_of_an_ephemeral_container_is_another_container() {
    let base = "spec.ephemeralContainers[0].";
    let wrong = "not-found targetContainerName".to_owned();
    for (target, is_wrong) in [
        (json!({}), false),
        (json!({"targetContainerName": ""}), false),
        (json!({"targetContainerName": "app"}), false),
        (json!({"targetContainerName": "init"}), false),
        (json!({"targetContainerName": "debug"}), true),
        (json!({"targetContainerName": "none"}), true),
    ] {
        let own = with(json!({"name": "debug", "image": "i"}), &target);
        let init = json!({"name": "init", "image": "i"});
        let spec = json!({"ephemeralContainers": [own], "initContainers": [init]});
        let found = told_of(&none(), &spec, &none(), base);
        assert_eq!(found.contains(&wrong), is_wrong, "{target} {found:?}");
    }
}

fn of_volume(source: &Value, base: &str) -> Vec<String> {
    let volume = with(json!({"name": "v"}), source);
    let base = format!("spec.volumes[0].{base}.");
    told_of(&none(), &json!({"volumes": [volume]}), &none(), &base)
}

/// Upstream: `validateQuobyteVolumeSource`, with Go's `net.SplitHostPort`.
#[test]
fn a_registry_of_quobyte_is_hosts_with_ports() {
    for (registry, is_sound) in [
        ("a:1", true),
        ("a:1,b:2", true),
        ("[::1]:80", true),
        (":", true),
        ("a", false),
        ("a:1,b", false),
        ("a:b:1", false),
        ("[::1]", false),
        ("[::1:80", false),
        ("[a]b:1", false),
        ("[a]:1:2", false),
        ("[a]1", false),
        ("[[a]:1", false),
        ("a]:1", false),
        ("a:1]", false),
    ] {
        let source = json!({"quobyte": {"registry": registry, "volume": "v"}});
        let found = of_volume(&source, "quobyte");
        assert_eq!(found.is_empty(), is_sound, "{registry} {found:?}");
    }
}

/// Upstream: `validateGitRepoVolumeSource`.
#[test]
fn a_volume_of_git_has_a_repository_and_a_directory_below() {
    for (source, expected) in [
        (json!({"repository": "r"}), &[][..]),
        (json!({"repository": "r", "directory": "a/b"}), &[]),
        (json!({"repository": ""}), &["required repository"]),
        (
            json!({"repository": "r", "directory": "/a"}),
            &["invalid directory"],
        ),
        (
            json!({"repository": "r", "directory": "a/../.."}),
            &["invalid directory"],
        ),
    ] {
        let found = of_volume(&json!({"gitRepo": source}), "gitRepo");
        assert_eq!(found, expected, "{source}");
    }
}

/// Upstream: `validateISCSIVolumeSource`, `iscsiInitiatorIqnRegex` and its kin.
#[test]
fn a_name_of_iscsi_has_one_of_three_forms() {
    for (name, is_sound) in [
        ("iqn.2001-04.com.example:storage", true),
        ("iqn.2001-04.com.example:storage:disk", true),
        ("iqn.iqn.2001-04.com.example:storage", true),
        ("iqn.2001x04.com.example:storage", false),
        ("iqn.2001-04xcom.example:storage", false),
        ("iqn.200a-04.com.example:storage", false),
        ("iqn.2001-04.:storage", false),
        ("iqn.2001-04.com_example:storage", false),
        ("iqn.2001-04.com.example:", false),
        ("iqn.2001-04.com.example", false),
        ("iqn.2001-04.com.example:a,b", false),
        ("iqn.2001-04.com.example:a b", false),
        ("iqn.2001-04.com.example:a\tb", false),
        ("iqn.2001", false),
        ("eui.0123456789abcdef", true),
        ("eui.0123456789abcde", false),
        ("eui.0123456789abcde-", false),
        ("naa.0123456789abcdef0123456789abcdef", true),
        ("naa.0123456789abcdef", false),
        ("abc.2001-04.com.example:storage", false),
    ] {
        let source = json!({"iscsi": {"targetPortal": "p", "iqn": name, "lun": 0}});
        let found = of_volume(&source, "iscsi");
        assert_eq!(found.is_empty(), is_sound, "{name:?} {found:?}");
    }
}

/// Upstream: `ValidateAnnotations`, which looks away from the case.
#[test]
fn the_key_of_an_annotation_is_a_labels_without_its_case() {
    for (key, of_annotation, of_label) in [
        ("a", true, true),
        ("example.com/A", true, true),
        ("Example.com/a", true, false),
        ("a b", false, false),
        ("/a", false, false),
        ("a/b/c", false, false),
        ("", false, false),
    ] {
        assert_eq!(names::annotation_key(key).is_none(), of_annotation, "{key}");
        assert_eq!(names::label_key(key).is_none(), of_label, "{key}");
        let annotations = BTreeMap::from([(key, "x")]);
        let found = told_of(&json!({"annotations": annotations}), &none(), &none(), "");
        assert_eq!(found.is_empty(), of_annotation, "{key} {found:?}");
    }
}

/// Upstream: `ValidateCronJobCreate`; the gate is `JobManagedBy`.
#[test]
fn who_manages_the_jobs_of_a_cron_job_is_judged_with_its_gate() {
    let template =
        json!({"spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}]}});
    for (manager, expected) in [("x y", &[32, 33, 34, 35][..]), ("example.com/a", &[])] {
        let job = json!({"managedBy": manager, "template": template});
        let cron_job = serde_json::from_value(json!({
            "metadata": {"name": "n"},
            "spec": {"schedule": "0 0 * * *", "jobTemplate": {"spec": job}},
        }))
        .unwrap();
        let all = KubernetesVersion::ALL.into_iter();
        let refusing = all.filter(|version| !validate_cron_job(&cron_job, *version).is_empty());
        let refusing: Vec<u8> = refusing.map(KubernetesVersion::minor).collect();
        assert_eq!(refusing, expected, "{manager}");
    }
}

/// Upstream: `validateWindowsSecurityContextOptions`.
#[test]
fn the_domain_of_a_windows_user_is_of_net_bios_or_dns() {
    for (name, is_sound) in [
        (r"user", true),
        (r"under_score\u", true),
        (r"fifteen_letters\u", true),
        (r"sixteen__letters\u", false),
        (r"more-than-15-letters.example.com\u", true),
        (r".ab\u", false),
        (r"a*b\u", false),
        (r"a.b\u", true),
        (r"-a_\u", true),
        (r"\u", false),
        (r"a\", false),
        (r"a\b\c", false),
        (r"a\. .", false),
        (r"a\u+", false),
    ] {
        let options = json!({"securityContext": {"windowsOptions": {"runAsUserName": name}}});
        let found = told_of(&none(), &options, &none(), "");
        assert_eq!(found.is_empty(), is_sound, "{name} {found:?}");
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
    let told_of = |var: Value| {
        let spec = json!({"volumes": [{"name": "v", "emptyDir": {}}]});
        let var = with(json!({"name": "A"}), &var);
        told_of(
            &none(),
            &spec,
            &json!({"env": [var]}),
            "spec.containers[0].env[0].",
        )
    };
    let wrong = ["invalid valueFrom"];
    assert_eq!(told_of(json!({"valueFrom": {}})), wrong);
    for (i, one) in sources.iter().enumerate() {
        let none: [&str; 0] = [];
        assert_eq!(told_of(json!({"valueFrom": one})), none, "{one}");
        assert_eq!(
            told_of(json!({"value": "", "valueFrom": one})),
            none,
            "{one}"
        );
        assert_eq!(
            told_of(json!({"value": "x", "valueFrom": one})),
            wrong,
            "{one}"
        );
        for other in &sources[i + 1..] {
            let both = with(one.clone(), other);
            assert_eq!(told_of(json!({"valueFrom": both})), wrong, "{one} {other}");
        }
    }
}
