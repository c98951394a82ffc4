//! Times for people.

use std::time::Duration;

use k8s_openapi::jiff::tz::Offset;
use k8s_openapi::jiff::{SignedDuration, Timestamp};
use pod_model::job::schedule::Zone;
use pod_model::kubectl_status::human_duration;

use crate::render::in_minutes;

/// Formats a duration: `1m30s`. A negative one is none.
pub(super) fn duration(time: SignedDuration) -> String {
    in_minutes(Duration::try_from(time).unwrap_or_default())
}

/// Formats a number of seconds.
pub(super) fn seconds(seconds: i64) -> String {
    duration(SignedDuration::from_secs(seconds))
}

/// Formats a time in whole seconds, and its distance from now: `2026-01-31T12:00:00Z, in 40s`.
pub(super) fn with_distance(at: Timestamp, now: Timestamp) -> String {
    format!("{}, {}", whole(at), distance(at, now))
}

/// Formats the distance of a time from now: `in 40s`, `40s ago`.
pub(super) fn distance(at: Timestamp, now: Timestamp) -> String {
    if at > now {
        format!("in {}", human_duration(now, at))
    } else {
        format!("{} ago", human_duration(at, now))
    }
}

/// Cuts a time to the second.
pub(super) fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Formats a time as the clocks of a zone show it: `Sun 2026-03-29 03:30 +02:00`.
pub(super) fn in_zone(at: Timestamp, zone: &Zone) -> String {
    let offset = offset(at, zone);
    let civil = offset.to_datetime(at);
    let seconds = offset.seconds();
    let sign = if seconds < 0 { '-' } else { '+' };
    let minutes = seconds.unsigned_abs() / 60;
    format!(
        "{} {sign}{:02}:{:02}",
        civil.strftime("%a %Y-%m-%d %H:%M"),
        minutes / 60,
        minutes % 60
    )
}

/// Returns the offset of a zone's clocks from universal time.
pub(super) fn offset(at: Timestamp, zone: &Zone) -> Offset {
    let seconds = i32::try_from(zone.offset(at.as_second())).unwrap_or_default();
    Offset::from_seconds(seconds).unwrap_or(Offset::UTC)
}
