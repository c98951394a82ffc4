//! The time-out of one try.

use std::time::Duration;

use tokio::time::Instant;

/// Time for one try.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    pub deadline: Instant,
    pub seconds: i32,
}

impl Limit {
    pub(super) fn new(seconds: i32) -> Self {
        let time = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        Self {
            deadline: Instant::now() + time,
            seconds,
        }
    }
}
