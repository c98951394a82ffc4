//! Findings for unknown fields.

use std::collections::HashSet;

use super::position::Position;
use crate::finding::Finding;
use crate::invisible;
use crate::nearest::nearest;
use crate::path::{FieldPath, Segment};
use crate::rules;
use crate::schema::{DefinitionId, Type};
use crate::tree::Entry;

/// Depth of the search for a misplaced field below an object: from a Deployment's `spec`
/// to the Pod's containers.
const LEVELS: usize = 3;

/// The finding for a key that is no field of `id`.
pub(super) fn unknown_field(at: &Position, id: DefinitionId, entry: &Entry) -> Finding {
    let (builtin, key) = (at.builtin, &*entry.key);
    let owner = builtin.short_name(id);
    let path = at.path();
    let location = Some(at.document.location(entry.key_span));
    let known = builtin
        .all_fields(id)
        .iter()
        .find(|field| field.name == key);
    if let Some(field) = known {
        let bound = if field.range.since > at.version.minor() {
            format!("added in 1.{}", field.range.since)
        } else {
            format!("removed after 1.{}", field.range.until)
        };
        let message = format!(
            "no field `{key}` in {owner} of Kubernetes {}: {bound}",
            at.version
        );
        return Finding::new(&rules::UNKNOWN_FIELD, path, message.clone())
            .at(location)
            .label(bound)
            .redacted(message);
    }
    let message = format!("unknown field `{key}` in {owner}");
    let is_name = at.document.certain_path(&path) == path;
    let redacted = if is_name {
        message.clone()
    } else {
        format!("unknown field in {owner}")
    };
    let finding = Finding::new(&rules::UNKNOWN_FIELD, path, message)
        .at(location)
        .label("unknown field")
        .redacted(redacted);
    let written = at.document.source().slice(entry.key_span);
    if matches!(key, "true" | "false") && written.len() <= 3 {
        return finding.help(format!(
            "in YAML 1.1 `{written}` is the boolean {key}; quote it: \"{written}\""
        ));
    }
    if let Some(c) = invisible::first_in(key) {
        let help = invisible::help(c, place_in_key(key, c));
        return finding.help(help.clone()).redacted_help(help);
    }
    match help(at, id, key) {
        Some(help) if is_name => finding.help(help.clone()).redacted_help(help),
        Some(help) => finding.help(help),
        None => finding,
    }
}

/// Returns the place of a character in a key. Apparent indentation may be part of the key.
pub(super) fn place_in_key(key: &str, c: char) -> &'static str {
    match invisible::in_indentation(key) {
        Some((_, first)) if first == c => "before it, as a part of the key",
        _ => "in it",
    }
}

fn help(at: &Position, id: DefinitionId, key: &str) -> Option<String> {
    let fields = || at.builtin.fields(id, at.version).map(|field| field.name);
    if let Some(name) = fields().find(|name| name.eq_ignore_ascii_case(key)) {
        return Some(format!("use `{name}`; names are case-sensitive"));
    }
    if let Some(place) = outside(at, key) {
        let place = match place.segments() {
            [] => "the object itself".to_owned(),
            _ => format!("`{place}`"),
        };
        return Some(format!("move `{key}` to {place} with less indentation"));
    }
    if let Some(place) = inside(at, id, key) {
        return Some(format!("move `{key}` into `{place}`"));
    }
    nearest(key, fields()).map(|name| format!("did you mean `{name}`?"))
}

/// The innermost object around this one that has the field.
fn outside(at: &Position, key: &str) -> Option<FieldPath> {
    let path = at.around(key)?;
    // A value of any object, such as its kind, was hardly meant for this one.
    let common = path == FieldPath::root() && matches!(key, "kind" | "apiVersion");
    (!common).then_some(path)
}

/// The nearest object inside of this one that has the field, a required one
/// before the others, as a path from this object with `[]` for list elements.
fn inside(at: &Position, id: DefinitionId, key: &str) -> Option<String> {
    // Names that nearly everything has lead nowhere.
    if matches!(key, "name" | "kind" | "value" | "key" | "type") {
        return None;
    }
    let builtin = at.builtin;
    let mut seen = HashSet::from([id]);
    let mut level = vec![(id, String::new())];
    for _ in 0..LEVELS {
        let mut next = Vec::new();
        for (id, path) in &level {
            for field in builtin.fields(*id, at.version) {
                let (inner, brackets) = match field.kind {
                    Type::List(inner) => (builtin.inner(inner), "[]"),
                    kind => (kind, ""),
                };
                // What the server writes is not where it was meant.
                if let Type::Object(inner) = inner
                    && !matches!(field.name, "status" | "metadata")
                    && seen.insert(inner)
                {
                    let dot = if path.is_empty() { "" } else { "." };
                    let path = format!("{path}{dot}{}{brackets}", field.name);
                    next.push((!field.required, inner, path));
                }
            }
        }
        next.sort_by_key(|(optional, ..)| *optional);
        let holds = |id| builtin.field(id, key, at.version).is_some();
        if let Some((.., path)) = next.iter().find(|(_, id, _)| holds(*id)) {
            return Some(path.clone());
        }
        level = next.into_iter().map(|(_, id, path)| (id, path)).collect();
    }
    None
}

/// The name of the last field on a path, for words.
pub(super) fn last_field(path: &FieldPath) -> String {
    let mut steps = path.segments().iter().rev();
    let first = steps.next();
    match (first, steps.next()) {
        (Some(Segment::Field(name)), _) => format!("`{name}`"),
        (Some(Segment::Index(i)), Some(Segment::Field(name))) => format!("`{name}[{i}]`"),
        (Some(Segment::Index(i)), _) => format!("element {i}"),
        (None, _) => "the object".to_owned(),
    }
}
