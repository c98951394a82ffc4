//! The head that a real server writes at each answer, so that scripts need
//! not: the version and kind of lists and objects, by the path that was asked for.

use pod_model::kinds;
use serde_json::{Map, Value};

/// The answer with its version and kind, where it is an object or a list of the
/// API that names none.
pub(super) fn complete(path: &str, mut answer: Value) -> Value {
    // Discovery.
    for (field, kind) in [("resources", "APIResourceList"), ("groups", "APIGroupList")] {
        if answer.get(field).is_some() && answer.get("kind").is_none() {
            answer["kind"] = kind.into();
        }
    }
    let is_list = answer.get("items").is_some();
    let is_object = answer.get("metadata").is_some();
    let Some((api_version, kind)) = kind_at(path).filter(|_| is_list || is_object) else {
        return answer;
    };
    let kind = if is_list { format!("{kind}List") } else { kind };
    let Some(head) = answer.as_object_mut() else {
        return answer;
    };
    for (key, text) in [("apiVersion", api_version), ("kind", kind)] {
        head.entry(key).or_insert_with(|| text.into());
    }
    if is_list {
        head.entry("metadata").or_insert_with(|| Map::new().into());
    }
    answer
}

/// The version and kind of what a path names.
fn kind_at(path: &str) -> Option<(String, String)> {
    let path = path.split('?').next()?;
    let mut parts = path.trim_start_matches('/').split('/');
    let api_version = match parts.next()? {
        "api" => parts.next()?.to_owned(),
        "apis" => format!("{}/{}", parts.next()?, parts.next()?),
        _ => return None,
    };
    let mut rest: Vec<&str> = parts.collect();
    if rest.first() == Some(&"namespaces") && rest.len() > 2 {
        rest.drain(..2);
    }
    let plural = *rest.first()?;
    let built_in = kinds::by_type(plural).map(|kind| kind.kind.to_owned());
    let made_up = || {
        let singular = plural.strip_suffix('s').unwrap_or(plural);
        let (first, others) = singular.split_at(1);
        first.to_uppercase() + others
    };
    Some((api_version, built_in.unwrap_or_else(made_up)))
}
