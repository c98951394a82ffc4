//! Objects with the fields of their schema only: names of fields are not hidden, so that there may be no others.

use serde_json::Value;

use crate::schema::{Builtin, Type, builtin};

/// Takes from an object whatever the API does not know. Of a kind that is not built in, its metadata is left.
pub(super) fn prune(object: &mut Value) {
    let schema = builtin();
    let text = |key: &str| {
        let text = object.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let (api_version, kind) = (text("apiVersion"), text("kind"));
    let mut rows = schema.rows(&kind);
    let row = rows.find(|row| row.api_version == api_version);
    if let Some(row) = row {
        keep(schema, object, Type::Object(row.definition));
        return;
    }
    let Some(fields) = object.as_object_mut() else {
        *object = Value::Null;
        return;
    };
    fields.retain(|key, _| matches!(key.as_str(), "apiVersion" | "kind" | "metadata"));
    let metadata = schema.named("io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
    for (key, value) in fields {
        match metadata {
            Some(metadata) if key == "metadata" => keep(schema, value, Type::Object(metadata)),
            _ => keep(schema, value, Type::String),
        }
    }
}

fn keep(schema: &Builtin, value: &mut Value, kind: Type) {
    match (kind, &mut *value) {
        (Type::Object(id), Value::Object(fields)) => {
            let known = schema.all_fields(id);
            fields.retain(|key, value| {
                let field = known.iter().find(|field| field.name == key);
                if let Some(field) = field {
                    keep(schema, value, field.kind);
                }
                field.is_some()
            });
        }
        (Type::List(inner), Value::Array(items)) => {
            for item in items {
                keep(schema, item, schema.inner(inner));
            }
        }
        (Type::Map(inner), Value::Object(fields)) => {
            for (_, value) in fields {
                keep(schema, value, schema.inner(inner));
            }
        }
        (Type::Object(_) | Type::List(_) | Type::Map(_) | Type::Any, _)
        | (_, Value::Object(_) | Value::Array(_)) => *value = Value::Null,
        _ => {}
    }
}
