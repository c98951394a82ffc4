//! The bounds of a Job and its times, each in a phrase with its field.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::jiff::Timestamp;
use pod_model::FieldPath;
use pod_model::job::{Bound, Bounds, Formula, Indexes, JobRules, NoBound, bounds};

use super::fields::{Fields, Place};
use super::history::Keeper;
use super::limit::{Limit, LimitKind};
use super::parts::BoundsReport;
use super::policies::{failure_rules, success_phrases};
use super::time::{duration, seconds, whole};

/// Returns the bounds as numbers.
pub(super) fn bounds_report(job: &Job, rules: &JobRules<'_>) -> BoundsReport {
    // Nothing is known about another controller.
    if rules.external_controller.is_some() {
        return BoundsReport::default();
    }
    let own = bounds(job, rules);
    let value = |bound: &Bound| match bound {
        Bound::AtMost { value, .. } => Some(*value),
        Bound::None(_) => None,
    };
    BoundsReport {
        max_pods: value(&own.pods),
        max_failures: value(&own.failures),
        max_seconds: rules.active_deadline_seconds,
        deadline: own.deadline.ok(),
    }
}

/// Returns the phrases about a Job, of which these indexes have succeeded.
pub(super) fn limits(
    job: &Job,
    rules: &JobRules<'_>,
    succeeded: &Indexes,
    keeper: &Keeper<'_>,
    fields: &Fields<'_>,
) -> Vec<Limit> {
    if rules.external_controller.is_some() {
        return Vec::new();
    }
    let own = bounds(job, rules);
    let mut out = Vec::new();
    let mut add = |kind, message: String, place| out.push(Limit::new(kind, message, place));
    let (pods, pods_place) = most_pods(rules, &own, fields);
    add(LimitKind::MaxPods, pods, pods_place);
    let completions = match rules.completions {
        Some(0) => "succeeds at once: it needs no Pod that succeeds".to_owned(),
        Some(1) => "succeeds with the first Pod that succeeds".to_owned(),
        Some(count) if rules.is_indexed => {
            format!("succeeds when all {count} indexes have succeeded")
        }
        Some(count) => format!("succeeds when {count} Pods have succeeded"),
        None => "succeeds when one Pod has succeeded and no other runs".to_owned(),
    };
    add(
        LimitKind::Completions,
        completions,
        fields.of("completions"),
    );
    failure_points(rules, &own, fields, &mut add);
    if let Some(policy) = rules.failure_policy {
        failure_rules(policy, fields, &mut out);
    }
    if let Some(policy) = rules.success_policy.filter(|_| rules.is_indexed) {
        let completions = i64::from(rules.completions.unwrap_or_default());
        success_phrases(policy, completions, succeeded, fields, &mut out);
    }
    let mut add = |kind, message: String, place| out.push(Limit::new(kind, message, place));
    add(
        LimitKind::Deadline,
        deadline(rules, &own),
        fields.of("activeDeadlineSeconds"),
    );
    let (waits, place) = back_off(rules, &own, fields);
    add(LimitKind::BackOff, waits, place);
    let replacement = if rules.only_replaces_failed {
        "replaces a Pod that is deleted when it has ended"
    } else {
        "replaces a Pod that is deleted at once, and counts it as failed"
    };
    add(
        LimitKind::Replacement,
        replacement.to_owned(),
        fields.of("podReplacementPolicy"),
    );
    out.push(keeper.limit(rules, fields));
    out
}

/// The controller waits before it replaces a Pod, the kubelet before it restarts a container.
fn back_off(rules: &JobRules<'_>, own: &Bounds, fields: &Fields<'_>) -> (String, Place) {
    if rules.restarts_in_place {
        let waits = "a container that fails is restarted at once, then after 10s, 20s and so on, at most 5m";
        let pod = FieldPath::root().field("spec").field("template");
        let place = fields.at(&pod.field("spec").field("restartPolicy"));
        return (waits.to_owned(), place);
    }
    let (field, end) = match rules.backoff_limit_per_index {
        Some(_) => ("backoffLimitPerIndex", "an index fails"),
        None => ("backoffLimit", "it fails"),
    };
    let in_all = own.back_off.filter(|time| !time.is_zero());
    let in_all = in_all.map_or_else(String::new, |time| {
        format!(", {} in all before {end}", duration(time))
    });
    let waits = "waits 10s after a failure, then 20s and so on, at most 10m";
    (format!("{waits}{in_all}"), fields.of(field))
}

fn most_pods(rules: &JobRules<'_>, own: &Bounds, fields: &Fields<'_>) -> (String, Place) {
    if rules.parallelism == 0 && rules.completions != Some(0) {
        let message = "creates no Pods as long as parallelism is 0";
        return (message.to_owned(), fields.of("parallelism"));
    }
    let (value, formula) = match &own.pods {
        Bound::AtMost { value, formula } => (*value, *formula),
        Bound::None(NoBound::IgnoredFailures { path }) => {
            let message = "creates Pods without a bound: this rule ignores failures";
            return (message.to_owned(), fields.at(path));
        }
        Bound::None(_) => {
            return (
                "creates Pods without a bound".to_owned(),
                fields.of("completions"),
            );
        }
    };
    let (sum, field) = match formula {
        Formula::CompletionsAndLimit { completions, limit } => (
            format!("completions {completions} + backoffLimit {limit}"),
            "completions",
        ),
        Formula::ParallelismAndLimit { parallelism, limit } => (
            format!("parallelism {parallelism} + backoffLimit {limit}"),
            "parallelism",
        ),
        Formula::EachIndex { completions, limit } => (
            format!("completions {completions} × (backoffLimitPerIndex {limit} + 1)"),
            "backoffLimitPerIndex",
        ),
        Formula::Limit { limit } | Formula::Restarts { limit } => {
            (format!("backoffLimit {limit}"), "backoffLimit")
        }
        Formula::LimitOfEachIndex { completions, limit } => (
            format!("completions {completions} × backoffLimitPerIndex {limit}"),
            "backoffLimitPerIndex",
        ),
        Formula::NoCompletions => {
            let message = "creates no Pods: completions is 0";
            return (message.to_owned(), fields.of("completions"));
        }
    };
    let s = if value == 1 { "" } else { "s" };
    let message = format!("creates at most {value} Pod{s}: {sum}");
    (message, fields.of(field))
}

fn failure_points(
    rules: &JobRules<'_>,
    own: &Bounds,
    fields: &Fields<'_>,
    add: &mut impl FnMut(LimitKind, String, Place),
) {
    let point = own.fails_at;
    if let Some(pods) = point.failed_pods_of_index {
        let at = at(pods, "failed Pod", "failed Pods");
        add(
            LimitKind::IndexFailures,
            format!("an index fails at {at}; the others go on, and the Job fails at their end"),
            fields.of("backoffLimitPerIndex"),
        );
    }
    if let Some(indexes) = point.failed_indexes {
        let at = at(indexes, "failed index", "failed indexes");
        add(
            LimitKind::FailedIndexes,
            format!("fails at {at}, without waiting for the others"),
            fields.of("maxFailedIndexes"),
        );
    }
    // The default with a limit for each index is no limit.
    if rules.backoff_limit != i32::MAX {
        add(
            LimitKind::Failures,
            format!(
                "fails at {}",
                at(point.failed_pods, "failed Pod", "failed Pods")
            ),
            fields.of("backoffLimit"),
        );
    }
    if let Some(restarts) = point.restarts.filter(|_| rules.backoff_limit != i32::MAX) {
        add(
            LimitKind::Restarts,
            format!(
                "fails at {} of containers of its unfinished Pods, which are then deleted with their logs",
                at(restarts, "restart", "restarts")
            ),
            fields.of("backoffLimit"),
        );
    }
}

fn at(count: i64, one: &str, many: &str) -> String {
    if count == 1 {
        format!("the first {one}")
    } else {
        format!("{count} {many}")
    }
}

fn deadline(rules: &JobRules<'_>, own: &Bounds) -> String {
    let from = |time: i64, from: &str| format!("fails {} after {from}", seconds(time));
    match &own.deadline {
        Ok(at) => {
            let time = rules.active_deadline_seconds.unwrap_or_default();
            from(time, &format!("its start, at {}", at_text(*at)))
        }
        Err(NoBound::NotStarted { seconds }) => from(*seconds, "its start"),
        Err(NoBound::Suspended { seconds }) => from(*seconds, "it is resumed"),
        Err(NoBound::NoDeadline | NoBound::IgnoredFailures { .. }) => {
            "has no limit of time: a Pod that never starts or ends keeps it from ending".to_owned()
        }
    }
}

fn at_text(at: Timestamp) -> String {
    whole(at).to_string()
}
