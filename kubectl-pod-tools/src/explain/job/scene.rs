//! A Job with everything that is known about it, and its state in words.

use k8s_openapi::api::batch::v1::{Job, JobStatus};
use k8s_openapi::jiff::Timestamp;
use pod_model::job::back_off::BackOff;
use pod_model::job::{
    CountedPods, FailureAction, JobRules, ObservedJob, count_pods, is_failed, match_failure_policy,
};
use pod_model::{KubernetesVersion, Verdict};

use super::events::SeenEvent;
use super::parts::{Counts, Outcome, RetryReport};
use super::subject::OwnPods;

/// A Job and everything that is known about it.
pub(super) struct JobScene<'a> {
    pub job: &'a Job,
    pub rules: &'a JobRules<'a>,
    pub own: &'a OwnPods<'a>,
    pub events: &'a [SeenEvent],
    pub now: Timestamp,
    /// False if `now` may be much later than the objects were read.
    pub has_time: bool,
    pub version: KubernetesVersion,
    /// Its name in messages, such as `job.batch/migrate`.
    pub shown: &'a str,
    /// The words that explain a state, such as `kubectl pod-tools explain-status`.
    pub command: &'a str,
}

/// The state of a Job in words.
pub(super) struct State {
    pub outcome: Outcome,
    pub reason: String,
    pub verdict: Verdict,
    pub is_ended: bool,
    /// Full sentences.
    pub summary: String,
    pub advice: Vec<String>,
    pub retries: Vec<RetryReport>,
}

impl State {
    /// A state of a Job that has not ended.
    pub(super) fn unfinished(reason: &str, summary: String) -> Self {
        Self {
            outcome: Outcome::Unfinished,
            reason: reason.to_owned(),
            verdict: Verdict::Unknown,
            is_ended: false,
            summary,
            advice: Vec::new(),
            retries: Vec::new(),
        }
    }

    pub(super) fn advise(mut self, advice: impl Into<String>) -> Self {
        self.advice.push(advice.into());
        self
    }
}

impl<'a> JobScene<'a> {
    pub(super) fn observed(&self) -> ObservedJob<'a> {
        ObservedJob {
            job: self.job,
            pods: self.own.pods.clone(),
            now: self.now,
            memory: BackOff::default(),
            version: self.version,
        }
    }

    pub(super) fn counted(&self) -> CountedPods<'a> {
        count_pods(self.job, self.rules, &self.own.pods)
    }

    /// Returns the numbers; those of the status as far as Pods are not known.
    pub(super) fn counts(&self, counted: &CountedPods<'_>) -> Counts {
        let empty = JobStatus::default();
        let status = self.job.status.as_ref().unwrap_or(&empty);
        let is_known = self.own.unread.is_none();
        let number = |own: i64, status: Option<i32>| {
            let status = i64::from(status.unwrap_or_default());
            if is_known { own } else { own.max(status) }
        };
        let own = counted.counts;
        let policy = self.rules.failure_policy;
        let ignored = self.own.pods.iter().filter(|pod| {
            let rule = policy.and_then(|policy| match_failure_policy(policy, pod));
            is_failed(pod, self.rules.only_replaces_failed)
                && rule.is_some_and(|rule| rule.action == FailureAction::Ignore)
        });
        Counts {
            succeeded: number(own.succeeded, status.succeeded),
            completions: self.rules.completions,
            failed: number(own.failed, status.failed),
            ignored: i64::try_from(ignored.count()).unwrap_or(i64::MAX),
            active: number(own.active, status.active),
            ready: number(own.ready, status.ready),
            terminating: number(own.terminating, status.terminating),
            restarts: own.restarts,
        }
    }
}
