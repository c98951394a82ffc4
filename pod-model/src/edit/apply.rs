//! A plan, made in a value.

use serde_json::{Map, Value};

use super::change::Edit;
use super::plan::{Inner, Plan};
use crate::path::Segment;

/// Makes changes in an object, all at once.
///
/// # Errors
/// Two changes of one field, or a field in something that is no object: a lower-case phrase.
pub fn apply(edits: &[Edit], object: &mut Value) -> Result<(), String> {
    Plan::of(edits)?.apply(object)
}

impl Plan {
    /// Makes the changes in a value.
    ///
    /// # Errors
    /// A field or element in something that holds none: a lower-case phrase.
    pub(crate) fn apply(&self, value: &mut Value) -> Result<(), String> {
        match (self, &mut *value) {
            (Self::Set(new), _) => *value = new.clone(),
            (Self::Append(new), Value::Array(items)) => items.extend(new.iter().cloned()),
            (Self::Inner(inner), Value::Object(map)) => apply_to_object(inner, map)?,
            (Self::Inner(inner), Value::Array(items)) => apply_to_list(inner, items)?,
            (Self::Append(_) | Self::Inner(_), Value::Null) => {
                *value = self.new_value().unwrap_or_default();
            }
            (Self::Append(_), _) => return Err("expected a list".to_owned()),
            (Self::Inner(_), _) => return Err("expected an object or a list".to_owned()),
            // The object or list around it makes these.
            (Self::Replace(..) | Self::Remove, _) => {}
        }
        Ok(())
    }
}

fn apply_to_object(inner: &Inner, map: &mut Map<String, Value>) -> Result<(), String> {
    let mut removes = false;
    let mut added = Vec::new();
    for (segment, plan) in inner.iter() {
        let Segment::Field(name) = segment else {
            return Err(format!("expected a list for the element {segment:?}"));
        };
        let old = map.get_mut(name.as_ref());
        match (plan, old) {
            (Plan::Remove, _) => removes = true,
            (Plan::Replace(new, value), Some(_)) => {
                removes = true;
                added.push(((*new).to_owned(), value.clone()));
            }
            (_, Some(old)) => plan
                .apply(old)
                .map_err(|error| format!("{error} at `{name}`"))?,
            (_, None) => added.extend(plan.new_value().map(|new| (name.to_string(), new))),
        }
    }
    if removes {
        map.retain(|name, _| {
            let plan = inner.get(&Segment::Field(name.clone().into()));
            !matches!(plan, Some(Plan::Remove | Plan::Replace(..)))
        });
    }
    map.extend(added);
    Ok(())
}

fn apply_to_list(inner: &Inner, items: &mut Vec<Value>) -> Result<(), String> {
    for (segment, plan) in inner.iter() {
        let Segment::Index(index) = segment else {
            return Err(format!("expected an object for the field {segment:?}"));
        };
        if let Some(item) = items.get_mut(*index) {
            plan.apply(item)
                .map_err(|error| format!("{error} at element {index}"))?;
        }
    }
    let mut at = 0;
    items.retain(|_| {
        at += 1;
        inner.get(&Segment::Index(at - 1)) != Some(&Plan::Remove)
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::edit::{Change, Edit, apply};
    use crate::path::FieldPath;

    #[test]
    fn edits_are_made_at_once_by_the_places_before_them() {
        let mut object =
            json!({"a": {"list": [1, 2, 3], "x": null}, "v": {"hostPath": {"path": "/"}}});
        let edit = |path: &str, change| Edit {
            path: FieldPath::parse(path),
            change,
        };
        let edits = [
            edit("a.list[0]", Change::Remove),
            edit("a.list[2]", Change::Set(json!(4))),
            edit("a.x.y", Change::Set(json!(true))),
            edit("b.c.d", Change::Append(json!("ALL"))),
            edit("v.hostPath", Change::Replace("emptyDir", json!({}))),
            edit("gone.too", Change::Remove),
        ];
        apply(&edits, &mut object).unwrap();
        let expected = json!({"a": {"list": [2, 4], "x": {"y": true}},
            "v": {"emptyDir": {}}, "b": {"c": {"d": ["ALL"]}}});
        assert_eq!(object, expected);
        let twice = [edits[1].clone(), edits[1].clone()];
        assert!(apply(&twice, &mut object).unwrap_err().contains("twice"));
        let odd = [edit("b.c.d.e", Change::Remove)];
        assert!(apply(&odd, &mut object).is_err());
    }
}
