//! Look-ups that were refused or failed, once for all topics.

use pod_model::lookup::{Answers, Need, Selection, Unavailable};

/// Returns a line for each look-up that was refused or failed: the verb, the resource and the reason.
pub(super) fn unread(needs: &[Need], answers: &Answers) -> Vec<String> {
    let mut lines = Vec::new();
    for need in needs {
        let reason = match answers.refusal(need) {
            Some(Unavailable::Forbidden) => "not allowed",
            Some(Unavailable::Failed(why)) => why,
            Some(Unavailable::Missing) | None => continue,
        };
        let resource = need.kind.info().map_or(need.kind.kind(), |row| row.plural);
        let place = match need.namespace.as_str() {
            "" => String::new(),
            namespace => format!(" in namespace {namespace}"),
        };
        let line = match &need.selection {
            Selection::Name(name) => format!("get {resource} {name}{place}: {reason}"),
            _ => format!("list {resource}{place}: {reason}"),
        };
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}
