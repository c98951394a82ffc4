//! Known cases, each a trap that was seen in upstream's code.

mod claims;
mod conditional;
mod cycle;
mod daemon_sets;
mod filters;
mod kubelet;
mod pods;
mod preemption;
mod volumes;

use k8s_openapi::api::core::v1::{Node, Pod};
use serde_json::{Value, json};

use super::{Evaluation, Input, Snapshot, SnapshotBuilder};
use crate::verdict::Verdict;
use crate::version::KubernetesVersion;

/// Merges objects into one, the later over the earlier.
pub(super) fn merged(base: Value, other: &Value) -> Value {
    match (base, other) {
        (Value::Object(mut base), Value::Object(other)) => {
            for (key, value) in other {
                let known = base.remove(key).unwrap_or(Value::Null);
                base.insert(key.clone(), merged(known, value));
            }
            Value::Object(base)
        }
        (_, other) => other.clone(),
    }
}

/// A node with room, and anything else.
pub(super) fn node(name: &str, other: &Value) -> Node {
    let base = json!({
        "metadata": {"name": name, "labels": {"kubernetes.io/hostname": name}},
        "status": {"allocatable": {"cpu": "4", "memory": "8Gi", "pods": "10"}},
    });
    serde_json::from_value(merged(base, other)).unwrap()
}

/// A Pod in namespace `d`, with anything else.
pub(super) fn pod(name: &str, other: &Value) -> Pod {
    let base = json!({
        "metadata": {"name": name, "namespace": "d", "uid": name},
        "spec": {"containers": [{"name": "c", "image": "i"}]},
    });
    serde_json::from_value(merged(base, other)).unwrap()
}

/// A Pod on a node.
pub(super) fn running(name: &str, node: &str, other: &Value) -> Pod {
    pod(name, &merged(json!({"spec": {"nodeName": node}}), other))
}

/// A snapshot in the making of which all lists are known.
pub(super) fn builder(version: KubernetesVersion) -> SnapshotBuilder {
    let mut builder = Snapshot::builder(version);
    for input in [
        Input::Namespaces,
        Input::PersistentVolumeClaims,
        Input::PersistentVolumes,
        Input::StorageClasses,
        Input::CsiNodes,
        Input::CsiDrivers,
        Input::CsiStorageCapacities,
        Input::VolumeAttachments,
        Input::DeviceClasses,
    ] {
        builder.complete(input);
    }
    builder
}

/// The latest version's snapshot of nodes and Pods.
pub(super) fn snapshot(nodes: &[Node], pods: &[Pod]) -> Snapshot {
    let mut builder = builder(KubernetesVersion::LATEST);
    for node in nodes {
        builder.node(node);
    }
    for pod in pods {
        builder.pod(pod);
    }
    builder.build()
}

/// The nodes in short: `fits`, or `Plugin: message; …` of every reason.
pub(super) fn answers(snapshot: &Snapshot, pod: &Pod) -> Vec<String> {
    let evaluation = Evaluation::new(snapshot, pod);
    let results = evaluation.nodes();
    let texts = results.map(|result| match result.fits() {
        Verdict::Ok => "fits".to_owned(),
        Verdict::Unknown => "unknown".to_owned(),
        Verdict::No => {
            let reasons = result.reasons();
            let reasons = reasons.map(|reason| format!("{}: {}", reason.plugin, reason.message));
            reasons.collect::<Vec<_>>().join("; ")
        }
    });
    texts.collect()
}
