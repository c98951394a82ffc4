//! Durations as Go writes them: `1h30m`, `-1.5s`.
//!
//! Upstream: `ParseDuration` of Go's `time` package.

/// Returns the nanoseconds of a duration, which may be negative.
pub(super) fn parse(text: &str) -> Option<i64> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if unsigned == "0" {
        return Some(0);
    }
    if unsigned.is_empty() {
        return None;
    }
    let mut total: u64 = 0;
    let mut rest = unsigned;
    while !rest.is_empty() {
        let (value, after) = digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(after) => digits(after),
            None => ("", after),
        };
        if value.is_empty() && fraction.is_empty() {
            return None;
        }
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit());
        let (unit, after) = after.split_at(end.unwrap_or(after.len()));
        let unit = nanoseconds(unit)?;
        let value: u64 = match value {
            "" => 0,
            value => value.parse().ok()?,
        };
        // One more than the longest, for the most negative one.
        let most = 1 << 63;
        let mut own = value.checked_mul(unit).filter(|own| *own <= most)?;
        own = own
            .checked_add(part(fraction, unit))
            .filter(|own| *own <= most)?;
        total = total.checked_add(own).filter(|total| *total <= most)?;
        rest = after;
    }
    if text.starts_with('-') {
        return Some(0_i64.wrapping_sub_unsigned(total));
    }
    i64::try_from(total).ok()
}

fn digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.split_at(end.unwrap_or(text.len()))
}

/// Returns the nanoseconds of a fraction. Digits beyond 64 bits do not count.
fn part(fraction: &str, unit: u64) -> u64 {
    let (mut value, mut scale) = (0_u64, 1.0_f64);
    for digit in fraction.bytes().map(|digit| u64::from(digit - b'0')) {
        let next = value
            .checked_mul(10)
            .and_then(|value| value.checked_add(digit));
        match next.filter(|next| i64::try_from(*next).is_ok()) {
            Some(next) => value = next,
            None => break,
        }
        scale *= 10.0;
    }
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "Go computes it so, and the result is below the unit"
    )]
    let nanoseconds = (value as f64 * (unit as f64 / scale)) as u64;
    nanoseconds
}

fn nanoseconds(unit: &str) -> Option<u64> {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_go_does() {
        for (text, nanoseconds) in [
            ("1h30m", Some(5_400_000_000_000)),
            ("1.5s", Some(1_500_000_000)),
            (".5s", Some(500_000_000)),
            ("-2ms", Some(-2_000_000)),
            ("0", Some(0)),
            ("", None),
            ("5", None),
            ("1h 30m", None),
            ("2562048h", None),
            (".s", None),
        ] {
            assert_eq!(parse(text), nanoseconds, "{text}");
        }
    }
}
