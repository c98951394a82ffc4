//! Fields that the server assigns to one object: addresses, labels with its uid, the volume of
//! its token. A field of the input stays; any other would keep the printed object from being
//! created again.

use serde_json::Value;

/// Labels that the Job strategy puts on the template (pkg/registry/batch/job,
/// `generateSelector`).
const JOB_LABELS: [&str; 4] = [
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-name",
    "controller-uid",
    "job-name",
];

/// Fields of a Service's spec that the allocators fill in
/// (pkg/registry/core/service/storage, `Allocators`).
const SERVICE_FIELDS: [&str; 3] = ["clusterIP", "clusterIPs", "healthCheckNodePort"];

/// The volume that the ServiceAccount admission mounts into every container
/// (plugin/pkg/admission/serviceaccount, `ServiceAccountVolumeName`).
const TOKEN_VOLUME: &str = "kube-api-access-";

/// Removes the fields that were assigned.
pub(super) fn remove(object: &mut Value, input: &Value) {
    let text = |name| object.get(name).and_then(Value::as_str);
    // Another group's Job has a selector of its own.
    match (text("apiVersion"), text("kind")) {
        (Some("batch/v1"), Some("Job")) => job(object, input),
        (Some("v1"), Some("Service")) => service(object, input),
        (Some("v1"), Some("Pod")) => pod(object, input),
        _ => {}
    }
}

fn take(object: &mut Value, pointer: &str, key: &str) {
    if let Some(map) = object.pointer_mut(pointer).and_then(Value::as_object_mut) {
        map.shift_remove(key);
    }
}

fn take_if_empty(object: &mut Value, pointer: &str, key: &str) {
    let inner = object.pointer(&format!("{pointer}/{key}"));
    if inner
        .and_then(Value::as_object)
        .is_some_and(serde_json::Map::is_empty)
    {
        take(object, pointer, key);
    }
}

fn job(object: &mut Value, input: &Value) {
    if input
        .pointer("/spec/selector")
        .is_some_and(|s| !s.is_null())
    {
        return;
    }
    take(object, "/spec", "selector");
    // A Job without labels gets those of its template (pkg/apis/batch/v1,
    // `SetDefaults_Job`).
    for metadata in ["/metadata", "/spec/template/metadata"] {
        let labels = format!("{metadata}/labels");
        let written = input.pointer(&labels);
        for label in JOB_LABELS {
            if written.is_none_or(|written| written.get(label).is_none()) {
                take(object, &labels, label);
            }
        }
        take_if_empty(object, metadata, "labels");
    }
}

fn service(object: &mut Value, input: &Value) {
    for key in SERVICE_FIELDS {
        // One address written stands for the list as well.
        let written = ["clusterIP", key].map(|k| input.pointer(&format!("/spec/{k}")));
        if written.iter().all(|value| value.is_none_or(Value::is_null)) {
            take(object, "/spec", key);
        }
    }
    let ports = object
        .pointer_mut("/spec/ports")
        .and_then(Value::as_array_mut);
    for (index, port) in ports.into_iter().flatten().enumerate() {
        let written = input.pointer(&format!("/spec/ports/{index}/nodePort"));
        if written.is_none() {
            take(port, "", "nodePort");
        }
    }
}

fn pod(object: &mut Value, input: &Value) {
    let is_token = |item: &Value| {
        let name = item.get("name").and_then(Value::as_str);
        name.is_some_and(|name| name.starts_with(TOKEN_VOLUME))
    };
    let written = input.pointer("/spec/volumes").and_then(Value::as_array);
    if written.into_iter().flatten().any(is_token) {
        return;
    }
    let drop_from = |holder: &mut Value, key: &str| {
        let Some(items) = holder.get_mut(key).and_then(Value::as_array_mut) else {
            return;
        };
        items.retain(|item| !is_token(item));
        if items.is_empty() {
            take(holder, "", key);
        }
    };
    let Some(spec) = object.get_mut("spec") else {
        return;
    };
    drop_from(spec, "volumes");
    for key in ["initContainers", "containers"] {
        let containers = spec.get_mut(key).and_then(Value::as_array_mut);
        for container in containers.into_iter().flatten() {
            drop_from(container, "volumeMounts");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn removed(mut object: Value, input: &Value) -> Value {
        remove(&mut object, input);
        object
    }

    #[test]
    fn selector_and_uid_labels_of_a_job_are_removed_unless_written() {
        let stored = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {"labels": {"job-name": "j"}}, "spec": {
            "selector": {"matchLabels": {"batch.kubernetes.io/controller-uid": "u"}},
            "template": {"metadata": {"labels": {"a": "b", "controller-uid": "u", "job-name": "j"}}},
        }});
        let written = json!({"spec": {"template": {"metadata": {"labels": {"a": "b"}}}}});
        let bare = json!({"apiVersion": "batch/v1", "kind": "Job", "metadata": {}, "spec": {"template": {"metadata": {"labels": {"a": "b"}}}}});
        assert_eq!(removed(stored.clone(), &written), bare);
        assert_eq!(removed(stored.clone(), &stored), stored);
    }

    #[test]
    fn addresses_and_node_ports_of_a_service_are_removed_unless_written() {
        let stored = json!({"apiVersion": "v1", "kind": "Service", "spec": {
            "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"], "ports": [{"port": 80, "nodePort": 30000}],
        }});
        let written = json!({"spec": {"ports": [{"port": 80}]}});
        let bare =
            json!({"apiVersion": "v1", "kind": "Service", "spec": {"ports": [{"port": 80}]}});
        assert_eq!(removed(stored.clone(), &written), bare);
        assert_eq!(removed(stored.clone(), &stored), stored);
    }

    #[test]
    fn token_volume_of_a_pod_is_removed_and_others_stay() {
        let stored = json!({"apiVersion": "v1", "kind": "Pod", "spec": {
            "volumes": [{"name": "data"}, {"name": "kube-api-access-abcde"}],
            "containers": [{"volumeMounts": [{"name": "kube-api-access-abcde"}]}],
        }});
        let bare = json!({"apiVersion": "v1", "kind": "Pod", "spec": {"volumes": [{"name": "data"}], "containers": [{}]}});
        assert_eq!(removed(stored.clone(), &json!({})), bare);
        assert_eq!(removed(stored.clone(), &stored), stored);
    }

    #[test]
    fn kinds_of_other_groups_keep_their_fields() {
        for (version, kind) in [
            ("batch.volcano.sh/v1alpha1", "Job"),
            ("serving.knative.dev/v1", "Service"),
            ("example.com/v1", "Pod"),
        ] {
            let stored = json!({"apiVersion": version, "kind": kind, "metadata": {"labels": {"job-name": "j"}}, "spec": {
                "selector": {"matchLabels": {"a": "b"}}, "clusterIP": "10.0.0.1",
                "volumes": [{"name": "kube-api-access-abcde"}],
                "template": {"metadata": {"labels": {"job-name": "j"}}},
            }});
            assert_eq!(removed(stored.clone(), &json!({})), stored, "{version}");
        }
    }
}
