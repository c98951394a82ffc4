//! Compares two defaulted objects, past what is only the way in which Go writes
//! objects.
//!
//! 1. A zero or an empty list that the manifest itself says is left out by Go
//!    where the field is no pointer (`omitempty`). It is no default on either
//!    side: ours is the manifest's own, upstream's is absent.
//! 2. A list that is nowhere given is `null` in Go where it is required, and
//!    empty in ours (`containers`).
//! 3. A struct that is no pointer is written as `{}` in Go even where it is not
//!    given ([`STRUCTS`]).
//! 4. A quantity that is no pointer is written as `0` where it is not given, and
//!    each one canonically, in a resource list or not ([`QUANTITIES`]).
//! 5. Until 1.33 a time that is no pointer is written as `null` where it is not
//!    given, and a condition's status as an empty text ([`EMPTY`]).

use std::collections::BTreeSet;

use pod_model::Quantity;
use serde_json::{Value, json};

/// Structs that are no pointers.
const STRUCTS: &[&str] = &["metadata", "status", "resources", "state", "lastState"];

/// Quantities outside of resource lists, which have no defaulting function.
const QUANTITIES: &[&str] = &["sizeLimit", "divisor"];

/// Structs and texts as they are written without a value.
const EMPTY: &[(&str, &str)] = &[
    ("metadata", r#"{"creationTimestamp":null}"#),
    ("status", r#""""#),
];

/// Returns the paths at which two values differ, with both values.
pub(crate) fn differences(
    path: &str,
    manifest: &Value,
    upstream: &Value,
    ours: &Value,
    found: &mut Vec<String>,
) {
    match (upstream, ours) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: BTreeSet<_> = a.keys().chain(b.keys()).collect();
            for key in keys {
                let (upstream, ours) = (&upstream[key], &ours[key]);
                let is_unset = STRUCTS.contains(&key.as_str()) && *upstream == json!({})
                    || EMPTY.contains(&(key, &upstream.to_string()));
                if !(is_unset && ours.is_null()) {
                    let path = format!("{path}.{key}");
                    differences(&path, &manifest[key], upstream, ours, found);
                }
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                differences(&format!("{path}[]"), &manifest[index], a, b, found);
            }
        }
        _ if upstream == ours => {}
        (Value::Null, _) if is_zero(ours) && ours == manifest => {}
        (Value::Null, Value::Array(elements)) if elements.is_empty() => {}
        (Value::String(upstream), _) if same_quantity(path, upstream, ours) => {}
        _ => found.push(format!("{path}: upstream {upstream}, ours {ours}")),
    }
}

fn is_zero(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(value) => !value,
        Value::Number(number) => number.as_i64() == Some(0),
        Value::String(text) => text.is_empty(),
        Value::Array(elements) => elements.is_empty(),
        Value::Object(fields) => fields.is_empty(),
    }
}

fn same_quantity(path: &str, upstream: &str, ours: &Value) -> bool {
    let known = QUANTITIES
        .iter()
        .any(|name| path.rsplit('.').next() == Some(name));
    let canonical = match ours {
        Value::Null => Some("0".to_owned()),
        Value::String(text) => text.parse::<Quantity>().ok().map(|q| q.to_string()),
        _ => None,
    };
    known && canonical.as_deref() == Some(upstream)
}
