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
