//! The security contexts that run, and the labels of namespaces.

use pod_model::pod_security::namespace::{AUDIT, ENFORCE, ENFORCE_VERSION, WARN, WARN_VERSION};
use serde_json::{Value, json};

/// Labels that a server takes.
pub(crate) const LABELS: &[&[(&str, &str)]] = &[
    &[(ENFORCE, "restricted")],
    &[
        (ENFORCE, "baseline"),
        (WARN, "restricted"),
        (AUDIT, "restricted"),
    ],
    &[(ENFORCE, "restricted"), (ENFORCE_VERSION, "v1.20")],
    &[(WARN, "baseline"), (WARN_VERSION, "v1.99")],
];

/// Contexts of containers.
fn containers() -> Vec<Value> {
    vec![
        // Privileged first: its capabilities are all that the runtime has.
        json!({"privileged": true}),
        json!({}),
        json!({"runAsUser": 1000}),
        json!({"runAsUser": 1000, "runAsGroup": 3000}),
        json!({"allowPrivilegeEscalation": false}),
        json!({"allowPrivilegeEscalation": true, "runAsUser": 7}),
        json!({"capabilities": {"drop": ["ALL"]}}),
        json!({"capabilities": {"drop": ["all"], "add": ["kill"]}}),
        json!({"capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}, "runAsUser": 1000}),
        json!({"capabilities": {"add": ["NET_ADMIN", "SYS_TIME"]}}),
        json!({"capabilities": {"add": ["NET_ADMIN"], "drop": ["NET_RAW", "MKNOD"]}}),
        json!({"capabilities": {"add": ["CAP_KILL"], "drop": ["ALL"]}}),
        json!({"capabilities": {"add": ["KILL"], "drop": ["KILL"]}}),
        json!({"seccompProfile": {"type": "RuntimeDefault"}}),
        json!({"seccompProfile": {"type": "Unconfined"}}),
        json!({"readOnlyRootFilesystem": true, "seccompProfile": {"type": "RuntimeDefault"}, "runAsUser": 65534}),
    ]
}

/// Contexts of Pods.
fn contexts() -> [Value; 3] {
    [
        json!({}),
        json!({"runAsUser": 2000, "runAsGroup": 2001, "fsGroup": 2002, "supplementalGroups": [5, 6]}),
        json!({"seccompProfile": {"type": "RuntimeDefault"}, "runAsUser": 1234, "fsGroup": 99}),
    ]
}

/// Prints what a container sees of itself where the kubelet reads it before it says that the container has
/// ended: a log may be written later. All messages of a Pod have 12 KiB together.
const SCRIPT: &str = "exec grep -E '^(Uid|Gid|Groups|Cap.*|Seccomp|NoNewPrivs):' /proc/self/status >/dev/termination-log";

/// A Pod for each context, with a container for each, which writes what it sees of itself.
pub(crate) fn pods() -> Vec<Value> {
    let pod = |(n, context): (usize, Value)| {
        let containers = containers().into_iter().enumerate();
        let containers: Vec<Value> = containers
            .map(|(i, own)| {
                let image = if i % 5 == 4 { "nonroot" } else { "busybox:1.37" };
                json!({
                    "name": format!("c{i}"), "image": image, "command": ["sh", "-c", SCRIPT], "securityContext": own,
                })
            })
            .collect();
        json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": format!("context-{n}")},
            "spec": {"restartPolicy": "Never", "securityContext": context, "containers": containers},
        })
    };
    contexts().into_iter().enumerate().map(pod).collect()
}

/// A Job whose Pods are like a Pod.
pub(crate) fn job(pod: &Value) -> Value {
    json!({
        "apiVersion": "batch/v1", "kind": "Job", "metadata": pod["metadata"],
        "spec": {"template": {"spec": pod["spec"]}},
    })
}
