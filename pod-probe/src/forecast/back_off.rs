//! The wait before a restart.
//!
//! Upstream: `doBackOff` in `k8s.io/kubernetes/pkg/kubelet/kuberuntime/kuberuntime_manager.go`, and
//! `Backoff` in `k8s.io/client-go/util/flowcontrol/backoff.go`; `HandlePodCleanups` in
//! `k8s.io/kubernetes/pkg/kubelet/kubelet_pods.go` removes what has expired.

use super::time::{SECOND, Time};

const FIRST: Time = 10 * SECOND;
const MOST: Time = 300 * SECOND;
/// After a run of more than this, the wait begins anew.
const EXPIRES: Time = 600 * SECOND;

/// The longest time between two clean-ups of the kubelet: `housekeepingPeriod`.
pub(super) const CLEANS: Time = 2 * SECOND;

#[derive(Clone, Copy, Debug)]
struct Entry {
    wait: Time,
    changed: Time,
    /// The clean-up that removes it: more than [`EXPIRES`] after the change.
    removed: Time,
}

/// The wait of one container.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct BackOff {
    entry: Option<Entry>,
}

impl BackOff {
    fn current(&self, ended: Time, now: Time) -> Option<Time> {
        let Entry {
            wait,
            changed,
            removed,
        } = self.entry?;
        (now < removed && ended.saturating_sub(changed) <= EXPIRES).then_some(wait)
    }

    /// Returns when a container may start that ended at a time, if that is not now.
    pub(super) fn until(&self, ended: Time, now: Time) -> Option<Time> {
        let until = ended + self.current(ended, now)?;
        (now < until).then_some(until)
    }

    /// The container starts: the next wait is twice as long. The clean-up that finds it expired comes up
    /// to [`CLEANS`] later.
    pub(super) fn grow(&mut self, ended: Time, now: Time, cleaned: Time) {
        let wait = self
            .current(ended, now)
            .map_or(FIRST, |wait| (wait * 2).min(MOST));
        self.entry = Some(Entry {
            wait,
            changed: now,
            removed: now + EXPIRES + cleaned,
        });
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
            back_off.grow(s(5), s(6), s(2));
            assert_eq!(back_off.until(s(5), s(6)), Some(s(5 + wait)));
            assert_eq!(back_off.until(s(5), s(5 + wait)), None);
        }
        assert_eq!(back_off.until(s(606), s(607)), Some(s(906)));
        assert_eq!(back_off.until(s(607), s(608)), None);
        back_off.grow(s(607), s(608), s(2));
        assert_eq!(back_off.until(s(607), s(608)), Some(s(617)));
    }

    #[test]
    fn a_wait_ends_early_where_the_clean_up_has_removed_it() {
        let s = |seconds: u64| seconds * SECOND;
        let mut back_off = BackOff::default();
        for _ in 0..6 {
            back_off.grow(s(5), s(6), s(1));
        }
        // A run of 400 s, and a wait of 300 s.
        assert_eq!(back_off.until(s(406), s(606)), Some(s(706)));
        assert_eq!(back_off.until(s(406), s(607)), None);
        back_off.grow(s(406), s(607), s(1));
        assert_eq!(back_off.until(s(1000), s(1001)), Some(s(1010)));
    }
}
