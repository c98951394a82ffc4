//! Fields that the server lets a field selector compare, and their values.
//!
//! Upstream: the functions that are given to `AddFieldLabelConversionFunc` in
//! k8s.io/kubernetes/pkg/apis, and the `ToSelectableFields` of pkg/registry. Kinds without
//! any have `DefaultMetaV1FieldSelectorConversion` (k8s.io/apimachinery/pkg/runtime).

use serde_json::Value;

/// Value of a field, as far as an object tells it.
pub(super) enum FieldValue {
    Known(String),
    /// The server would set it, and the object does not have it.
    Unknown,
}

use FieldValue::{Known, Unknown};

/// Reads a field of an object as the server does before it compares it.
type Read = fn(&Value) -> FieldValue;

struct Row {
    group: &'static str,
    kind: &'static str,
    fields: &'static [(&'static str, Read)],
}

const METADATA: [(&str, Read); 2] = [
    ("metadata.name", |object| {
        text(object, "/metadata/name").map_or(Unknown, Known)
    }),
    ("metadata.namespace", |object| {
        text(object, "/metadata/namespace").map_or(Unknown, Known)
    }),
];

/// Fields beside those of the metadata.
const TABLE: [Row; 9] = [
    Row {
        group: "",
        kind: "Pod",
        fields: &[
            ("spec.nodeName", |pod| spec(pod, "/spec/nodeName", "")),
            // An old name of it.
            ("spec.host", |pod| spec(pod, "/spec/nodeName", "")),
            ("spec.restartPolicy", |pod| {
                spec(pod, "/spec/restartPolicy", "Always")
            }),
            ("spec.schedulerName", |pod| {
                spec(pod, "/spec/schedulerName", "default-scheduler")
            }),
            // Admission sets it.
            ("spec.serviceAccountName", |pod| {
                let account = text(pod, "/spec/serviceAccountName");
                account
                    .or_else(|| text(pod, "/spec/serviceAccount"))
                    .map_or(Unknown, Known)
            }),
            ("spec.hostNetwork", |pod| flag(pod, "/spec/hostNetwork")),
            ("status.phase", |pod| {
                text(pod, "/status/phase").map_or(Unknown, Known)
            }),
            ("status.podIP", |pod| {
                let first = text(pod, "/status/podIPs/0/ip");
                let ip = first.or_else(|| text(pod, "/status/podIP"));
                status(pod, |_| ip.unwrap_or_default())
            }),
            // It can be named, and no Pod has it.
            ("status.podIPs", |_| Known(String::new())),
            ("status.nominatedNodeName", |pod| {
                let name = text(pod, "/status/nominatedNodeName");
                status(pod, |_| name.unwrap_or_default())
            }),
        ],
    },
    Row {
        group: "batch",
        kind: "Job",
        fields: &[("status.successful", |job| {
            status(job, |status| number(&status["succeeded"]))
        })],
    },
    Row {
        group: "",
        kind: "ReplicationController",
        fields: &[("status.replicas", |controller| {
            status(controller, |status| number(&status["replicas"]))
        })],
    },
    Row {
        group: "",
        kind: "Node",
        fields: &[("spec.unschedulable", |node| {
            flag(node, "/spec/unschedulable")
        })],
    },
    Row {
        group: "",
        kind: "Namespace",
        fields: &[("status.phase", |namespace| {
            text(namespace, "/status/phase").map_or(Unknown, Known)
        })],
    },
    Row {
        group: "",
        kind: "Secret",
        fields: &[("type", |secret| spec(secret, "/type", "Opaque"))],
    },
    Row {
        group: "",
        kind: "Service",
        fields: &[
            ("spec.clusterIP", |service| {
                text(service, "/spec/clusterIP").map_or(Unknown, Known)
            }),
            ("spec.type", |service| {
                spec(service, "/spec/type", "ClusterIP")
            }),
        ],
    },
    Row {
        group: "",
        kind: "Event",
        fields: &[
            ("involvedObject.kind", |event| {
                spec(event, "/involvedObject/kind", "")
            }),
            ("involvedObject.namespace", |event| {
                spec(event, "/involvedObject/namespace", "")
            }),
            ("involvedObject.name", |event| {
                spec(event, "/involvedObject/name", "")
            }),
            ("involvedObject.uid", |event| {
                spec(event, "/involvedObject/uid", "")
            }),
            ("involvedObject.apiVersion", |event| {
                spec(event, "/involvedObject/apiVersion", "")
            }),
            ("involvedObject.resourceVersion", |event| {
                spec(event, "/involvedObject/resourceVersion", "")
            }),
            ("involvedObject.fieldPath", |event| {
                spec(event, "/involvedObject/fieldPath", "")
            }),
            ("reason", |event| spec(event, "/reason", "")),
            ("reportingComponent", |event| {
                spec(event, "/reportingComponent", "")
            }),
            ("source", |event| {
                let component = text(event, "/source/component");
                component.map_or_else(|| spec(event, "/reportingComponent", ""), Known)
            }),
            ("type", |event| spec(event, "/type", "")),
        ],
    },
    Row {
        group: "events.k8s.io",
        kind: "Event",
        fields: &[
            ("regarding.kind", |event| spec(event, "/regarding/kind", "")),
            ("regarding.namespace", |event| {
                spec(event, "/regarding/namespace", "")
            }),
            ("regarding.name", |event| spec(event, "/regarding/name", "")),
            ("regarding.uid", |event| spec(event, "/regarding/uid", "")),
            ("regarding.apiVersion", |event| {
                spec(event, "/regarding/apiVersion", "")
            }),
            ("regarding.resourceVersion", |event| {
                spec(event, "/regarding/resourceVersion", "")
            }),
            ("regarding.fieldPath", |event| {
                spec(event, "/regarding/fieldPath", "")
            }),
            ("reason", |event| spec(event, "/reason", "")),
            ("reportingController", |event| {
                spec(event, "/reportingController", "")
            }),
            ("type", |event| spec(event, "/type", "")),
        ],
    },
];

/// Returns how to read a field of a kind, or `None` if the server refuses to compare it.
pub(super) fn reader(group: &str, kind: &str, path: &str) -> Option<Read> {
    let row = TABLE
        .iter()
        .find(|row| row.group == group && row.kind == kind);
    let own = row.map_or(&[][..], |row| row.fields);
    let mut fields = METADATA.iter().chain(own);
    let (_, read) = fields.find(|(known, _)| *known == path)?;
    Some(*read)
}

/// Returns the fields of a kind that can be compared.
pub(super) fn paths(group: &str, kind: &str) -> Vec<&'static str> {
    let rows = TABLE.iter();
    let own = rows.filter(|row| row.group == group && row.kind == kind);
    let all = METADATA.iter().chain(own.flat_map(|row| row.fields));
    all.map(|(path, _)| *path).collect()
}

fn text(object: &Value, pointer: &str) -> Option<String> {
    let text = object.pointer(pointer)?.as_str()?;
    (!text.is_empty()).then(|| text.to_owned())
}

/// Reads a text that has a default.
fn spec(object: &Value, pointer: &str, default: &str) -> FieldValue {
    Known(text(object, pointer).unwrap_or_else(|| default.to_owned()))
}

fn flag(object: &Value, pointer: &str) -> FieldValue {
    let is_set = object.pointer(pointer).and_then(Value::as_bool);
    Known(is_set.unwrap_or_default().to_string())
}

/// Reads the status, which an object has only after the server stored it.
fn status(object: &Value, read: impl FnOnce(&Value) -> String) -> FieldValue {
    match object.get("status") {
        Some(status) if !status.is_null() => Known(read(status)),
        _ => Unknown,
    }
}

fn number(value: &Value) -> String {
    value.as_i64().unwrap_or_default().to_string()
}
