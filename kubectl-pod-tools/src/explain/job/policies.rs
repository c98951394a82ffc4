//! The rules of a Job's policies, each in a phrase.

use std::iter;

use k8s_openapi::api::batch::v1::{PodFailurePolicy, PodFailurePolicyRule, SuccessPolicy};
use pod_model::FieldPath;
use pod_model::job::{FailureAction, FailureCause, Indexes, SuccessRule, success_rules};
use pod_model::prose::list_up_to;

use super::fields::Fields;
use super::limit::{Limit, LimitKind};

/// Codes and conditions of a rule that are named.
const MOST: usize = 8;

/// Adds a phrase for each rule of the failure policy.
pub(super) fn failure_rules(policy: &PodFailurePolicy, fields: &Fields<'_>, out: &mut Vec<Limit>) {
    for (index, rule) in policy.rules.iter().enumerate() {
        let place = fields.at(&rules_of("podFailurePolicy").index(index));
        let message = format!("{}: {}", caught(rule), consequence(&rule.action));
        out.push(Limit::new(LimitKind::FailurePolicy, message, place));
    }
}

fn rules_of(policy: &'static str) -> FieldPath {
    FieldPath::root().field("spec").field(policy).field("rules")
}

/// Returns the failures that a rule matches.
fn caught(rule: &PodFailurePolicyRule) -> String {
    if let Some(codes) = &rule.on_exit_codes {
        let of = match &codes.container_name {
            Some(name) => format!("container {name}"),
            None => "a container".to_owned(),
        };
        if codes.operator == "NotIn" {
            // No rule matches an exit code of 0.
            let others = codes.values.iter().filter(|code| **code != 0);
            let all: Vec<String> = iter::once(&0).chain(others).map(i32::to_string).collect();
            let all = list_up_to(&all, MOST);
            return format!("{of} ends with an exit code other than {all}");
        }
        let all: Vec<String> = codes.values.iter().map(ToString::to_string).collect();
        let word = if all.len() == 1 {
            "exit code"
        } else {
            "exit codes"
        };
        return format!("{of} ends with {word} {}", or(&all));
    }
    let conditions = rule.on_pod_conditions.iter().flatten();
    let all: Vec<String> = conditions
        .map(|own| format!("{} {}", own.type_, own.status.as_deref().unwrap_or("True")))
        .collect();
    format!("a failed Pod has the condition {}", or(&all))
}

fn or(items: &[String]) -> String {
    let mut text = list_up_to(items, MOST);
    if let Some(at) = text.rfind(" and ") {
        text.replace_range(at..at + 5, " or ");
    }
    text
}

/// Returns what an action does with a failure.
fn consequence(action: &str) -> &'static str {
    match FailureAction::parse(action) {
        Some(FailureAction::FailJob) => "fails at once (FailJob)",
        Some(FailureAction::FailIndex) => "the index fails at once (FailIndex)",
        Some(FailureAction::Ignore) => {
            "does not count and is tried again, after a longer wait each time (Ignore)"
        }
        Some(FailureAction::Count) => "counts, whatever later rules say (Count)",
        None => "no known action",
    }
}

/// Returns the part of a Pod that a rule has matched.
pub(super) fn cause_text(cause: &FailureCause) -> String {
    match cause {
        FailureCause::ExitCode { container, code } => {
            format!("container {container} ended with exit code {code}")
        }
        FailureCause::Condition { condition } => format!("it has the condition {condition}"),
    }
}

/// Adds a phrase for each rule of the success policy.
pub(super) fn success_phrases(
    policy: &SuccessPolicy,
    completions: i64,
    succeeded: &Indexes,
    fields: &Fields<'_>,
    out: &mut Vec<Limit>,
) {
    for rule in success_rules(policy, completions, succeeded) {
        let SuccessRule { needed, .. } = rule;
        let named = policy.rules.get(rule.index);
        let of = named.and_then(|own| own.succeeded_indexes.as_deref());
        let of = match of {
            Some(text) if text.parse::<u32>().is_ok() => format!("index {text}"),
            Some(text) => format!("{needed} of the indexes {text}"),
            None => format!("{needed} of the indexes"),
        };
        let (have, all) = (rule.succeeded, needed);
        let so_far = match (rule.is_met, have) {
            (true, _) => ": met".to_owned(),
            (false, 0) => String::new(),
            (false, have) if rule.missing.is_empty() => format!(": {have} so far"),
            (false, have) => format!(": {have} so far, not {}", rule.missing),
        };
        let have = if all == 1 { "has" } else { "have" };
        let message = format!("succeeds as soon as {of} {have} succeeded{so_far}");
        let place = fields.at(&rule.path);
        out.push(Limit::new(LimitKind::SuccessPolicy, message, place));
    }
}
