//! Reading objects as the API server sends them: plain JSON, of any kind.

use serde_json::Value;

/// The text of a field; empty when there is none.
pub(super) fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// What stands at a JSON pointer. `Value::pointer` copies each name twice to undo its
/// escapes, which few names have, and thousands of Pods are looked at by many fields.
fn at<'a>(value: &'a Value, pointer: &str) -> Option<&'a Value> {
    if pointer.contains('~') {
        return value.pointer(pointer);
    }
    let mut names = pointer.split('/').skip(1);
    names.try_fold(value, |value, name| match value {
        Value::Object(fields) => fields.get(name),
        Value::Array(items) => items.get(name.parse::<usize>().ok()?),
        _ => None,
    })
}

/// The text at a JSON pointer; empty when there is none.
pub(super) fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer).and_then(Value::as_str).unwrap_or("")
}

/// The number at a JSON pointer.
pub(super) fn number_at(value: &Value, pointer: &str) -> Option<i64> {
    at(value, pointer).and_then(Value::as_i64)
}

/// A count at a JSON pointer; an `Err` where there is something that is none. The
/// API's counts are int32 and not negative.
pub(super) fn count_at(value: &Value, pointer: &str) -> Result<Option<i64>, NoCount> {
    match at(value, pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => {
            let count = found
                .as_i64()
                .filter(|n| (0..=i64::from(i32::MAX)).contains(n));
            count.map(Some).ok_or(NoCount)
        }
    }
}

/// Something stands where a count should.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoCount;

/// The items of a list at a JSON pointer.
pub(super) fn items_at<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    let items = at(value, pointer).and_then(Value::as_array);
    items.into_iter().flatten()
}

/// A condition of the object's status, whatever it says.
pub(super) fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    items_at(object, "/status/conditions").find(|c| text(c, "type") == kind)
}

/// A condition that is True.
pub(super) fn true_condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    condition(object, kind).filter(|c| text(c, "status") == "True")
}

/// The statuses of a Pod's init containers and containers, in the order in
/// which they start.
pub(super) fn container_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    ["/status/initContainerStatuses", "/status/containerStatuses"]
        .into_iter()
        .flat_map(|pointer| items_at(pod, pointer))
}

/// Whether an init container stays beside the others: a sidecar.
pub(super) fn is_sidecar(container: &Value) -> bool {
    text(container, "restartPolicy") == "Always"
}

/// The statuses of a Pod's sidecars.
pub(super) fn sidecar_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    items_at(pod, "/status/initContainerStatuses").filter(|status| {
        let name = text(status, "name");
        items_at(pod, "/spec/initContainers").any(|c| is_sidecar(c) && text(c, "name") == name)
    })
}

/// The statuses of the containers that decide how a Pod ends, and of those that
/// have to end before them; the former first.
pub(super) fn deciding_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    let containers = items_at(pod, "/status/containerStatuses");
    let init = items_at(pod, "/status/initContainerStatuses");
    containers.chain(init.filter(|status| !sidecar_statuses(pod).any(|other| other == *status)))
}

/// Whether a Pod has come to its end.
pub(super) fn pod_ended(pod: &Value) -> bool {
    matches!(text_at(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// Whether a Pod has neither come to its end nor been told to stop.
pub(super) fn pod_is_alive(pod: &Value) -> bool {
    !pod_ended(pod) && text_at(pod, "/metadata/deletionTimestamp").is_empty()
}

/// Whether a Pod is meant to end by itself.
pub(super) fn pod_is_to_end(pod: &Value) -> bool {
    matches!(text_at(pod, "/spec/restartPolicy"), "Never" | "OnFailure")
}

/// The kind of an object; empty for a kind of a CustomResourceDefinition, which
/// may be called as a built-in one is. Its group has a dot, and those of the
/// kinds that are looked at here have none.
pub(super) fn kind(object: &Value) -> &str {
    let group = text(object, "apiVersion").rsplit_once('/');
    if group.is_some_and(|(group, _)| group.contains('.')) {
        return "";
    }
    text(object, "kind")
}

/// Whether its end, if it has one, is the doing of whoever deletes it: it was
/// not there yet when the deletion was asked for. Then no pod gets a grace
/// period any more that has ended
/// (pkg/registry/core/pod/strategy.go, `CheckGracefulDelete`).
pub(super) fn is_killed(object: &Value, ended: bool) -> bool {
    let deleted = !text_at(object, "/metadata/deletionTimestamp").is_empty();
    let grace = number_at(object, "/metadata/deletionGracePeriodSeconds").unwrap_or(0);
    deleted && (!ended || grace > 0)
}

/// The owner of an object that controls it. Any other owner only keeps the
/// garbage collector away
/// (k8s.io/apimachinery/pkg/apis/meta/v1, `GetControllerOf`).
pub(super) fn controller(object: &Value) -> Option<&Value> {
    let mut owners = items_at(object, "/metadata/ownerReferences");
    owners.find(|owner| owner.get("controller") == Some(&Value::Bool(true)))
}

/// The name of an object.
pub(super) fn name(object: &Value) -> &str {
    text_at(object, "/metadata/name")
}

/// The uid of an object.
pub(super) fn uid(object: &Value) -> &str {
    text_at(object, "/metadata/uid")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_leads_where_json_pointers_lead() {
        let pod = json!({
            "metadata": {"name": "a", "labels": {"kueue.x-k8s.io/queue-name": "q", "a~b": "c", "": "d"}},
            "spec": {"containers": [{"name": "one"}, {"name": "two", "n": 2}]},
        });
        for (pointer, found) in [
            ("/metadata/name", Some(json!("a"))),
            (
                "/metadata/labels/kueue.x-k8s.io~1queue-name",
                Some(json!("q")),
            ),
            ("/metadata/labels/a~0b", Some(json!("c"))),
            ("/metadata/labels/", Some(json!("d"))),
            ("/spec/containers/1/name", Some(json!("two"))),
            ("/spec/containers/1/n", Some(json!(2))),
            ("/spec/containers/2/name", None),
            ("/spec/containers/x/name", None),
            ("/metadata/name/x", None),
            ("/status/phase", None),
            ("", Some(pod.clone())),
        ] {
            assert_eq!(at(&pod, pointer), found.as_ref(), "{pointer}");
            assert_eq!(pod.pointer(pointer), found.as_ref(), "{pointer}");
        }
    }
}
