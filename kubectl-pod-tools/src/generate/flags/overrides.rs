//! Flags for fields without a flag of their own: by path, and as a patch.

use pod_model::{FieldPath, Segment, manifest, strategic_merge};
use serde_json::Value;

use super::super::flag::{Flag, Group};
use super::super::fragment::{Fragment, ValueError};
use super::super::value::pair;

pub(super) const GROUP: Group = Group {
    heading: "Other fields",
    flags: &[
        Flag::change(
            "set",
            "PATH=VALUE",
            "Set a field; null removes it",
            "spec.activeDeadlineSeconds=600",
            set,
        )
        .more("The value is YAML. A list index is written as in spec.containers[0].image."),
        Flag::change(
            "overrides",
            "JSON",
            "Merge a JSON object into the result",
            r#"{"spec":{"activeDeadlineSeconds":600}}"#,
            overrides,
        )
        .more("A strategic merge patch, as with kubectl run --overrides."),
    ],
};

/// Parses one document of YAML or JSON.
fn parsed(fragment: Fragment<'_>) -> Result<Value, ValueError> {
    let manifest = manifest::read("value", fragment.text().as_bytes().to_vec());
    if let Some(error) = manifest.errors.first() {
        return Err(fragment.error(error.message.clone()));
    }
    match manifest.documents.as_slice() {
        [] => Ok(Value::Null),
        [document] => document
            .to_value()
            .map_err(|error| fragment.error(error.to_string())),
        _ => Err(fragment.error("expected one YAML document, found several")),
    }
}

fn set(object: &mut Value, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let (path, text) = pair(fragment, "PATH=VALUE")?;
    let value = parsed(text)?;
    let steps = FieldPath::parse(path.text());
    let steps = steps.segments();
    let Some((last, way)) = steps.split_last() else {
        return Err(path.error("expected a field path, found nothing"));
    };
    let mut place = object;
    for step in way {
        place = enter(place, step, path)?;
    }
    match (last, value) {
        (Segment::Field(key), Value::Null) => {
            if let Some(map) = place.as_object_mut() {
                map.shift_remove(&**key);
            }
        }
        (Segment::Index(index), Value::Null) => {
            if let Some(items) = place.as_array_mut().filter(|items| *index < items.len()) {
                items.remove(*index);
            }
        }
        (last, value) => *enter(place, last, path)? = value,
    }
    Ok(())
}

/// Returns the field of an object or the item of a list; adds it if it is missing. The next
/// index after the last item appends.
fn enter<'a>(
    place: &'a mut Value,
    step: &Segment,
    path: Fragment<'_>,
) -> Result<&'a mut Value, ValueError> {
    match step {
        Segment::Field(key) => {
            if place.is_null() {
                *place = Value::Object(serde_json::Map::new());
            }
            let map = place.as_object_mut().ok_or_else(|| {
                path.error(format!("cannot set `{key}`: its parent is not an object"))
            })?;
            Ok(map.entry(key.clone()).or_insert(Value::Null))
        }
        Segment::Index(index) => {
            if place.is_null() {
                *place = Value::Array(Vec::new());
            }
            let items = place.as_array_mut().ok_or_else(|| {
                path.error(format!("cannot set `[{index}]`: its parent is not a list"))
            })?;
            if *index > items.len() {
                let count = items.len();
                let noun = if count == 1 { "item" } else { "items" };
                return Err(path
                    .error(format!(
                        "index {index} is out of range: the list has {count} {noun}"
                    ))
                    .help(format!("use [{count}] to append")));
            }
            if *index == items.len() {
                items.push(Value::Null);
            }
            Ok(&mut items[*index])
        }
    }
}

fn overrides(object: &mut Value, fragment: Fragment<'_>) -> Result<(), ValueError> {
    let patch = parsed(fragment)?;
    if !patch.is_object() {
        return Err(fragment.error("expected a JSON object"));
    }
    strategic_merge(object, &patch).map_err(|why| fragment.error(why))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn set_writes_appends_and_removes() {
        let table = [
            ("a.b=1", json!({"a": {"b": 1, "c": [1]}})),
            ("a.c[1]=x", json!({"a": {"c": [1, "x"]}})),
            ("a.c[0]=null", json!({"a": {"c": []}})),
            ("a.c=", json!({"a": {}})),
            ("a['x.y/z']=\"5\"", json!({"a": {"c": [1], "x.y/z": "5"}})),
            (
                "b[0].c=[1, 2]",
                json!({"a": {"c": [1]}, "b": [{"c": [1, 2]}]}),
            ),
        ];
        for (text, expected) in table {
            let mut object = json!({"a": {"c": [1]}});
            set(&mut object, Fragment::whole(text)).unwrap();
            assert_eq!(object, expected, "{text}");
        }
    }

    #[test]
    fn path_without_parent_is_refused() {
        for text in ["a.c[3]=1", "a.c.d=1", "a[0]=1", "a", "=1", "a={"] {
            let mut object = json!({"a": {"c": [1]}});
            assert!(set(&mut object, Fragment::whole(text)).is_err(), "{text}");
        }
        for text in ["1", "{", "{\"$patch\": 1}"] {
            assert!(
                overrides(&mut json!({}), Fragment::whole(text)).is_err(),
                "{text}"
            );
        }
    }
}
