//! The next Pods of a Job: how many are lacking, what holds them back, and until when.
//!
//! Upstream: `manageJob` (pkg/controller/job/job_controller.go). The controller counts failures
//! in its memory, so without `backoffLimitPerIndex` the time of the next Pod is an upper bound:
//! a controller that was restarted creates it at once. With it the failures of an index are in
//! the annotations of its Pods, and the time is exact.

use k8s_openapi::jiff::Timestamp;

use super::back_off::{BackOff, of_index};
use super::counts::{CountedPods, count_pods};
use super::end::{certain_end, is_finished};
use super::manage::{lacking, last_failed, pending_indexes};
use super::pod::{is_failed, phase};
use super::rules::JobRules;
use super::sync::ObservedJob;

/// A Pod that is held back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retry {
    /// Its completion index, with `backoffLimitPerIndex`.
    pub index: Option<i64>,
    /// Time at which the back-off ends.
    pub at: Timestamp,
    /// True if it comes at that time, not before.
    pub is_exact: bool,
    /// The failures that make the back-off.
    pub back_off: BackOff,
}

/// The next Pods of a Job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NextPods {
    /// Nothing: the Job has ended or its end is certain, it is suspended or deleted, or another
    /// controller manages it.
    None,
    /// It has all the Pods that it wants.
    Enough,
    /// The next Pods wait for the end of others.
    AfterTermination {
        /// Number of Pods that are deleted and have not ended.
        terminating: i64,
    },
    /// So many Pods come at once.
    AtOnce {
        /// Number of Pods.
        pods: i64,
    },
    /// Pods are held back; those of other indexes may come at once.
    HeldBack {
        /// Number of Pods that are not held back.
        at_once: i64,
        /// Those that are, the first first.
        retries: Vec<Retry>,
    },
}

/// Returns the next Pods of a Job.
pub fn next_pods(observed: &ObservedJob<'_>) -> NextPods {
    let (job, pods) = (observed.job, &observed.pods);
    let Some(rules) = JobRules::of(job, observed.version) else {
        return NextPods::None;
    };
    let counted = count_pods(job, &rules, pods);
    let status = job.status.as_ref();
    let started = status.and_then(|status| Some(status.start_time.as_ref()?.0));
    if rules.external_controller.is_some()
        || rules.is_suspended
        || is_finished(job)
        || job.metadata.deletion_timestamp.is_some()
        || certain_end(job, &rules, pods, &counted, started, observed.now).is_some()
    {
        return NextPods::None;
    }
    let lacking = lacking(&rules, &counted);
    if lacking <= 0 {
        let terminating = counted.counts.terminating;
        let waits = rules.only_replaces_failed && lacking + terminating > 0;
        return if waits {
            NextPods::AfterTermination { terminating }
        } else {
            NextPods::Enough
        };
    }
    let retries = match rules.backoff_limit_per_index {
        Some(_) => of_indexes(observed, &rules, &counted, lacking),
        None => of_all(observed, &rules),
    };
    if retries.is_empty() {
        return NextPods::AtOnce { pods: lacking };
    }
    let at_once = match rules.backoff_limit_per_index {
        Some(_) => lacking - i64::try_from(retries.len()).unwrap_or(i64::MAX),
        None => 0,
    };
    NextPods::HeldBack { at_once, retries }
}

fn of_indexes(
    observed: &ObservedJob<'_>,
    rules: &JobRules<'_>,
    counted: &CountedPods<'_>,
    lacking: i64,
) -> Vec<Retry> {
    let last = last_failed(rules, &observed.pods, counted);
    let indexes = pending_indexes(rules, &observed.pods, counted, lacking);
    let mut retries: Vec<Retry> = indexes
        .into_iter()
        .filter_map(|index| {
            let back_off = of_index(last.get(&index)?);
            let at = back_off.ends_at().filter(|at| *at > observed.now)?;
            Some(Retry {
                index: Some(index),
                at,
                is_exact: true,
                back_off,
            })
        })
        .collect();
    retries.sort_by_key(|retry| (retry.at, retry.index));
    retries
}

/// The failures that the controller remembers are those since the last success, of which the
/// Pods may be gone: without the Pod of a success it is at most the number in the status.
fn of_all(observed: &ObservedJob<'_>, rules: &JobRules<'_>) -> Vec<Retry> {
    let pods = &observed.pods;
    let succeeded: Vec<_> = pods
        .iter()
        .copied()
        .filter(|pod| phase(pod) == "Succeeded")
        .collect();
    let failed: Vec<_> = pods
        .iter()
        .copied()
        .filter(|pod| is_failed(pod, rules.only_replaces_failed))
        .collect();
    let mut back_off = BackOff::default().with(&succeeded, &failed);
    let status = observed.job.status.as_ref();
    let count = |number: Option<i32>| number.unwrap_or_default();
    // A success whose Pod is gone may have been before all the failures.
    if succeeded.is_empty() {
        let counted = status.map_or(0, |status| count(status.failed));
        back_off.failures = back_off.failures.max(counted);
    }
    if observed.memory.failures > 0 {
        back_off = observed.memory;
    }
    let retry = back_off.ends_at().filter(|at| *at > observed.now);
    let retry = retry.map(|at| Retry {
        index: None,
        at,
        is_exact: false,
        back_off,
    });
    retry.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use k8s_openapi::api::batch::v1::Job;
    use k8s_openapi::api::core::v1::Pod;
    use serde_json::{Value, json};

    use super::*;
    use crate::version::KubernetesVersion;

    fn next(spec: &Value, status: &Value, pods: &[Value]) -> NextPods {
        let job: Job = serde_json::from_value(json!({"spec": spec, "status": status})).unwrap();
        let pods: Vec<Pod> = pods
            .iter()
            .map(|pod| serde_json::from_value(pod.clone()).unwrap())
            .collect();
        next_pods(&ObservedJob {
            job: &job,
            pods: pods.iter().collect(),
            now: "2026-01-01T00:01:00Z".parse().unwrap(),
            memory: BackOff::default(),
            version: KubernetesVersion::LATEST,
        })
    }

    fn failed(uid: &str, at: &str, annotations: &Value) -> Value {
        json!({"metadata": {"name": uid, "uid": uid, "annotations": annotations,
                "finalizers": ["batch.kubernetes.io/job-tracking"]},
            "status": {"phase": "Failed", "containerStatuses": [{"name": "c", "image": "",
                "imageID": "", "ready": false, "restartCount": 0,
                "state": {"terminated": {"exitCode": 1, "finishedAt": at}}}]}})
    }

    #[test]
    fn the_next_pod_comes_after_the_back_off_at_the_latest() {
        let pods = [
            failed("a", "2026-01-01T00:00:30Z", &json!({})),
            failed("b", "2026-01-01T00:00:50Z", &json!({})),
        ];
        let NextPods::HeldBack {
            at_once: 0,
            retries,
        } = next(&json!({}), &json!({}), &pods)
        else {
            panic!("not held back");
        };
        let [retry] = &retries[..] else {
            panic!("{retries:?}")
        };
        assert_eq!(retry.at.to_string(), "2026-01-01T00:01:10Z");
        assert!(!retry.is_exact && retry.back_off.failures == 2);
        // Of one the Pod is gone.
        let NextPods::HeldBack { retries, .. } = next(&json!({}), &json!({"failed": 3}), &pods)
        else {
            panic!("not held back");
        };
        assert_eq!(retries[0].at.to_string(), "2026-01-01T00:01:30Z");
        // So is that of a success, which may have been the first of all.
        let status = json!({"failed": 3, "succeeded": 1});
        let NextPods::HeldBack { retries, .. } = next(&json!({"completions": 2}), &status, &pods)
        else {
            panic!("not held back");
        };
        assert_eq!(retries[0].at.to_string(), "2026-01-01T00:01:30Z");
    }

    #[test]
    fn with_a_limit_for_each_index_each_has_its_own_time() {
        let annotations = |index: &str, failures: &str| {
            json!({
            "batch.kubernetes.io/job-completion-index": index,
            "batch.kubernetes.io/job-index-failure-count": failures})
        };
        let spec = json!({"completions": 3, "parallelism": 3, "completionMode": "Indexed",
            "backoffLimitPerIndex": 5});
        let pods = [
            failed("a", "2026-01-01T00:00:55Z", &annotations("0", "3")),
            failed("b", "2026-01-01T00:00:55Z", &annotations("2", "0")),
        ];
        let NextPods::HeldBack {
            at_once: 1,
            retries,
        } = next(&spec, &json!({}), &pods)
        else {
            panic!("not held back");
        };
        let found: Vec<(Option<i64>, String)> = retries
            .iter()
            .map(|retry| (retry.index, retry.at.to_string()))
            .collect();
        let expected = [
            (Some(2), "2026-01-01T00:01:05Z".to_owned()),
            (Some(0), "2026-01-01T00:02:15Z".to_owned()),
        ];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_pod_that_is_deleted_is_awaited_if_only_failed_ones_are_replaced() {
        let deleted = json!({"metadata": {"deletionTimestamp": "2026-01-01T00:01:30Z"},
            "status": {"phase": "Running"}});
        let spec = json!({"podReplacementPolicy": "Failed"});
        let found = next(&spec, &json!({}), &[deleted]);
        assert_eq!(found, NextPods::AfterTermination { terminating: 1 });
        assert_eq!(
            next(&json!({}), &json!({}), &[]),
            NextPods::AtOnce { pods: 1 }
        );
        let suspended = next(&json!({"suspend": true}), &json!({}), &[]);
        assert_eq!(suspended, NextPods::None);
    }
}
