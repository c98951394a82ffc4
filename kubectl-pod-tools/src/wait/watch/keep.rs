//! The fields of an object that are kept: those that conditions and messages need.

use serde_json::Value;

use pod_model::status::EventNote;

/// The fields of an object that are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// All fields except those that only the server needs.
    All,
    /// Metadata, the counts of the spec, and the status.
    Status,
    /// The object and the message of an Event.
    Event,
}

/// Fields of a spec that conditions and messages read.
const SPEC: [&str; 19] = [
    "backoffLimit",
    "backoffLimitPerIndex",
    "completionMode",
    "completions",
    "containers",
    "initContainers",
    "managedBy",
    "manualSelector",
    "parallelism",
    "paused",
    "podFailurePolicy",
    "readinessGates",
    "replicas",
    "restartPolicy",
    "schedulingGates",
    "selector",
    "suspend",
    "ttlSecondsAfterFinished",
    "updateStrategy",
];
/// Long fields of a status that nothing reads.
const STATUS: [&str; 8] = [
    "startTime",
    "completionTime",
    "hostIPs",
    "podIPs",
    "images",
    "nodeInfo",
    "uncountedTerminatedPods",
    "resourceClaimStatuses",
];
/// Fields of the metadata that are read.
const METADATA: [&str; 9] = [
    "name",
    "namespace",
    "uid",
    "generation",
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "finalizers",
    "ownerReferences",
];
const LABELS: [&str; 3] = [
    "controller-revision-hash",
    "kueue.x-k8s.io/queue-name",
    "pod-template-hash",
];
const ANNOTATIONS: [&str; 1] = ["batch.kubernetes.io/job-completion-index"];
/// Fields of a condition of the status that are read.
const CONDITION: [&str; 5] = ["type", "status", "reason", "message", "observedGeneration"];
/// Fields of a container's status that are read.
const CONTAINER: [&str; 5] = ["name", "ready", "restartCount", "state", "lastState"];
const EVENT: [&str; 10] = [
    "count",
    "involvedObject",
    "reason",
    "message",
    "lastTimestamp",
    "eventTime",
    "firstTimestamp",
    "series",
    "source",
    "reportingComponent",
];
const INVOLVED: [&str; 4] = ["kind", "name", "namespace", "uid"];

/// Maximum number of bytes of a message: as many as of a container's termination message
/// (pkg/kubelet/kuberuntime, `MaxContainerTerminationMessageLength`).
const MAX_MESSAGE: usize = 4 << 10;

impl Keep {
    /// Returns whether to keep an object at all: most events explain nothing.
    pub(crate) fn wants(self, object: &Value) -> bool {
        self != Self::Event || EventNote::of(object).is_some()
    }

    /// Returns the object without the other fields.
    pub(crate) fn of(self, mut object: Value) -> Value {
        match self {
            Self::All => {
                if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
                    metadata.shift_remove("managedFields");
                }
                object
            }
            Self::Event => {
                retain(&mut object, &EVENT);
                if let Some(involved) = object.get_mut("involvedObject") {
                    retain(involved, &INVOLVED);
                }
                if let Some(source) = object.get_mut("source") {
                    retain(source, &["component"]);
                }
                shorten(&mut object);
                object
            }
            Self::Status => {
                let labels = taken(&mut object, "labels", &LABELS);
                let annotations = taken(&mut object, "annotations", &ANNOTATIONS);
                if let Some(metadata) = object.get_mut("metadata") {
                    retain(metadata, &METADATA);
                    for (key, value) in [("labels", labels), ("annotations", annotations)] {
                        if let (Some(value), Some(metadata)) = (value, metadata.as_object_mut()) {
                            metadata.insert(key.to_owned(), value);
                        }
                    }
                }
                retain(
                    &mut object,
                    &["apiVersion", "kind", "metadata", "spec", "status"],
                );
                if let Some(spec) = object.get_mut("spec") {
                    retain(spec, &SPEC);
                    keep_restarts(spec);
                    // The server's own selector only repeats the uid.
                    if spec.get("manualSelector") != Some(&Value::Bool(true)) {
                        retain_not(spec, &["manualSelector", "selector"]);
                    }
                }
                if let Some(status) = object.get_mut("status").and_then(Value::as_object_mut) {
                    for field in STATUS {
                        status.shift_remove(field);
                    }
                    for (list, keys) in [
                        ("conditions", &CONDITION),
                        ("initContainerStatuses", &CONTAINER),
                        ("containerStatuses", &CONTAINER),
                    ] {
                        let items = status.get_mut(list).and_then(Value::as_array_mut);
                        for item in items.into_iter().flatten() {
                            retain(item, keys);
                        }
                    }
                }
                object.get_mut("status").map(shorten);
                object
            }
        }
    }
}

/// Keeps only containers with a restartPolicy of their own: sidecars, and containers that end in a
/// Pod that keeps running.
fn keep_restarts(spec: &mut Value) {
    for list in ["containers", "initContainers"] {
        if let Some(Value::Array(containers)) = spec.get_mut(list) {
            containers.retain(|container| container.get("restartPolicy").is_some());
            for container in containers.iter_mut() {
                retain(container, &["name", "restartPolicy"]);
            }
            if containers.is_empty() {
                retain_not(spec, &[list]);
            }
        }
    }
}

/// Returns a map of the metadata with some of its keys, or `None` if it has none of them.
fn taken(object: &mut Value, map: &str, keys: &[&str]) -> Option<Value> {
    let mut map = object.get_mut("metadata")?.get_mut(map)?.take();
    retain(&mut map, keys);
    map.as_object()
        .is_some_and(|map| !map.is_empty())
        .then_some(map)
}

/// Cuts messages that are too long to read.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(values) => values.iter_mut().for_each(shorten),
        Value::Object(map) => {
            for (key, value) in map.iter_mut() {
                match value {
                    Value::String(text) if key == "message" && text.len() > MAX_MESSAGE => {
                        text.truncate(text.floor_char_boundary(MAX_MESSAGE));
                        text.push('…');
                        text.shrink_to_fit();
                    }
                    value => shorten(value),
                }
            }
        }
        _ => {}
    }
}

fn retain_not(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        for key in keys {
            map.shift_remove(*key);
        }
    }
}

fn retain(value: &mut Value, keys: &[&str]) {
    if let Some(map) = value.as_object_mut() {
        map.retain(|key, _| keys.contains(&key.as_str()));
        // Frees the memory of the dropped fields.
        *map = std::mem::take(map).into_iter().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_fields_that_are_read_are_kept_of_a_pod() {
        let pod = json!({
            "kind": "Pod",
            "metadata": {"name": "a", "uid": "u", "managedFields": [1], "labels": {"x": "y", "pod-template-hash": "h"}, "annotations": {"long": "text"}},
            "spec": {"restartPolicy": "Never", "containers": [{"name": "c", "image": "i"}], "initContainers": [{"name": "i"}, {"name": "s", "image": "i", "restartPolicy": "Always"}]},
            "status": {"phase": "Running", "podIPs": [], "conditions": [{"type": "Ready", "lastProbeTime": null}], "containerStatuses": [{"name": "c", "image": "i", "state": {}}]},
        });
        let kept = json!({
            "kind": "Pod",
            "metadata": {"name": "a", "uid": "u", "labels": {"pod-template-hash": "h"}},
            "spec": {"restartPolicy": "Never", "initContainers": [{"name": "s", "restartPolicy": "Always"}]},
            "status": {"phase": "Running", "conditions": [{"type": "Ready"}], "containerStatuses": [{"name": "c", "state": {}}]},
        });
        assert_eq!(Keep::Status.of(pod), kept);
    }

    #[test]
    fn long_messages_are_cut() {
        let long = "é".repeat(100_000);
        let cut = format!("{}…", "é".repeat(2048));
        let conditions = |message: &str| json!([{"type": "Ready", "message": message}]);
        let containers = |message: &str| json!([{"name": "c", "state": {"waiting": {"message": message}}, "lastState": {"terminated": {"message": message}}}]);
        let pod = |message: &str| json!({"status": {"message": message, "conditions": conditions(message), "containerStatuses": containers(message)}});
        assert_eq!(Keep::Status.of(pod(&long)), pod(&cut));
        assert_eq!(Keep::Status.of(pod("short")), pod("short"));
        let event = |message: &str| json!({"reason": "Failed", "message": message});
        assert_eq!(Keep::Event.of(event(&long)), event(&cut));
        // A JSONPath condition may read it.
        assert_eq!(Keep::All.of(pod(&long)), pod(&long));
    }
}
