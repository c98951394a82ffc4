//! Times of a run: those of schedules count from the Unix epoch, as the kubelet's whole seconds
//! do.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jiff::Timestamp;
use tokio::time::Instant;

/// A clock that does not jump.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock {
    began: Instant,
    epoch: Duration,
}

impl Clock {
    /// Returns a clock that shows the time of now.
    pub(super) fn new() -> Self {
        Self {
            began: Instant::now(),
            epoch: SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .unwrap_or_default(),
        }
    }

    /// Returns the time since the Unix epoch.
    pub(super) fn now(&self) -> Duration {
        self.epoch.saturating_add(self.began.elapsed())
    }

    /// Returns the time since the clock began.
    pub(super) fn elapsed(&self) -> Duration {
        self.began.elapsed()
    }

    /// Returns the instant of a time, or `None` if no clock shows it.
    pub(super) fn instant(&self, time: Duration) -> Option<Instant> {
        self.began.checked_add(time.saturating_sub(self.epoch))
    }

    /// Returns a time as a timestamp.
    pub(super) fn timestamp(time: Duration) -> Timestamp {
        let nanoseconds = i128::try_from(time.as_nanos()).unwrap_or(i128::MAX);
        Timestamp::from_nanosecond(nanoseconds).unwrap_or(Timestamp::MAX)
    }
}
