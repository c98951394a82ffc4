//! Times of a run, in nanoseconds from any origin.
//!
//! The kubelet cuts some times to whole seconds, so the origin is the start of a second.

use std::time::Duration;

/// A time, or a duration.
pub(super) type Time = u64;

pub(super) const SECOND: Time = 1_000_000_000;
pub(super) const MILLISECOND: Time = 1_000_000;
/// Later than anything.
pub(super) const NEVER: Time = Time::MAX;
/// To create and start a container whose image is on the node: the least and the most.
pub(super) const START: (Time, Time) = (50 * MILLISECOND, 300 * MILLISECOND);
/// To ask a container that answers at once.
pub(super) const ASK: (Time, Time) = (MILLISECOND, 30 * MILLISECOND);
/// From SIGTERM to the end of a process that ends at once, as the kubelet sees it.
pub(super) const STOP: (Time, Time) = (10 * MILLISECOND, 200 * MILLISECOND);
/// Longer than any horizon, and so short that several of it can be added up.
const MOST: Time = 1 << 58;

pub(super) fn time(duration: Duration) -> Time {
    let nanos = Time::try_from(duration.as_nanos());
    nanos.map_or(MOST, |nanos| nanos.min(MOST))
}

/// Cuts a time to a whole second.
pub(super) fn whole_seconds(time: Time) -> Time {
    time / SECOND * SECOND
}
