//! Whether what a collection brings can be what was asked for. Nothing is concluded
//! from what a server makes up.

use std::collections::BTreeSet;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::{LabelSelector, LabelSelectorRequirement};
use serde_json::Value;

use super::keep::Keep;
use super::source::Source;
use crate::cluster::WatchEvent;
use crate::generate::read_label_selector;
use crate::wait::fields::{name, text_at, uid};
use crate::wait::subject::built_in_kind;

/// Checks an object that is there.
///
/// # Errors
/// Why it is not what was asked for, in words.
pub(super) fn there(source: &Source, object: &Value) -> Result<(), String> {
    has_uid(source, object)?;
    // Where the selection is applied here, the others are not its own.
    if source.to_delete && source.all.is_none() && !fits(source, object) {
        let (kind, name) = (&source.resource.kind, name(object));
        return Err(format!("the {kind} \"{name}\" does not fit the selector"));
    }
    Ok(())
}

/// Checks that an object has a uid. The server gives one to all that it stores; what
/// another program serves may do without.
///
/// # Errors
/// It has none, in words.
pub(super) fn has_uid(source: &Source, object: &Value) -> Result<(), String> {
    let is_stored = !matches!(built_in_kind(&source.resource), "" | "ComponentStatus");
    if source.keep == Keep::Event || !is_stored || !uid(object).is_empty() {
        return Ok(());
    }
    let (kind, name) = (&source.resource.kind, name(object));
    Err(format!("the {kind} \"{name}\" has no uid"))
}

/// Checks what a watch brings. What is gone need not fit any more.
///
/// # Errors
/// Why it is not what was asked for, in words.
pub(super) fn event(source: &Source, event: &WatchEvent) -> Result<(), String> {
    match event {
        WatchEvent::Applied(object) => there(source, object),
        WatchEvent::Deleted(object) => has_uid(source, object),
        WatchEvent::Bookmark(_) => Ok(()),
    }
}

/// Checks that a list has nothing twice: of one name there is one object at a time.
///
/// # Errors
/// It has something twice, in words.
pub(super) fn once_each(source: &Source, objects: &[Value]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let place = |object| (text_at(object, "/metadata/namespace"), name(object));
    // Events are no targets; there are many of them.
    let is_counted = source.keep != Keep::Event;
    match objects
        .iter()
        .find(|object| is_counted && !seen.insert(place(object)))
    {
        Some(twice) => {
            let (kind, name) = (&source.resource.kind, name(twice));
            Err(format!("the list has the {kind} \"{name}\" twice"))
        }
        None => Ok(()),
    }
}

/// Whether an object fits the selectors of a source, as far as they can be read.
fn fits(source: &Source, object: &Value) -> bool {
    let labels = source
        .selection
        .labels
        .as_deref()
        .and_then(read_label_selector);
    let fields = source.selection.fields.as_deref().unwrap_or("");
    labels.is_none_or(|selector| fits_labels(&selector, object))
        && fields.split(',').all(|term| fits_field(term, object))
}

/// Whether an object's labels fit, as k8s.io/apimachinery/pkg/labels has it
/// (`Requirement.Matches`).
pub fn fits_labels(selector: &LabelSelector, object: &Value) -> bool {
    let label = |key: &str| object.get("metadata")?.get("labels")?.get(key)?.as_str();
    let expression = |required: &LabelSelectorRequirement| {
        let found = label(&required.key);
        let values = required.values.iter().flatten();
        let is_listed = found.is_some_and(|found| values.into_iter().any(|value| value == found));
        match required.operator.as_str() {
            "In" => is_listed,
            "NotIn" => !is_listed,
            "Exists" => found.is_some(),
            _ => found.is_none(),
        }
    };
    let mut equal = selector.match_labels.iter().flatten();
    let mut expressions = selector.match_expressions.iter().flatten();
    equal.all(|(key, value)| label(key) == Some(value.as_str())) && expressions.all(expression)
}

/// One term of a field selector; of any but the fields that every object has nobody
/// but the server knows.
fn fits_field(term: &str, object: &Value) -> bool {
    let Some((field, value)) = term.split_once('=') else {
        return true;
    };
    let (field, is_equal) = match field.strip_suffix('!') {
        Some(field) => (field, false),
        None => (field, true),
    };
    let value = value.trim_start_matches('=');
    let found = match field.trim() {
        "metadata.name" => name(object),
        "metadata.namespace" => text_at(object, "/metadata/namespace"),
        _ => return true,
    };
    // A server that knows one namespace only may leave it out.
    found.is_empty() || (found == value.trim()) == is_equal
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_object_fits_its_selectors_as_the_server_has_them() {
        let object =
            json!({"metadata": {"name": "a", "namespace": "n", "labels": {"x": "y", "z": ""}}});
        for (selector, expected) in [
            ("x=y", true),
            ("x==y,z=", true),
            ("x=z", false),
            ("w=", false),
            ("x!=y", false),
            ("w!=y", true),
            ("x in (a,y)", true),
            ("x in (a,b)", false),
            ("w in (a)", false),
            ("x notin (y)", false),
            ("w notin (y)", true),
            ("z", true),
            ("w", false),
            ("!w", true),
            ("!x", false),
        ] {
            let read = read_label_selector(selector).unwrap();
            assert_eq!(fits_labels(&read, &object), expected, "{selector}");
        }
        for (term, expected) in [
            ("", true),
            ("metadata.name=a", true),
            ("metadata.name==b", false),
            ("metadata.name!=a", false),
            ("metadata.namespace=n", true),
            ("metadata.namespace=m", false),
            ("status.phase=Running", true),
        ] {
            assert_eq!(fits_field(term, &object), expected, "{term}");
        }
    }

    /// A server that forgets the selector would have others deleted.
    #[test]
    fn what_is_to_be_deleted_has_to_fit_what_was_asked_for() {
        let source = |to_delete, all, labels: &str, fields: &str| Source {
            stream: 0,
            all,
            resource: crate::cluster::Resource::built_in("v1", "Pod").unwrap(),
            namespace: "n".to_owned(),
            selection: crate::cluster::Selection {
                labels: (!labels.is_empty()).then(|| labels.to_owned()),
                fields: (!fields.is_empty()).then(|| fields.to_owned()),
            },
            names: Vec::new(),
            keep: Keep::All,
            mode: crate::wait::watch::Mode::Once,
            optional: false,
            to_delete,
        };
        let pod =
            json!({"metadata": {"name": "a", "namespace": "n", "uid": "u", "labels": {"x": "y"}}});
        for (source, fits) in [
            (source(true, None, "x=y", ""), true),
            (source(true, None, "x=z", ""), false),
            (source(true, None, "", "metadata.name=a"), true),
            (source(true, None, "", "metadata.name=b"), false),
            (source(true, None, "x=y", "metadata.name=b"), false),
            (source(true, None, "x=z", "metadata.name=a"), false),
            (source(true, None, "", ""), true),
            // Nothing is deleted, or the selection is applied here.
            (source(false, None, "x=z", ""), true),
            (source(true, Some(1), "x=z", ""), true),
        ] {
            let there = there(&source, &pod);
            assert_eq!(there.is_ok(), fits, "{:?} {there:?}", source.selection);
            assert_eq!(has_uid(&source, &pod), Ok(()));
        }
    }
}
