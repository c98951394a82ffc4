//! Cleans an object for a manifest: removes the fields that a server added, and orders the
//! keys as the API's documentation does.

use serde_json::{Map, Value};

use super::assigned;

/// Fields of `metadata` that the server sets.
const SERVER_METADATA: [&str; 7] = [
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Order of keys, by the key of the object that has them (`""`: the object itself), as in the
/// Go types of k8s.io/api (core/v1/types.go, batch/v1/types.go). Other keys follow in
/// alphabetical order.
const ORDERS: [(&[&str], &[&str]); 11] = [
    (
        &[""],
        &[
            "apiVersion",
            "kind",
            "metadata",
            "type",
            "immutable",
            "spec",
            "data",
            "stringData",
        ],
    ),
    (
        &["metadata"],
        &["name", "generateName", "namespace", "labels", "annotations"],
    ),
    (
        &["spec"],
        &[
            "replicas",
            "parallelism",
            "completions",
            "completionMode",
            "activeDeadlineSeconds",
            "podFailurePolicy",
            "successPolicy",
            "backoffLimit",
            "schedule",
            "timeZone",
            "selector",
            "strategy",
            "serviceName",
            "type",
            "jobTemplate",
            "template",
            "volumes",
            "initContainers",
            "containers",
            "ephemeralContainers",
            "restartPolicy",
            "terminationGracePeriodSeconds",
            "dnsPolicy",
            "nodeSelector",
            "serviceAccountName",
            "nodeName",
            "hostNetwork",
            "securityContext",
            "imagePullSecrets",
            "affinity",
            "schedulerName",
            "tolerations",
        ],
    ),
    (
        &["containers", "initContainers", "ephemeralContainers"],
        &[
            "name",
            "image",
            "imagePullPolicy",
            "restartPolicy",
            "restartPolicyRules",
            "command",
            "args",
            "workingDir",
            "ports",
            "envFrom",
            "env",
            "resources",
            "volumeMounts",
            "volumeDevices",
            "startupProbe",
            "livenessProbe",
            "readinessProbe",
            "lifecycle",
            "terminationMessagePath",
            "terminationMessagePolicy",
            "securityContext",
            "stdin",
            "stdinOnce",
            "tty",
        ],
    ),
    (&["env"], &["name", "value", "valueFrom"]),
    (&["envFrom"], &["prefix", "configMapRef", "secretRef"]),
    (
        &["ports"],
        &[
            "name",
            "protocol",
            "port",
            "containerPort",
            "targetPort",
            "hostPort",
        ],
    ),
    (
        &["volumeMounts"],
        &["name", "mountPath", "subPath", "readOnly"],
    ),
    (
        &["startupProbe", "livenessProbe", "readinessProbe"],
        &[
            "exec",
            "httpGet",
            "tcpSocket",
            "grpc",
            "initialDelaySeconds",
            "timeoutSeconds",
            "periodSeconds",
            "successThreshold",
            "failureThreshold",
            "terminationGracePeriodSeconds",
        ],
    ),
    (
        &["httpGet"],
        &["path", "port", "host", "scheme", "httpHeaders"],
    ),
    (
        &["matchExpressions", "matchFields", "tolerations"],
        &["key", "operator", "values", "value", "effect"],
    ),
];

/// Keys of maps whose keys are the user's, which keep their order.
const USERS_OWN: [&str; 6] = [
    "data",
    "stringData",
    "binaryData",
    "labels",
    "annotations",
    "matchLabels",
];

/// Returns the object without the fields that a server sets. `input` is the object as it was
/// written: fields that the server assigned beside it are removed, too.
pub(crate) fn clean(object: &Value, input: &Value) -> Value {
    let mut object = object.clone();
    assigned::remove(&mut object, input);
    if let Some(map) = object.as_object_mut() {
        map.shift_remove("status");
        clean_metadata(map);
    }
    clean_templates(&mut object);
    arrange(&object, "")
}

fn clean_metadata(object: &mut Map<String, Value>) {
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for key in SERVER_METADATA {
            metadata.shift_remove(key);
        }
    }
}

/// Cleans the metadata of templates, whose creation time a server sets, too.
fn clean_templates(value: &mut Value) {
    let Some(spec) = value.get_mut("spec") else {
        return;
    };
    for key in ["template", "jobTemplate"] {
        if let Some(template) = spec.get_mut(key) {
            if let Some(map) = template.as_object_mut() {
                clean_metadata(map);
                if map
                    .get("metadata")
                    .and_then(Value::as_object)
                    .is_some_and(Map::is_empty)
                {
                    map.shift_remove("metadata");
                }
            }
            clean_templates(template);
        }
    }
}

/// Orders keys and drops nulls, all the way down.
fn arrange(value: &Value, under: &str) -> Value {
    match value {
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| arrange(item, under)).collect())
        }
        Value::Object(map) if USERS_OWN.contains(&under) => Value::Object(map.clone()),
        Value::Object(map) => {
            let order = ORDERS
                .iter()
                .find(|(keys, _)| keys.contains(&under))
                .map_or(["name"].as_slice(), |(_, order)| order);
            let rank = |key: &str| {
                order
                    .iter()
                    .position(|known| *known == key)
                    .unwrap_or(order.len())
            };
            let mut entries: Vec<_> = map.iter().filter(|(_, value)| !value.is_null()).collect();
            entries.sort_by(|(a, _), (b, _)| (rank(a), a).cmp(&(rank(b), b)));
            Value::Object(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.clone(), arrange(value, key)))
                    .collect(),
            )
        }
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::to_yaml;
    use serde_json::json;

    #[test]
    fn server_fields_are_removed_and_keys_ordered() {
        let object = json!({
            "status": {"phase": "Running"},
            "spec": {
                "restartPolicy": "Never",
                "nodeName": null,
                "containers": [{"env": [{"value": "yes", "name": "A"}], "image": "i", "name": "c"}],
            },
            "metadata": {
                "uid": "u", "resourceVersion": "1", "creationTimestamp": null,
                "labels": {"z": "1", "a": "2"}, "name": "p",
            },
            "kind": "Pod",
            "apiVersion": "v1",
        });
        assert_eq!(
            to_yaml(&clean(&object, &object)),
            "apiVersion: v1\nkind: Pod\nmetadata:\n  name: p\n  labels:\n    z: \"1\"\n    a: \"2\"\nspec:\n  containers:\n  - name: c\n    image: i\n    env:\n    - name: A\n      value: \"yes\"\n  restartPolicy: Never\n"
        );
    }

    #[test]
    fn a_templates_empty_metadata_is_gone_too() {
        let object = json!({"kind": "CronJob", "spec": {"jobTemplate": {"metadata": {"creationTimestamp": null}, "spec": {"template": {"metadata": {"creationTimestamp": null}, "spec": {}}}}}});
        assert_eq!(
            clean(&object, &object),
            json!({"kind": "CronJob", "spec": {"jobTemplate": {"spec": {"template": {"spec": {}}}}}})
        );
    }
}
