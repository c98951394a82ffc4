//! Success policies of Indexed Jobs.
//!
//! Upstream: `validateSuccessPolicy` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/batch/validation`.

use k8s_openapi::api::batch::v1::{SuccessPolicy, SuccessPolicyRule};

use super::errors::{Errors, quoted};
use super::failure_policy::at_most;
use super::path::Path;

const RULES_MOST: usize = 20;
const INDEXES_LENGTH_MOST: usize = 64 << 10;

/// Without `completions` a rule cannot be judged: they are asked for anyway.
pub(super) fn policy(
    policy: &SuccessPolicy,
    completions: Option<i32>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field("rules");
    if policy.rules.is_empty() {
        errors.required(&list, "at least one rule of the success policy is required");
    }
    at_most(policy.rules.len(), RULES_MOST, "rules", &list, errors);
    for (i, own) in policy.rules.iter().enumerate() {
        rule(own, completions, &list.index(i), errors);
    }
}

fn rule(rule: &SuccessPolicyRule, completions: Option<i32>, path: &Path<'_>, errors: &mut Errors) {
    if rule.succeeded_count.is_none() && rule.succeeded_indexes.is_none() {
        errors
            .required(
                path,
                "the rule has neither `succeededCount` nor `succeededIndexes`",
            )
            .help("set `succeededCount` or `succeededIndexes`");
    }
    let mut total = 0;
    if let Some(text) = &rule.succeeded_indexes {
        let path = path.field("succeededIndexes");
        if text.len() > INDEXES_LENGTH_MOST {
            errors.too_long(
                &path,
                format!(
                    "indexes must be no more than {INDEXES_LENGTH_MOST} characters, found {}",
                    text.len()
                ),
            );
        }
        match completions.map(|completions| indexes(text, completions)) {
            Some(Ok(count)) => total = count,
            Some(Err(wrong)) => {
                errors
                    .invalid(&path, format!("invalid indexes {}: {wrong}", quoted(text)))
                    .help("use numbers and ranges in ascending order, such as `0,2-4,7`");
            }
            None => {}
        }
    }
    let Some(count) = rule.succeeded_count else {
        return;
    };
    let path = path.field("succeededCount");
    errors.not_negative(&path, i64::from(count), "`succeededCount`");
    let Some(completions) = completions else {
        return;
    };
    if count > completions {
        errors.invalid(
            &path,
            format!("`succeededCount` must be at most the number of completions, {completions}, found {count}"),
        );
    }
    if rule.succeeded_indexes.is_some() && count > total {
        errors.invalid(
            &path,
            format!("`succeededCount` must be at most the number of `succeededIndexes`, {total}, found {count}"),
        );
    }
}

/// Returns the number of indexes in a text such as `0,2-4,7`.
///
/// Upstream: `validateIndexesFormat`.
fn indexes(text: &str, completions: i32) -> Result<i32, String> {
    if text.is_empty() {
        return Ok(0);
    }
    let number = |text: &str| -> Result<i32, String> {
        let number: i64 = match text.strip_prefix('+').unwrap_or(text) {
            digits if digits.starts_with(['+', '-']) => None,
            digits => digits.parse().ok(),
        }
        .ok_or_else(|| format!("expected a number, found {}", quoted(text)))?;
        i32::try_from(number)
            .ok()
            .filter(|number| *number < completions)
            .ok_or_else(|| {
                format!("index {number} is out of range; the Job has {completions} indexes")
            })
    };
    let (mut total, mut last) = (0, None);
    for interval in text.split(',') {
        let (first, end) = match interval.split('-').collect::<Vec<_>>()[..] {
            [only] => (number(only)?, number(only)?),
            [first, end] => {
                let (first, end) = (number(first)?, number(end)?);
                if first >= end {
                    return Err(format!("range {} must be ascending", quoted(interval)));
                }
                (first, end)
            }
            _ => {
                return Err(format!(
                    "expected a range such as `2-4`, found {}",
                    quoted(interval)
                ));
            }
        };
        if last.is_some_and(|last| last >= first) {
            return Err(format!("{first} must be greater than the number before it"));
        }
        total += end - first + 1;
        last = Some(end);
    }
    Ok(total)
}
