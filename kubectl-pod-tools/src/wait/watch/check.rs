//! Checks that the objects of a collection are those that were asked for, so that nothing is
//! concluded from a wrong answer.

use std::collections::BTreeSet;

use serde_json::Value;

use super::filter::Filter;
use super::keep::Keep;
use super::source::Source;
use crate::cluster::WatchEvent;
use pod_model::status::fields::{name, text_at, uid};

/// Checks an object that exists.
///
/// # Errors
/// The message: the object was not asked for.
pub(super) fn check_object(source: &Source, filter: &Filter, object: &Value) -> Result<(), String> {
    check_uid(source, object)?;
    // A shared collection has objects of other selections, too.
    if source.to_delete && source.all.is_none() && !filter.fits(object) {
        let (kind, name) = (&source.resource.kind, name(object));
        return Err(format!("the {kind} \"{name}\" does not match the selector"));
    }
    Ok(())
}

/// Checks that an object has a uid. The server sets one for every stored object; other programs may
/// serve objects without.
///
/// # Errors
/// The message: the object has no uid.
pub(super) fn check_uid(source: &Source, object: &Value) -> Result<(), String> {
    let resource = &source.resource;
    let is_stored = resource.is_built_in() && resource.kind != "ComponentStatus";
    if source.keep == Keep::Event || !is_stored || !uid(object).is_empty() {
        return Ok(());
    }
    let (kind, name) = (&source.resource.kind, name(object));
    Err(format!("the {kind} \"{name}\" has no uid"))
}

/// Checks an event of a watch. A deleted object need not match any more.
///
/// # Errors
/// The message: the object was not asked for.
pub(super) fn check_event(
    source: &Source,
    filter: &Filter,
    event: &WatchEvent,
) -> Result<(), String> {
    match event {
        WatchEvent::Applied(object) => check_object(source, filter, object),
        WatchEvent::Deleted(object) => check_uid(source, object),
        WatchEvent::Bookmark(_) => Ok(()),
    }
}

/// Checks that a list has no duplicates: names are unique at any time.
///
/// # Errors
/// The message: the list has an object twice.
pub(super) fn check_unique(source: &Source, objects: &[Value]) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let place = |object| (text_at(object, "/metadata/namespace"), name(object));
    // Events are not targets, and there are many of them.
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

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::{Resource, Selection};
    use crate::wait::watch::Mode;

    /// A server that ignores the selector would have other objects deleted.
    #[test]
    fn objects_to_delete_have_to_match_the_selector() {
        let source = |to_delete, all, labels: &str, fields: &str| Source {
            stream: 0,
            all,
            resource: Resource::built_in("v1", "Pod").unwrap(),
            namespace: "n".to_owned(),
            selection: Selection {
                labels: (!labels.is_empty()).then(|| labels.to_owned()),
                fields: (!fields.is_empty()).then(|| fields.to_owned()),
            },
            names: Vec::new(),
            keep: Keep::All,
            mode: Mode::Once,
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
            let filter = Filter::of(&source.selection);
            let there = check_object(&source, &filter, &pod);
            assert_eq!(there.is_ok(), fits, "{:?} {there:?}", source.selection);
            assert_eq!(check_uid(&source, &pod), Ok(()));
        }
    }
}
