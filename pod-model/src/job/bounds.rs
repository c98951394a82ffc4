//! Bounds of a Job's life: of its Pods, of the failures that it bears, of its time.
//!
//! The controller creates a Pod only if `succeeded + active` is below `completions` and
//! `failed` is not above `backoffLimit` (pkg/controller/job/job_controller.go, `syncJob`,
//! `manageJob`). So all Pods, which have succeeded, failed or are active, are at most
//! `completions + backoffLimit`; without `completions` none is created after the first success,
//! and `parallelism` takes its place. Who suspends, resumes or scales a Job has more Pods made.

use k8s_openapi::api::batch::v1::Job;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::back_off;
use super::end::deadline;
use super::failure_policy::FailureAction;
use super::rules::JobRules;
use crate::path::FieldPath;

/// An upper bound, and how it comes about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// At most so many.
    AtMost {
        /// The number.
        value: i64,
        /// Its formula, with the fields that it is made of.
        formula: Formula,
    },
    /// There is none.
    None(NoBound),
}

/// The formula of a bound; each field is named as in the Job, with its value beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formula {
    /// `completions + backoffLimit`.
    CompletionsAndLimit {
        /// `completions`.
        completions: i64,
        /// `backoffLimit`.
        limit: i64,
    },
    /// `parallelism + backoffLimit`.
    ParallelismAndLimit {
        /// `parallelism`.
        parallelism: i64,
        /// `backoffLimit`.
        limit: i64,
    },
    /// `completions × (backoffLimitPerIndex + 1)`.
    EachIndex {
        /// `completions`.
        completions: i64,
        /// `backoffLimitPerIndex`.
        limit: i64,
    },
    /// `backoffLimit`.
    Limit {
        /// `backoffLimit`.
        limit: i64,
    },
    /// `completions × backoffLimitPerIndex`.
    LimitOfEachIndex {
        /// `completions`.
        completions: i64,
        /// `backoffLimitPerIndex`.
        limit: i64,
    },
    /// `backoffLimit - 1` restarts, and none if it is 0.
    Restarts {
        /// `backoffLimit`.
        limit: i64,
    },
    /// `completions` of 0: there is nothing to do.
    NoCompletions,
}

impl Formula {
    fn value(self) -> i64 {
        match self {
            Self::CompletionsAndLimit { completions, limit } => completions.saturating_add(limit),
            Self::ParallelismAndLimit { parallelism, limit } => parallelism.saturating_add(limit),
            Self::EachIndex { completions, limit } => {
                completions.saturating_mul(limit.saturating_add(1))
            }
            Self::Limit { limit } => limit,
            Self::LimitOfEachIndex { completions, limit } => completions.saturating_mul(limit),
            Self::Restarts { limit } => limit.max(1) - 1,
            Self::NoCompletions => 0,
        }
    }

    fn bound(self) -> Bound {
        Bound::AtMost {
            value: self.value(),
            formula: self,
        }
    }
}

/// The reason why there is no bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoBound {
    /// A rule of the failure policy ignores failures, so they do not count.
    IgnoredFailures {
        /// Path of the rule.
        path: FieldPath,
    },
    /// Nothing ends a Pod that runs on: there is no `activeDeadlineSeconds`.
    NoDeadline,
    /// The time starts when the Job does.
    NotStarted {
        /// Seconds from then.
        seconds: i64,
    },
    /// The time stands still while the Job is suspended, and starts anew.
    Suspended {
        /// Seconds from then.
        seconds: i64,
    },
}

/// The failures with which a Job fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FailurePoint {
    /// Number of failed Pods with which it fails: `backoffLimit + 1`.
    pub failed_pods: i64,
    /// Number of restarts of its unfinished Pods with which it fails, with
    /// `restartPolicy: OnFailure`; its Pods, and their logs, are then deleted.
    pub restarts: Option<i64>,
    /// Number of failed Pods with which an index fails: `backoffLimitPerIndex + 1`.
    pub failed_pods_of_index: Option<i64>,
    /// Number of failed indexes with which it fails at once: `maxFailedIndexes + 1`.
    pub failed_indexes: Option<i64>,
}

/// The bounds of a Job's life.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Pods that it makes.
    pub pods: Bound,
    /// Failed Pods that it bears without failing itself; with `restartPolicy: OnFailure` the
    /// restarts of its unfinished Pods.
    pub failures: Bound,
    /// The time at which it fails if it has not ended before, in seconds since 1970.
    pub deadline: Result<Timestamp, NoBound>,
    /// The failures with which it fails.
    pub fails_at: FailurePoint,
    /// The sum of all back-offs if all failures that it bears come one by one; of an index with
    /// `backoffLimitPerIndex`. `None` if there is no bound, or if it is the kubelet that waits
    /// (`restartPolicy: OnFailure`).
    pub back_off: Option<SignedDuration>,
}

/// Computes the bounds of a Job.
pub fn bounds(job: &Job, rules: &JobRules<'_>) -> Bounds {
    let limit = i64::from(rules.backoff_limit);
    let completions = rules.completions.map(i64::from);
    let per_index = rules.backoff_limit_per_index.map(i64::from);
    let (pods, failures, back_off) = match ignoring_rule(rules) {
        Some(path) => {
            let none = Bound::None(NoBound::IgnoredFailures { path });
            (none.clone(), none, None)
        }
        None => (
            pods(rules, limit, completions, per_index),
            failures(rules, limit, completions, per_index),
            (!rules.restarts_in_place).then(|| {
                back_off::sum(rules.backoff_limit_per_index.unwrap_or(rules.backoff_limit))
            }),
        ),
    };
    let status = job.status.as_ref();
    let started = status.and_then(|status| status.start_time.as_ref());
    let deadline = match rules.active_deadline_seconds {
        None => Err(NoBound::NoDeadline),
        Some(seconds) if rules.is_suspended => Err(NoBound::Suspended { seconds }),
        Some(seconds) => deadline(rules, started.map(|time| time.0))
            .map(|(_, at)| at)
            .ok_or(NoBound::NotStarted { seconds }),
    };
    Bounds {
        pods,
        failures,
        deadline,
        fails_at: FailurePoint {
            failed_pods: limit.saturating_add(1),
            restarts: rules.restarts_in_place.then_some(limit.max(1)),
            failed_pods_of_index: per_index.map(|limit| limit.saturating_add(1)),
            failed_indexes: rules
                .max_failed_indexes
                .map(|limit| i64::from(limit).saturating_add(1)),
        },
        back_off,
    }
}

fn pods(
    rules: &JobRules<'_>,
    limit: i64,
    completions: Option<i64>,
    per_index: Option<i64>,
) -> Bound {
    let Some(completions) = completions else {
        let parallelism = i64::from(rules.parallelism);
        return Formula::ParallelismAndLimit { parallelism, limit }.bound();
    };
    // It is complete at once.
    if completions == 0 {
        return Formula::NoCompletions.bound();
    }
    let of_all = Formula::CompletionsAndLimit { completions, limit };
    let of_each = per_index.map(|limit| Formula::EachIndex { completions, limit });
    of_each
        .filter(|of_each| of_each.value() < of_all.value())
        .unwrap_or(of_all)
        .bound()
}

/// With a limit for each index, a failed index does not end the Job at once, but decides how it
/// ends: it bears as many failures as no index fails with.
fn failures(
    rules: &JobRules<'_>,
    limit: i64,
    completions: Option<i64>,
    per_index: Option<i64>,
) -> Bound {
    if rules.restarts_in_place {
        return Formula::Restarts { limit }.bound();
    }
    let of_all = Formula::Limit { limit };
    let of_each = per_index
        .zip(completions)
        .map(|(limit, completions)| Formula::LimitOfEachIndex { completions, limit });
    of_each
        .filter(|of_each| of_each.value() < limit)
        .unwrap_or(of_all)
        .bound()
}

fn ignoring_rule(rules: &JobRules<'_>) -> Option<FieldPath> {
    let policy = rules.failure_policy?;
    let ignores = |action: &str| FailureAction::parse(action) == Some(FailureAction::Ignore);
    let index = policy.rules.iter().position(|rule| ignores(&rule.action))?;
    let list = FieldPath::root()
        .field("spec")
        .field("podFailurePolicy")
        .field("rules");
    Some(list.index(index))
}

/// Returns the time at which a Job that has ended is deleted (`ttlSecondsAfterFinished`).
///
/// Upstream: `getFinishAndExpireTime` (pkg/controller/ttlafterfinished).
pub fn vanishes_at(job: &Job) -> Option<Timestamp> {
    let ttl = job.spec.as_ref()?.ttl_seconds_after_finished?;
    if job.metadata.deletion_timestamp.is_some() {
        return None;
    }
    let mut conditions = job.status.as_ref()?.conditions.iter().flatten();
    let ended = conditions.find(|condition| {
        matches!(condition.type_.as_str(), "Complete" | "Failed") && condition.status == "True"
    })?;
    let at = ended.last_transition_time.as_ref()?.0;
    at.checked_add(SignedDuration::from_secs(i64::from(ttl)))
        .ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::version::KubernetesVersion;

    fn of(spec: &Value, status: &Value) -> Bounds {
        let mut spec = spec.clone();
        spec["template"] = json!({"spec": {"containers": [],
            "restartPolicy": spec.get("restartPolicy").cloned().unwrap_or_default()}});
        let job: Job = serde_json::from_value(json!({"spec": spec, "status": status})).unwrap();
        bounds(
            &job,
            &JobRules::of(&job, KubernetesVersion::LATEST).unwrap(),
        )
    }

    fn value(bound: &Bound) -> Option<i64> {
        match bound {
            Bound::AtMost { value, .. } => Some(*value),
            Bound::None(_) => None,
        }
    }

    #[test]
    fn pods_and_failures_have_bounds_by_formula() {
        for (spec, pods, failures, back_off) in [
            (json!({}), Some(7), Some(6), Some(630)),
            (
                json!({"completions": 5, "backoffLimit": 2}),
                Some(7),
                Some(2),
                Some(30),
            ),
            (
                json!({"parallelism": 4, "backoffLimit": 2}),
                Some(6),
                Some(2),
                Some(30),
            ),
            (
                json!({"completions": 5, "completionMode": "Indexed", "backoffLimitPerIndex": 2}),
                Some(15),
                Some(10),
                Some(30),
            ),
            (
                json!({"completions": 5, "completionMode": "Indexed", "backoffLimitPerIndex": 2,
                    "backoffLimit": 3}),
                Some(8),
                Some(3),
                Some(30),
            ),
            (
                json!({"podFailurePolicy": {"rules": [
                    {"action": "Count", "onPodConditions": [{"type": "A"}]},
                    {"action": "Ignore", "onPodConditions": [{"type": "B"}]}]}}),
                None,
                None,
                None,
            ),
        ] {
            let bounds = of(&spec, &json!({}));
            assert_eq!(value(&bounds.pods), pods, "{spec}");
            assert_eq!(value(&bounds.failures), failures, "{spec}");
            let seconds = bounds.back_off.map(|time| time.as_secs());
            assert_eq!(seconds, back_off, "{spec}");
        }
    }

    #[test]
    fn a_job_with_nothing_to_do_makes_no_pods() {
        let own = of(&json!({"completions": 0, "parallelism": 3}), &json!({}));
        assert_eq!(value(&own.pods), Some(0));
    }

    #[test]
    fn restarts_fail_a_job_at_the_limit_and_at_least_at_one() {
        for (limit, restarts) in [(0, 1), (1, 1), (6, 6)] {
            let spec = json!({"backoffLimit": limit, "restartPolicy": "OnFailure"});
            let own = of(&spec, &json!({}));
            assert_eq!(own.fails_at.restarts, Some(restarts));
            assert_eq!(value(&own.failures), Some(restarts - 1));
            assert_eq!(own.back_off, None);
        }
        assert_eq!(of(&json!({}), &json!({})).fails_at.restarts, None);
    }

    #[test]
    fn the_deadline_counts_from_the_start() {
        let started = json!({"startTime": "2026-01-01T00:00:00Z"});
        let spec = json!({"activeDeadlineSeconds": 90});
        let at = of(&spec, &started).deadline.unwrap();
        assert_eq!(at.to_string(), "2026-01-01T00:01:30Z");
        let not_started = of(&spec, &json!({})).deadline;
        assert_eq!(not_started, Err(NoBound::NotStarted { seconds: 90 }));
        let spec = json!({"activeDeadlineSeconds": 90, "suspend": true});
        let suspended = of(&spec, &started).deadline;
        assert_eq!(suspended, Err(NoBound::Suspended { seconds: 90 }));
        let none = of(&json!({}), &started).deadline;
        assert_eq!(none, Err(NoBound::NoDeadline));
    }

    #[test]
    fn a_job_vanishes_after_its_end() {
        let mut job: Job = serde_json::from_value(json!({
            "spec": {"ttlSecondsAfterFinished": 60, "template": {}},
            "status": {"conditions": [{"type": "Complete", "status": "True",
                "lastTransitionTime": "2026-01-01T00:00:00Z"}]}}))
        .unwrap();
        let at = vanishes_at(&job).map(|at| at.to_string());
        assert_eq!(at.as_deref(), Some("2026-01-01T00:01:00Z"));
        job.status = None;
        assert_eq!(vanishes_at(&job), None);
    }
}
