//! Scores brought to 0 to 100, and the fractions of 64 bits that upstream computes with.

/// The best score of a plugin. Upstream: `MaxNodeScore`.
pub(super) const MAX: i64 = 100;

/// Scales the scores by their maximum; `reverse` makes the smallest the best.
/// Upstream: `DefaultNormalizeScore` (plugins/helper/normalize_score.go).
pub(super) fn by_maximum(mut scores: Vec<i64>, reverse: bool) -> Vec<i64> {
    let most = scores.iter().copied().max().unwrap_or(0).max(0);
    for score in &mut scores {
        *score = match (most, reverse) {
            (0, true) => MAX,
            (0, false) => *score,
            (_, true) => MAX - MAX * *score / most,
            (_, false) => MAX * *score / most,
        };
    }
    scores
}

/// Returns a number as upstream's `float64(n)`.
#[expect(
    clippy::cast_precision_loss,
    reason = "upstream's scores are cut off where a fraction of 64 bits is"
)]
pub(super) fn fraction(number: i128) -> f64 {
    number as f64
}

/// Returns a fraction without what is behind the point, as upstream's `int64(f)`.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a number beyond 64 bits becomes the nearest"
)]
pub(super) fn truncated(number: f64) -> i64 {
    number as i64
}
