//! `condition=NAME[=VALUE]`, as `kubectl wait` has it
//! (k8s.io/kubectl/pkg/cmd/wait, `ConditionalWait`): letter case does not matter, and a
//! status that is older than the spec does not count.

use serde_json::Value;

use crate::status::answer::{Answer, Evidence};
use crate::status::fields::{items_at, number_at, pod_ended, text, text_at, true_condition};
use crate::status::observation::Observation;
use crate::status::workload_kind::WorkloadKind;

/// Judges whether the condition has this value.
pub(super) fn judge(observation: &Observation, name: &str, value: &str) -> Answer {
    let object = observation.object;
    let found = items_at(object, "/status/conditions")
        .find(|condition| text(condition, "type").eq_ignore_ascii_case(name));
    let generation = number_at(object, "/metadata/generation").unwrap_or(0);
    let stale = |at: Option<i64>| at.is_some_and(|observed| observed < generation);
    if let Some(condition) = found {
        let said = evidence(condition);
        // The condition's own observedGeneration takes precedence over the status's.
        let observed = number_at(condition, "/observedGeneration")
            .or_else(|| number_at(object, "/status/observedGeneration"));
        if stale(observed) {
            return Answer::NotYet(Evidence::new(
                said.reason,
                "the status is older than the spec",
            ));
        }
        if text(condition, "status").eq_ignore_ascii_case(value) {
            return Answer::Met(said);
        }
    }
    if let Some(why) = too_late(object, name, value) {
        return Answer::Never(why);
    }
    Answer::NotYet(found.map_or_else(
        || Evidence::new("", format!("condition {name} is not set")),
        evidence,
    ))
}

fn evidence(condition: &Value) -> Evidence {
    let head = format!("{}={}", text(condition, "type"), text(condition, "status"));
    let parts = [text(condition, "reason"), text(condition, "message")];
    let said: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    Evidence::new(head, said.join(": "))
}

/// Returns why the condition can no longer get this value, if the object has ended.
fn too_late(object: &Value, name: &str, value: &str) -> Option<Evidence> {
    let wants_true = value.eq_ignore_ascii_case("true");
    let of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    let (ended, never) = match WorkloadKind::of_object(object) {
        WorkloadKind::Pod if pod_ended(object) => (
            text_at(object, "/status/phase"),
            wants_true && of(&["Ready", "ContainersReady", "Initialized", "PodScheduled"]),
        ),
        WorkloadKind::Job => {
            let ended = ["Complete", "Failed"]
                .into_iter()
                .find(|kind| true_condition(object, kind).is_some())?;
            let known = [
                "Complete",
                "Failed",
                "Suspended",
                "SuccessCriteriaMet",
                "FailureTarget",
            ];
            (ended, wants_true && of(&known))
        }
        _ => return None,
    };
    never.then(|| {
        Evidence::new(
            ended,
            format!("condition {name} can no longer become {value}"),
        )
    })
}
