//! The time-out of one try.

use std::time::Duration;

use tokio::time::Instant;

use super::way::{ConnectError, Way};

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

    /// Prepares a way for the next connection, and adds the time that this takes.
    pub(super) async fn prepare(&mut self, way: &dyn Way) -> Result<(), ConnectError> {
        let began = Instant::now();
        way.prepare().await?;
        self.deadline += began.elapsed();
        Ok(())
    }
}
