//! The generated object in the API's form, and the Pod in it.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use pod_model::{FieldPath, Segment, decode_value};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::draft::{Draft, TargetKind};

/// Returns the object in the API's form.
pub(super) fn to_value(draft: &Draft) -> Value {
    let value = |part: Result<Value, serde_json::Error>| part.unwrap_or_default();
    let pod = value(serde_json::to_value(&draft.pod));
    let metadata = value(serde_json::to_value(&draft.meta));
    match draft.target_kind {
        TargetKind::Pod => json!({
            "apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": pod,
        }),
        TargetKind::Job => {
            let mut job = value(serde_json::to_value(&draft.job));
            let labels = value(serde_json::to_value(&draft.template));
            let template = match labels.as_object() {
                Some(map) if !map.is_empty() => json!({ "spec": pod, "metadata": labels }),
                _ => json!({ "spec": pod }),
            };
            if let Some(job) = job.as_object_mut() {
                job.insert("template".to_owned(), template);
            }
            json!({
                "apiVersion": "batch/v1", "kind": "Job", "metadata": metadata, "spec": job,
            })
        }
    }
}

/// Returns the value at a path, or null.
pub(super) fn value_at<'a>(object: &'a Value, path: &FieldPath) -> &'a Value {
    path.segments()
        .iter()
        .fold(object, |value, step| match step {
            Segment::Field(name) => &value[&**name],
            Segment::Index(at) => &value[*at],
        })
}

/// Returns metadata and spec of the Pod at a path of the object, or `None` if it is not a valid
/// Pod.
pub(super) fn pod_at(object: &Value, root: &FieldPath) -> Option<(ObjectMeta, PodSpec)> {
    fn read<T: DeserializeOwned + Default>(value: &Value) -> Option<T> {
        match value {
            Value::Null => Some(T::default()),
            value => decode_value(value).ok(),
        }
    }
    let pod = value_at(object, root);
    Some((read(&pod["metadata"])?, read(&pod["spec"])?))
}
