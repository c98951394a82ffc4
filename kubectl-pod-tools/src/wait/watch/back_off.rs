//! Pauses after failures, and the limits after which a server is given up.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::ClusterError;

const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(8);
/// Number of attempts after which a server that was never reached is given up.
const MAX_ATTEMPTS: u32 = 5;
/// Time after which a lost server is given up: an upgrade of the control plane is shorter.
const LOST_AFTER: Duration = Duration::from_mins(10);
/// Time for which refusals are retried: credentials may be renewed, and an API server that has just
/// started refuses everything until it has read its roles.
const REFUSED_FOR: Duration = Duration::from_secs(90);
/// Number of refusals after which a user who may list has lost the right to watch.
const MAX_WATCH_REFUSALS: u32 = 5;
/// Maximum number of failures that short watches count as.
const MAX_SHORT_WATCHES: u32 = 4;

/// The failures in a row.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    /// `true` if there was an answer before.
    reached: bool,
    failures: u32,
    /// Number of refusals in a row.
    refused: u32,
    refused_since: Option<Instant>,
    since: Option<Instant>,
}

impl BackOff {
    /// Resets all counts after a success.
    pub(super) fn reset(&mut self) {
        self.reached = true;
        self.failures = 0;
        self.refused = 0;
        self.refused_since = None;
        self.since = None;
    }

    /// Records an answer, which a failure may still follow.
    pub(super) fn record_answer(&mut self) {
        self.reached = true;
        self.since = None;
    }

    /// Records an answer whose watch did not last.
    pub(super) fn record_short_watch(&mut self) {
        self.failures = self.failures.min(1);
        self.since = None;
    }

    /// Returns whether there was an answer before: then a refused request was allowed once.
    pub(super) fn was_reached(&self) -> bool {
        self.reached
    }

    /// Counts a failure, and returns whether to retry.
    pub(super) fn may_retry(&mut self, error: &ClusterError) -> bool {
        self.failures += 1;
        let since = *self.since.get_or_insert_with(Instant::now);
        let refused = matches!(error.code(), Some(401 | 403));
        self.refused = if refused { self.refused + 1 } else { 0 };
        let refused_since = self.refused_since.filter(|_| refused);
        self.refused_since = refused.then(|| refused_since.unwrap_or_else(Instant::now));
        match error.code() {
            Some(401 | 403) => {
                let since = self.refused_since.map_or(Duration::ZERO, |at| at.elapsed());
                self.reached && since < REFUSED_FOR
            }
            Some(code) if !(code == 410 || code == 429 || code >= 500) => false,
            _ if is_permanent(error) => false,
            // A program that is not an API server stays so, and nobody is asked to log in nine
            // times. A server that record_answer before may come back.
            _ if !self.reached && is_unauthorized(error) => false,
            _ if self.reached => since.elapsed() < LOST_AFTER,
            _ => self.failures < MAX_ATTEMPTS,
        }
    }

    /// Returns whether to still request a watch that was refused.
    pub(super) fn may_watch(&self) -> bool {
        self.refused < MAX_WATCH_REFUSALS
    }

    /// Counts an end that is not a failure, such as a watch that closed at once.
    pub(super) fn count(&mut self) {
        self.failures = (self.failures + 1).min(MAX_SHORT_WATCHES.max(self.failures));
    }

    /// Waits longer after each failure, for a random part of the time: clients that failed together
    /// do not retry together.
    pub(super) async fn pause(&self) {
        let factor = 2_u32.saturating_pow(self.failures.saturating_sub(1).min(16));
        tokio::time::sleep(jitter(
            FIRST_PAUSE.saturating_mul(factor).min(LONGEST_PAUSE),
        ))
        .await;
    }
}

/// Returns whether the same request would fail in the same way.
fn is_permanent(error: &ClusterError) -> bool {
    matches!(
        error,
        ClusterError::Tls { .. }
            | ClusterError::TooLarge { .. }
            | ClusterError::UnknownKind { .. }
            | ClusterError::UnknownType { .. }
            | ClusterError::OtherVersion { .. }
    )
}

/// Returns whether something other than an API server answers although one is expected, or there
/// are no credentials for it.
fn is_unauthorized(error: &ClusterError) -> bool {
    match error {
        ClusterError::Foreign { status, .. } => *status < 500,
        ClusterError::NotAnApi { .. } | ClusterError::Credentials { .. } => true,
        _ => false,
    }
}

/// Returns a random time between half of a time and all of it.
pub(super) fn jitter(time: Duration) -> Duration {
    // Each hasher has random keys.
    let random = RandomState::new().build_hasher().finish() % 1000;
    let part = u32::try_from(random).unwrap_or(0);
    time / 2 + time / 2 * part / 1000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unreachable() -> ClusterError {
        ClusterError::Unreachable {
            server: "s".to_owned(),
            cause: "c".to_owned(),
            sent: false,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn pauses_grow_up_to_eight_seconds() {
        let mut back_off = BackOff::default();
        back_off.reset();
        for attempt in 0..12 {
            assert!(back_off.may_retry(&unreachable()));
            let began = Instant::now();
            back_off.pause().await;
            let full = Duration::from_millis(250 << attempt.min(5));
            // The clock has a resolution of a millisecond.
            let (least, most) = (full / 2, full + Duration::from_millis(1));
            let took = began.elapsed();
            assert!((least..=most).contains(&took), "{attempt}: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn short_watches_that_end_well_are_not_delayed_for_long() {
        let mut back_off = BackOff::default();
        for _ in 0..20 {
            back_off.record_answer();
            back_off.count();
        }
        let began = Instant::now();
        back_off.pause().await;
        assert!(began.elapsed() <= Duration::from_millis(2001));
    }

    #[tokio::test(start_paused = true)]
    async fn an_unreachable_server_is_given_up_soon_and_a_lost_one_after_ten_minutes() {
        for (reached, least, most) in [(false, 1, 5), (true, 600, 610)] {
            let mut back_off = BackOff::default();
            if reached {
                back_off.record_answer();
            }
            let began = Instant::now();
            while back_off.may_retry(&unreachable()) {
                back_off.pause().await;
            }
            let took = began.elapsed().as_secs();
            assert!((least..=most).contains(&took), "{reached}: {took}");
        }
    }

    #[test]
    fn jitter_stays_between_half_and_all() {
        let second = Duration::from_secs(1);
        let many: Vec<Duration> = (0..200).map(|_| jitter(second)).collect();
        assert!(
            many.iter()
                .all(|time| *time >= second / 2 && *time <= second)
        );
        assert!(many.iter().any(|time| *time != many[0]));
    }

    fn refused(code: u16) -> ClusterError {
        let status = kube::core::Status::failure("m", "R").with_code(code);
        ClusterError::Refused {
            request: crate::cluster::Request {
                verb: crate::cluster::Verb::List,
                resource: "jobs.batch".to_owned(),
                name: None,
                namespace: None,
            },
            status: status.boxed(),
        }
    }

    fn foreign(status: u16) -> ClusterError {
        let request = match refused(500) {
            ClusterError::Refused { request, .. } => Box::new(request),
            other => panic!("{other}"),
        };
        ClusterError::Foreign {
            server: "s".to_owned(),
            request,
            status,
            answer: "a page".to_owned(),
        }
    }

    #[tokio::test(start_paused = true)]
    async fn transient_errors_are_retried_and_permanent_ones_are_not() {
        // Each error as the first answer, and after a success.
        for (error, first, later) in [
            (refused(400), false, false),
            (refused(401), false, true),
            (refused(403), false, true),
            (refused(404), false, false),
            (refused(405), false, false),
            (refused(409), false, false),
            (refused(410), true, true),
            (refused(422), false, false),
            (refused(429), true, true),
            (refused(499), false, false),
            (refused(500), true, true),
            (refused(503), true, true),
            (unreachable(), true, true),
            (foreign(502), true, true),
            (foreign(499), false, true),
            (foreign(200), false, true),
        ] {
            let mut back_off = BackOff::default();
            assert!(!back_off.was_reached());
            assert_eq!(back_off.may_retry(&error), first, "{error:?}");
            let mut back_off = BackOff::default();
            back_off.reset();
            assert!(back_off.was_reached());
            assert_eq!(back_off.may_retry(&error), later, "{error:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn an_answer_that_lasts_forgets_the_failures() {
        let mut back_off = BackOff::default();
        back_off.reset();
        let pause = async |back_off: &BackOff| {
            let began = Instant::now();
            back_off.pause().await;
            began.elapsed()
        };
        for _ in 0..6 {
            assert!(back_off.may_retry(&unreachable()));
        }
        assert!(pause(&back_off).await >= LONGEST_PAUSE / 2);
        // One that has not lasted yet does not reset, but the server is no longer unavailable.
        back_off.record_answer();
        assert!(pause(&back_off).await >= LONGEST_PAUSE / 2);
        tokio::time::advance(LOST_AFTER).await;
        assert!(back_off.may_retry(&unreachable()));
        back_off.record_short_watch();
        assert!(pause(&back_off).await <= FIRST_PAUSE + Duration::from_millis(1));
        for _ in 0..6 {
            assert!(back_off.may_retry(&unreachable()));
        }
        back_off.reset();
        back_off.count();
        assert!(pause(&back_off).await <= FIRST_PAUSE + Duration::from_millis(1));
        // Short watches are counted from zero, and at most as four.
        for (counted, most) in [
            (2, FIRST_PAUSE * 2),
            (3, FIRST_PAUSE * 4),
            (4, FIRST_PAUSE * 8),
            (5, FIRST_PAUSE * 8),
        ] {
            back_off.count();
            let took = pause(&back_off).await;
            let range = most / 2..=most + Duration::from_millis(1);
            assert!(range.contains(&took), "{counted}: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn refusals_count_in_a_row() {
        let mut back_off = BackOff::default();
        back_off.reset();
        for count in 1..=5 {
            assert!(back_off.may_watch(), "{count}");
            assert!(back_off.may_retry(&refused(403)));
        }
        assert!(!back_off.may_watch());
        assert!(back_off.may_retry(&unreachable()));
        assert!(back_off.may_watch());
        // The next one starts a new period.
        assert!(back_off.may_retry(&refused(401)));
        tokio::time::advance(Duration::from_secs(REFUSED_FOR.as_secs() - 1)).await;
        assert!(back_off.may_retry(&refused(403)));
        assert!(back_off.may_retry(&unreachable()));
        tokio::time::advance(Duration::from_secs(2)).await;
        assert!(back_off.may_retry(&refused(401)));
        tokio::time::advance(REFUSED_FOR).await;
        assert!(!back_off.may_retry(&refused(401)));
    }
}
