//! Fields of a copied object that the types of this program do not have: decoding drops them
//! without an error.

use pod_model::prose::list_up_to;
use pod_model::{FieldPath, Segment};
use serde::Serialize;
use serde_json::Value;

/// Number of fields that a warning names.
const NAMED: usize = 5;

/// Collects the fields of a value that its decoded form lacks. A field without a value is no
/// loss. Takes time in proportion to the value.
pub(super) struct LeftOut(Vec<FieldPath>);

impl LeftOut {
    /// Returns an empty collection.
    pub(super) fn new() -> Self {
        Self(Vec::new())
    }

    /// Adds the fields of `given`, at `path`, that `decoded` lacks. Top-level fields in `except`
    /// are not compared.
    pub(super) fn add<T: Serialize>(
        &mut self,
        given: &Value,
        decoded: &T,
        path: &[Segment],
        except: &[&str],
    ) {
        // The API's types serialize every field that has a value.
        let (Some(given), Ok(decoded)) = (given.as_object(), serde_json::to_value(decoded)) else {
            return;
        };
        let mut at = FieldPath::root();
        for segment in path {
            at.push(segment.clone());
        }
        for (key, value) in given.iter().filter(|(key, _)| !except.contains(&&***key)) {
            self.add_field(key, value, decoded.get(key), &mut at);
        }
    }

    fn add_field(&mut self, key: &str, given: &Value, kept: Option<&Value>, at: &mut FieldPath) {
        if given.is_null() {
            return;
        }
        at.push(Segment::Field(key.to_owned().into()));
        match kept {
            Some(kept) => self.add_within(given, kept, at),
            None => self.0.push(at.clone()),
        }
        at.pop();
    }

    fn add_within(&mut self, given: &Value, kept: &Value, at: &mut FieldPath) {
        match (given, kept) {
            (Value::Object(given), Value::Object(kept)) => {
                for (key, value) in given {
                    self.add_field(key, value, kept.get(key), at);
                }
            }
            (Value::Array(given), Value::Array(kept)) => {
                for (index, (given, kept)) in given.iter().zip(kept).enumerate() {
                    at.push(Segment::Index(index));
                    self.add_within(given, kept, at);
                    at.pop();
                }
            }
            _ => {}
        }
    }

    /// Returns the warning that names the fields in their order, or `None` without any. `from` is
    /// the source of the object.
    pub(super) fn warning(mut self, from: &str) -> Option<String> {
        self.0.sort_by(|a, b| steps(a).cmp(steps(b)));
        let named: Vec<String> = self.0.iter().map(|path| format!("`{path}`")).collect();
        let are = match named.len() {
            0 => return None,
            1 => "is",
            _ => "are",
        };
        let fields = list_up_to(&named, NAMED);
        Some(format!(
            "--from {from}: {fields} {are} unknown here and {are} left out"
        ))
    }
}

/// Returns the order of a path: by name, and by number within a list.
fn steps(path: &FieldPath) -> impl Iterator<Item = (usize, &str)> {
    path.segments().iter().map(|segment| match segment {
        Segment::Field(name) => (0, &**name),
        Segment::Index(index) => (*index, ""),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use k8s_openapi::api::core::v1::PodTemplateSpec;
    use pod_model::decode_value;
    use serde_json::json;

    fn warning(given: &Value) -> Option<String> {
        let decoded: PodTemplateSpec = decode_value(given).unwrap();
        let mut left_out = LeftOut::new();
        let path = FieldPath::parse("spec.template");
        left_out.add(given, &decoded, path.segments(), &["status"]);
        left_out.warning("deployment/web")
    }

    #[test]
    fn unknown_fields_of_a_template_are_named_in_order() {
        for (given, expected) in [
            (
                json!({"spec": {"containers": [{"name": "a"}], "foo": {"bar": 1}}}),
                "`spec.template.spec.foo` is unknown here and is left out",
            ),
            (
                json!({"spec": {"containers": [], "z": 1, "a": false}, "foo": "x"}),
                "`spec.template.foo`, `spec.template.spec.a` and `spec.template.spec.z` are unknown here and are left out",
            ),
            (
                json!({"metadata": {"new": [1]}, "spec": {"containers": (0..12).map(|_| json!({"name": "a", "new": {}})).collect::<Vec<_>>()}}),
                "`spec.template.metadata.new`, `spec.template.spec.containers[0].new`, \
                 `spec.template.spec.containers[1].new`, `spec.template.spec.containers[2].new`, \
                 `spec.template.spec.containers[3].new` and 8 more are unknown here and are left out",
            ),
        ] {
            let expected = format!("--from deployment/web: {expected}");
            assert_eq!(warning(&given).as_deref(), Some(&*expected));
        }
    }

    #[test]
    fn known_fields_are_not_left_out() {
        for given in [
            json!({}),
            json!({"status": {"foo": 1}, "foo": null}),
            json!({"metadata": {"labels": {"a": "b"}, "creationTimestamp": null}, "spec": {
                "containers": [{"name": "a", "command": [], "securityContext": {}, "resources": {
                    "limits": {"cpu": 1, "memory": "1.0Gi"}}, "ports": [{"containerPort": 80}],
                    "livenessProbe": {"httpGet": {"port": "http"}}}],
                "initContainers": null, "volumes": [{"name": "v", "emptyDir": {}}],
                "nodeSelector": {}, "hostNetwork": false, "priority": 0,
            }}),
        ] {
            assert_eq!(warning(&given), None, "{given}");
        }
    }
}
