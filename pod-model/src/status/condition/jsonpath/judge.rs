//! Compares the values at a path with a condition.

use serde_json::Value;

use super::follow::shown;
use super::path::{JsonPath, Step};
use crate::status::answer::{Answer, Evidence};
use crate::status::fields::{pod_ended, text_at};
use crate::status::observation::Observation;
use crate::status::workload_kind::WorkloadKind;

/// Judges whether the path leads to the value.
pub(in crate::status::condition) fn judge(
    observation: &Observation,
    path: &JsonPath,
    wanted: Option<&str>,
) -> Answer {
    let found = path.find(observation.object);
    let said = match found.as_slice() {
        [] => format!("{} is not set", path.text),
        // Messages and reports end up in logs that others can read.
        [one] if crate::value_may_be_secret(observation.object) => match wanted {
            Some(wanted) if shown(one).trim() != wanted.trim() => {
                format!("{} has a different value", path.text)
            }
            _ => format!("{} is set", path.text),
        },
        [one] => format!("{} is {}", path.text, short(&shown(one))),
        many => format!("{} has {} values", path.text, many.len()),
    };
    let ends_phase = |path: &JsonPath| {
        let phase = [Step::Field("status".into()), Step::Field("phase".into())];
        observation.kind() == WorkloadKind::Pod
            && pod_ended(observation.object)
            && path.steps == phase
    };
    let unequal = |what: &str| {
        let why = format!("{what} cannot equal a text; use a path to a single value");
        Answer::Never(Evidence::new("", format!("{said}: {why}")))
    };
    match (found.as_slice(), wanted) {
        ([], _) => Answer::NotYet(Evidence::new("", said)),
        // kubectl refuses several; that there are some is what was asked for.
        (_, None) => Answer::Met(Evidence::new("", said)),
        // As kubectl, at once (kubectl/pkg/cmd/wait, `verifyParsedJSONPath` and
        // `compareResults`).
        ([Value::Array(_)], _) => unequal("a list"),
        ([Value::Object(_)], _) => unequal("an object"),
        ([one], Some(wanted)) if shown(one).trim() == wanted.trim() => {
            Answer::Met(Evidence::new("", said))
        }
        ([_], _) if ends_phase(path) => Answer::Never(Evidence::new(
            text_at(observation.object, "/status/phase"),
            "the phase of a Pod that has ended does not change",
        )),
        ([_], _) => Answer::NotYet(Evidence::new("", said)),
        _ => unequal("more than one value"),
    }
}

fn short(text: &str) -> String {
    let mut cut: String = text.chars().take(60).collect();
    if cut.len() < text.len() {
        cut.push('…');
    }
    cut
}
