//! A change to another class of quality of service leads there.

use k8s_openapi::api::core::v1::Pod;
use pod_model::admission::{RefusedBy, admit};
use pod_model::lookup::Answers;
use pod_model::pod_resources::{QosAction, QosChange, QosClass, computed_qos_class, qos_change};
use pod_model::{FieldPath, KubernetesVersion, Segment};
use serde_json::{Map, Value, json};

pub fn check(manifest: &Value, version: KubernetesVersion) {
    let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
    let class = computed_qos_class(&pod, version);
    let Some(change) = qos_change(&pod, version, &FieldPath::root().field("spec")) else {
        assert_eq!(class, QosClass::Guaranteed, "{manifest}");
        return;
    };
    assert!(change.to < class && !change.edits.is_empty(), "{manifest}");
    let changed = with(manifest, &change);
    let pod: Pod = serde_json::from_value(changed.clone()).unwrap();
    let found = computed_qos_class(&pod, version);
    assert_eq!(
        found, change.to,
        "{version}: {change:?}\n{manifest}\n{changed}"
    );
}

fn with(manifest: &Value, change: &QosChange) -> Value {
    let mut changed = manifest.clone();
    for edit in &change.edits {
        let value = match &edit.action {
            QosAction::Set(amount) => Some(json!(amount)),
            QosAction::Choose(example) => Some(json!(example)),
            QosAction::Remove => None,
        };
        apply(&mut changed, &edit.path, value);
    }
    changed
}

/// Returns whether the Pod was valid as the server would store it, and asserts that its change leaves it valid.
pub fn stays_valid(manifest: &Value, version: KubernetesVersion) -> bool {
    let admitted = |manifest: &Value| {
        let pod: Pod = serde_json::from_value(manifest.clone()).unwrap();
        let admitted = admit(&pod, "n", &Answers::default(), version);
        let refused = admitted.refusals.iter();
        let refused = refused.filter(|own| own.by == RefusedBy::Validation);
        let amounts = refused.map(|own| format!("{}: {}", own.path, own.message));
        let amounts: Vec<_> = amounts.filter(|own| own.contains("resources")).collect();
        (admitted.pod, amounts)
    };
    let (pod, refused) = admitted(manifest);
    let base = FieldPath::root().field("spec");
    let Some(change) = qos_change(&pod, version, &base).filter(|_| refused.is_empty()) else {
        return false;
    };
    let changed = with(&json!(pod), &change);
    let (after, refused) = admitted(&changed);
    assert_eq!(
        refused, [""; 0],
        "{version}: {change:?}\n{manifest}\n{changed}"
    );
    assert_eq!(computed_qos_class(&after, version), change.to, "{manifest}");
    true
}

fn apply(object: &mut Value, path: &FieldPath, value: Option<Value>) {
    let Some((last, parents)) = path.segments().split_last() else {
        return;
    };
    let mut at = object;
    for segment in parents {
        at = match segment {
            Segment::Field(name) => {
                if at[name.as_ref()].is_null() {
                    at[name.as_ref()] = json!(Map::new());
                }
                &mut at[name.as_ref()]
            }
            Segment::Index(index) => &mut at[*index],
        };
    }
    let Segment::Field(name) = last else {
        panic!("{path} is no field");
    };
    match value {
        Some(value) => at[name.as_ref()] = value,
        None => {
            at.as_object_mut().unwrap().remove(name.as_ref());
        }
    }
}
