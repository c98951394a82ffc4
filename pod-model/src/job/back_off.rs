//! The back-off between a failed Pod and its replacement: 10 s, doubled by each failure, up to
//! 10 min.
//!
//! Upstream: pkg/controller/job/backoff_utils.go.

use k8s_openapi::api::core::v1::Pod;
use k8s_openapi::jiff::{SignedDuration, Timestamp};

use super::pod::{finished_at, index_failures};

/// The back-off after the first failure (`DefaultJobPodFailureBackOff`).
pub const FIRST_BACK_OFF: SignedDuration = SignedDuration::from_secs(10);
/// The longest back-off (`MaxJobPodFailureBackOff`).
pub const LONGEST_BACK_OFF: SignedDuration = SignedDuration::from_mins(10);

/// The failures that the controller has in its memory. A controller that starts has none in
/// it; it then counts the Pods that the Job has not counted yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BackOff {
    /// Number of failures since the last success, those that do not count included.
    pub failures: i32,
    /// Time of the last one.
    pub last_failure: Option<Timestamp>,
}

impl BackOff {
    /// Adds Pods that have ended since.
    ///
    /// Upstream: `newBackoffRecord`.
    #[must_use]
    pub fn with(self, succeeded: &[&Pod], failed: &[&Pod]) -> Self {
        let mut failures: Vec<Timestamp> = failed.iter().map(|pod| finished_at(pod)).collect();
        failures.sort_unstable();
        let number = |count: usize| i32::try_from(count).unwrap_or(i32::MAX);
        let Some(last_success) = succeeded.iter().map(|pod| finished_at(pod)).max() else {
            return match failures.last() {
                None => self,
                Some(last) => Self {
                    failures: self.failures.saturating_add(number(failures.len())),
                    last_failure: Some(*last),
                },
            };
        };
        let later = failures.iter().rev().take_while(|at| **at > last_success);
        let count = later.count();
        Self {
            failures: number(count),
            last_failure: failures.last().copied().filter(|_| count > 0),
        }
    }

    /// Returns the time from which a Pod may be created; `None` if it is not held back.
    pub fn ends_at(self) -> Option<Timestamp> {
        if self.failures == 0 {
            return None;
        }
        let last = self.last_failure?;
        last.checked_add(length(self.failures)).ok()
    }

    /// Returns the back-off that is left at a time.
    ///
    /// Upstream: `getRemainingTimeForFailuresCount`.
    pub fn left(self, now: Timestamp) -> SignedDuration {
        let left = self.ends_at().map(|end| end.duration_since(now));
        left.unwrap_or_default().max(SignedDuration::ZERO)
    }
}

/// Returns the back-off of an index after the failure of its last Pod. The annotations of that
/// Pod hold the failures before it, so it is exact.
///
/// Upstream: `getRemainingTimePerIndex`.
pub fn of_index(last_failed: &Pod) -> BackOff {
    BackOff {
        failures: index_failures(last_failed).total().wrapping_add(1),
        last_failure: Some(finished_at(last_failed)),
    }
}

/// Returns the back-off after so many failures.
pub fn length(failures: i32) -> SignedDuration {
    if failures == 0 {
        return SignedDuration::ZERO;
    }
    // Six doublings are more than the longest.
    let doublings = u32::try_from((failures - 1).clamp(0, 6)).unwrap_or(0);
    FIRST_BACK_OFF
        .saturating_mul(1 << doublings)
        .min(LONGEST_BACK_OFF)
}

/// Returns the sum of the back-offs after each of so many failures in a row.
pub fn sum(failures: i32) -> SignedDuration {
    // From the seventh on each is the longest.
    let short = (1..=failures.min(6)).fold(SignedDuration::ZERO, |sum, failure| {
        sum.saturating_add(length(failure))
    });
    short.saturating_add(LONGEST_BACK_OFF.saturating_mul(failures.saturating_sub(6).max(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_doubles_up_to_ten_minutes() {
        let seconds: Vec<i64> = (0..9).map(|failures| length(failures).as_secs()).collect();
        assert_eq!(seconds, [0, 10, 20, 40, 80, 160, 320, 600, 600]);
        assert_eq!(length(i32::MAX), LONGEST_BACK_OFF);
    }

    #[test]
    fn the_sum_of_back_offs() {
        assert_eq!(sum(0), SignedDuration::ZERO);
        assert_eq!(sum(3).as_secs(), 70);
        assert_eq!(sum(8).as_secs(), 630 + 1200);
        // A manifest may say so; it is refused later.
        assert_eq!(sum(i32::MIN), SignedDuration::ZERO);
    }
}
