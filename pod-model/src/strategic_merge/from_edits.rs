//! Edits as a strategic merge patch.

use std::collections::HashSet;

use serde_json::{Map, Value, json};

use super::merge::{DIRECTIVE, MERGE_KEYS};
use crate::edit::{Edit, Inner, Plan};
use crate::path::Segment;

/// Returns the patch that makes edits in an object: [`strategic_merge`](super::strategic_merge)
/// of it is what [`apply`](crate::edit::apply) makes of the edits.
///
/// Lists whose items have a key of their own are patched item by item; of any other list the
/// whole new one is in the patch, as the API has no way to change a part of it.
///
/// # Errors
/// Edits that do not fit the object: a lower-case phrase.
pub fn strategic_merge_patch(edits: &[Edit], object: &Value) -> Result<Value, String> {
    patch(&Plan::of(edits)?, object, "")
}

/// The patch of a value that is there; `name` is that of its field.
fn patch(plan: &Plan, old: &Value, name: &str) -> Result<Value, String> {
    match (plan, old) {
        (Plan::Remove | Plan::Replace(..), _) => Ok(Value::Null),
        (Plan::Set(new), Value::Object(_)) => Ok(match new.clone() {
            // It would be merged.
            Value::Object(mut map) => {
                map.insert(DIRECTIVE.to_owned(), json!("replace"));
                Value::Object(map)
            }
            other => other,
        }),
        (Plan::Inner(inner), Value::Object(map)) => patch_object(inner, map),
        (Plan::Inner(inner), Value::Array(items)) => match key_of(items, name) {
            Some(key) => patch_items(inner, items, key),
            None => whole(plan, old, name),
        },
        (Plan::Append(_) | Plan::Set(_), Value::Array(_)) => whole(plan, old, name),
        _ => {
            let mut new = old.clone();
            plan.apply(&mut new)?;
            Ok(new)
        }
    }
}

/// Returns the merge key of a list, if it tells its items apart.
fn key_of(items: &[Value], name: &str) -> Option<&'static str> {
    let (_, key) = MERGE_KEYS.iter().find(|(list, _)| *list == name)?;
    let mut seen = HashSet::new();
    let is_new = |item: &Value| {
        item.get(key)
            .is_some_and(|own| seen.insert(own.to_string()))
    };
    items.iter().all(is_new).then_some(*key)
}

/// The whole new list.
fn whole(plan: &Plan, old: &Value, name: &str) -> Result<Value, String> {
    let mut new = old.clone();
    plan.apply(&mut new)?;
    let is_merged = MERGE_KEYS.iter().any(|(list, _)| *list == name);
    if let Some(items) = new.as_array_mut().filter(|_| is_merged) {
        items.push(json!({DIRECTIVE: "replace"}));
    }
    Ok(new)
}

fn patch_object(inner: &Inner, map: &Map<String, Value>) -> Result<Value, String> {
    let mut patched = Map::new();
    for (segment, plan) in inner.iter() {
        let Segment::Field(name) = segment else {
            return Err(format!("expected a list for the element {segment:?}"));
        };
        let new = match map.get(name.as_ref()) {
            Some(old) => Some(patch(plan, old, name)?),
            None => plan.new_value(),
        };
        patched.extend(new.map(|new| (name.to_string(), new)));
        if let (Plan::Replace(new, value), true) = (plan, map.contains_key(name.as_ref())) {
            patched.insert((*new).to_owned(), value.clone());
        }
    }
    Ok(Value::Object(patched))
}

fn patch_items(inner: &Inner, items: &[Value], key: &str) -> Result<Value, String> {
    let mut changes: Vec<(usize, &Plan)> = Vec::new();
    for (segment, plan) in inner.iter() {
        let Segment::Index(index) = segment else {
            return Err(format!("expected an object for the field {segment:?}"));
        };
        changes.push((*index, plan));
    }
    // In the order of the list, which the patch would change otherwise.
    changes.sort_by_key(|(index, _)| *index);
    let mut patched = Vec::new();
    for (index, plan) in changes {
        let Some(item) = items.get(index) else {
            continue;
        };
        let mut own = Map::new();
        own.insert(key.to_owned(), item.get(key).cloned().unwrap_or_default());
        match plan {
            Plan::Remove => drop(own.insert(DIRECTIVE.to_owned(), json!("delete"))),
            plan => match patch(plan, item, "")? {
                Value::Object(changes) => own.extend(changes),
                _ => return Err(format!("element {index} is no object")),
            },
        }
        patched.push(Value::Object(own));
    }
    Ok(Value::Array(patched))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Change, apply};
    use crate::path::FieldPath;
    use crate::strategic_merge;

    #[test]
    fn a_patch_makes_the_edits() {
        let object = json!({"spec": {
            "containers": [
                {"name": "a", "ports": [{"containerPort": 1, "hostPort": 1}, {"containerPort": 2}],
                 "capabilities": {"add": ["X", "Y"]}},
                {"name": "b", "ports": [{"containerPort": 53, "hostPort": 53}, {"containerPort": 53, "protocol": "UDP"}]},
            ],
            "volumes": [{"name": "v", "hostPath": {"path": "/"}}],
        }});
        let edit = |path: &str, change| Edit {
            path: FieldPath::parse(path),
            change,
        };
        let edits = [
            edit("spec.containers[1].ports[0].hostPort", Change::Remove),
            edit("spec.containers[0].ports[0].hostPort", Change::Remove),
            edit("spec.containers[0].capabilities.add[0]", Change::Remove),
            edit(
                "spec.containers[0].capabilities.drop",
                Change::Append(json!("ALL")),
            ),
            edit(
                "spec.volumes[0].hostPath",
                Change::Replace("emptyDir", json!({})),
            ),
            edit(
                "spec.securityContext.runAsNonRoot",
                Change::Set(json!(true)),
            ),
            edit("metadata.gone", Change::Remove),
        ];
        let patch = strategic_merge_patch(&edits, &object).unwrap();
        let expected = json!({"spec": {
            "containers": [
                {"name": "a", "ports": [{"containerPort": 1, "hostPort": null}],
                 "capabilities": {"add": ["Y"], "drop": ["ALL"]}},
                {"name": "b", "ports": [{"containerPort": 53}, {"containerPort": 53, "protocol": "UDP"}, {"$patch": "replace"}]},
            ],
            "volumes": [{"name": "v", "hostPath": null, "emptyDir": {}}],
            "securityContext": {"runAsNonRoot": true},
        }});
        assert_eq!(patch, expected);
        let (mut merged, mut edited) = (object.clone(), object);
        strategic_merge(&mut merged, &patch).unwrap();
        apply(&edits, &mut edited).unwrap();
        assert_eq!(merged, edited);
    }
}
