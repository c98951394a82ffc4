//! The wait before the kubelet restarts a container in its Pod: none the first time, then 10 s,
//! doubled up to 5 min.
//!
//! Upstream: `doBackOff` (pkg/kubelet/kuberuntime/kuberuntime_manager.go) and `Backoff`
//! (k8s.io/client-go/util/flowcontrol/backoff.go).

use k8s_openapi::jiff::{SignedDuration, Timestamp};

/// The wait after the second end (`backOffPeriod`).
const FIRST: SignedDuration = SignedDuration::from_secs(10);
/// The longest wait (`MaxContainerBackOff`).
const LONGEST: SignedDuration = SignedDuration::from_mins(5);
/// A run that is longer lets the waits begin anew: twice the longest.
const EXPIRES: SignedDuration = SignedDuration::from_mins(10);

/// The wait of one container.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct RestartWait {
    next: Option<SignedDuration>,
}

impl RestartWait {
    /// Returns the time of the restart after a run, and makes the next wait longer.
    pub(super) fn restarts_at(&mut self, started: Timestamp, ended: Timestamp) -> Timestamp {
        let wait = self
            .next
            .filter(|_| ended.duration_since(started) <= EXPIRES);
        let doubled = wait.map(|wait| wait.saturating_mul(2).min(LONGEST));
        self.next = Some(doubled.unwrap_or(FIRST));
        ended
            .checked_add(wait.unwrap_or_default())
            .unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_begins_anew_after_a_long_run() {
        let mut wait = RestartWait::default();
        let mut after = |run: i64| {
            let ended = Timestamp::from_second(run).unwrap();
            let at = wait.restarts_at(Timestamp::UNIX_EPOCH, ended);
            at.duration_since(ended).as_secs()
        };
        let waits: Vec<i64> = (0..8).map(|_| after(1)).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(after(600), 300);
        assert_eq!((after(601), after(1)), (0, 10));
    }
}
