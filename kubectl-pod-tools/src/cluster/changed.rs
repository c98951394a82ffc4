//! Checks of the response to a write: it must confirm the change of the right object.

use serde_json::Value;

use super::mapping::Resource;
use super::shape::{Expected, Name, check_object, is_transient, name};

/// Checks that a response is the stored object: with a uid, which distinguishes it from other
/// objects of its name.
///
/// # Errors
/// A message about a response of another shape.
pub(super) fn check_stored(
    answer: &Value,
    expected: &Expected<'_>,
    is_dry_run: bool,
) -> Result<(), String> {
    check_object(answer, expected)?;
    let Resource { kind, .. } = expected.resource;
    // A server of another program's may do without.
    let is_built_in = Resource::built_in(&expected.resource.api_version(), kind).is_some();
    if is_dry_run || !is_built_in || is_transient(kind) || !uid(answer).is_empty() {
        return Ok(());
    }
    Err(format!("the {kind} \"{}\" has no uid", name(answer)))
}

/// Returns the object with the namespace of the request if the response has none.
pub(super) fn placed(mut answer: Value, expected: &Expected<'_>) -> Value {
    let metadata = answer.get_mut("metadata").and_then(Value::as_object_mut);
    if let Some(metadata) = metadata.filter(|_| expected.resource.namespaced) {
        let namespace = metadata.entry("namespace").or_insert(Value::Null);
        if namespace.as_str().unwrap_or("").is_empty() {
            *namespace = expected.namespace.into();
        }
    }
    answer
}

/// Checks that a response confirms a deletion: the last state of the object, or a Status whose
/// details, if any, name the object (k8s.io/apiserver/pkg/registry/generic/registry,
/// `finalizeDelete`).
///
/// # Errors
/// A message about a response of another shape, or about another object.
pub(super) fn check_deleted(
    answer: &Value,
    expected: &Expected<'_>,
    expected_uid: Option<&str>,
) -> Result<(), String> {
    let text = |pointer| answer.pointer(pointer).and_then(Value::as_str);
    let (kind, Name::Is(wanted) | Name::Generated(wanted)) =
        (&expected.resource.kind, expected.name);
    let is_status = text("/kind") == Some("Status") && text("/status") == Some("Success");
    let found = if is_status {
        let found = text("/details/name").unwrap_or("");
        if !found.is_empty() && found != wanted {
            return Err(format!(
                "expected the deletion of the {kind} \"{wanted}\", found that of \"{found}\""
            ));
        }
        text("/details/uid").unwrap_or("")
    } else {
        check_object(answer, expected)?;
        uid(answer)
    };
    match expected_uid {
        Some(uid) if !uid.is_empty() && !found.is_empty() && uid != found => Err(format!(
            "expected the deletion of the {kind} \"{wanted}\", found that of another of its name"
        )),
        _ => Ok(()),
    }
}

fn uid(object: &Value) -> &str {
    let uid = object.pointer("/metadata/uid").and_then(Value::as_str);
    uid.unwrap_or("")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn with<T>(check: impl FnOnce(&Expected<'_>) -> T) -> T {
        let pods = Resource::built_in("v1", "Pod").unwrap();
        check(&Expected {
            resource: &pods,
            namespace: "n",
            name: Name::Is("a"),
        })
    }

    fn pod(uid: &str) -> Value {
        json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a", "uid": uid}})
    }

    #[test]
    fn deletion_is_confirmed_by_a_status_or_the_object() {
        let status =
            |details: Value| json!({"kind": "Status", "status": "Success", "details": details});
        let checked = |answer: &Value| with(|expected| check_deleted(answer, expected, Some("u")));
        for good in [
            pod(""),
            pod("u"),
            json!({"kind": "Status", "status": "Success"}),
            status(json!({"name": "a", "kind": "pods", "uid": "u"})),
        ] {
            assert_eq!(checked(&good), Ok(()), "{good}");
        }
        for bad in [
            json!({}),
            json!(null),
            json!({"kind": "Status", "status": "Failure"}),
            json!({"kind": "Status"}),
            pod("v"),
            status(json!({"name": "b"})),
            status(json!({"name": "a", "uid": "v"})),
        ] {
            assert!(checked(&bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn stored_object_has_a_uid_and_the_requested_namespace() {
        let checked = |answer: &Value, dry| with(|expected| check_stored(answer, expected, dry));
        assert_eq!(checked(&pod("u"), false), Ok(()));
        assert_eq!(checked(&pod(""), true), Ok(()));
        assert_eq!(
            checked(&pod(""), false),
            Err("the Pod \"a\" has no uid".to_owned())
        );
        let placed = with(|expected| placed(pod("u"), expected));
        assert_eq!(placed.pointer("/metadata/namespace"), Some(&json!("n")));
    }
}
