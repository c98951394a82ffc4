//! Each Pod of a Job, with what it counts as and why.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::Timestamp;

use super::failure_policy::{FailureAction, FailureMatch, match_failure_policy};
use super::pod::{
    IndexFailures, completion_index, finished_at, index_failures, is_active, is_failed, is_ready,
    is_terminal, phase, restarts,
};
use super::rules::JobRules;

/// The state of a Pod as its Job counts it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PodState {
    /// It succeeded.
    Succeeded,
    /// It failed.
    Failed,
    /// It is deleted and has not ended. It counts as failed at once, unless the Job replaces
    /// only Pods that have ended.
    Terminating {
        /// True if it counts as failed.
        is_failed: bool,
    },
    /// It is active.
    Active {
        /// True if it is ready.
        is_ready: bool,
    },
}

/// A Pod of a Job, and what it counts as.
#[derive(Clone, Debug)]
pub struct PodAccount<'a> {
    /// The Pod.
    pub pod: &'a Pod,
    /// Its state.
    pub state: PodState,
    /// Its completion index.
    pub index: Option<i64>,
    /// The failures of its index before it, with `backoffLimitPerIndex`.
    pub failures_before: Option<IndexFailures>,
    /// The rule of the failure policy that catches it, if it failed.
    pub rule: Option<FailureMatch>,
    /// Time of its end, if it ended.
    pub finished_at: Option<Timestamp>,
    /// Restarts of all its containers.
    pub restarts: i64,
}

impl PodAccount<'_> {
    /// Returns whether it is a failure.
    pub fn is_failed(&self) -> bool {
        matches!(
            self.state,
            PodState::Failed | PodState::Terminating { is_failed: true }
        )
    }

    /// Returns whether it is a failure that counts against the limits.
    pub fn counts_as_failure(&self) -> bool {
        let is_ignored = |rule: &FailureMatch| matches!(rule.action, FailureAction::Ignore);
        self.is_failed() && !self.rule.as_ref().is_some_and(is_ignored)
    }
}

/// Returns what each Pod of a Job counts as, in their order.
pub fn account_pods<'a>(rules: &JobRules<'_>, pods: &[&'a Pod]) -> Vec<PodAccount<'a>> {
    pods.iter().map(|pod| account(rules, pod)).collect()
}

fn account<'a>(rules: &JobRules<'_>, pod: &'a Pod) -> PodAccount<'a> {
    let fails = is_failed(pod, rules.only_replaces_failed);
    let state = match phase(pod) {
        "Succeeded" => PodState::Succeeded,
        "Failed" => PodState::Failed,
        _ if is_active(pod) => PodState::Active {
            is_ready: is_ready(pod),
        },
        _ => PodState::Terminating { is_failed: fails },
    };
    let policy = rules.failure_policy.filter(|_| fails);
    PodAccount {
        pod,
        state,
        index: completion_index(pod).filter(|_| rules.is_indexed),
        failures_before: rules.backoff_limit_per_index.map(|_| index_failures(pod)),
        rule: policy.and_then(|policy| match_failure_policy(policy, pod)),
        finished_at: is_terminal(pod).then(|| finished_at(pod)),
        restarts: i64::from(restarts(pod)),
    }
}
