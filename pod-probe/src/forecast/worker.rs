//! The worker of one probe of a container: when it tries, and what it concludes.
//!
//! Upstream: `worker.run` and `worker.doProbe` in `k8s.io/kubernetes/pkg/kubelet/prober/worker.go`.

use std::time::Duration;

use super::assumptions::{Outcome, ProbePlan};
use crate::probes::ProbeKind;

/// Conclusion about an instance of a container.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// A startup probe has not concluded yet.
    Unknown,
    Success,
    Failure,
}

/// A container's status, as the worker reads it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Seen {
    /// Absent before the first one is seen.
    pub(super) instance: Option<u32>,
    pub(super) is_running: bool,
    /// In whole seconds, rounded down.
    pub(super) started_at: Duration,
    pub(super) is_started: bool,
}

/// What a worker does when it is woken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Action {
    /// It waits for the next time.
    Wait,
    /// It makes an attempt.
    Try,
}

/// An attempt that is under way.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    pub(super) ends: Duration,
    pub(super) outcome: Outcome,
}

#[derive(Clone, Debug)]
pub(super) struct Worker<'a> {
    pub(super) plan: &'a ProbePlan,
    /// Time of the ticker's next tick.
    pub(super) tick: Duration,
    pub(super) attempt: Option<Attempt>,
    /// A tick that came during an attempt; others are lost.
    is_due: bool,
    /// Readiness only: a sync of the Pod found it not ready.
    is_triggered: bool,
    /// The instance that it knows, and its verdict.
    instance: Option<u32>,
    verdict: Option<Verdict>,
    last: Option<Outcome>,
    /// Equal outcomes in a row; they are counted across instances.
    pub(super) run: u32,
    is_on_hold: bool,
}

impl<'a> Worker<'a> {
    pub(super) fn new(plan: &'a ProbePlan, now: Duration) -> Self {
        Self {
            plan,
            tick: now + plan.period,
            attempt: None,
            is_due: false,
            is_triggered: false,
            instance: None,
            verdict: None,
            last: None,
            run: 0,
            is_on_hold: false,
        }
    }

    /// Returns the verdict about an instance; absent before the worker has looked at it.
    pub(super) fn verdict(&self, instance: u32) -> Option<Verdict> {
        self.verdict.filter(|_| self.instance == Some(instance))
    }

    /// Returns the instance that it knows.
    pub(super) fn instance(&self) -> Option<u32> {
        self.instance
    }

    /// Returns the verdict about that instance.
    pub(super) fn current(&self) -> Option<Verdict> {
        self.verdict
    }

    /// Returns when something happens next.
    pub(super) fn next(&self) -> Duration {
        self.attempt
            .map_or(self.tick, |attempt| attempt.ends.min(self.tick))
    }

    /// The ticker ticks.
    pub(super) fn ticks(&mut self) {
        self.tick += self.plan.period;
        self.is_due = true;
    }

    /// A sync finds the container not ready.
    pub(super) fn trigger(&mut self) {
        self.is_triggered = true;
    }

    /// Returns whether the worker is to be woken.
    pub(super) fn is_woken(&self) -> bool {
        self.attempt.is_none() && (self.is_due || self.is_triggered)
    }

    /// Takes the tick or the trigger that woke it; `coin` decides between both.
    pub(super) fn wake(&mut self, now: Duration, coin: bool) {
        if self.is_triggered && (!self.is_due || coin) {
            self.is_triggered = false;
            // The ticker starts anew, and a tick that waits is lost.
            self.tick = now + self.plan.period;
        }
        self.is_due = false;
    }

    /// Looks at the container. The second value is true if the verdict has changed.
    pub(super) fn look(&mut self, seen: &Seen, now: Duration) -> (Action, bool) {
        let Some(instance) = seen.instance else {
            return (Action::Wait, false);
        };
        let mut changed = false;
        if self.instance != Some(instance) {
            self.instance = Some(instance);
            self.verdict = Some(match self.plan.kind {
                ProbeKind::Startup => Verdict::Unknown,
                ProbeKind::Readiness => Verdict::Failure,
                ProbeKind::Liveness => Verdict::Success,
            });
            self.is_on_hold = false;
            changed = true;
        }
        if self.is_on_hold {
            return (Action::Wait, changed);
        }
        if !seen.is_running {
            return (Action::Wait, self.conclude(Verdict::Failure) || changed);
        }
        let age = now.saturating_sub(seen.started_at).as_secs();
        if age < self.plan.initial_delay.as_secs() {
            return (Action::Wait, changed);
        }
        // A startup probe ends when the container has started; the others begin then.
        if seen.is_started == (self.plan.kind == ProbeKind::Startup) {
            return (Action::Wait, changed);
        }
        (Action::Try, changed)
    }

    fn conclude(&mut self, verdict: Verdict) -> bool {
        self.verdict.replace(verdict) != Some(verdict)
    }

    /// An attempt ends. Returns whether the verdict has changed.
    pub(super) fn finish(&mut self) -> bool {
        let Some(attempt) = self.attempt.take() else {
            return false;
        };
        let (verdict, threshold) = match attempt.outcome {
            Outcome::Errored => return false,
            Outcome::Success => (Verdict::Success, self.plan.success_threshold),
            Outcome::Failure => (Verdict::Failure, self.plan.failure_threshold),
        };
        if self.last == Some(attempt.outcome) {
            self.run += 1;
        } else {
            self.last = Some(attempt.outcome);
            self.run = 1;
        }
        if self.run < threshold {
            return false;
        }
        let changed = self.conclude(verdict);
        if self.plan.kind == ProbeKind::Startup
            || (self.plan.kind == ProbeKind::Liveness && verdict == Verdict::Failure)
        {
            self.is_on_hold = true;
            self.run = 0;
        }
        changed
    }
}
