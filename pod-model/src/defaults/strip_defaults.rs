//! The way back: an object without what defaulting would write again.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::decode::decode_value;

/// The value without each field that `default` fills in by itself, so that what
/// is left is the shortest object that means the same. A field that somebody
/// wrote and that equals its default goes, too: nobody can tell them apart in an
/// object that an API server has stored.
///
/// A value that is not a `T` is returned as it is.
pub fn strip_defaults<T>(value: &Value, default: impl Fn(&mut T)) -> Value
where
    T: DeserializeOwned + Serialize,
{
    let defaulted = |value: &Value| {
        let mut object: T = decode_value(value).ok()?;
        default(&mut object);
        serde_json::to_value(&object).ok()
    };
    let Some(full) = defaulted(value) else {
        return value.clone();
    };
    let means_the_same = |shorter: &Value| defaulted(shorter).as_ref() == Some(&full);
    let mut shortest = value.clone();
    shorten(&mut shortest, &mut Vec::new(), &means_the_same);
    shortest
}

/// One step into an object.
#[derive(Clone)]
enum Step {
    Key(String),
    Index(usize),
}

fn at<'a>(root: &'a mut Value, path: &[Step]) -> Option<&'a mut Value> {
    path.iter().try_fold(root, |value, step| match step {
        Step::Key(key) => value.get_mut(key),
        Step::Index(index) => value.get_mut(index),
    })
}

/// Takes away each field below `path` that can go, the outer ones first.
fn shorten(root: &mut Value, path: &mut Vec<Step>, means_the_same: &impl Fn(&Value) -> bool) {
    let steps: Vec<Step> = match at(root, path) {
        Some(Value::Object(map)) => map.keys().cloned().map(Step::Key).collect(),
        Some(Value::Array(items)) => (0..items.len()).map(Step::Index).collect(),
        _ => return,
    };
    for step in steps {
        if let Step::Key(key) = &step {
            let removed = object_at(root, path).and_then(|map| map.shift_remove(key));
            if means_the_same(root) {
                continue;
            }
            // Order is for whoever prints it.
            if let (Some(map), Some(value)) = (object_at(root, path), removed) {
                map.insert(key.clone(), value);
            }
        }
        path.push(step);
        shorten(root, path, means_the_same);
        path.pop();
    }
}

fn object_at<'a>(root: &'a mut Value, path: &[Step]) -> Option<&'a mut Map<String, Value>> {
    at(root, path)?.as_object_mut()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::KubernetesVersion;
    use crate::defaults;
    use k8s_openapi::api::core::v1::{Pod, PodSpec};
    use serde_json::json;

    #[test]
    fn defaults_are_stripped_and_other_values_kept() {
        let version = KubernetesVersion::default();
        let written = json!({
            "containers": [{
                "name": "web", "image": "nginx:1.29",
                "ports": [{"containerPort": 80}],
                "livenessProbe": {"httpGet": {"port": 80}, "periodSeconds": 3},
                "resources": {"limits": {"cpu": "1"}, "requests": {"cpu": "500m"}},
            }],
            "restartPolicy": "Never",
            "volumes": [{"name": "a", "configMap": {"name": "c"}}],
        });
        let mut spec: PodSpec = serde_json::from_value(written.clone()).unwrap();
        defaults::pod_spec(&mut spec, version);
        let full = serde_json::to_value(&spec).unwrap();
        assert_ne!(full, written);
        let short = strip_defaults(&full, |spec: &mut PodSpec| {
            defaults::pod_spec(spec, version);
        });
        assert_eq!(short, written);
    }

    #[test]
    fn other_objects_are_kept_unchanged() {
        let odd = json!({"spec": 3});
        let same = strip_defaults(&odd, |pod: &mut Pod| {
            defaults::pod(pod, KubernetesVersion::default());
        });
        assert_eq!(same, odd);
    }
}
