//! Origins of fields: the flags that wrote them.

use pod_model::{FieldPath, Segment};
use serde_json::Value;

/// Changed fields, each with the index of the flag that changed it.
#[derive(Default)]
pub(super) struct Origins(Vec<(FieldPath, usize)>);

impl Origins {
    /// Records the changes of a flag.
    pub(super) fn note(&mut self, flag: usize, before: &Value, after: &Value) {
        differences(before, after, &mut FieldPath::root(), &mut |path| {
            self.0.push((path.clone(), flag));
        });
    }

    /// Returns the flags that wrote the field or a part of it, the last one first; if there are
    /// none, those that wrote the innermost object or list around it.
    pub(super) fn of(&self, path: &FieldPath) -> Vec<usize> {
        let wanted = path.segments();
        for length in (1..=wanted.len()).rev() {
            let mut flags: Vec<usize> = self
                .0
                .iter()
                .filter(|(written, _)| {
                    let written = written.segments();
                    // Below the field itself everything counts; above it only
                    // what was written as a whole.
                    if length == wanted.len() {
                        written.starts_with(wanted)
                    } else {
                        written == &wanted[..length]
                    }
                })
                .map(|(_, flag)| *flag)
                .collect();
            flags.sort_unstable();
            flags.dedup();
            flags.reverse();
            if !flags.is_empty() {
                return flags;
            }
        }
        Vec::new()
    }
}

/// Calls `call` for each changed leaf, and for each new list and object.
fn differences(
    before: &Value,
    after: &Value,
    path: &mut FieldPath,
    call: &mut impl FnMut(&FieldPath),
) {
    if before == after {
        return;
    }
    match after {
        Value::Object(fields) => {
            if !before.is_object() {
                call(path);
            }
            for (key, value) in fields {
                path.push(Segment::Field(key.clone().into()));
                differences(before.get(key).unwrap_or(&Value::Null), value, path, call);
                path.pop();
            }
        }
        Value::Array(items) => {
            if !before.is_array() {
                call(path);
            }
            for (i, value) in items.iter().enumerate() {
                path.push(Segment::Index(i));
                differences(before.get(i).unwrap_or(&Value::Null), value, path, call);
                path.pop();
            }
        }
        _ => call(path),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn field_leads_to_flag_that_wrote_it() {
        let steps = [
            json!({}),
            json!({"spec": {"containers": [{"image": "nginx"}]}}),
            json!({"spec": {"containers": [{"image": "nginx", "env": [{"name": "A", "value": "1"}]}]}}),
            json!({"spec": {"containers": [{"image": "nginx", "env": [{"name": "A", "value": "1"}, {"name": "B"}]}]}}),
        ];
        let mut origins = Origins::default();
        for (flag, pair) in steps.windows(2).enumerate() {
            origins.note(flag, &pair[0], &pair[1]);
        }
        let of = |path| origins.of(&FieldPath::parse(path));
        assert_eq!(of("spec.containers[0].image"), [0]);
        assert_eq!(of("spec.containers[0].env[0].name"), [1]);
        assert_eq!(of("spec.containers[0].env[1].value"), [2]);
        assert_eq!(of("spec.containers[0].env"), [2, 1]);
        assert!(of("metadata.name").is_empty());
    }
}
