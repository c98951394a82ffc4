//! Conclusions from verdicts in a row.

use serde::Serialize;

use crate::probes::{Probe, ProbeKind};
use crate::verdict::Verdict;

/// Conclusion of a worker about an instance of a container.
///
/// Upstream: `Result` in `k8s.io/kubernetes/pkg/kubelet/prober/results/results_manager.go`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum ProbeResult {
    /// A startup probe has not reached a threshold yet.
    Unknown,
    /// Started, ready or live.
    Success,
    /// Not ready, or to be killed.
    Failure,
}

impl ProbeResult {
    /// Returns the result about an instance before its first attempt.
    pub fn initial(kind: ProbeKind) -> Self {
        match kind {
            ProbeKind::Startup => Self::Unknown,
            ProbeKind::Readiness => Self::Failure,
            ProbeKind::Liveness => Self::Success,
        }
    }
}

/// State of a worker after an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct WorkerState {
    /// Its conclusion.
    pub result: ProbeResult,
    /// True if the last attempt has changed the result.
    pub has_changed: bool,
    /// The kind of attempt that is counted: [`ProbeResult::Success`] or [`ProbeResult::Failure`],
    /// or [`ProbeResult::Unknown`] if none has counted yet.
    pub counted: ProbeResult,
    /// Equal attempts in a row; errored ones between them do not matter.
    pub consecutive: u32,
    /// Attempts in a row that make [`Self::counted`] the result; 0 if none has counted yet.
    pub threshold: u32,
    /// True if the worker makes no attempt before the container's next instance.
    pub is_on_hold: bool,
    /// Errored attempts in a row since the last one that counted.
    pub errored: u32,
    /// True if the kubelet kills the container: a startup or liveness probe has failed.
    pub would_restart: bool,
}

/// Thresholds of one probe, and what has been counted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Worker {
    kind: ProbeKind,
    success_threshold: u32,
    failure_threshold: u32,
    result: ProbeResult,
    counted: ProbeResult,
    /// Set to 0 where the worker goes on hold.
    run: u32,
    is_on_hold: bool,
    errored: u32,
}

impl Worker {
    /// Returns the worker of a probe, for the container's first instance.
    pub fn new(probe: &Probe) -> Self {
        let threshold = |number: i32| number.try_into().unwrap_or(1);
        Self::with_thresholds(
            probe.kind,
            threshold(probe.success_threshold),
            threshold(probe.failure_threshold),
        )
    }

    pub(crate) fn with_thresholds(kind: ProbeKind, success: u32, failure: u32) -> Self {
        Self {
            kind,
            success_threshold: success.max(1),
            failure_threshold: failure.max(1),
            result: ProbeResult::initial(kind),
            counted: ProbeResult::Unknown,
            run: 0,
            is_on_hold: false,
            errored: 0,
        }
    }

    /// Returns the kind of the probe.
    pub fn kind(&self) -> ProbeKind {
        self.kind
    }

    /// Returns the conclusion about the instance.
    pub fn result(&self) -> ProbeResult {
        self.result
    }

    /// Returns whether the worker makes no attempt before the next instance.
    pub fn is_on_hold(&self) -> bool {
        self.is_on_hold
    }

    /// Counts the verdict of an attempt. Nothing is counted while the worker is on hold: the kubelet
    /// makes no attempt then.
    pub fn record(&mut self, verdict: Verdict) -> WorkerState {
        let has_changed = !self.is_on_hold && self.count(verdict);
        WorkerState {
            has_changed,
            ..self.state()
        }
    }

    /// Returns whether the result has changed.
    fn count(&mut self, verdict: Verdict) -> bool {
        self.skip(verdict, 1);
        let Some((result, threshold)) = self.counts_towards(verdict) else {
            return false;
        };
        if self.run < threshold {
            return false;
        }
        if self.kind == ProbeKind::Startup
            || (self.kind == ProbeKind::Liveness && result == ProbeResult::Failure)
        {
            self.is_on_hold = true;
            self.run = 0;
        }
        self.set(result)
    }

    /// Returns after how many attempts with this verdict the worker concludes something; absent if they
    /// change nothing from now on.
    pub(crate) fn remaining(&self, verdict: Verdict) -> Option<u32> {
        let (result, threshold) = self.counts_towards(verdict)?;
        let has_counted = self.counted == result;
        if has_counted && self.result == result {
            return None;
        }
        let run = if has_counted { self.run } else { 0 };
        Some(threshold.saturating_sub(run).max(1))
    }

    /// Counts attempts with this verdict that conclude nothing.
    pub(crate) fn skip(&mut self, verdict: Verdict, attempts: u32) {
        let Some((result, _)) = self.counts_towards(verdict) else {
            self.errored = self.errored.saturating_add(attempts);
            return;
        };
        self.errored = 0;
        if self.counted != result {
            self.counted = result;
            self.run = 0;
        }
        self.run = self.run.saturating_add(attempts);
    }

    /// Returns the result that a verdict counts towards, and how many in a row make it.
    fn counts_towards(&self, verdict: Verdict) -> Option<(ProbeResult, u32)> {
        match verdict {
            Verdict::Errored => None,
            Verdict::Success | Verdict::Warning => {
                Some((ProbeResult::Success, self.success_threshold))
            }
            Verdict::Failure => Some((ProbeResult::Failure, self.failure_threshold)),
        }
    }

    /// Sets the result without an attempt. Returns whether it has changed.
    pub(crate) fn set(&mut self, result: ProbeResult) -> bool {
        std::mem::replace(&mut self.result, result) != result
    }

    /// Begins anew for the container's next instance. Attempts in a row are counted across
    /// instances, except where the worker was on hold.
    pub fn restart(&mut self) {
        self.result = ProbeResult::initial(self.kind);
        self.is_on_hold = false;
    }

    /// Returns the state without an attempt.
    pub fn state(&self) -> WorkerState {
        let threshold = match self.counted {
            ProbeResult::Unknown => 0,
            ProbeResult::Success => self.success_threshold,
            ProbeResult::Failure => self.failure_threshold,
        };
        WorkerState {
            result: self.result,
            has_changed: false,
            counted: self.counted,
            consecutive: if self.is_on_hold { threshold } else { self.run },
            threshold,
            is_on_hold: self.is_on_hold,
            errored: self.errored,
            would_restart: self.kind != ProbeKind::Readiness && self.result == ProbeResult::Failure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn results(worker: &mut Worker, verdicts: &[Verdict]) -> Vec<(ProbeResult, u32)> {
        let record = |verdict: &Verdict| {
            let state = worker.record(*verdict);
            (state.result, state.consecutive)
        };
        verdicts.iter().map(record).collect()
    }

    #[test]
    fn readiness_needs_its_threshold_in_a_row_in_both_directions() {
        use ProbeResult::{Failure as No, Success as Yes};
        use Verdict::{Errored, Failure, Success, Warning};
        let mut worker = Worker::with_thresholds(ProbeKind::Readiness, 2, 3);
        assert_eq!(
            results(
                &mut worker,
                &[
                    Success, Errored, Failure, Success, Warning, Failure, Failure, Errored, Failure
                ]
            ),
            [
                (No, 1),
                (No, 1),
                (No, 1),
                (No, 1),
                (Yes, 2),
                (Yes, 1),
                (Yes, 2),
                (Yes, 2),
                (No, 3)
            ]
        );
        assert!(!worker.state().would_restart);
        assert!(!worker.is_on_hold());
    }

    #[test]
    fn a_failed_liveness_probe_is_on_hold_until_the_restart() {
        let mut worker = Worker::with_thresholds(ProbeKind::Liveness, 1, 2);
        worker.record(Verdict::Failure);
        let state = worker.record(Verdict::Failure);
        assert!(state.has_changed && state.is_on_hold && state.would_restart);
        assert_eq!((state.consecutive, state.threshold), (2, 2));
        let state = worker.record(Verdict::Success);
        assert_eq!(state.result, ProbeResult::Failure);
        worker.restart();
        assert_eq!(worker.state().result, ProbeResult::Success);
        assert_eq!(worker.record(Verdict::Failure).consecutive, 1);
    }

    #[test]
    fn failures_below_the_threshold_count_for_the_next_instance() {
        let mut worker = Worker::with_thresholds(ProbeKind::Liveness, 1, 3);
        worker.record(Verdict::Failure);
        worker.record(Verdict::Failure);
        worker.restart();
        assert!(worker.record(Verdict::Failure).would_restart);
    }

    #[test]
    fn a_startup_probe_ends_with_its_first_conclusion() {
        let mut worker = Worker::with_thresholds(ProbeKind::Startup, 1, 3);
        assert_eq!(worker.state().result, ProbeResult::Unknown);
        assert_eq!(worker.record(Verdict::Errored).errored, 1);
        assert_eq!(worker.record(Verdict::Errored).errored, 2);
        let state = worker.record(Verdict::Success);
        assert_eq!((state.result, state.errored), (ProbeResult::Success, 0));
        for _ in 0..4 {
            assert_eq!(worker.record(Verdict::Failure).result, ProbeResult::Success);
        }
    }

    #[test]
    fn attempts_that_conclude_nothing_can_be_counted_at_once() {
        let verdicts = [Verdict::Success, Verdict::Failure, Verdict::Errored];
        for before in verdicts {
            for verdict in verdicts {
                let mut one = Worker::with_thresholds(ProbeKind::Readiness, 3, 5);
                one.record(before);
                let mut all = one.clone();
                let remaining = all.remaining(verdict);
                let quiet = remaining.map_or(7, |remaining| remaining - 1);
                all.skip(verdict, quiet);
                for _ in 0..quiet {
                    assert!(!one.record(verdict).has_changed);
                }
                assert_eq!(all, one);
                if remaining.is_some() {
                    let state = all.record(verdict);
                    assert_eq!(state.consecutive, state.threshold);
                }
            }
        }
    }
}
