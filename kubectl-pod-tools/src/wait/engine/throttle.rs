//! Targets with many Pods. To judge one is to look at all of its Pods: done at each message
//! about one of them, thousands of Pods would take quadratic time.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

/// Number of Pods up to which a target is judged at each message about one of them.
pub(super) const MAX_UNTHROTTLED: usize = 100;
/// Time for each Pod between two judgements of a target with more Pods: judging takes a small
/// share of it, and for 10,000 Pods an answer is at most half a second late.
pub(super) const PAUSE_PER_POD: Duration = Duration::from_micros(50);

/// The targets whose Pods have changed since they were judged.
#[derive(Debug, Default)]
pub(super) struct Throttle {
    /// Time at which each target with many Pods may be judged again.
    rests_until: HashMap<usize, Duration>,
    pub(super) changed: BTreeSet<usize>,
    /// Number of Pods that judgements after messages have looked at.
    #[cfg(test)]
    pub(super) looked_at: usize,
}

impl Throttle {
    /// Returns when a changed target may next be judged.
    pub(super) fn next(&self) -> Option<Duration> {
        let due = self
            .changed
            .iter()
            .filter_map(|at| self.rests_until.get(at));
        due.min().copied()
    }

    pub(super) fn is_resting(&self, at: usize, now: Duration) -> bool {
        self.rests_until.get(&at).is_some_and(|until| *until > now)
    }

    /// Records that all Pods of a target are looked at.
    pub(super) fn record_judgement(&mut self, at: usize, pods: usize, now: Duration) {
        self.changed.remove(&at);
        if pods > MAX_UNTHROTTLED {
            let pods = u32::try_from(pods).unwrap_or(u32::MAX);
            let until = now + PAUSE_PER_POD.saturating_mul(pods);
            self.rests_until.insert(at, until);
        }
        #[cfg(test)]
        {
            self.looked_at += pods;
        }
    }
}
