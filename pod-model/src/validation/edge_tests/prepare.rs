//! Changes of the server before validation.

use k8s_openapi::api::core::v1::Lifecycle;
use serde_json::json;

use super::{LATEST, none, pod, told, with};
use crate::manifest;
use crate::validation::{check, prepare, validate_pod};

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
    let wrong = "forbidden-field spec.volumes[0].projected.sources[0].serviceAccountToken";
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
