//! `condition=NAME[=VALUE]`, as `kubectl wait` reads it
//! (k8s.io/kubectl/pkg/cmd/wait, `ConditionalWait`): the case does not count,
//! and a status that is older than the spec is no answer.

use serde_json::Value;

use crate::wait::answer::{Answer, Evidence};
use crate::wait::fields::{items_at, kind, number_at, pod_ended, text, text_at, true_condition};
use crate::wait::scene::Scene;

/// Where the condition stands.
pub(super) fn judge(scene: &Scene, name: &str, value: &str) -> Answer {
    let object = scene.object;
    let found = items_at(object, "/status/conditions")
        .find(|condition| text(condition, "type").eq_ignore_ascii_case(name));
    let generation = number_at(object, "/metadata/generation").unwrap_or(0);
    let stale = |at: Option<i64>| at.is_some_and(|observed| observed < generation);
    if let Some(condition) = found {
        let said = evidence(condition);
        // What the condition itself has observed counts before the status's.
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

/// What has ended does not change its conditions for the better.
fn too_late(object: &Value, name: &str, value: &str) -> Option<Evidence> {
    let wants_true = value.eq_ignore_ascii_case("true");
    let of = |list: &[&str]| list.iter().any(|known| known.eq_ignore_ascii_case(name));
    let (ended, never) = match kind(object) {
        "Pod" if pod_ended(object) => (
            text_at(object, "/status/phase"),
            wants_true && of(&["Ready", "ContainersReady", "Initialized", "PodScheduled"]),
        ),
        "Job" => {
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
            format!("condition {name} can never be {value} any more"),
        )
    })
}
