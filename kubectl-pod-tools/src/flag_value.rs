//! Parses durations and numbers of flags. Each has a range, which usage errors name.

use std::ops::RangeInclusive;
use std::time::Duration;

/// Maximum of Go's `time.Duration` in nanoseconds, a little more than 292 years.
pub(crate) const LONGEST: Duration = Duration::from_nanos(i64::MAX as u64);
/// Maximum in seconds, of values that upstream multiplies by `time.Second`.
pub(crate) const MAX_SECONDS: i64 = i64::MAX / 1_000_000_000;
/// Number of significant digits of a fraction; a nanosecond of an hour needs fourteen.
const FRACTION_DIGITS: usize = 18;

/// Error of parsing a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DurationError {
    /// The text is not a duration.
    Syntax,
    /// The duration is longer than [`LONGEST`].
    TooLong,
    /// The duration is negative.
    Negative,
}

impl DurationError {
    /// Returns the message with the expected range.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Syntax => "expected a duration such as `30s`, `5m` or `1h30m`",
            Self::TooLong => "out of range: expected a duration of at most 2562047h (292 years)",
            Self::Negative => "out of range: expected a duration of at least 0",
        }
    }
}

/// Parses `30s`, `1m30s`, `1.5h`, `250ms`, or a bare number of seconds, from 0 to 292 years.
///
/// Mirrors Go's `time.ParseDuration`, and `ParseTimeout` of client-go
/// (tools/clientcmd) for bare numbers.
///
/// # Errors
/// A message with an example or the range if the text is not a duration or out of range.
pub(crate) fn parse_duration(text: &str) -> Result<Duration, String> {
    read_duration(text).map_err(|error| error.message().to_owned())
}

/// Does what [`parse_duration`] does, with an error to match on.
///
/// # Errors
/// A text that is not a duration, or one out of range.
pub(crate) fn read_duration(text: &str) -> Result<Duration, DurationError> {
    let text = text.strip_prefix('+').unwrap_or(text);
    if let Some(positive) = text.strip_prefix('-') {
        return match read_positive(positive) {
            Err(DurationError::Syntax) => Err(DurationError::Syntax),
            Ok(Duration::ZERO) => Ok(Duration::ZERO),
            _ => Err(DurationError::Negative),
        };
    }
    read_positive(text)
}

fn read_positive(text: &str) -> Result<Duration, DurationError> {
    if text.is_empty() {
        return Err(DurationError::Syntax);
    }
    let is_number = text.bytes().all(|b| b.is_ascii_digit());
    let mut rest = text;
    let mut total: u128 = 0;
    while !rest.is_empty() {
        let is_digit = |c: char| c.is_ascii_digit();
        let (whole, after) = split(rest, is_digit);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => split(after, is_digit),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(DurationError::Syntax);
        }
        let (unit, after) = split(after, |c| c != '.' && !c.is_ascii_digit());
        let nanos = match unit {
            "" if is_number => 1_000_000_000,
            unit => nanoseconds(unit).ok_or(DurationError::Syntax)?,
        };
        // What does not fit is told when the whole text is known to be a duration.
        let whole = whole.bytes().fold(0_u128, digit);
        total = total.saturating_add(whole.saturating_mul(nanos));
        let kept = &fraction[..fraction.len().min(FRACTION_DIGITS)];
        let scale = kept.bytes().fold(1_u128, |scale, _| scale * 10);
        total = total.saturating_add(kept.bytes().fold(0, digit) * nanos / scale);
        rest = after;
    }
    u64::try_from(total)
        .map(Duration::from_nanos)
        .ok()
        .filter(|total| *total <= LONGEST)
        .ok_or(DurationError::TooLong)
}

fn digit(number: u128, digit: u8) -> u128 {
    number
        .saturating_mul(10)
        .saturating_add(u128::from(digit - b'0'))
}

fn split(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    text.split_at(text.find(|c| !belongs(c)).unwrap_or(text.len()))
}

fn nanoseconds(unit: &str) -> Option<u128> {
    Some(match unit {
        "ns" => 1,
        // Both letters that look so: the micro sign and the Greek mu.
        "us" | "\u{b5}s" | "\u{3bc}s" => 1_000,
        "ms" => 1_000_000,
        "s" => 1_000_000_000,
        "m" => 60_000_000_000,
        "h" => 3_600_000_000_000,
        _ => return None,
    })
}

/// Error of parsing a number of a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum IntegerError {
    /// The text is not an integer.
    Syntax,
    /// The number is out of range.
    OutOfRange,
}

/// Parses an integer within a range.
///
/// # Errors
/// A text that is not a decimal integer; a number out of range.
pub(crate) fn read_integer(text: &str, range: &RangeInclusive<i64>) -> Result<i64, IntegerError> {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(IntegerError::Syntax);
    }
    text.parse()
        .ok()
        .filter(|number| range.contains(number))
        .ok_or(IntegerError::OutOfRange)
}

/// Parses a count: an integer from 0 to 2147483647.
///
/// # Errors
/// A message with the range for any other text.
pub(crate) fn parse_count(text: &str) -> Result<u32, String> {
    let range = 0..=i64::from(i32::MAX);
    let number = read_integer(text, &range).ok();
    number
        .and_then(|number| u32::try_from(number).ok())
        .ok_or_else(|| "expected a whole number from 0 to 2147483647".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_reads_them() {
        for (text, nanos) in [
            ("0", 0),
            ("-0s", 0),
            ("30", 30_000_000_000),
            ("1s", 1_000_000_000),
            ("+1s", 1_000_000_000),
            ("1m30s", 90_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("250ms", 250_000_000),
            (".5s", 500_000_000),
            ("1.s", 1_000_000_000),
            ("3\u{b5}s2\u{3bc}s1us", 6_000),
            ("0.100000000000000000000h", 360_000_000_000),
            ("0.3333333333333333333h", 1_200_000_000_000 - 1),
            ("9223372036854775807ns", i64::MAX as u64),
            ("2562047h47m16.854775807s", i64::MAX as u64),
            ("9223372036", 9_223_372_036_000_000_000),
        ] {
            let expected = Ok(Duration::from_nanos(nanos));
            assert_eq!(read_duration(text), expected, "{text}");
        }
    }

    #[test]
    fn other_texts_are_no_durations() {
        for text in [
            "",
            "s",
            "1x",
            "1m3",
            "1..2s",
            ".s",
            ".",
            "-",
            "+",
            "--1s",
            "1 s",
            " 1s",
            "1S",
            "1e3s",
            "NaN",
            "inf",
            "0x10",
            "1_0",
            "1d",
            "3.",
            "1.5",
            "99999999999999999999x",
        ] {
            assert_eq!(read_duration(text), Err(DurationError::Syntax), "{text}");
        }
    }

    #[test]
    fn durations_have_a_range() {
        let many = "9".repeat(5_000);
        for text in [
            "9223372037",
            "9223372036854775808ns",
            "2562047h47m16.854775808s",
            "10000000000000000000s",
            "18000000000000000000s18000000000000000000s",
            "99999999999999999999h",
            &many,
            &format!("{many}h{many}m"),
            &format!("{many}.{many}h"),
        ] {
            assert_eq!(read_duration(text), Err(DurationError::TooLong), "{text}");
        }
        for text in ["-1s", "-1", "-99999999999999999999h", "-.5ms"] {
            assert_eq!(read_duration(text), Err(DurationError::Negative), "{text}");
        }
    }

    #[test]
    fn counts_have_a_range() {
        for (text, number) in [
            ("0", 0),
            ("+5", 5),
            ("007", 7),
            ("2147483647", 2_147_483_647),
        ] {
            assert_eq!(parse_count(text), Ok(number), "{text}");
        }
        for text in [
            "",
            "-1",
            "2147483648",
            "99999999999999999999",
            "1.0",
            "1e3",
            "\u{663}",
        ] {
            let reason = parse_count(text).unwrap_err();
            assert!(reason.ends_with("from 0 to 2147483647"), "{text}: {reason}");
        }
    }
}
