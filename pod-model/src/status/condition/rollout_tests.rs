//! Edge cases of rollouts, with their exact messages.

use serde_json::{Value, json};

use super::rollout::{ready, rolled_out};
use crate::status::answer::Answer;

/// A workload that its controller has seen.
fn workload(kind: &str, spec: &Value, status: &Value) -> Value {
    let mut status = status.clone();
    if let Some(status) = status.as_object_mut() {
        status.entry("observedGeneration").or_insert(json!(7));
    }
    json!({"apiVersion": "apps/v1", "kind": kind, "metadata": {"generation": 7}, "spec": spec, "status": status})
}

#[test]
fn an_invalid_count_is_not_judged() {
    let odd = [
        json!("3"),
        json!(3.0),
        json!(-5),
        json!(i64::MAX),
        json!(i64::MIN),
    ];
    for kind in [
        "Deployment",
        "StatefulSet",
        "ReplicaSet",
        "ReplicationController",
    ] {
        for odd in odd.iter().chain([&Value::Null]) {
            let object = workload(kind, &json!({"replicas": odd}), &json!({}));
            let answer = rolled_out(&object);
            assert!(
                matches!(answer, Some(Answer::NotYet(_))),
                "{object}: {answer:?}"
            );
        }
        let none = workload(kind, &Value::Null, &json!({}));
        assert!(
            matches!(rolled_out(&none), Some(Answer::NotYet(_))),
            "{none}"
        );
    }
    for (kind, key) in [
        ("Deployment", "updatedReplicas"),
        ("Deployment", "replicas"),
        ("Deployment", "availableReplicas"),
        ("StatefulSet", "readyReplicas"),
        ("DaemonSet", "desiredNumberScheduled"),
        ("DaemonSet", "updatedNumberScheduled"),
        ("ReplicaSet", "availableReplicas"),
    ] {
        let zero = workload(kind, &json!({"replicas": 0}), &json!({}));
        assert!(matches!(rolled_out(&zero), Some(Answer::Met(_))), "{zero}");
        for odd in &odd {
            let object = workload(kind, &json!({"replicas": 0}), &json!({key: odd}));
            let answer = rolled_out(&object);
            assert!(
                matches!(answer, Some(Answer::NotYet(_))),
                "{object}: {answer:?}"
            );
        }
    }
    for odd in &odd {
        let strategy = json!({"rollingUpdate": {"partition": odd}});
        let spec = json!({"replicas": 1, "updateStrategy": strategy});
        let object = workload("StatefulSet", &spec, &json!({"readyReplicas": 1}));
        let answer = rolled_out(&object);
        assert!(
            matches!(answer, Some(Answer::NotYet(_))),
            "{object}: {answer:?}"
        );
    }
}

#[test]
fn without_generations_nothing_is_observed() {
    let status =
        json!({"replicas": 1, "updatedReplicas": 1, "availableReplicas": 1, "readyReplicas": 1});
    let object = |kind: &str| workload(kind, &json!({"replicas": 1}), &status);
    for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
        for (pointer, odd) in [
            ("/metadata", json!({})),
            ("/metadata", json!({"generation": "7"})),
            ("/status/observedGeneration", Value::Null),
            ("/status/observedGeneration", json!(6)),
        ] {
            let mut object = object(kind);
            if let Some(field) = object.pointer_mut(pointer) {
                *field = odd;
            }
            let answer = rolled_out(&object);
            assert!(
                matches!(answer, Some(Answer::NotYet(_))),
                "{object}: {answer:?}"
            );
        }
        assert!(
            matches!(rolled_out(&object(kind)), Some(Answer::Met(_))),
            "{kind}"
        );
    }
}

#[test]
fn a_partition_may_be_larger_than_the_set() {
    let strategy = json!({"rollingUpdate": {"partition": 5}});
    let spec = json!({"replicas": 1, "updateStrategy": strategy});
    let object = workload("StatefulSet", &spec, &json!({"readyReplicas": 1}));
    assert!(matches!(rolled_out(&object), Some(Answer::Met(_))));
}

/// One row for each count at, below and above what it is compared with
/// (k8s.io/kubectl/pkg/polymorphichelpers/rollout_status.go).
#[test]
#[expect(clippy::too_many_lines, reason = "one row for each edge")]
fn every_count_is_compared_at_its_edge() {
    let spec = json!({"replicas": 3});
    let partition =
        |n: i64| json!({"replicas": 3, "updateStrategy": {"rollingUpdate": {"partition": n}}});
    let revision = |current: &str, ready: i64| json!({"readyReplicas": ready, "updateRevision": "b", "currentRevision": current});
    let of_set =
        |updated: i64, ready: i64| json!({"updatedReplicas": updated, "readyReplicas": ready});
    let deployment = |updated: i64, replicas: i64, available: i64| json!({"updatedReplicas": updated, "replicas": replicas, "availableReplicas": available});
    let daemons = |updated: i64, available: i64| json!({"desiredNumberScheduled": 3, "updatedNumberScheduled": updated, "numberAvailable": available});
    let replicas = |replicas: i64, available: i64| json!({"replicas": replicas, "availableReplicas": available});
    let any = Value::Null;
    for (kind, spec, status, said) in [
        (
            "Deployment",
            &spec,
            deployment(2, 3, 3),
            "not yet: 2 of 3 Pods are updated",
        ),
        (
            "Deployment",
            &spec,
            deployment(3, 4, 3),
            "not yet: 1 old Pods are pending termination",
        ),
        (
            "Deployment",
            &spec,
            deployment(3, 3, 2),
            "not yet: 2 of 3 Pods available",
        ),
        (
            "Deployment",
            &spec,
            deployment(3, 3, 3),
            "met: 3 of 3 Pods available",
        ),
        (
            "Deployment",
            &spec,
            deployment(4, 4, 4),
            "met: 4 of 4 Pods available",
        ),
        (
            "DaemonSet",
            &any,
            daemons(2, 3),
            "not yet: 2 of 3 Pods are updated",
        ),
        (
            "DaemonSet",
            &any,
            daemons(3, 2),
            "not yet: 2 of 3 Pods available",
        ),
        (
            "DaemonSet",
            &any,
            daemons(3, 3),
            "met: 3 of 3 Pods available",
        ),
        (
            "DaemonSet",
            &any,
            daemons(4, 4),
            "met: 4 of 3 Pods available",
        ),
        (
            "StatefulSet",
            &spec,
            revision("a", 3),
            "not yet: 0 Pods at revision b",
        ),
        (
            "StatefulSet",
            &spec,
            revision("b", 2),
            "not yet: 2 of 3 Pods ready",
        ),
        ("StatefulSet", &spec, revision("b", 3), "met: 3 Pods ready"),
        (
            "StatefulSet",
            &partition(1),
            of_set(1, 3),
            "not yet: 1 of 2 Pods are updated",
        ),
        (
            "StatefulSet",
            &partition(1),
            of_set(2, 3),
            "met: 2 of 3 Pods are updated; partition 1 keeps the others at the old revision",
        ),
        (
            "StatefulSet",
            &partition(1),
            of_set(2, 2),
            "not yet: 2 of 3 Pods ready",
        ),
        (
            "StatefulSet",
            &partition(0),
            of_set(2, 3),
            "not yet: 2 of 3 Pods are updated",
        ),
        (
            "ReplicaSet",
            &spec,
            replicas(3, 2),
            "not yet: 2 of 3 Pods available",
        ),
        (
            "ReplicaSet",
            &spec,
            replicas(4, 3),
            "not yet: 3 of 3 Pods available",
        ),
        (
            "ReplicaSet",
            &spec,
            replicas(3, 3),
            "met: 3 of 3 Pods available",
        ),
        (
            "ReplicationController",
            &spec,
            replicas(4, 4),
            "not yet: 4 of 3 Pods available",
        ),
    ] {
        let object = workload(kind, spec, &status);
        let found = match rolled_out(&object) {
            Some(Answer::Met(evidence)) => format!("met: {}", evidence.message),
            Some(Answer::NotYet(evidence)) => format!("not yet: {}", evidence.message),
            other => format!("{other:?}"),
        };
        assert_eq!(found, said, "{object}");
    }
    let late = json!({"conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "m"}]});
    let object = workload("Deployment", &spec, &late);
    assert!(
        matches!(rolled_out(&object), Some(Answer::Never(_))),
        "{object}"
    );
}

#[test]
fn with_on_delete_ready_counts_the_ready_pods() {
    let spec = json!({"replicas": 3, "updateStrategy": {"type": "OnDelete"}});
    for (kind, status, met) in [
        ("StatefulSet", json!({"readyReplicas": 2}), false),
        ("StatefulSet", json!({"readyReplicas": 3}), true),
        (
            "DaemonSet",
            json!({"desiredNumberScheduled": 2, "numberReady": 1}),
            false,
        ),
        (
            "DaemonSet",
            json!({"desiredNumberScheduled": 2, "numberReady": 2}),
            true,
        ),
        (
            "StatefulSet",
            json!({"readyReplicas": 3, "observedGeneration": 6}),
            false,
        ),
    ] {
        let object = workload(kind, &spec, &status);
        let answer = ready(&object);
        assert_eq!(
            matches!(answer, Some(Answer::Met(_))),
            met,
            "{object} {answer:?}"
        );
        // None of their Pods is new.
        assert!(
            matches!(rolled_out(&object), Some(Answer::NotYet(_))),
            "{object}"
        );
    }
}
