//! Durations and ages as the API server's tables print them
//! (k8s.io/apimachinery/pkg/util/duration, `HumanDuration`;
//! pkg/printers/internalversion/printers.go, `translateTimestampSince`).

use k8s_openapi::apimachinery::pkg::apis::meta::v1::Time;
use k8s_openapi::jiff::Timestamp;

const SECOND: i64 = 1_000_000_000;
const MINUTE: i64 = 60 * SECOND;
const HOUR: i64 = 60 * MINUTE;

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

/// Returns the time from `since` to `now`, such as `119s`, `3m10s`, `4h` or `2d3h`:
/// `0s` if `since` is less than two seconds ahead, `<invalid>` if it is further ahead.
pub fn human_duration(since: Timestamp, now: Timestamp) -> String {
    let nanoseconds = now.as_nanosecond() - since.as_nanosecond();
    // Go's durations end at 292 years.
    let duration =
        i64::try_from(nanoseconds).unwrap_or(if nanoseconds < 0 { i64::MIN } else { i64::MAX });
    let pair = |large: i64, one: &str, small: i64, other: &str| match small {
        0 => format!("{large}{one}"),
        small => format!("{large}{one}{small}{other}"),
    };
    let (seconds, minutes, hours) = (duration / SECOND, duration / MINUTE, duration / HOUR);
    match (seconds, minutes, hours) {
        (..-1, _, _) => "<invalid>".to_owned(),
        (..0, _, _) => "0s".to_owned(),
        (..120, _, _) => format!("{seconds}s"),
        (_, ..10, _) => pair(minutes, "m", seconds % 60, "s"),
        (_, ..180, _) => format!("{minutes}m"),
        (_, _, ..8) => pair(hours, "h", minutes % 60, "m"),
        (_, _, ..48) => format!("{hours}h"),
        (_, _, ..192) => pair(hours / 24, "d", hours % 24, "h"),
        (_, _, ..17_520) => format!("{}d", hours / 24),
        (_, _, ..70_080) => pair(hours / 24 / 365, "y", hours / 24 % 365, "d"),
        _ => format!("{}y", hours / 24 / 365),
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
        let (minute, hour, day, year) = (60, 3600, 86_400, 31_536_000);
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
