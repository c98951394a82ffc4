//! How long to wait after a failure, and when to give up.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use tokio::time::Instant;

use crate::cluster::ClusterError;

const FIRST: Duration = Duration::from_millis(250);
const LONGEST: Duration = Duration::from_secs(8);
/// A server that was never reached is given up after so many attempts,
const ATTEMPTS: u32 = 5;
/// one that was, after this time: an upgrade of the control plane is shorter.
const LOST: Duration = Duration::from_mins(10);
/// Credentials that are refused may be renewed in the meantime, and an API server
/// that has just started refuses what its roles allow until it has read them;
/// but not for ever.
const REFUSED: Duration = Duration::from_secs(90);
/// Who may list still has lost the right to watch after so many refusals.
const NO_WATCH: u32 = 5;
/// What ends well, only too soon, is not put off further than by so many failures.
const UNRIPE: u32 = 4;

/// Failures in a row.
#[derive(Debug, Default)]
pub(super) struct BackOff {
    /// Whether there was an answer before.
    reached: bool,
    failures: u32,
    /// Those in a row that were refusals.
    refused: u32,
    refused_since: Option<Instant>,
    since: Option<Instant>,
}

impl BackOff {
    /// All is well again.
    pub(super) fn reset(&mut self) {
        self.reached = true;
        self.failures = 0;
        self.refused = 0;
        self.refused_since = None;
        self.since = None;
    }

    /// An answer came; whether it lasts is to be seen.
    pub(super) fn answered(&mut self) {
        self.reached = true;
        self.since = None;
    }

    /// An answer came, but what it began did not last.
    pub(super) fn ease(&mut self) {
        self.failures = self.failures.min(1);
        self.since = None;
    }

    /// Whether there was an answer before: then what is refused now was allowed.
    pub(super) fn was_reached(&self) -> bool {
        self.reached
    }

    /// Counts a failure; whether it is to be tried again.
    pub(super) fn tries_again(&mut self, error: &ClusterError) -> bool {
        self.failures += 1;
        let since = *self.since.get_or_insert_with(Instant::now);
        let refused = matches!(error.code(), Some(401 | 403));
        self.refused = if refused { self.refused + 1 } else { 0 };
        let refused_since = self.refused_since.filter(|_| refused);
        self.refused_since = refused.then(|| refused_since.unwrap_or_else(Instant::now));
        match error.code() {
            Some(401 | 403) => {
                let since = self.refused_since.map_or(Duration::ZERO, |at| at.elapsed());
                self.reached && since < REFUSED
            }
            Some(code) if !(code == 410 || code == 429 || code >= 500) => false,
            _ if is_lasting(error) => false,
            // What is no API server will not become one, and nobody is asked to log
            // in nine times. What was there once may come again.
            _ if !self.reached && is_no_way_in(error) => false,
            _ if self.reached => since.elapsed() < LOST,
            _ => self.failures < ATTEMPTS,
        }
    }

    /// Whether it is still worth while to ask for a watch that is refused.
    pub(super) fn may_watch_again(&self) -> bool {
        self.refused < NO_WATCH
    }

    /// Counts an end that is no failure, such as a watch that closed at once.
    pub(super) fn count(&mut self) {
        self.failures = (self.failures + 1).min(UNRIPE.max(self.failures));
    }

    /// Waits longer after each failure, and never as long as another client does.
    pub(super) async fn pause(&self) {
        let factor = 2_u32.saturating_pow(self.failures.saturating_sub(1).min(16));
        tokio::time::sleep(jitter(FIRST.saturating_mul(factor).min(LONGEST))).await;
    }
}

/// Whether the same request would end so again.
fn is_lasting(error: &ClusterError) -> bool {
    matches!(
        error,
        ClusterError::Tls { .. }
            | ClusterError::TooLarge { .. }
            | ClusterError::UnknownKind { .. }
            | ClusterError::UnknownType { .. }
            | ClusterError::OtherVersion { .. }
    )
}

/// Whether something else than an API server answers, and not in its absence, or
/// there are no credentials for it.
fn is_no_way_in(error: &ClusterError) -> bool {
    match error {
        ClusterError::Foreign { status, .. } => *status < 500,
        ClusterError::NotAnApi { .. } | ClusterError::Credentials { .. } => true,
        _ => false,
    }
}

/// Between half of a time and all of it.
pub(super) fn jitter(time: Duration) -> Duration {
    // The keys of each hasher are random.
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
            assert!(back_off.tries_again(&unreachable()));
            let began = Instant::now();
            back_off.pause().await;
            let full = Duration::from_millis(250 << attempt.min(5));
            // The clock counts whole milliseconds.
            let (least, most) = (full / 2, full + Duration::from_millis(1));
            let took = began.elapsed();
            assert!((least..=most).contains(&took), "{attempt}: {took:?}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn what_ends_well_too_soon_is_not_put_off_for_long() {
        let mut back_off = BackOff::default();
        for _ in 0..20 {
            back_off.answered();
            back_off.count();
        }
        let began = Instant::now();
        back_off.pause().await;
        assert!(began.elapsed() <= Duration::from_millis(2001));
    }

    #[tokio::test(start_paused = true)]
    async fn who_was_never_reached_is_given_up_soon_and_others_after_ten_minutes() {
        for (reached, least, most) in [(false, 1, 5), (true, 600, 610)] {
            let mut back_off = BackOff::default();
            if reached {
                back_off.answered();
            }
            let began = Instant::now();
            while back_off.tries_again(&unreachable()) {
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
}
