//! Quantities as the environment and downward-API volumes show them.
//!
//! Upstream: `convertResourceCPUToString`, `convertResourceMemoryToString` and
//! their siblings in `k8s.io/kubernetes/pkg/api/v1/resource/helpers.go`. They
//! divide in `float64`, and so do we: beyond 2⁵³ (8 PiB of memory) the answer
//! is not exact, and a container sees what upstream makes of it. Beyond an
//! `i64` the answer depends on the node's processor; ours is that of arm64,
//! the nearest `i64`.

use super::Quantity;

impl Quantity {
    /// CPU in units of `divisor`, rounded up.
    ///
    /// `None` if the divisor is 0. Upstream: `convertResourceCPUToString`.
    pub fn cpu_in_units_of(&self, divisor: &Self) -> Option<i64> {
        ceil(self.milli_value(), divisor.milli_value())
    }

    /// Memory, huge pages or storage in units of `divisor`, rounded up.
    ///
    /// `None` if the divisor is 0. Upstream: `convertResourceMemoryToString`.
    pub fn bytes_in_units_of(&self, divisor: &Self) -> Option<i64> {
        ceil(self.value(), divisor.value())
    }
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "upstream loses the same bits"
)]
fn ceil(dividend: i64, divisor: i64) -> Option<i64> {
    (divisor != 0).then(|| (dividend as f64 / divisor as f64).ceil() as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_divided_quantity_is_rounded_up() {
        let q = |text: &str| text.parse::<Quantity>().unwrap();
        for (amount, divisor, cpu, bytes) in [
            ("250m", "1", 1, 1),
            ("250m", "1m", 250, 1),
            ("1500m", "1", 2, 2),
            ("128Mi", "1Mi", 128, 128),
            ("129M", "1Mi", 124, 124),
            ("-1500m", "1", -1, -2),
            ("8Ei", "1", -1, i64::MAX),
            (
                "9007199254740993",
                "1",
                9_007_199_254_740_994,
                9_007_199_254_740_992,
            ),
        ] {
            assert_eq!(
                q(amount).cpu_in_units_of(&q(divisor)),
                Some(cpu),
                "{amount}"
            );
            assert_eq!(
                q(amount).bytes_in_units_of(&q(divisor)),
                Some(bytes),
                "{amount}"
            );
        }
        assert_eq!(q("1").cpu_in_units_of(&q("0")), None);
    }
}
