//! Times of forecasts, in seconds.

use std::time::Duration;

/// Rounds a range outwards for people: to tenths of a second below ten seconds, and else to
/// seconds.
pub(super) fn rounded(earliest: Duration, latest: Duration) -> (Duration, Duration) {
    let step = |time: Duration| {
        if time < Duration::from_secs(10) {
            100
        } else {
            1000
        }
    };
    let millis = |time: Duration| u64::try_from(time.as_millis()).unwrap_or(u64::MAX);
    let (down, up) = (step(earliest), step(latest));
    (
        Duration::from_millis(millis(earliest) / down * down),
        Duration::from_millis(millis(latest).div_ceil(up).saturating_mul(up)),
    )
}

/// Returns a time in seconds, to hundredths, for reports: not after it.
pub(super) fn not_after(time: Duration) -> f64 {
    hundredths(time.as_millis() / 10)
}

/// Returns a time in seconds, to hundredths, for reports: not before it.
pub(super) fn not_before(time: Duration) -> f64 {
    hundredths(time.as_millis().div_ceil(10))
}

#[expect(clippy::cast_precision_loss, reason = "times of a forecast are short")]
fn hundredths(count: u128) -> f64 {
    count as f64 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_only_grows_by_rounding() {
        let millis = Duration::from_millis;
        for (range, expected) in [
            ((0, 0), (0, 0)),
            ((851, 1_001), (800, 1_100)),
            ((9_999, 10_001), (9_900, 11_000)),
            ((20_999, 31_000), (20_000, 31_000)),
        ] {
            let found = rounded(millis(range.0), millis(range.1));
            assert_eq!(found, (millis(expected.0), millis(expected.1)), "{range:?}");
        }
        assert!((not_after(millis(1_239)) - 1.23).abs() < 1e-9);
        assert!((not_before(millis(1_231)) - 1.24).abs() < 1e-9);
    }
}
