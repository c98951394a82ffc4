//! Accessors for the fields of objects as the API server sends them: JSON of any kind.

use serde_json::Value;

/// Returns the text of a field; empty if there is none.
pub fn text<'a>(value: &'a Value, key: &str) -> &'a str {
    value.get(key).and_then(Value::as_str).unwrap_or("")
}

/// Returns the value at a JSON pointer. `Value::pointer` copies each name twice to undo its
/// escapes, which few names have, and many fields of thousands of Pods are read.
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

/// Returns the text at a JSON pointer; empty if there is none.
pub fn text_at<'a>(value: &'a Value, pointer: &str) -> &'a str {
    at(value, pointer).and_then(Value::as_str).unwrap_or("")
}

/// Returns the number at a JSON pointer.
pub fn number_at(value: &Value, pointer: &str) -> Option<i64> {
    at(value, pointer).and_then(Value::as_i64)
}

/// Returns the count at a JSON pointer. The API's counts are int32 and not negative.
///
/// # Errors
/// There is a value that is not a count.
pub fn count_at(value: &Value, pointer: &str) -> Result<Option<i64>, NotACount> {
    match at(value, pointer) {
        None | Some(Value::Null) => Ok(None),
        Some(found) => {
            let count = found
                .as_i64()
                .filter(|n| (0..=i64::from(i32::MAX)).contains(n));
            count.map(Some).ok_or(NotACount)
        }
    }
}

/// A value is not a count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotACount;

/// Returns the items of the list at a JSON pointer.
pub fn items_at<'a>(value: &'a Value, pointer: &str) -> impl Iterator<Item = &'a Value> {
    let items = at(value, pointer).and_then(Value::as_array);
    items.into_iter().flatten()
}

/// Returns the condition of this type in the status of an object, whatever its status.
pub fn condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    items_at(object, "/status/conditions").find(|c| text(c, "type") == kind)
}

/// Returns the condition of this type if its status is True.
pub fn true_condition<'a>(object: &'a Value, kind: &str) -> Option<&'a Value> {
    condition(object, kind).filter(|c| text(c, "status") == "True")
}

/// Returns the statuses of a Pod's init containers and containers, in the order in which
/// they start.
pub fn container_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    ["/status/initContainerStatuses", "/status/containerStatuses"]
        .into_iter()
        .flat_map(|pointer| items_at(pod, pointer))
}

/// Returns whether an init container is a sidecar.
pub fn is_sidecar(container: &Value) -> bool {
    text(container, "restartPolicy") == "Always"
}

/// Returns the statuses of a Pod's sidecars.
pub fn sidecar_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    items_at(pod, "/status/initContainerStatuses").filter(|status| {
        let name = text(status, "name");
        items_at(pod, "/spec/initContainers").any(|c| is_sidecar(c) && text(c, "name") == name)
    })
}

/// Returns the statuses of the containers that decide how a Pod ends, then those of the
/// init containers that have to end before.
pub fn deciding_statuses(pod: &Value) -> impl Iterator<Item = &Value> {
    let containers = items_at(pod, "/status/containerStatuses");
    let init = items_at(pod, "/status/initContainerStatuses");
    containers.chain(init.filter(|status| !sidecar_statuses(pod).any(|other| other == *status)))
}

/// Returns whether a terminated container was removed by the kubelet, which restarts all
/// containers of its Pod: it has not failed, and its exit code is none of its own
/// (pkg/kubelet/kubelet_pods.go, `RestartingAllContainers`, on by default since 1.36).
pub fn removed_to_restart(terminated: &Value) -> bool {
    text(terminated, "reason") == "RestartingAllContainers"
}

/// Returns whether a Pod has succeeded or failed.
pub fn pod_ended(pod: &Value) -> bool {
    matches!(text_at(pod, "/status/phase"), "Succeeded" | "Failed")
}

/// Returns whether a Pod has neither ended nor been asked to terminate.
pub fn pod_is_alive(pod: &Value) -> bool {
    !pod_ended(pod) && text_at(pod, "/metadata/deletionTimestamp").is_empty()
}

/// Returns whether a Pod is meant to end on its own.
pub fn pod_runs_to_completion(pod: &Value) -> bool {
    matches!(text_at(pod, "/spec/restartPolicy"), "Never" | "OnFailure")
}

/// Returns ` -n NAMESPACE`, for a command about an object; empty if it has no namespace.
pub(super) fn namespace_flag(object: &Value) -> String {
    match text_at(object, "/metadata/namespace") {
        "" => String::new(),
        namespace => format!(" -n {namespace}"),
    }
}

/// Returns whether the end of an object, if it has ended, is the effect of its deletion: it had not
/// ended when the deletion was requested. A Pod that had ended gets no grace period
/// (pkg/registry/core/pod/strategy.go, `CheckGracefulDelete`).
pub fn ends_by_deletion(object: &Value, ended: bool) -> bool {
    let deleted = !text_at(object, "/metadata/deletionTimestamp").is_empty();
    let grace = number_at(object, "/metadata/deletionGracePeriodSeconds").unwrap_or(0);
    deleted && (!ended || grace > 0)
}

/// Returns the owner that controls an object. Any other owner only keeps the garbage
/// collector away
/// (k8s.io/apimachinery/pkg/apis/meta/v1, `GetControllerOf`).
pub fn controller(object: &Value) -> Option<&Value> {
    let mut owners = items_at(object, "/metadata/ownerReferences");
    owners.find(|owner| owner.get("controller") == Some(&Value::Bool(true)))
}

/// Returns the name of an object.
pub fn name(object: &Value) -> &str {
    text_at(object, "/metadata/name")
}

/// Returns the uid of an object.
pub fn uid(object: &Value) -> &str {
    text_at(object, "/metadata/uid")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_pointer_leads_to_the_value_of_the_json_pointer() {
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
