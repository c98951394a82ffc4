//! Durations and ages as the API server's tables print them
//! (k8s.io/apimachinery/pkg/util/duration, `HumanDuration`;
//! pkg/printers/internalversion/printers.go, `translateTimestampSince`).

use std::time::Duration;

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

/// Nanoseconds.
const SECOND: i128 = 1_000_000_000;

/// Seconds.
const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;
const YEAR: u64 = 365 * DAY;

/// Seconds from 1970 to Go's zero time, the start of the year 1.
const ZERO_TIME: i64 = -62_135_596_800;

/// Returns whether a time is Go's zero time, which the API takes for none.
pub(super) fn is_zero(time: Timestamp) -> bool {
    time.as_second() == ZERO_TIME && time.subsec_nanosecond() == 0
}

/// Returns whether a time is after Go's zero time.
pub(super) fn is_after_zero(time: Timestamp) -> bool {
    !is_zero(time) && time.as_second() >= ZERO_TIME
}

/// Returns the time from `since` to `now` as [`format_duration`] writes it: `0s` if `since`
/// is less than two seconds ahead, `<invalid>` if it is further ahead.
pub fn human_duration(since: Timestamp, now: Timestamp) -> String {
    let nanoseconds = now.as_nanosecond() - since.as_nanosecond();
    match u64::try_from(nanoseconds.clamp(i64::MIN.into(), i64::MAX.into())) {
        // Go's durations end at 292 years.
        Ok(nanoseconds) => format_duration(Duration::from_nanos(nanoseconds)),
        Err(_) if nanoseconds > -2 * SECOND => "0s".to_owned(),
        Err(_) => "<invalid>".to_owned(),
    }
}

/// Returns a duration such as `119s`, `3m10s`, `4h` or `2d3h`: at most two units, and one for
/// long ones.
pub fn format_duration(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let pair = |large: u64, one: &str, small: u64, other: &str| match seconds % large / small {
        0 => format!("{}{one}", seconds / large),
        rest => format!("{}{one}{rest}{other}", seconds / large),
    };
    match seconds {
        s if s < 2 * MINUTE => format!("{s}s"),
        s if s < 10 * MINUTE => pair(MINUTE, "m", 1, "s"),
        s if s < 3 * HOUR => format!("{}m", s / MINUTE),
        s if s < 8 * HOUR => pair(HOUR, "h", MINUTE, "m"),
        s if s < 2 * DAY => format!("{}h", s / HOUR),
        s if s < 8 * DAY => pair(DAY, "d", HOUR, "h"),
        s if s < 2 * YEAR => format!("{}d", s / DAY),
        s if s < 8 * YEAR => pair(YEAR, "y", DAY, "d"),
        s => format!("{}y", s / YEAR),
    }
}

/// Returns the AGE column for `metadata.creationTimestamp`; `<unknown>` if there is none.
pub fn age(created: Option<&Time>, now: Timestamp) -> String {
    match created {
        Some(created) if !is_zero(created.0) => human_duration(created.0, now),
        _ => "<unknown>".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_at_most_two_units() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let (minute, hour, day, year) = (60, 3600, 86_400, 31_536_000_i64);
        for (seconds, expected) in [
            (-2, "<invalid>"),
            (-1, "0s"),
            (0, "0s"),
            (119, "119s"),
            (120, "2m"),
            (190, "3m10s"),
            (10 * minute + 59, "10m"),
            (3 * hour - 1, "179m"),
            (3 * hour, "3h"),
            (3 * hour + minute, "3h1m"),
            (8 * hour, "8h"),
            (2 * day, "2d"),
            (2 * day + hour, "2d1h"),
            (8 * day, "8d"),
            (2 * year + day, "2y1d"),
            (3 * year, "3y"),
            (9 * year + day, "9y"),
        ] {
            let since = Timestamp::from_second(now.as_second() - seconds).unwrap();
            assert_eq!(human_duration(since, now), expected, "{seconds}");
        }
    }

    #[test]
    fn the_zero_time_has_no_age_and_a_time_long_ago_the_greatest() {
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let at = |text: &str| Time(text.parse().unwrap());
        assert_eq!(age(None, now), "<unknown>");
        assert_eq!(age(Some(&at("0001-01-01T00:00:00Z")), now), "<unknown>");
        assert_eq!(age(Some(&at("0001-01-01T00:00:01Z")), now), "292y");
        assert_eq!(age(Some(&at("9999-01-01T00:00:00Z")), now), "<invalid>");
    }
}
