//! An event of a forecast.

use std::time::Duration;

use super::happening::Happening;
use super::reason::Reason;

/// An event of a container, with the range of its time from the start of the first container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The container's position in [`PodPlan::containers`](super::PodPlan::containers).
    pub container: usize,
    /// 0 is the first run of the container.
    pub instance: u32,
    /// The happening.
    pub happening: Happening,
    /// Its number among equal events of the instance, from 0 on.
    pub occurrence: u32,
    /// Not before.
    pub earliest: Duration,
    /// Not after.
    pub latest: Duration,
    /// False if it does not happen in every case.
    pub is_certain: bool,
    /// Reason of these times.
    pub reason: Reason,
}
