//! Deployments, StatefulSets and DaemonSets on their way, and those that are not.

use pod_model::Verdict::{No, Ok, Unknown};
use pod_model::diagnosis::BetterByItself as Better;
use serde_json::{Value, json};

use crate::cases::{Case, ago, crashing, pod, running, with};

fn deployment(replicas: i32, status: &Value) -> Case {
    Case::new("Deployment", &json!({"replicas": replicas}), status)
}

fn set(uid: &str, revision: &str) -> Value {
    json!({
        "metadata": {"name": uid, "uid": uid, "annotations": {"deployment.kubernetes.io/revision": revision}},
        "spec": {"selector": {}},
    })
}

/// A Pod of the newest template that came just now.
fn starting(name: &str, owner: &str) -> Value {
    let waiting = json!({"state": {"waiting": {"reason": "ContainerCreating"}}});
    let young = json!({"metadata": {"creationTimestamp": ago(5)}, "status": {"startTime": ago(5)}});
    with(pod(name, owner, "Pending", &waiting), &young)
}

const ONE: &str =
    r#"{"replicas": 1, "updatedReplicas": 1, "readyReplicas": 1, "availableReplicas": 1}"#;

fn one() -> Value {
    serde_json::from_str(ONE).unwrap()
}

#[test]
fn updated_replicas_that_are_absent_are_none() {
    let status = json!({"replicas": 3, "readyReplicas": 3, "currentReplicas": 3});
    let sets = |more: &Value| {
        Case::new(
            "StatefulSet",
            &json!({"replicas": 3}),
            &with(status.clone(), more),
        )
    };
    let update = json!({"currentRevision": "a", "updateRevision": "b"});
    sets(&update).is(Unknown, Better::Unknown, "rolling-out");
    let none = json!({"currentRevision": "a", "updateRevision": "a"});
    sets(&none).is(Ok, Better::Yes, "");
}

#[test]
fn a_partition_and_on_delete_are_no_rollouts_that_go_on() {
    let status = json!({"replicas": 3, "readyReplicas": 3, "currentReplicas": 2, "updatedReplicas": 1,
        "currentRevision": "a", "updateRevision": "b"});
    let of = |strategy: &Value| {
        Case::new(
            "StatefulSet",
            &json!({"replicas": 3, "updateStrategy": strategy}),
            &status,
        )
    };
    let up_to = |partition: i32| {
        of(&json!({"type": "RollingUpdate", "rollingUpdate": {"partition": partition}}))
    };
    let said = up_to(2).is(Ok, Better::Yes, "rollout-partitioned");
    assert!(
        said.contains("kubectl patch statefulset/web -n demo"),
        "{said}"
    );
    up_to(1).is(Unknown, Better::Unknown, "rolling-out");
    of(&json!({"type": "OnDelete"})).is(Unknown, Better::No, "rollout-on-delete");
    let spec = json!({"updateStrategy": {"type": "OnDelete"}});
    let status = json!({"desiredNumberScheduled": 2, "currentNumberScheduled": 2, "numberReady": 2, "numberMisscheduled": 0});
    Case::new("DaemonSet", &spec, &status).is(Unknown, Better::No, "rollout-on-delete");
}

#[test]
fn a_deleted_workload_is_not_rolled_out() {
    let deleted = |finalizers: &[&str], seconds: i64| {
        let metadata = json!({"deletionTimestamp": ago(seconds), "finalizers": finalizers});
        deployment(1, &one()).metadata(&metadata)
    };
    let said = deleted(&["example.com/hold"], 900).is(No, Better::No, "finalizer");
    assert!(said.contains("example.com/hold"), "{said}");
    deleted(&["foregroundDeletion"], 900).is(Unknown, Better::Unknown, "being-deleted");
    deleted(&["foregroundDeletion", "example.com/hold"], 5).is(
        Unknown,
        Better::Yes,
        "being-deleted",
    );
    let stuck = running("web-a", "set");
    let stuck = with(
        stuck,
        &json!({"metadata": {"deletionTimestamp": ago(900), "finalizers": ["example.com/pod"]},
        "status": {"containerStatuses": []}}),
    );
    deleted(&["foregroundDeletion"], 900)
        .pod(stuck)
        .is(No, Better::No, "finalizer");
}

#[test]
fn a_pod_that_others_have_replaced_is_no_cause() {
    let evicted = json!({"status": {"reason": "Evicted", "message": "The node was low on resource: memory."}});
    let evicted = with(pod("web-ev", "old", "Failed", &json!({})), &evicted);
    let served =
        json!({"replicas": 3, "updatedReplicas": 1, "readyReplicas": 2, "availableReplicas": 2});
    let found = deployment(2, &served)
        .pod(evicted)
        .pod(starting("web-n", "new"));
    let causes = found.judge().causes;
    assert!(
        causes
            .iter()
            .all(|own| own.row.id != "evicted-memory" && own.row.id != "evicted"),
        "{causes:?}"
    );
    assert_eq!(found.judge().verdict, Unknown);

    let gone =
        json!({"metadata": {"deletionTimestamp": ago(400), "deletionGracePeriodSeconds": 30}});
    let left = with(running("web-b", "set"), &gone);
    deployment(1, &one())
        .pod(running("web-a", "set"))
        .pod(left)
        .is(Ok, Better::Yes, "");
}

#[test]
fn a_pod_of_an_older_template_is_at_most_unknown() {
    let mut case = deployment(1, &json!({"replicas": 2, "updatedReplicas": 1}))
        .pod(crashing("web-old", "old", 6))
        .pod(starting("web-new", "new"));
    case.replica_sets = vec![set("new", "12"), set("old", "9")];
    assert_eq!(case.judge().verdict, Unknown);
    assert_eq!(case.judge().causes.len(), 2);
    // The newest template crashes as well.
    case.pods[1] = crashing("web-new", "new", 6);
    let said = case.is(No, Better::No, "exits-with-error");
    assert!(said.contains("pod web-new"), "{said}");
    // Without the ReplicaSets the newest Pod tells.
    case.pods[1] = starting("web-new", "new");
    case.pods[0]["metadata"]["labels"] = json!({"pod-template-hash": "a"});
    case.pods[1]["metadata"]["labels"] = json!({"pod-template-hash": "b"});
    case.replica_sets.clear();
    assert_eq!(case.judge().verdict, Unknown);
    // Nothing replaces the Pods of the only template.
    deployment(1, &json!({"replicas": 1, "updatedReplicas": 1}))
        .pod(crashing("web-a", "set", 6))
        .is(No, Better::No, "exits-with-error");
}

#[test]
fn the_pods_of_an_older_daemon_set_are_replaced_unless_on_delete() {
    let status = json!({"desiredNumberScheduled": 1, "currentNumberScheduled": 1, "numberReady": 0, "numberMisscheduled": 0});
    let newest = json!({"annotations": {"deprecated.daemonset.template.generation": "2"}});
    let label = json!({"metadata": {"labels": {"pod-template-generation": "1"}}});
    let of = |strategy: &str| {
        Case::new(
            "DaemonSet",
            &json!({"updateStrategy": {"type": strategy}}),
            &status,
        )
        .metadata(&newest)
        .pod(with(crashing("web-a", "u", 6), &label))
    };
    of("RollingUpdate").is(Unknown, Better::Unknown, "exits-with-error");
    of("OnDelete").is(No, Better::No, "exits-with-error");
}

#[test]
fn better_by_itself_needs_events_pods_and_a_change() {
    let none = json!({"replicas": 0});
    let young = json!({"creationTimestamp": ago(5)});
    let case = deployment(1, &none).metadata(&young);
    case.is(Unknown, Better::Yes, "rolling-out");
    let mut without = case.clone();
    without.has_events = false;
    without.is(Unknown, Better::Unknown, "rolling-out");
    deployment(1, &none).is(Unknown, Better::Unknown, "rolling-out");
    deployment(1, &json!({"replicas": 1})).metadata(&young).is(
        Unknown,
        Better::Unknown,
        "rolling-out",
    );
    let late = json!({"replicas": 3, "updatedReplicas": 3, "conditions": [
        {"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded"}]});
    deployment(3, &late).is(Unknown, Better::Unknown, "progress-deadline-exceeded");
}

#[test]
fn the_command_that_scales_names_the_deployment() {
    let said = deployment(0, &json!({})).is(Ok, Better::Yes, "scaled-to-zero");
    assert!(
        said.ends_with("kubectl scale deployment/web -n demo --replicas=1"),
        "{said}"
    );
}

fn refused(message: &str) -> Case {
    let failure = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate", "message": message});
    deployment(1, &json!({"conditions": [failure]}))
}

#[test]
fn a_refusal_is_read_by_who_refuses() {
    let said = refused("admission webhook \"k.example.com\" denied the request: \n\nthe default service account token is not allowed")
        .is(No, Better::No, "admission-denied");
    assert!(said.contains("k.example.com"), "{said}");
    let said = refused("Internal error occurred: failed calling webhook \"w.example.com\": failed to call webhook: Post \"https://w.example.com/\": tls: failed to verify certificate: x509: certificate signed by unknown authority")
        .is(No, Better::No, "webhook-unreachable");
    assert!(
        said.contains("certificate that the API server does not trust"),
        "{said}"
    );
    let account = |name: &str| {
        format!(
            "pods \"web-a\" is forbidden: error looking up service account demo/{name}: serviceaccount \"{name}\" not found"
        )
    };
    refused(&account("worker")).is(No, Better::No, "service-account-missing");
    refused(&account("default")).is(Unknown, Better::Unknown, "service-account-missing");
    refused("pods \"web-a\" is forbidden: volume with secret.secretName=\"s\" is not allowed because service account a does not reference that secret")
        .is(No, Better::No, "pod-creation-refused");
}

#[test]
fn a_refusal_that_another_try_mends_may_pass() {
    for message in [
        "Operation cannot be fulfilled on resourcequotas \"q\": the object has been modified; please apply your changes to the latest version and try again",
        "pods \"web-a\" is forbidden: status unknown for quota: q, resources: pods",
    ] {
        refused(message).is(Unknown, Better::Unknown, "pod-creation-refused");
    }
}

#[test]
fn a_rollout_that_a_quota_stops_is_told_though_all_old_pods_run() {
    let failure = json!({"type": "ReplicaFailure", "status": "True", "reason": "FailedCreate",
        "message": "pods \"web-a\" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1"});
    let status =
        json!({"replicas": 1, "readyReplicas": 1, "availableReplicas": 1, "conditions": [failure]});
    deployment(1, &status)
        .pod(running("web-old", "old"))
        .is(No, Better::No, "quota-exceeded");
}
