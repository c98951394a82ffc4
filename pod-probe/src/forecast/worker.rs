//! The worker of one probe of a container: when it tries, and what it concludes.
//!
//! Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.

use std::time::Duration;

use super::assumptions::ProbePlan;
use crate::probes::ProbeKind;
use crate::verdict::Verdict;
use crate::worker::{ProbeResult, Ticker, Worker as Thresholds, is_delay_over};

/// A container's status, as the worker reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Absent before the first one is seen.
    pub(super) instance: Option<u32>,
    pub(super) is_running: bool,
    /// In whole seconds, rounded down.
    pub(super) started_at: Duration,
    pub(super) is_started: bool,
    /// It has ended and does not start again.
    pub(super) is_over: bool,
}

/// Action of a worker that is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It waits for the next time.
    Wait,
    /// It makes an attempt.
    Try,
    /// It ends.
    Leave,
}

/// An attempt that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) ends: Duration,
    pub(super) verdict: Verdict,
}

#[derive(Clone, Debug)]
pub(super) struct Worker<'a> {
    pub(super) plan: &'a ProbePlan,
    pub(super) ticker: Ticker,
    pub(super) attempt: Option<Attempt>,
    /// The instance that it knows; [`Self::thresholds`] are about it.
    instance: Option<u32>,
    thresholds: Thresholds,
}

impl<'a> Worker<'a> {
    pub(super) fn new(plan: &'a ProbePlan, now: Duration) -> Self {
        let (success, failure) = (plan.success_threshold, plan.failure_threshold);
        Self {
            plan,
            ticker: Ticker::new(plan.period, now),
            attempt: None,
            instance: None,
            thresholds: Thresholds::with_thresholds(plan.kind, success, failure),
        }
    }

    /// Returns the result about an instance; absent before the worker has looked at it.
    pub(super) fn result(&self, instance: u32) -> Option<ProbeResult> {
        (self.instance == Some(instance)).then(|| self.thresholds.result())
    }

    /// Returns the instance that it knows, with the result about it.
    pub(super) fn current(&self) -> Option<(u32, ProbeResult)> {
        Some((self.instance?, self.thresholds.result()))
    }

    pub(super) fn is_on_hold(&self) -> bool {
        self.thresholds.is_on_hold()
    }

    /// Returns whether attempts with this verdict change nothing.
    pub(super) fn is_settled(&self, verdict: Verdict) -> bool {
        self.thresholds.is_settled(verdict)
    }

    /// Returns when something happens next.
    pub(super) fn next(&self) -> Duration {
        self.attempt.map_or(self.ticker.tick, |attempt| {
            attempt.ends.min(self.ticker.tick)
        })
    }

    /// Returns whether the worker is to be woken.
    pub(super) fn is_woken(&self) -> bool {
        self.attempt.is_none() && self.ticker.is_woken()
    }

    /// Looks at the container. The second value is true if the result has changed.
    pub(super) fn look(&mut self, seen: &Seen, now: Duration) -> (Action, bool) {
        let Some(instance) = seen.instance else {
            return (Action::Wait, false);
        };
        let mut changed = false;
        if self.instance != Some(instance) {
            self.instance = Some(instance);
            self.thresholds.restart();
            changed = true;
        }
        if self.thresholds.is_on_hold() {
            return (Action::Wait, changed);
        }
        if !seen.is_running {
            changed |= self.thresholds.set(ProbeResult::Failure);
            let action = if seen.is_over {
                Action::Leave
            } else {
                Action::Wait
            };
            return (action, changed);
        }
        if !is_delay_over(seen.started_at, now, self.plan.initial_delay) {
            return (Action::Wait, changed);
        }
        // A startup probe ends when the container has started; the others begin then.
        if seen.is_started == (self.plan.kind == ProbeKind::Startup) {
            return (Action::Wait, changed);
        }
        (Action::Try, changed)
    }

    /// An attempt ends. Returns whether the result has changed.
    pub(super) fn finish(&mut self) -> bool {
        let Some(attempt) = self.attempt.take() else {
            return false;
        };
        self.thresholds.record(attempt.verdict).has_changed
    }
}
