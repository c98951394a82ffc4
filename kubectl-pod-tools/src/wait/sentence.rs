//! The line that reports an end.

use super::engine::{CLUSTER_LOST, End, Outcome};
use pod_model::status::Condition;

/// Returns the line that reports the end of a target. `last_lines` are those of the log of the
/// failing container.
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
    let mut line = match end.outcome {
        Outcome::Succeeded => format!("{shown} is done: {why}"),
        Outcome::Met => format!("{shown}: condition met: {why}"),
        Outcome::Failed if about_the_end => format!("{shown} failed: {why}"),
        Outcome::Failed => format!("{shown} can never meet the condition: {why}"),
        Outcome::Deleted if why.reason == "NotFound" => format!("{shown} does not exist"),
        Outcome::Deleted => format!("{shown} was deleted while waiting"),
        Outcome::Stuck => format!("{shown} is stuck: {why}"),
        Outcome::TimedOut => match why.to_string() {
            nothing if nothing.is_empty() => format!("{shown}: timed out: no status received"),
            why => format!("{shown}: timed out: {why}"),
        },
        Outcome::Unfinished if why.reason == CLUSTER_LOST => format!("{shown}: wait aborted"),
        Outcome::Unfinished => format!("{shown}: wait aborted: {}", why.message),
    };
    let mut end = line.trim_end_matches([':', ' ']).len();
    line.truncate(end);
    if !last_lines.is_empty() {
        line.push_str("; last lines: ");
        end = line.len();
        line.insert_str(end, &last_lines.join(" | "));
    }
    line
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use pod_model::status::Evidence;

    fn sentence_of(
        outcome: Outcome,
        why: (&str, &str),
        condition: Condition,
        lines: &[&str],
    ) -> String {
        let end = End {
            outcome,
            evidence: Evidence::new(why.0, why.1),
            at: Duration::ZERO,
        };
        let lines: Vec<String> = lines.iter().map(|line| (*line).to_owned()).collect();
        sentence("job/it", &end, &[condition], &lines)
    }

    #[test]
    fn every_end_has_its_sentence() {
        use Condition::{Complete, Done, Ready};
        use Outcome::{Deleted, Failed, Met, Stuck, Succeeded, TimedOut, Unfinished};
        let why = ("R", "m");
        for (outcome, why, condition, lines, expected) in [
            (Succeeded, why, Done, &[][..], "job/it is done: R: m"),
            (Succeeded, ("", ""), Done, &[], "job/it is done"),
            (Met, why, Ready, &[], "job/it: condition met: R: m"),
            (Failed, why, Done, &[], "job/it failed: R: m"),
            (Failed, why, Complete, &[], "job/it failed: R: m"),
            (
                Failed,
                why,
                Ready,
                &[],
                "job/it can never meet the condition: R: m",
            ),
            (
                Failed,
                why,
                Done,
                &["a"],
                "job/it failed: R: m; last lines: a",
            ),
            (
                Failed,
                why,
                Done,
                &["a", "b"],
                "job/it failed: R: m; last lines: a | b",
            ),
            (
                Deleted,
                ("NotFound", ""),
                Done,
                &[],
                "job/it does not exist",
            ),
            (
                Deleted,
                ("Deleted", ""),
                Done,
                &[],
                "job/it was deleted while waiting",
            ),
            (Stuck, why, Done, &[], "job/it is stuck: R: m"),
            (TimedOut, why, Done, &[], "job/it: timed out: R: m"),
            (
                TimedOut,
                ("", ""),
                Done,
                &[],
                "job/it: timed out: no status received",
            ),
            (Unfinished, why, Done, &[], "job/it: wait aborted: m"),
            (
                Unfinished,
                ("ClusterLost", "m"),
                Done,
                &[],
                "job/it: wait aborted",
            ),
        ] {
            assert_eq!(sentence_of(outcome, why, condition, lines), expected);
        }
    }
}
