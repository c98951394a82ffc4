//! JSON merge patches (RFC 7396), which custom resources take in place of strategic ones.

use serde_json::{Map, Value};

/// Returns the JSON merge patch that makes `new` of `old`: lists are in it as a whole.
pub fn json_merge_patch(old: &Value, new: &Value) -> Value {
    let (Value::Object(old), Value::Object(new)) = (old, new) else {
        return new.clone();
    };
    let mut patch = Map::new();
    for (name, value) in new {
        match old.get(name) {
            Some(before) if before == value => {}
            Some(before) => {
                patch.insert(name.clone(), json_merge_patch(before, value));
            }
            None => {
                patch.insert(name.clone(), value.clone());
            }
        }
    }
    for name in old.keys().filter(|name| !new.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    Value::Object(patch)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::json_merge_patch;

    #[test]
    fn a_merge_patch_has_what_differs_and_whole_lists() {
        let old = json!({"a": 1, "b": {"c": 2, "d": 3}, "l": [{"n": 1}, 2], "gone": {}});
        let new = json!({"a": 1, "b": {"c": 2, "d": 4}, "l": [{"n": 2}, 2], "x": {"y": 5}});
        let patch = json!({"b": {"d": 4}, "l": [{"n": 2}, 2], "x": {"y": 5}, "gone": null});
        assert_eq!(json_merge_patch(&old, &new), patch);
        assert_eq!(json_merge_patch(&old, &old), json!({}));
        assert_eq!(
            json_merge_patch(&json!([1]), &json!({"a": 1})),
            json!({"a": 1})
        );
    }
}
