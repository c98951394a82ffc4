//! Pods without a node, Pods that are deleted, and Pods that somebody else ended: what passes and what does not.

use k8s_openapi::api::core::v1::{Node, PersistentVolumeClaim, Pod};
use pod_model::diagnosis::{BetterByItself, Diagnosis, PodEvent, Scene, diagnose};
use pod_model::{KubernetesVersion, Verdict};
use serde_json::{Value, json};

const NOW: &str = "2026-11-30T12:00:00Z";

/// A state, and what is known beside it.
#[derive(Default)]
struct State {
    pod: Value,
    events: Vec<PodEvent>,
    nodes: Vec<Value>,
    claim_events: Vec<PodEvent>,
}

fn judged(state: &State) -> Diagnosis {
    let pod: Pod = serde_json::from_value(state.pod.clone()).unwrap();
    let nodes: Vec<Node> = state
        .nodes
        .iter()
        .cloned()
        .map(|own| serde_json::from_value(own).unwrap())
        .collect();
    let nodes: Vec<&Node> = nodes.iter().collect();
    let claim: PersistentVolumeClaim = serde_json::from_value(json!({
        "metadata": {"name": "data"}, "status": {"phase": "Pending"}}))
    .unwrap();
    let claims = [(&claim, state.claim_events.clone())];
    diagnose(&Scene {
        pod: &pod,
        events: &state.events,
        has_events: true,
        now: Some(NOW.parse().unwrap()),
        version: KubernetesVersion::V1_37,
        node: nodes.first().copied().filter(|_| {
            pod.spec
                .as_ref()
                .is_some_and(|spec| spec.node_name.is_some())
        }),
        nodes: &nodes,
        claims: &claims,
        volumes: &[],
        keys: &[],
    })
}

fn pending(message: &str) -> Value {
    json!({
        "metadata": {"name": "web", "uid": "u"},
        "spec": {"containers": [{"name": "main", "image": "i",
            "resources": {"requests": {"cpu": "2"}}}],
            "volumes": [{"name": "v", "persistentVolumeClaim": {"claimName": "data"}}]},
        "status": {"phase": "Pending", "conditions": [{"type": "PodScheduled", "status": "False",
            "reason": "Unschedulable", "message": message,
            "lastTransitionTime": "2026-11-30T11:59:00Z"}]},
    })
}

fn node() -> Value {
    json!({"metadata": {"name": "n1"}, "status": {"conditions": [{"type": "Ready", "status": "True"}]}})
}

fn event(reason: &str, message: &str) -> PodEvent {
    PodEvent {
        reason: reason.to_owned(),
        message: message.to_owned(),
        count: 1,
        first: NOW.parse().ok(),
        last: NOW.parse().ok(),
        ..PodEvent::default()
    }
}

fn id(diagnosis: &Diagnosis) -> &'static str {
    diagnosis.causes.first().map_or("", |cause| cause.row.id)
}

const CPU: &str = "0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.";

#[test]
fn a_node_that_is_promised_leaves_the_verdict_open() {
    let plain = State {
        pod: pending(CPU),
        nodes: vec![node()],
        ..State::default()
    };
    let diagnosis = judged(&plain);
    assert_eq!(
        (id(&diagnosis), diagnosis.verdict),
        ("insufficient-resources", Verdict::No)
    );

    let mut nominated = pending(CPU);
    nominated["status"]["nominatedNodeName"] = json!("n1");
    let scaled = event(
        "TriggeredScaleUp",
        "pod triggered scale-up: [{group 1->2 (max: 5)}]",
    );
    let karpenter = event("Nominated", "Pod should schedule on: nodeclaim/default-x");
    for state in [
        State {
            pod: nominated,
            nodes: vec![node()],
            ..State::default()
        },
        State {
            pod: pending(CPU),
            nodes: vec![node()],
            events: vec![scaled],
            ..State::default()
        },
        State {
            pod: pending(CPU),
            nodes: vec![node()],
            events: vec![karpenter],
            ..State::default()
        },
    ] {
        let diagnosis = judged(&state);
        assert_eq!(diagnosis.verdict, Verdict::Unknown, "{}", diagnosis.summary);
        assert_ne!(diagnosis.better_by_itself, BetterByItself::No);
    }
}

#[test]
fn taints_that_controllers_take_away_leave_it_open_and_others_do_not() {
    for (taint, verdict) in [
        ("node.kubernetes.io/not-ready: ", Verdict::Unknown),
        (
            "node.cloudprovider.kubernetes.io/uninitialized: true",
            Verdict::Unknown,
        ),
        ("dedicated: gpu", Verdict::No),
    ] {
        let message = format!(
            "0/1 nodes are available: 1 node(s) had untolerated taint {{{taint}}}. preemption: …"
        );
        let diagnosis = judged(&State {
            pod: pending(&message),
            nodes: vec![node()],
            ..State::default()
        });
        assert_eq!(
            (id(&diagnosis), diagnosis.verdict),
            ("untolerated-taint", verdict),
            "{taint}"
        );
    }
}

#[test]
fn a_volume_that_is_being_made_passes_and_a_missing_class_does_not() {
    let message =
        "0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. preemption: …";
    for (reason, words, verdict) in [
        (
            "ExternalProvisioning",
            "Waiting for a volume to be created",
            Verdict::Unknown,
        ),
        (
            "ProvisioningFailed",
            "failed to provision volume: DeadlineExceeded",
            Verdict::Unknown,
        ),
        (
            "ProvisioningFailed",
            "storageclass.storage.k8s.io \"fast\" not found",
            Verdict::No,
        ),
        // No class makes volumes, and the scheduler finds none.
        (
            "WaitForPodScheduled",
            "waiting for pod web to be scheduled",
            Verdict::No,
        ),
    ] {
        let diagnosis = judged(&State {
            pod: pending(message),
            nodes: vec![node()],
            claim_events: vec![event(reason, words)],
            ..State::default()
        });
        assert_eq!(
            (id(&diagnosis), diagnosis.verdict),
            ("claim-unbound", verdict),
            "{words}"
        );
        let names_the_class = diagnosis.advice[0].contains("storageClassName");
        assert_eq!(
            names_the_class,
            words.starts_with("storageclass"),
            "{}",
            diagnosis.advice[0]
        );
    }
}

#[test]
fn the_other_nodes_do_not_hide_why_the_pod_of_a_daemon_set_waits() {
    let message = "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) didn't match Pod's node affinity/selector. preemption: …";
    let mut pod = pending(message);
    pod["spec"]["affinity"] = json!({"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution":
        {"nodeSelectorTerms": [{"matchFields": [{"key": "metadata.name", "operator": "In", "values": ["n1"]}]}]}}});
    let diagnosis = judged(&State {
        pod,
        nodes: vec![node()],
        ..State::default()
    });
    assert_eq!(
        id(&diagnosis),
        "insufficient-resources",
        "{}",
        diagnosis.summary
    );
    let plain = judged(&State {
        pod: pending(message),
        nodes: vec![node()],
        ..State::default()
    });
    assert_eq!(id(&plain), "node-selector-mismatch", "{}", plain.summary);
    assert!(
        plain.summary.contains("other nodes have too little left"),
        "{}",
        plain.summary
    );
}

fn deleted(phase: &str, finalizer: &str) -> Value {
    json!({
        "metadata": {"name": "web", "uid": "u", "deletionTimestamp": "2026-11-30T11:50:00Z",
            "deletionGracePeriodSeconds": 30, "finalizers": [finalizer]},
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "i"}]},
        "status": {"phase": phase},
    })
}

#[test]
fn the_finalizer_of_jobs_is_removed_by_their_controller() {
    for (phase, finalizer, verdict) in [
        (
            "Failed",
            "batch.kubernetes.io/job-tracking",
            Verdict::Unknown,
        ),
        ("Failed", "example.com/x", Verdict::No),
        // Nobody may say that a Pod has failed that has succeeded.
        ("Succeeded", "example.com/x", Verdict::Unknown),
    ] {
        let diagnosis = judged(&State {
            pod: deleted(phase, finalizer),
            nodes: vec![node()],
            ..State::default()
        });
        assert_eq!(
            (id(&diagnosis), diagnosis.verdict),
            ("finalizer", verdict),
            "{phase} {finalizer}"
        );
    }
}

#[test]
fn a_reason_of_another_component_is_not_called_the_kubelets() {
    for (reason, message, expected) in [
        (
            "OutOfcpu",
            "Node didn't have enough resource: cpu",
            "rejected-by-kubelet",
        ),
        (
            "Whatever",
            "Pod was rejected: no such thing",
            "rejected-by-kubelet",
        ),
        ("ProviderFailed", "container group failed", "pod-failed"),
    ] {
        let pod = json!({
            "metadata": {"name": "web", "uid": "u"},
            "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "i"}]},
            "status": {"phase": "Failed", "reason": reason, "message": message},
        });
        let diagnosis = judged(&State {
            pod,
            nodes: vec![node()],
            ..State::default()
        });
        assert_eq!(
            (id(&diagnosis), diagnosis.verdict),
            (expected, Verdict::No),
            "{reason}"
        );
    }
}

#[test]
fn a_deletion_says_who_deletes() {
    let mut pod = deleted("Running", "");
    pod["metadata"]["finalizers"] = Value::Null;
    pod["metadata"]["deletionTimestamp"] = json!("2026-11-30T12:00:20Z");
    pod["status"]["conditions"] = json!([{"type": "DisruptionTarget", "status": "True",
        "reason": "EvictionByEvictionAPI", "message": "Eviction API: evicting"}]);
    let diagnosis = judged(&State {
        pod,
        nodes: vec![node()],
        ..State::default()
    });
    assert_eq!(id(&diagnosis), "terminating");
    assert!(
        diagnosis.summary.contains("eviction through the API"),
        "{}",
        diagnosis.summary
    );
}

#[test]
fn a_node_that_says_that_it_is_not_ready_still_answers() {
    let pod = json!({
        "metadata": {"name": "web", "uid": "u"},
        "spec": {"nodeName": "n1", "containers": [{"name": "main", "image": "i"}]},
        "status": {"phase": "Running", "conditions": [
            {"type": "Ready", "status": "False"}, {"type": "ContainersReady", "status": "True"}]},
    });
    for (status, words) in [
        ("False", "says that it is not ready"),
        ("Unknown", "does not answer"),
    ] {
        let mut node = node();
        node["status"]["conditions"][0]["status"] = json!(status);
        let diagnosis = judged(&State {
            pod: pod.clone(),
            nodes: vec![node],
            ..State::default()
        });
        assert_eq!(
            (id(&diagnosis), diagnosis.verdict),
            ("node-not-ready", Verdict::Unknown)
        );
        assert!(diagnosis.summary.contains(words), "{}", diagnosis.summary);
    }
}
