//! Checks that a response is of the requested shape: a proxy, a login page or a broken server
//! may answer 200 with anything.

use serde_json::{Map, Value};

use super::mapping::Resource;

/// Letters of a generated name that come from `generateName`
/// (k8s.io/apiserver/pkg/storage/names, `maxGeneratedNameLength`).
const GENERATED: usize = 58;

/// The object that a response must be.
#[derive(Clone, Copy, Debug)]
pub(super) struct Expected<'a> {
    pub resource: &'a Resource,
    /// Namespace; ignored for cluster-scoped objects.
    pub namespace: &'a str,
    pub name: Name<'a>,
}

/// Name that a response must have.
#[derive(Clone, Copy, Debug)]
pub(super) enum Name<'a> {
    /// This name.
    Is(&'a str),
    /// A name with this prefix.
    Generated(&'a str),
}

/// Checks that a response is the requested object.
///
/// # Errors
/// A message about a response of another shape.
pub(super) fn check_object(answer: &Value, expected: &Expected<'_>) -> Result<(), String> {
    let resource = expected.resource;
    let object = as_object(answer)?;
    check_texts(answer)?;
    check_kind(object, &resource.api_version(), |kind| {
        kind == resource.kind
    })
    .map_err(|found| format!("expected a {}, found {found}", resource.kind))?;
    let found = name(answer);
    let fits = match expected.name {
        Name::Is(name) => found == name,
        Name::Generated(prefix) => {
            let kept = prefix
                .char_indices()
                .nth(GENERATED)
                .map_or(prefix.len(), |(at, _)| at);
            !found.is_empty() && found.starts_with(prefix.get(..kept).unwrap_or(prefix))
        }
    };
    // What is never stored has no name of its own.
    let is_fine = fits || found.is_empty() && is_transient(&resource.kind);
    if !is_fine {
        let (Name::Is(wanted) | Name::Generated(wanted)) = expected.name;
        let kind = &resource.kind;
        return Err(match found {
            "" => format!("expected the {kind} \"{wanted}\", found one without a name"),
            found => format!("expected the {kind} \"{wanted}\", found \"{found}\""),
        });
    }
    check_namespace(answer, resource, expected.namespace)
}

/// Checks that a response is a list of a resource's objects; the items are not checked.
///
/// # Errors
/// A message about a response of another shape.
pub(super) fn check_list(answer: &Value, resource: &Resource) -> Result<(), String> {
    let list = as_object(answer)?;
    // A CustomResourceDefinition may name the kind of its lists (`listKind`).
    let is_built_in = Resource::built_in(&resource.api_version(), &resource.kind).is_some();
    let fits = |kind: &str| match kind.strip_suffix("List") {
        Some(kind) => !is_built_in || kind == resource.kind,
        None => false,
    };
    check_kind(list, &resource.api_version(), fits)
        .map_err(|found| format!("expected a list of {}, found {found}", resource.qualified()))?;
    if !list.get("metadata").is_some_and(Value::is_object) {
        return Err("the list has no metadata".to_owned());
    }
    match list.get("items") {
        // Go's nil: an aggregated API server may write it.
        Some(Value::Array(_) | Value::Null) => Ok(()),
        Some(other) => Err(format!("the list's items are {}", what_is(other))),
        None => Err("the list has no items".to_owned()),
    }
}

/// Checks an item of a list, and that it has the name `only` if the list selects by name.
///
/// # Errors
/// A message about an item of another shape.
pub(super) fn check_listed(
    item: &Value,
    resource: &Resource,
    namespace: &str,
    only: Option<&str>,
) -> Result<(), String> {
    check_item(item, resource, namespace)?;
    match only.filter(|only| name(item) != *only) {
        Some(only) => {
            let (kind, found) = (&resource.kind, name(item));
            Err(format!("expected the {kind} \"{only}\", found \"{found}\""))
        }
        None => Ok(()),
    }
}

/// Checks that a value of a list or watch is an object of a resource.
///
/// # Errors
/// A message about a value of another shape.
pub(super) fn check_item(item: &Value, resource: &Resource, namespace: &str) -> Result<(), String> {
    let object = as_object(item)?;
    check_texts(item)?;
    // The items of a list need not say what they are.
    let own = [
        ("kind", &resource.kind),
        ("apiVersion", &resource.api_version()),
    ];
    for (key, own) in own {
        if let Some(other) = object.get(key).filter(|said| *said != own) {
            let found = other.as_str().unwrap_or(what_is(other));
            return Err(format!("expected a {}, found {found}", resource.kind));
        }
    }
    if name(item).is_empty() {
        return Err(format!("a {} has no name", resource.kind));
    }
    check_namespace(item, resource, namespace)
}

fn as_object(answer: &Value) -> Result<&Map<String, Value>, String> {
    answer
        .as_object()
        .ok_or_else(|| format!("expected an object, found {}", what_is(answer)))
}

fn check_kind(
    object: &Map<String, Value>,
    api_version: &str,
    fits: impl Fn(&str) -> bool,
) -> Result<(), String> {
    let text = |key: &str| object.get(key).and_then(Value::as_str).unwrap_or("");
    let (version, kind) = (text("apiVersion"), text("kind"));
    if kind.is_empty() {
        Err("an object without a kind".to_owned())
    } else if version == api_version && fits(kind) {
        Ok(())
    } else {
        Err(format!("a {kind} of \"{version}\""))
    }
}

/// Checks that the fields that identify an object are strings.
fn check_texts(object: &Value) -> Result<(), String> {
    let Some(metadata) = object.get("metadata") else {
        return Ok(());
    };
    for key in ["name", "namespace", "uid", "resourceVersion"] {
        match metadata.get(key) {
            None | Some(Value::Null | Value::String(_)) => {}
            Some(other) => return Err(format!("metadata.{key} is {}", what_is(other))),
        }
    }
    Ok(())
}

fn check_namespace(object: &Value, resource: &Resource, expected: &str) -> Result<(), String> {
    let found = object
        .pointer("/metadata/namespace")
        .and_then(Value::as_str);
    let found = found.unwrap_or("");
    // A server that knows one namespace only may leave it out.
    if !resource.namespaced || found.is_empty() || expected.is_empty() || found == expected {
        return Ok(());
    }
    Err(format!(
        "expected namespace \"{expected}\", found \"{found}\""
    ))
}

pub(super) fn name(object: &Value) -> &str {
    let name = object.pointer("/metadata/name").and_then(Value::as_str);
    name.unwrap_or("")
}

/// Kinds of reviews, which the server answers without storing them.
pub(super) fn is_transient(kind: &str) -> bool {
    kind.ends_with("Review") || kind == "Binding"
}

/// Describes a value without its content.
fn what_is(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn expected(name: Name<'_>) -> Result<(Resource, Name<'_>), String> {
        let pods = Resource::built_in("v1", "Pod").ok_or("no Pods")?;
        Ok((pods, name))
    }

    fn object(answer: &Value, name: Name<'_>) -> Result<(), String> {
        let (resource, name) = expected(name)?;
        let expected = Expected {
            resource: &resource,
            namespace: "n",
            name,
        };
        check_object(answer, &expected)
    }

    #[test]
    fn an_object_is_the_one_that_was_asked_for() {
        let pod = |name: &str, namespace: &str| json!({"apiVersion": "v1", "kind": "Pod", "metadata": {"name": name, "namespace": namespace}});
        let a = Name::Is("a");
        assert_eq!(object(&pod("a", "n"), a), Ok(()));
        assert_eq!(object(&pod("a", ""), a), Ok(()));
        assert_eq!(object(&pod("a-1b2c3", "n"), Name::Generated("a-")), Ok(()));
        let long = "x".repeat(80);
        let cut = format!("{}abcde", "x".repeat(58));
        assert_eq!(object(&pod(&cut, "n"), Name::Generated(&long)), Ok(()));
        for (answer, name, why) in [
            (
                json!({}),
                a,
                "expected a Pod, found an object without a kind",
            ),
            (json!([]), a, "expected an object, found an array"),
            (json!("x"), a, "expected an object, found a string"),
            (json!(null), a, "expected an object, found null"),
            (pod("b", "n"), a, "expected the Pod \"a\", found \"b\""),
            (
                pod("", "n"),
                a,
                "expected the Pod \"a\", found one without a name",
            ),
            (
                pod("b-1", "n"),
                Name::Generated("a-"),
                "expected the Pod \"a-\", found \"b-1\"",
            ),
            (pod("a", "m"), a, "expected namespace \"n\", found \"m\""),
            (
                json!({"kind": "Pod"}),
                a,
                "expected a Pod, found a Pod of \"\"",
            ),
            (
                json!({"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}}),
                a,
                "expected a Pod, found a Secret of \"v1\"",
            ),
        ] {
            assert_eq!(object(&answer, name), Err(why.to_owned()), "{answer}");
        }
    }

    /// A list of Pods in the namespace `n`.
    fn list(answer: &Value, only: Option<&str>) -> Result<(), String> {
        let (pods, _) = expected(Name::Is(""))?;
        check_list(answer, &pods)?;
        let items = answer.get("items").and_then(Value::as_array);
        let mut items = items.into_iter().flatten();
        items.try_for_each(|item| check_listed(item, &pods, "n", only))
    }

    #[test]
    fn reviews_need_no_name() {
        let resource = Resource {
            group: "authorization.k8s.io".to_owned(),
            version: "v1".to_owned(),
            kind: "SelfSubjectAccessReview".to_owned(),
            plural: "selfsubjectaccessreviews".to_owned(),
            namespaced: false,
        };
        let expected = Expected {
            resource: &resource,
            namespace: "",
            name: Name::Generated(""),
        };
        let answer = json!({"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "metadata": {}});
        assert_eq!(check_object(&answer, &expected), Ok(()));
    }

    #[test]
    fn an_empty_list_is_one_that_says_so() {
        let of = |items: Value| json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": items});
        for good in [json!([]), json!(null), json!([{"metadata": {"name": "a"}}])] {
            assert_eq!(list(&of(good.clone()), None), Ok(()), "{good}");
        }
        for (bad, why) in [
            (
                json!({}),
                "expected a list of pods, found an object without a kind",
            ),
            (
                json!({"items": []}),
                "expected a list of pods, found an object without a kind",
            ),
            (
                json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}}),
                "the list has no items",
            ),
            (
                json!({"apiVersion": "v1", "kind": "PodList", "items": []}),
                "the list has no metadata",
            ),
            (
                json!({"apiVersion": "v1", "kind": "Pod", "metadata": {}, "items": []}),
                "expected a list of pods, found a Pod of \"v1\"",
            ),
            (of(json!({})), "the list's items are an object"),
            (
                of(json!([{"metadata": {"name": "a", "uid": 5}}])),
                "metadata.uid is a number",
            ),
            (
                json!({"apiVersion": "v1", "kind": "SecretList", "metadata": {}, "items": []}),
                "expected a list of pods, found a SecretList of \"v1\"",
            ),
            (of(json!([5])), "expected an object, found a number"),
            (of(json!([{}])), "a Pod has no name"),
            (
                of(json!([{"kind": "Job", "metadata": {"name": "a"}}])),
                "expected a Pod, found Job",
            ),
            (
                of(json!([{"apiVersion": "x/v1", "kind": "Pod", "metadata": {"name": "a"}}])),
                "expected a Pod, found x/v1",
            ),
            (
                of(json!([{"metadata": {"name": "a", "namespace": "m"}}])),
                "expected namespace \"n\", found \"m\"",
            ),
        ] {
            assert_eq!(list(&bad, None), Err(why.to_owned()), "{bad}");
        }
    }

    #[test]
    fn a_list_of_one_name_holds_no_other() {
        let of = |names: &[&str]| {
            let items: Vec<Value> = names
                .iter()
                .map(|name| json!({"metadata": {"name": name}}))
                .collect();
            json!({"apiVersion": "v1", "kind": "PodList", "metadata": {}, "items": items})
        };
        for (names, good) in [
            (&[][..], true),
            (&["a"], true),
            (&["b"], false),
            (&["a", "b"], false),
        ] {
            let checked = list(&of(names), Some("a"));
            assert_eq!(checked.is_ok(), good, "{names:?}: {checked:?}");
        }
    }
}
