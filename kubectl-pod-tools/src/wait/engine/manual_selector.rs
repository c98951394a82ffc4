//! Jobs with `manualSelector`, whose Pods do not carry the Job controller's
//! labels: they are found as the controller finds them, by `spec.selector` and
//! then by their owner's uid (pkg/controller/job, `getPodsForJob`;
//! pkg/registry/batch/job, `generateSelectorIfNeeded`).

use k8s_openapi::apimachinery::pkg::apis::meta::v1;
use pod_model::decode_value;
use pod_model::selector::LabelSelector;
use serde_json::Value;

use super::input::{Change, Role};
use super::machine::Engine;
use pod_model::status::WorkloadKind;

/// With more selectors than this, all Pods are looked at instead.
const MAX_SELECTORS: usize = 20;

/// Returns the label selector of a Job that has chosen its own.
pub fn manual_selector(object: &Value) -> Option<String> {
    let manual = object.pointer("/spec/manualSelector") == Some(&Value::Bool(true));
    (manual && WorkloadKind::of_object(object) == WorkloadKind::Job)
        .then(|| label_selector(object, "/spec/selector"))
}

/// Returns a LabelSelector as the text of a query. One that cannot be read asks for all
/// Pods: owners decide then.
fn label_selector(object: &Value, pointer: &str) -> String {
    let selector = object.pointer(pointer);
    let selector = selector.and_then(|selector| decode_value::<v1::LabelSelector>(selector).ok());
    let selector = selector.and_then(|selector| LabelSelector::try_from(&selector).ok());
    selector.unwrap_or_default().to_string()
}

impl Engine {
    /// Asks for a stream of the Pods that a selector finds, once.
    pub(super) fn request_pods(&mut self, group: usize, selector: String) {
        let of_group = self.selectors.iter().filter(|(of, _)| *of == group);
        let selector = match of_group.count() {
            few if few < MAX_SELECTORS => selector,
            _ => String::new(),
        };
        let everything = (group, String::new());
        if self.selectors.contains(&everything) || !self.selectors.insert((group, selector.clone()))
        {
            return;
        }
        let stream = self.roles.len();
        self.roles.push(Role::Pods);
        self.synced.push(false);
        self.changes.push(Change::PodsRequested {
            stream,
            group,
            selector,
        });
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_selector_becomes_the_text_of_a_query() {
        let job = |manual: bool| {
            json!({"kind": "Job", "apiVersion": "batch/v1", "spec": {"manualSelector": manual, "selector": {
                "matchLabels": {"a": "b"},
                "matchExpressions": [
                    {"key": "c", "operator": "In", "values": ["d", "e"]},
                    {"key": "f", "operator": "NotIn", "values": ["g"]},
                    {"key": "h", "operator": "Exists"},
                    {"key": "i", "operator": "DoesNotExist"},
                ],
            }}})
        };
        let text = manual_selector(&job(true));
        assert_eq!(text.as_deref(), Some("a=b,c in (d,e),f notin (g),h,!i"));
        assert_eq!(manual_selector(&job(false)), None);
    }
}
