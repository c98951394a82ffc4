//! Rules and defaults that changed.

use k8s_openapi::api::core::v1::PodTemplateSpec;
use serde_json::{Value, json};

use super::{assert_pod, assert_spec, history, pod, spec, with};
use crate::defaults;
use crate::path::FieldPath;
use crate::validation::validate_template;
use crate::version::KubernetesVersion;

/// Upstream: `validateOwnerReference`.
#[test]
fn fields_of_an_owner_are_required_with_their_index_from_1_37_on() {
    let owner = |value: Value| json!({"ownerReferences": [value]});
    let spec = spec(&json!({}), &json!({}));
    assert_pod(
        &owner(json!({"apiVersion": "", "kind": "", "name": "", "uid": ""})),
        &spec,
        &[
            (
                31,
                &["apiVersion", "kind", "name", "uid"].map(|field| match field {
                    "apiVersion" => "invalid metadata.ownerReferences.apiVersion",
                    "kind" => "invalid metadata.ownerReferences.kind",
                    "name" => "invalid metadata.ownerReferences.name",
                    _ => "invalid metadata.ownerReferences.uid",
                }),
            ),
            (
                37,
                &[
                    "required metadata.ownerReferences[0].apiVersion",
                    "required metadata.ownerReferences[0].kind",
                    "required metadata.ownerReferences[0].name",
                    "required metadata.ownerReferences[0].uid",
                ],
            ),
        ],
    );
    for (version, wrong) in [
        ("a/b/c", true),
        ("a/", true),
        ("/", true),
        ("a/b", false),
        ("v1", false),
    ] {
        let both: &[(u8, &[&str])] = &[
            (31, &["invalid metadata.ownerReferences.apiVersion"]),
            (37, &["invalid metadata.ownerReferences[0].apiVersion"]),
        ];
        let expected = if wrong { both } else { &[(31, &[][..])] };
        let value = json!({"apiVersion": version, "kind": "K", "name": "n", "uid": "u"});
        assert_pod(&owner(value), &spec, expected);
    }
    let event = json!({"apiVersion": "v1", "kind": "Event", "name": "n", "uid": "u"});
    assert_pod(
        &owner(event),
        &spec,
        &[
            (31, &["invalid metadata.ownerReferences"]),
            (37, &["invalid metadata.ownerReferences[0]"]),
        ],
    );
}

/// Upstream: `validateInitContainerRestartPolicy`, `validateContainerRestartPolicy`.
#[test]
fn rules_may_restart_all_containers_from_1_36_on() {
    let rule =
        |action: &str| json!({"action": action, "exitCodes": {"operator": "In", "values": [1]}});
    let own = |rules: Value| json!({"restartPolicy": "Never", "restartPolicyRules": rules});
    let forbidden = "forbidden-field spec.containers[0].restartPolicy";
    let action = "not-supported spec.containers[0].restartPolicyRules[0].action";
    // In 1.34 the fields are known and dropped; before, the policy is one of init containers alone.
    assert_spec(
        &json!({}),
        &own(json!([rule("RestartAllContainers")])),
        &[(31, &[forbidden]), (34, &[]), (35, &[action]), (36, &[])],
    );
    assert_spec(
        &json!({}),
        &own(json!([rule("Stop")])),
        &[(31, &[forbidden]), (34, &[]), (35, &[action])],
    );
    let many = json!(vec![rule("Restart"); 21]);
    assert_spec(
        &json!({}),
        &own(many),
        &[
            (31, &[forbidden]),
            (34, &[]),
            (35, &["too-long spec.containers[0].restartPolicyRules"]),
            (36, &["too-many spec.containers[0].restartPolicyRules"]),
        ],
    );
    let codes =
        json!([{"action": "Restart", "exitCodes": {"operator": "In", "values": vec![1; 256]}}]);
    assert_spec(
        &json!({}),
        &own(codes),
        &[
            (31, &[forbidden]),
            (34, &[]),
            (
                35,
                &["too-long spec.containers[0].restartPolicyRules[0].exitCodes.values"],
            ),
            (
                36,
                &["too-many spec.containers[0].restartPolicyRules[0].exitCodes.values"],
            ),
        ],
    );
    let sidecar = |action: &str| {
        json!({"initContainers": [
            {"name": "s", "image": "i", "restartPolicy": "Always", "restartPolicyRules": [rule(action)]},
        ]})
    };
    let no_rules = "forbidden-field spec.initContainers[0].restartPolicyRules";
    assert_spec(
        &sidecar("Restart"),
        &json!({}),
        &[(31, &[]), (35, &[no_rules]), (36, &[])],
    );
    assert_spec(
        &sidecar("Stop"),
        &json!({}),
        &[
            (31, &[]),
            (35, &[no_rules]),
            (
                36,
                &["not-supported spec.initContainers[0].restartPolicyRules[0].action"],
            ),
        ],
    );
}

/// Upstream: `validateInitContainers`.
#[test]
fn an_init_container_cannot_restart_to_be_resized_from_1_36_on() {
    let init = |policy: Value| {
        json!({"initContainers": [{"name": "s", "image": "i", "restartPolicy": policy,
        "resizePolicy": [{"resourceName": "cpu", "restartPolicy": "NotRequired"},
            {"resourceName": "memory", "restartPolicy": "RestartContainer"}]}]})
    };
    assert_spec(
        &init(Value::Null),
        &json!({}),
        &[
            (31, &[]),
            (
                36,
                &["invalid spec.initContainers[0].resizePolicy[1].restartPolicy"],
            ),
        ],
    );
    assert_spec(&init(json!("Always")), &json!({}), &[(31, &[])]);
}

/// Upstream: `IsValidIPForLegacyField`, with the feature gate `StrictIPCIDRValidation`.
#[test]
fn an_ambiguous_address_is_refused_from_1_36_on() {
    for (ip, expected) in [
        ("10.0.0.1", &[(31, &[][..])][..]),
        (
            "010.0.0.1",
            &[(31, &[][..]), (36, &["invalid spec.hostAliases[0].ip"][..])],
        ),
        (
            "::ffff:1.2.3.4",
            &[(31, &[][..]), (36, &["invalid spec.hostAliases[0].ip"][..])],
        ),
        ("x", &[(31, &["invalid spec.hostAliases[0].ip"][..])]),
    ] {
        let aliases = json!({"hostAliases": [{"ip": ip, "hostnames": ["a"]}]});
        assert_spec(&aliases, &json!({}), expected);
    }
    let servers = json!({"dnsConfig": {"nameservers": ["1.2.3.4", "1.2.3.04"]}});
    assert_spec(
        &servers,
        &json!({}),
        &[(31, &[]), (36, &["invalid spec.dnsConfig.nameservers[1]"])],
    );
}

/// Upstream: `validatePodSpecSecurityContext`, `validateShareProcessNamespace`.
#[test]
fn the_security_context_of_a_pod_has_the_rules_of_its_version() {
    let both = json!({"hostPID": true, "shareProcessNamespace": true});
    assert_spec(
        &both,
        &json!({}),
        &[
            (31, &["invalid spec.securityContext.shareProcessNamespace"]),
            (37, &["invalid spec.shareProcessNamespace"]),
        ],
    );
    let policy = |policy: &str| json!({"securityContext": {"seLinuxChangePolicy": policy}});
    let refused = "not-supported spec.securityContext.seLinuxChangePolicy";
    // The field is dropped before 1.33.
    assert_spec(
        &policy("MountOption"),
        &json!({}),
        &[(31, &[]), (33, &[refused]), (37, &[])],
    );
    assert_spec(&policy("Recursive"), &json!({}), &[(31, &[])]);
    assert_spec(&policy("x"), &json!({}), &[(31, &[]), (33, &[refused])]);
}

/// Upstream: `validateHostUsers`, `ValidateCSIDriverName`.
#[test]
fn volumes_have_the_rules_of_their_version() {
    let claim = json!({"hostUsers": false,
        "volumes": [{"name": "d", "persistentVolumeClaim": {"claimName": "c"}}]});
    let device = json!({"volumeDevices": [{"name": "d", "devicePath": "/d"}]});
    assert_spec(
        &claim,
        &device,
        &[
            (31, &[]),
            (34, &["forbidden-field spec.containers[0].volumeDevices"]),
        ],
    );
    let driver = json!({"volumes": [{"name": "d", "csi": {"driver": ""}}]});
    let required = "required spec.volumes[0].csi.driver";
    assert_spec(
        &driver,
        &json!({}),
        &[
            (31, &[required, "invalid spec.volumes[0].csi.driver"]),
            (35, &[required]),
        ],
    );
}

/// Upstream: `validateImageVolumeSource`.
#[test]
fn an_image_volume_of_a_template_needs_its_image_from_1_37_on() {
    let spec = spec(
        &json!({"volumes": [{"name": "v", "image": {}}]}),
        &json!({}),
    );
    let template: PodTemplateSpec = serde_json::from_value(json!({"spec": spec})).unwrap();
    let path = FieldPath::parse("spec.template");
    let found = history(|version| validate_template(&template, &path, version));
    let required = "required spec.template.spec.volumes[0].image.reference".to_owned();
    assert_eq!(found, [(31, vec![]), (37, vec![required])]);
}

/// Upstream: `defaultPodRequests` to 1.36, `DefaultPodLevelResources` from 1.37 on.
#[test]
fn a_created_pod_has_the_requests_and_limits_of_its_version() {
    let limited = |cpu: &str, memory: Option<&str>| {
        let limits = with(
            json!({"cpu": cpu}),
            &memory.map_or(json!({}), |own| json!({"memory": own})),
        );
        json!({"resources": {"limits": limits}})
    };
    let of = |own: &Value, container: &Value, version| {
        let mut pod = pod(&json!({}), &spec(&json!({"resources": own}), container));
        defaults::created_pod(&mut pod, version);
        serde_json::to_value(pod.spec.unwrap().resources).unwrap()
    };
    for (own, container, old, new) in [
        (
            json!({"requests": {"cpu": "1"}}),
            limited("2", Some("1Gi")),
            json!({"requests": {"cpu": "1"}}),
            json!({"requests": {"cpu": "1", "memory": "1Gi"}, "limits": {"cpu": "2", "memory": "1Gi"}}),
        ),
        (
            json!({"requests": {"cpu": "3"}}),
            limited("2", None),
            json!({"requests": {"cpu": "3"}}),
            json!({"requests": {"cpu": "3"}, "limits": {"cpu": "3"}}),
        ),
        (
            json!({"limits": {"memory": "2Gi"}}),
            limited("2", None),
            json!({"requests": {"cpu": "2", "memory": "2Gi"}, "limits": {"memory": "2Gi"}}),
            json!({"requests": {"cpu": "2", "memory": "2Gi"}, "limits": {"cpu": "2", "memory": "2Gi"}}),
        ),
        (
            json!({"requests": {"cpu": "1"}}),
            json!({}),
            json!({"requests": {"cpu": "1"}}),
            json!({"requests": {"cpu": "1"}}),
        ),
        (json!({}), limited("2", None), json!({}), json!({})),
    ] {
        assert_eq!(
            of(&own, &container, KubernetesVersion::V1_36),
            old,
            "{own} {container}"
        );
        assert_eq!(
            of(&own, &container, KubernetesVersion::V1_37),
            new,
            "{own} {container}"
        );
    }
    // Two amounts that are equal: the containers' format stays.
    let found = of(
        &json!({"requests": {"cpu": "1000m"}}),
        &limited("1", None),
        KubernetesVersion::V1_37,
    );
    assert_eq!(found["limits"]["cpu"], "1");
}
