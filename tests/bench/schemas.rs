//! The JSON schema that kubeconform needs for Pods, out of upstream's OpenAPI:
//! strict, so that it finds unknown fields, as we do.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Map, Value, json};

use crate::kubectl;

/// Writes `pod-v1.json` and returns the pattern that leads to it.
pub(crate) fn write(dir: &Path) -> String {
    let output = Command::new("go")
        .args(["env", "GOMODCACHE"])
        .output()
        .unwrap();
    let cache = String::from_utf8(output.stdout).unwrap();
    let module = format!("k8s.io/kubernetes@v{}", kubectl::latest_release());
    let swagger = Path::new(cache.trim())
        .join(module)
        .join("api/openapi-spec/swagger.json");
    let swagger: Value = serde_json::from_slice(&fs::read(swagger).unwrap()).unwrap();
    let definitions: Map<String, Value> = swagger["definitions"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, definition)| (name.clone(), strict(name, definition)))
        .collect();
    let schema =
        json!({"$ref": "#/definitions/io.k8s.api.core.v1.Pod", "definitions": definitions});
    fs::write(dir.join("pod-v1.json"), schema.to_string()).unwrap();
    format!(
        "{}/{{{{.ResourceKind}}}}{{{{.KindSuffix}}}}.json",
        dir.display()
    )
}

fn strict(name: &str, definition: &Value) -> Value {
    if name.ends_with(".Quantity") || name.ends_with(".IntOrString") {
        return json!({"type": ["string", "number"]});
    }
    let mut definition = definition.clone();
    if let Some(object) = definition.as_object_mut()
        && object.contains_key("properties")
    {
        object.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    definition
}
