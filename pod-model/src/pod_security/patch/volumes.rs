//! Volumes of types that a level does not allow.

use k8s_openapi::api::core::v1::PodSpec;
use serde_json::{Value, json};

use crate::edit::{Change, Edit};
use crate::path::{FieldPath, Segment};

/// Returns the edit that makes a volume an emptyDir, and why a person has to decide.
pub(super) fn other_type(path: &FieldPath, spec: &PodSpec) -> Option<(Edit, Option<String>)> {
    let [_, _, Segment::Index(index), ..] = path.segments() else {
        return None;
    };
    let volume = spec.volumes.as_ref()?.get(*index)?;
    let source = serde_json::to_value(volume).ok()?;
    let mut fields = source.as_object()?.iter();
    let root = FieldPath::root().field("spec").field("volumes");
    let root = root.index(*index);
    let Some((field, source)) = fields.find(|(field, _)| *field != "name") else {
        // The API server makes it one.
        return Some((Edit::set(root.field("emptyDir"), json!({})), None));
    };
    let what = match source.get("path").and_then(Value::as_str) {
        Some(path) if field == "hostPath" => format!("the node's {path}"),
        _ => format!("a volume of the type {field}"),
    };
    let edit = Edit {
        path: root.field(field.clone()),
        change: Change::Replace("emptyDir", json!({})),
    };
    let decision = format!(
        "the containers then see an empty directory instead of {what}; a PersistentVolumeClaim keeps data"
    );
    Some((edit, Some(decision)))
}
