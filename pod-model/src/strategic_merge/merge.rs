//! Strategic merge: how `kubectl patch` and `--overrides` change an object.
//! Objects are merged key by key, null removes, and lists whose items have a
//! key of their own are merged item by item. A new item stands before the old
//! ones that it could stand before.
//!
//! Mirrors `StrategicMergePatch` of
//! k8s.io/apimachinery/pkg/util/strategicpatch. The directives for lists of
//! single values and for unions (`$deleteFromPrimitiveList`, `$retainKeys`,
//! `$setElementOrder`) are refused: programs write them, people do not.

use serde_json::{Map, Value};

/// Merge keys of lists, by the name of the list: the
/// `x-kubernetes-patch-merge-key`s of the published OpenAPI for Pods and Jobs.
pub(super) const MERGE_KEYS: [(&str, &str); 14] = [
    ("containers", "name"),
    ("initContainers", "name"),
    ("ephemeralContainers", "name"),
    ("env", "name"),
    ("volumes", "name"),
    ("volumeMounts", "mountPath"),
    ("volumeDevices", "devicePath"),
    ("ports", "containerPort"),
    ("imagePullSecrets", "name"),
    ("hostAliases", "ip"),
    ("topologySpreadConstraints", "topologyKey"),
    ("resourceClaims", "name"),
    ("schedulingGates", "name"),
    ("ownerReferences", "uid"),
];

/// Key that makes an object a directive.
pub(super) const DIRECTIVE: &str = "$patch";

/// Merges `patch` into `target`.
///
/// # Errors
/// A directive that is not known, an item without the key that tells it apart:
/// a lower-case phrase.
pub fn strategic_merge(target: &mut Value, patch: &Value) -> Result<(), String> {
    merge_at(target, patch, "")
}

fn merge_at(target: &mut Value, patch: &Value, name: &str) -> Result<(), String> {
    match (&*target, patch) {
        (Value::Object(_), Value::Object(patch)) => merge_object(target, patch),
        (Value::Array(_), Value::Array(items)) => merge_list(target, items, name),
        _ => {
            *target = plain(patch).unwrap_or_default();
            Ok(())
        }
    }
}

/// The patch as a value of its own: without nulls and without what has a
/// directive; none where it is one itself.
fn plain(patch: &Value) -> Option<Value> {
    match patch {
        Value::Object(map) if map.contains_key(DIRECTIVE) => None,
        Value::Object(map) => {
            let entries = map.iter().filter(|(_, value)| !value.is_null());
            let kept = entries.filter_map(|(key, value)| Some((key.clone(), plain(value)?)));
            Some(Value::Object(kept.collect()))
        }
        Value::Array(items) => Some(Value::Array(items.iter().filter_map(plain).collect())),
        other => Some(other.clone()),
    }
}

fn merge_object(target: &mut Value, patch: &Map<String, Value>) -> Result<(), String> {
    match patch.get(DIRECTIVE).map(|directive| directive.as_str()) {
        Some(Some("replace")) => {
            let mut rest = patch.clone();
            rest.shift_remove(DIRECTIVE);
            *target = Value::Object(rest);
            return Ok(());
        }
        Some(Some("delete")) => {
            *target = Value::Object(Map::new());
            return Ok(());
        }
        None => {}
        Some(odd) => return Err(unknown(odd)),
    }
    let Some(object) = target.as_object_mut() else {
        return Ok(());
    };
    for (key, value) in patch {
        if key.starts_with('$') {
            return Err(format!("the directive `{key}` is not supported"));
        }
        if value.is_null() {
            object.shift_remove(key);
            continue;
        }
        match object.get_mut(key) {
            Some(inner) => merge_at(inner, value, key)?,
            None => {
                if let Some(new) = plain(value) {
                    object.insert(key.clone(), new);
                }
            }
        }
    }
    Ok(())
}

fn merge_list(target: &mut Value, patch: &[Value], name: &str) -> Result<(), String> {
    let merge_key = MERGE_KEYS.iter().find(|(list, _)| *list == name);
    let (Some((_, key)), Some(items)) = (merge_key, target.as_array_mut()) else {
        *target = Value::Array(patch.to_vec());
        return Ok(());
    };
    for item in patch {
        match item.get(DIRECTIVE).map(Value::as_str) {
            None | Some(Some("replace")) => {}
            Some(Some("delete")) => drop(key_of(item, key, name)?),
            Some(odd) => return Err(unknown(odd)),
        }
    }
    if patch.iter().any(|item| is_directive(item, "replace")) {
        let rest = patch.iter().filter(|item| !is_directive(item, "replace"));
        *target = Value::Array(rest.cloned().collect());
        return Ok(());
    }
    // Deletions come first, wherever they stand.
    for item in patch.iter().filter(|item| is_directive(item, "delete")) {
        let wanted = key_of(item, key, name)?;
        items.retain(|known| known.get(key) != Some(wanted));
    }
    // What only the target has stays before what it stood before; a new item
    // comes as soon as it can.
    let mut known: Vec<Option<Value>> = std::mem::take(items).into_iter().map(Some).collect();
    let only_there: Vec<bool> = known
        .iter()
        .map(|known| {
            !patch
                .iter()
                .any(|item| item.get(key) == known.as_ref().and_then(|k| k.get(key)))
        })
        .collect();
    for item in patch.iter().filter(|item| !is_directive(item, "delete")) {
        let wanted = key_of(item, key, name)?;
        let same = |known: &Value| known.get(key) == Some(wanted);
        if let Some(twice) = items.iter_mut().find(|known| same(known)) {
            merge_at(twice, item, "")?;
            continue;
        }
        let at = known
            .iter()
            .position(|known| known.as_ref().is_some_and(same));
        let mut new = Value::Null;
        if let Some(at) = at {
            let before = (0..at).filter(|before| only_there[*before]);
            items.extend(before.filter_map(|before| known[before].take()));
            new = known[at].take().unwrap_or_default();
        }
        merge_at(&mut new, item, "")?;
        items.push(new);
    }
    items.extend(known.into_iter().flatten());
    Ok(())
}

fn unknown(directive: Option<&str>) -> String {
    let word = directive.unwrap_or("…");
    format!("`{DIRECTIVE}: {word}` is neither replace nor delete")
}

fn key_of<'a>(item: &'a Value, key: &str, list: &str) -> Result<&'a Value, String> {
    item.get(key)
        .ok_or_else(|| format!("an item of `{list}` has no `{key}`, which tells them apart"))
}

fn is_directive(item: &Value, word: &str) -> bool {
    item.get(DIRECTIVE).and_then(Value::as_str) == Some(word)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn objects_and_keyed_lists_are_merged_and_other_lists_replaced() {
        let target = json!({"spec": {"containers": [
            {"name": "a", "image": "x", "args": ["1", "2"], "env": [{"name": "A", "value": "1"}]},
            {"name": "b", "image": "y"},
        ], "nodeName": "n"}});
        let table = [
            (
                json!({"spec": {"nodeName": null, "containers": [{"name": "a", "args": ["3"], "env": [{"name": "B", "value": "2"}]}]}}),
                json!({"spec": {"containers": [
                    {"name": "a", "image": "x", "args": ["3"], "env": [{"name": "B", "value": "2"}, {"name": "A", "value": "1"}]},
                    {"name": "b", "image": "y"},
                ]}}),
            ),
            (
                json!({"spec": {"containers": [{"name": "b", "$patch": "delete"}, {"name": "c", "image": "z"}]}}),
                json!({"spec": {"containers": [
                    {"name": "c", "image": "z"},
                    {"name": "a", "image": "x", "args": ["1", "2"], "env": [{"name": "A", "value": "1"}]},
                ], "nodeName": "n"}}),
            ),
            (
                json!({"spec": {"containers": [{"name": "c"}, {"$patch": "replace"}]}}),
                json!({"spec": {"containers": [{"name": "c"}], "nodeName": "n"}}),
            ),
            (
                json!({"spec": {"$patch": "replace", "hostname": "h"}}),
                json!({"spec": {"hostname": "h"}}),
            ),
        ];
        for (patch, expected) in table {
            let mut merged = target.clone();
            strategic_merge(&mut merged, &patch).unwrap();
            assert_eq!(merged, expected, "{patch}");
        }
    }

    #[test]
    fn unmergeable_values_are_refused() {
        let refuse = |patch: Value| {
            strategic_merge(&mut json!({"spec": {"containers": []}}), &patch).unwrap_err()
        };
        assert!(refuse(json!({"$patch": "x"})).contains("neither replace nor delete"));
        assert!(refuse(json!({"$retainKeys": []})).contains("$retainKeys"));
        assert!(refuse(json!({"spec": {"containers": [{"image": "x"}]}})).contains("`name`"));
    }
}
