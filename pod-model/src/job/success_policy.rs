//! The success policy of an Indexed Job: which rule is met, and what the others lack.
//!
//! Upstream: `matchSuccessPolicy` and `matchSucceededIndexesRule`
//! (pkg/controller/job/success_policy.go).

use k8s_openapi::api::batch::v1::{SuccessPolicy, SuccessPolicyRule};

use super::indexes::Indexes;
use crate::path::FieldPath;

/// A rule of a success policy, and how far the Job is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SuccessRule {
    /// Its index in the policy.
    pub index: usize,
    /// True if it is met.
    pub is_met: bool,
    /// Number of indexes that count for it and have succeeded.
    pub succeeded: i64,
    /// Number of such indexes with which it is met.
    pub needed: i64,
    /// The indexes that the rule names and that have not succeeded; none if it names none.
    pub missing: Indexes,
    /// Path of the rule in the Job.
    pub path: FieldPath,
}

/// Returns the rules that can be met, in order. The first that is met decides.
pub fn success_rules(
    policy: &SuccessPolicy,
    completions: i64,
    succeeded: &Indexes,
) -> Vec<SuccessRule> {
    let list = FieldPath::root()
        .field("spec")
        .field("successPolicy")
        .field("rules");
    let rules = policy.rules.iter().enumerate();
    rules
        .filter_map(|(index, own)| rule(index, own, completions, succeeded, list.index(index)))
        .collect()
}

/// Returns the first rule that is met.
pub fn met_rule(policy: &SuccessPolicy, completions: i64, succeeded: &Indexes) -> Option<usize> {
    let rules = success_rules(policy, completions, succeeded);
    rules
        .into_iter()
        .find_map(|rule| rule.is_met.then_some(rule.index))
}

/// Returns whether a rule can still be met although these indexes have failed for good. Failed
/// indexes are asked for first, so a rule that needs all the others is met too late.
pub fn can_be_met(
    policy: &SuccessPolicy,
    completions: i64,
    succeeded: &Indexes,
    failed: &Indexes,
) -> bool {
    let ended = succeeded.total() + failed.total();
    let lists = policy.rules.iter().map(|own| &own.succeeded_indexes);
    let open = |indexes: Option<&str>| match indexes {
        Some(text) => {
            let required = Indexes::parse(text, completions);
            required.without(succeeded).without(failed).total()
        }
        None => completions - ended,
    };
    let open: Vec<i64> = lists.map(|own| open(own.as_deref())).collect();
    let rules = success_rules(policy, completions, succeeded);
    rules.into_iter().any(|rule| {
        let lacking = (rule.needed - rule.succeeded).max(0);
        let is_open = open.get(rule.index).is_some_and(|open| lacking <= *open);
        rule.is_met || is_open && ended + lacking < completions
    })
}

fn rule(
    index: usize,
    rule: &SuccessPolicyRule,
    completions: i64,
    succeeded: &Indexes,
    path: FieldPath,
) -> Option<SuccessRule> {
    let count = rule.succeeded_count.map(i64::from);
    let (have, needed, missing, is_enough) = match &rule.succeeded_indexes {
        Some(text) => {
            let required = Indexes::parse(text, completions);
            if required.is_empty() {
                return None;
            }
            let have = common(&required, succeeded);
            let total = required.total();
            let needed = count.map_or(total, |count| count.min(total));
            // Equal, not more: a text whose ranges overlap has more in common than it has.
            let is_enough = have == total || count.is_some_and(|count| have >= count);
            (have, needed, required.without(succeeded), is_enough)
        }
        None => {
            let (have, needed) = (succeeded.total(), count?);
            (have, needed, Indexes::default(), have >= needed)
        }
    };
    Some(SuccessRule {
        index,
        is_met: !succeeded.is_empty() && is_enough,
        succeeded: have,
        needed,
        missing,
        path,
    })
}

fn common(required: &Indexes, succeeded: &Indexes) -> i64 {
    let (mut required, mut succeeded) = (
        required.intervals().iter().peekable(),
        succeeded.intervals().iter().peekable(),
    );
    let mut count = 0;
    while let (Some(rule), Some(own)) = (required.peek(), succeeded.peek()) {
        let overlap = rule.last.min(own.last) - rule.first.max(own.first) + 1;
        count += overlap.max(0);
        let (rule_is_last, own_is_last) = (rule.last >= own.last, own.last >= rule.last);
        if rule_is_last {
            succeeded.next();
        }
        if own_is_last {
            required.next();
        }
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(indexes: Option<&str>, count: Option<i32>) -> SuccessPolicy {
        SuccessPolicy {
            rules: vec![SuccessPolicyRule {
                succeeded_count: count,
                succeeded_indexes: indexes.map(str::to_owned),
            }],
        }
    }

    #[test]
    fn a_rule_says_what_it_lacks() {
        for (indexes, count, succeeded, is_met, have, needed, missing) in [
            (Some("0-3"), None, "0,2", false, 2, 4, "1,3"),
            (Some("0-3"), Some(2), "0,2", true, 2, 2, "1,3"),
            (None, Some(3), "5,7", false, 2, 3, ""),
            (None, Some(2), "5,7", true, 2, 2, ""),
        ] {
            let rules = success_rules(&policy(indexes, count), 10, &Indexes::parse(succeeded, 10));
            let [rule] = &rules[..] else {
                panic!("{rules:?}")
            };
            let found = (rule.is_met, rule.succeeded, rule.needed);
            assert_eq!(found, (is_met, have, needed), "{indexes:?} {count:?}");
            assert_eq!(rule.missing.to_string(), missing);
            assert_eq!(rule.path.to_string(), "spec.successPolicy.rules[0]");
        }
    }

    #[test]
    fn a_rule_that_lacks_a_failed_index_is_not_met_any_more() {
        let can = |indexes: Option<&str>, count: Option<i32>, failed: &str| {
            let (succeeded, failed) = (Indexes::parse("1", 5), Indexes::parse(failed, 5));
            can_be_met(&policy(indexes, count), 5, &succeeded, &failed)
        };
        assert!(can(Some("1-2"), None, "0"));
        assert!(!can(Some("0-2"), None, "0"));
        assert!(can(Some("0-2"), Some(2), "0"));
        assert!(can(None, Some(3), "0"));
        assert!(!can(None, Some(3), "0,2-3"));
        // The last success comes with the end of all indexes, which is asked for first.
        assert!(!can(None, Some(4), "0"));
    }

    #[test]
    fn nothing_is_met_before_an_index_has_succeeded() {
        let none = Indexes::default();
        assert_eq!(met_rule(&policy(None, Some(0)), 5, &none), None);
        assert_eq!(met_rule(&policy(None, Some(1)), 5, &none), None);
    }
}
