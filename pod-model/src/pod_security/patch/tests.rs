use k8s_openapi::api::core::v1::Pod;
use serde_json::{Value, json};

use super::least_patch;
use crate::edit::apply;
use crate::pod_security::{Level, violations};
use crate::security::ImageUser;
use crate::version::KubernetesVersion;

/// The edits of a Pod's spec, as `PATH: change (decision)`.
fn edits(spec: &Value, level: Level) -> Vec<String> {
    let version = KubernetesVersion::LATEST;
    let pod: Pod = serde_json::from_value(json!({"spec": spec})).unwrap();
    let (metadata, spec) = (pod.metadata, pod.spec.unwrap());
    let found = violations(level, version, &metadata, &spec);
    let patch = least_patch(&found, &spec, &|_| ImageUser::Unknown);
    assert_eq!(patch.left, []);
    let mut object = json!({"metadata": metadata, "spec": spec});
    apply(&patch.chosen(true), &mut object).unwrap();
    let after: Pod = serde_json::from_value(object).unwrap();
    let left = violations(level, version, &after.metadata, &after.spec.unwrap());
    assert_eq!(left, []);
    let shown = |own: &super::LevelEdit| {
        let mark = if own.decision.is_some() { "?" } else { "" };
        format!("{mark}{}", own.describe(&own.edit.path))
    };
    patch.edits.iter().map(shown).collect()
}

#[test]
fn fields_of_the_pod_are_set_once() {
    let spec = json!({"containers": [{"name": "a"}, {"name": "b", "securityContext": {"capabilities": {"drop": ["NET_RAW"]}}}]});
    let expected = [
        "set spec.containers[0].securityContext.allowPrivilegeEscalation to false",
        "set spec.containers[1].securityContext.allowPrivilegeEscalation to false",
        "set spec.containers[0].securityContext.capabilities.drop to [\"ALL\"]",
        "add \"ALL\" to spec.containers[1].securityContext.capabilities.drop",
        "set spec.securityContext.runAsNonRoot to true",
        "set spec.securityContext.seccompProfile to {\"type\":\"RuntimeDefault\"}",
    ];
    assert_eq!(edits(&spec, Level::Restricted), expected);
    assert_eq!(edits(&spec, Level::Baseline), [""; 0]);
}

#[test]
fn changes_of_the_program_are_left_to_a_person() {
    let spec = json!({
        "hostNetwork": true,
        "volumes": [{"name": "v", "hostPath": {"path": "/run"}}, {"name": "e", "emptyDir": {}}],
        "securityContext": {"sysctls": [{"name": "kernel.msgmax", "value": "1"}]},
        "containers": [{
            "name": "a",
            "ports": [{"containerPort": 1, "hostPort": 1}],
            "securityContext": {"privileged": true, "capabilities": {"add": ["SYS_ADMIN", "CHOWN"]}},
        }],
    });
    let baseline = [
        "?remove spec.containers[0].securityContext.capabilities.add[0]",
        "?set spec.hostNetwork to false",
        "?replace spec.volumes[0].hostPath with emptyDir: {}",
        "?remove spec.containers[0].ports[0].hostPort",
        "?set spec.containers[0].securityContext.privileged to false",
        "?remove spec.securityContext.sysctls",
    ];
    assert_eq!(edits(&spec, Level::Baseline), baseline);
    let restricted = edits(&spec, Level::Restricted);
    assert!(
        restricted
            .contains(&"?remove spec.containers[0].securityContext.capabilities.add".to_owned()),
        "{restricted:?}"
    );
    // The API server refuses it together with `privileged: true`.
    let escalation = "?set spec.containers[0].securityContext.allowPrivilegeEscalation to false";
    assert!(
        restricted.contains(&escalation.to_owned()),
        "{restricted:?}"
    );
}

#[test]
fn a_container_that_runs_as_root_is_not_forbidden_to_without_asking() {
    let spec = json!({"containers": [{"name": "a", "securityContext": {"runAsUser": 0}}]});
    let edits = edits(&spec, Level::Restricted);
    for expected in [
        "?set spec.securityContext.runAsNonRoot to true",
        "?remove spec.containers[0].securityContext.runAsUser",
        "set spec.securityContext.seccompProfile to {\"type\":\"RuntimeDefault\"}",
    ] {
        assert!(
            edits.contains(&expected.to_owned()),
            "{expected}: {edits:?}"
        );
    }
}

#[test]
fn a_drop_of_all_in_small_letters_is_spelled_anew() {
    let context = json!({"capabilities": {"drop": ["KILL", "all"]}});
    let spec = json!({"containers": [{"name": "a", "securityContext": context}]});
    let edits = edits(&spec, Level::Restricted);
    let expected = "set spec.containers[0].securityContext.capabilities.drop[1] to \"ALL\"";
    assert!(edits.contains(&expected.to_owned()), "{edits:?}");
}
