//! Complete lists of the fields that the watch keeps, one kind after the other: a field that is
//! read is in both columns, and one that nothing reads in the first only.

use serde_json::{Value, json};

use super::keep::Keep;

/// Metadata as the server sends it, and as it is kept.
fn metadata() -> (Value, Value) {
    let whole = json!({
        "name": "n", "generateName": "n-", "namespace": "d", "uid": "u", "resourceVersion": "7",
        "selfLink": "/x", "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionTimestamp": "2026-01-01T00:01:00Z", "deletionGracePeriodSeconds": 30,
        "labels": {"app": "x", "pod-template-hash": "h", "controller-revision-hash": "r", "kueue.x-k8s.io/queue-name": "q"},
        "annotations": {"long": "text", "batch.kubernetes.io/job-completion-index": "4"},
        "ownerReferences": [{"kind": "ReplicaSet", "name": "n-h", "uid": "r", "controller": true}],
        "finalizers": ["batch.kubernetes.io/job-tracking"], "managedFields": [{"manager": "m"}],
    });
    let kept = json!({
        "name": "n", "namespace": "d", "uid": "u",
        "generation": 3, "creationTimestamp": "2026-01-01T00:00:00Z",
        "deletionTimestamp": "2026-01-01T00:01:00Z", "deletionGracePeriodSeconds": 30,
        "labels": {"pod-template-hash": "h", "controller-revision-hash": "r", "kueue.x-k8s.io/queue-name": "q"},
        "annotations": {"batch.kubernetes.io/job-completion-index": "4"},
        "ownerReferences": [{"kind": "ReplicaSet", "name": "n-h", "uid": "r", "controller": true}],
        "finalizers": ["batch.kubernetes.io/job-tracking"],
    });
    (whole, kept)
}

/// An object with the two columns of its spec and of its status.
#[track_caller]
fn keeps(kind: &str, spec: [Value; 2], status: [Value; 2]) {
    let (whole, kept) = metadata();
    let [whole_spec, kept_spec] = spec;
    let [whole_status, kept_status] = status;
    let of = |metadata, spec, status| json!({"apiVersion": "v1", "kind": kind, "metadata": metadata, "spec": spec, "status": status});
    let mut object = of(whole, whole_spec, whole_status);
    object["data"] = json!({"k": "v"});
    let found = Keep::Status.of(object);
    assert_eq!(found, of(kept, kept_spec, kept_status), "{kind}: {found:#}");
}

#[test]
fn fields_of_a_pod_that_conditions_read_are_kept() {
    let message =
        |text: &str| json!({"exitCode": 3, "signal": 9, "reason": "Error", "message": text});
    let container = |kept: bool| {
        let mut status = json!({
            "name": "c", "ready": false, "restartCount": 2,
            "state": {"waiting": {"reason": "CrashLoopBackOff", "message": "m"}},
            "lastState": {"terminated": message("why")},
        });
        if !kept {
            for key in ["image", "imageID", "containerID", "started", "resources"] {
                status[key] = "long".into();
            }
        }
        status
    };
    let condition = |kept: bool| {
        let mut condition = json!({"type": "Ready", "status": "False", "reason": "R", "message": "m", "observedGeneration": 3});
        if !kept {
            condition["lastProbeTime"] = Value::Null;
            condition["lastTransitionTime"] = "2026-01-01T00:00:00Z".into();
        }
        condition
    };
    let status = |kept: bool| {
        let mut status = json!({
            "phase": "Failed", "reason": "Evicted", "message": "m", "observedGeneration": 3,
            "conditions": [condition(kept)], "initContainerStatuses": [container(kept)],
            "containerStatuses": [container(kept)],
        });
        if !kept {
            for key in ["startTime", "hostIPs", "podIPs", "resourceClaimStatuses"] {
                status[key] = json!(["long"]);
            }
        }
        status
    };
    for policy in ["Always", "OnFailure", "Never"] {
        let whole = json!({
            "restartPolicy": policy, "readinessGates": [{"conditionType": "g"}], "schedulingGates": [{"name": "s"}], "nodeName": "x", "volumes": [{"name": "v"}],
            "containers": [
                {"name": "a", "image": "i"},
                {"name": "b", "image": "i", "restartPolicy": "Never", "restartPolicyRules": [{"action": "Restart"}]},
            ],
            "initContainers": [{"name": "i", "image": "i"}, {"name": "s", "image": "i", "restartPolicy": "Always"}],
        });
        let kept = json!({
            "restartPolicy": policy, "readinessGates": [{"conditionType": "g"}], "schedulingGates": [{"name": "s"}],
            "containers": [{"name": "b", "restartPolicy": "Never"}],
            "initContainers": [{"name": "s", "restartPolicy": "Always"}],
        });
        keeps("Pod", [whole, kept], [status(false), status(true)]);
    }
    let plain =
        json!({"containers": [{"name": "a", "image": "i"}], "initContainers": [{"name": "i"}]});
    keeps("Pod", [plain, json!({})], [json!({}), json!({})]);
}

#[test]
fn fields_of_a_job_that_show_its_end_are_kept() {
    let kept = json!({
        "backoffLimit": 4, "backoffLimitPerIndex": 1, "completionMode": "Indexed", "completions": 5,
        "parallelism": 2, "podFailurePolicy": {"rules": [{"action": "Ignore"}]}, "suspend": true,
        "ttlSecondsAfterFinished": 9, "managedBy": "example.com/x",
    });
    let selector = json!({"matchLabels": {"a": "b"}, "matchExpressions": [{"key": "c", "operator": "Exists"}]});
    let mut whole = kept.clone();
    whole["template"] = json!({"spec": {"containers": []}});
    whole["activeDeadlineSeconds"] = 9.into();
    // The server's own selector only repeats the uid; a manual one does not.
    for (manual, is_kept) in [
        (json!(true), true),
        (json!(false), false),
        (Value::Null, false),
    ] {
        whole["manualSelector"] = manual.clone();
        whole["selector"] = selector.clone();
        let mut kept = kept.clone();
        if is_kept {
            kept["manualSelector"] = manual;
            kept["selector"] = selector.clone();
        }
        let counts = json!({"active": 1, "succeeded": 2, "failed": 3, "ready": 1, "terminating": 1, "completedIndexes": "0,1", "failedIndexes": "2", "conditions": []});
        let mut all = counts.clone();
        all["startTime"] = "2026-01-01T00:00:00Z".into();
        all["completionTime"] = "2026-01-01T00:00:00Z".into();
        all["uncountedTerminatedPods"] = json!({"failed": ["u"]});
        keeps("Job", [whole.clone(), kept], [all, counts]);
    }
}

#[test]
fn counts_and_strategy_of_a_workload_are_kept() {
    let status = json!({
        "observedGeneration": 3, "replicas": 3, "updatedReplicas": 2, "readyReplicas": 2,
        "availableReplicas": 1, "unavailableReplicas": 2, "currentRevision": "a", "updateRevision": "b",
        "desiredNumberScheduled": 4, "updatedNumberScheduled": 3, "numberAvailable": 2, "numberReady": 2,
        "conditions": [{"type": "Progressing", "status": "False", "reason": "ProgressDeadlineExceeded", "message": "m"}],
    });
    for kind in ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"] {
        let strategy = json!({"type": "RollingUpdate", "rollingUpdate": {"partition": 1}});
        let whole = json!({
            "replicas": 3, "paused": true, "updateStrategy": strategy, "template": {"spec": {}},
            "selector": {"matchLabels": {"a": "b"}}, "serviceName": "s",
        });
        let kept = json!({"replicas": 3, "paused": true, "updateStrategy": strategy});
        keeps(kind, [whole, kept], [status.clone(), status.clone()]);
    }
}

#[test]
fn object_source_message_and_time_of_an_event_are_kept() {
    let kept = json!({
        "involvedObject": {"kind": "Pod", "name": "n", "namespace": "d", "uid": "u"},
        "reason": "Failed", "message": "m", "count": 2, "source": {"component": "kubelet"},
        "reportingComponent": "kubelet", "firstTimestamp": "2026-01-01T00:00:00Z",
        "lastTimestamp": "2026-01-01T00:00:01Z", "eventTime": "2026-01-01T00:00:02Z",
        "series": {"count": 2, "lastObservedTime": "2026-01-01T00:00:03Z"},
    });
    let mut whole = kept.clone();
    whole["involvedObject"]["resourceVersion"] = "7".into();
    whole["involvedObject"]["fieldPath"] = "spec.containers{c}".into();
    whole["source"]["host"] = "node".into();
    whole["metadata"] = json!({"name": "n.1"});
    whole["type"] = "Warning".into();
    whole["reportingInstance"] = "node".into();
    assert!(Keep::Event.wants(&whole));
    assert_eq!(Keep::Event.of(whole.clone()), kept);
    // An event that explains nothing is not kept; of all other kinds every object is kept.
    for (field, value) in [
        ("reason", "Scheduled"),
        ("reason", ""),
        ("involvedObject", "u"),
    ] {
        let mut other = whole.clone();
        other[field] = value.into();
        assert!(!Keep::Event.wants(&other), "{other}");
        assert!(Keep::Status.wants(&other) && Keep::All.wants(&other));
    }
}

#[test]
fn for_a_path_everything_is_kept_but_what_only_the_server_needs() {
    let (whole, _) = metadata();
    let object = json!({"kind": "X", "metadata": whole, "spec": {"any": [1]}, "data": {"k": "v"}});
    let mut kept = object.clone();
    if let Some(metadata) = kept["metadata"].as_object_mut() {
        metadata.shift_remove("managedFields");
    }
    assert_eq!(Keep::All.of(object), kept);
}

#[test]
fn a_value_that_is_not_an_object_is_kept_unchanged() {
    for odd in [
        json!(null),
        json!("x"),
        json!([1]),
        json!({}),
        json!({"metadata": 5, "spec": [], "status": "x"}),
    ] {
        for keep in [Keep::All, Keep::Status, Keep::Event] {
            let found = keep.of(odd.clone());
            assert!(keep == Keep::Event || found == odd, "{odd} {found}");
        }
    }
}
