//! How an end is told: one sentence that a person can act on.

use super::condition::Condition;
use super::engine::{End, Outcome};

/// What came of a target. `last_lines` are those of the log of the container
/// that is to blame.
pub(super) fn sentence(
    shown: &str,
    end: &End,
    conditions: &[Condition],
    last_lines: &[String],
) -> String {
    let about_the_end = conditions
        .iter()
        .all(|condition| matches!(condition, Condition::Done | Condition::Complete));
    let why = &end.evidence;
    let mut said = match end.outcome {
        Outcome::Succeeded => format!("{shown} is done: {why}"),
        Outcome::Met => format!("{shown}: condition met: {why}"),
        Outcome::Failed if about_the_end => format!("{shown} failed: {why}"),
        Outcome::Failed => format!("{shown} can never meet the condition: {why}"),
        Outcome::Deleted if why.reason == "NotFound" => format!("{shown} does not exist"),
        Outcome::Deleted => format!("{shown} was deleted while waiting"),
        Outcome::Stuck => format!("{shown} is stuck: {why}"),
        Outcome::TimedOut => match why.to_string() {
            nothing if nothing.is_empty() => format!("{shown}: timed out: nothing is known of it"),
            why => format!("{shown}: timed out: {why}"),
        },
        Outcome::Unfinished => format!("{shown}: no longer waited for: {}", why.message),
    };
    let mut end = said.trim_end_matches([':', ' ']).len();
    said.truncate(end);
    if !last_lines.is_empty() {
        said.push_str("; last lines: ");
        end = said.len();
        said.insert_str(end, &last_lines.join(" | "));
    }
    said
}
