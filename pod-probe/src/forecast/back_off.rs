//! The wait before a restart.
//!
//! Upstream: `doBackOff` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`, and
//! `Backoff` in `k8s.io/client-go/util/flowcontrol/backoff.go`.

use super::time::{SECOND, Time};

const FIRST: Time = 10 * SECOND;
const MOST: Time = 300 * SECOND;
/// After a run of more than this, the wait begins anew.
const EXPIRES: Time = 600 * SECOND;

/// The wait of one container.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BackOff {
    /// The wait, and when it was last changed.
    entry: Option<(Time, Time)>,
}

impl BackOff {
    fn current(&self, ended: Time) -> Option<Time> {
        let (wait, changed) = self.entry?;
        (ended.saturating_sub(changed) <= EXPIRES).then_some(wait)
    }

    /// Returns when a container may start that ended at a time, if that is not now.
    pub(super) fn until(&self, ended: Time, now: Time) -> Option<Time> {
        let until = ended + self.current(ended)?;
        (now < until).then_some(until)
    }

    /// The container starts: the next wait is twice as long.
    pub(super) fn grow(&mut self, ended: Time, now: Time) {
        let wait = self
            .current(ended)
            .map_or(FIRST, |wait| (wait * 2).min(MOST));
        self.entry = Some((wait, now));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_to_five_minutes_and_begins_anew_after_a_long_run() {
        let s = |seconds: u64| seconds * SECOND;
        let mut back_off = BackOff::default();
        assert_eq!(back_off.until(s(5), s(6)), None);
        for wait in [10, 20, 40, 80, 160, 300, 300] {
            back_off.grow(s(5), s(6));
            assert_eq!(back_off.until(s(5), s(6)), Some(s(5 + wait)));
            assert_eq!(back_off.until(s(5), s(5 + wait)), None);
        }
        assert_eq!(back_off.until(s(606), s(607)), Some(s(906)));
        assert_eq!(back_off.until(s(607), s(608)), None);
        back_off.grow(s(607), s(608));
        assert_eq!(back_off.until(s(607), s(608)), Some(s(617)));
    }
}
