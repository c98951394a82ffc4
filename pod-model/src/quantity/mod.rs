//! Amounts of resources: `100m`, `1.5Gi`, `12e6`.
//!
//! A [`Quantity`] is read, rounded, compared, added and printed exactly as
//! `Quantity` of `k8s.io/apimachinery/pkg/api/resource` does it, including what
//! nobody would choose again: `-1.50000000000000000001` has the value 0 and
//! `1000E` is printed as `1`. The kubelet and the scheduler calculate with
//! these answers, so an explanation has to do it too.
//!
//! No floating-point number takes part.

mod amount;
mod decimal;
mod divide;
mod format;
mod parse;
mod suffix;

use std::cmp::Ordering;
use std::ops::{AddAssign, Neg, SubAssign};

pub use parse::QuantityError;

use amount::Amount;
pub use suffix::Format;

/// An amount of a resource, with the family of suffixes in which it is printed.
///
/// Two quantities are equal when their amounts are: `1Ki` is `1024`.
///
/// Upstream: `Quantity` in `k8s.io/apimachinery/pkg/api/resource/quantity.go`.
#[derive(Clone, Debug)]
pub struct Quantity {
    amount: Amount,
    format: Format,
    /// The text that was read, if upstream would print that again.
    text: Option<Box<str>>,
}

impl Quantity {
    /// The amount 0.
    pub const ZERO: Self = Self {
        amount: Amount::ZERO,
        format: Format::DecimalSi,
        text: None,
    };

    /// A whole number of units. Upstream: `NewQuantity`.
    pub fn new(value: i64, format: Format) -> Self {
        Self::scaled(value, 0, format)
    }

    /// A number of thousandths. Upstream: `NewMilliQuantity`.
    pub fn from_milli(value: i64, format: Format) -> Self {
        Self::scaled(value, -3, format)
    }

    fn scaled(value: i64, scale: i32, format: Format) -> Self {
        Self {
            amount: Amount::Int { value, scale },
            format,
            text: None,
        }
    }

    /// The family of suffixes in which it is printed.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The whole number of units, rounded up.
    ///
    /// An amount that does not fit gives what upstream gives, which is not
    /// necessarily near: `10E` has the value 0. Upstream: `Quantity.Value`.
    pub fn value(&self) -> i64 {
        self.scaled_value(0)
    }

    /// The number of thousandths, rounded up. Upstream: `Quantity.MilliValue`.
    pub fn milli_value(&self) -> i64 {
        self.scaled_value(-3)
    }

    /// The amount divided by 10 to the power of `scale`, rounded up.
    ///
    /// Upstream: `Quantity.ScaledValue`.
    pub fn scaled_value(&self, scale: i32) -> i64 {
        self.amount.scaled_value(scale)
    }

    /// Returns whether it is 0. Upstream: `Quantity.IsZero`.
    pub fn is_zero(&self) -> bool {
        self.amount.signum() == 0
    }

    /// -1, 0 or 1, as the amount is less than, equal to or more than 0.
    ///
    /// Upstream: `Quantity.Sign`.
    pub fn signum(&self) -> i32 {
        self.amount.signum()
    }

    /// Takes the form that a comparison leaves it in: with many digits, if the other has them.
    /// An amount that overflows then has another value.
    ///
    /// Upstream: `Quantity.Cmp`, by `AsDec`.
    pub(crate) fn compared_with(&mut self, other: &Self) {
        if matches!(other.amount, Amount::Decimal(_)) {
            self.amount = Amount::Decimal(self.amount.to_decimal());
        }
    }

    /// Rounds to a multiple of 10 to the power of `scale`, away from 0, and
    /// says whether the amount was one already.
    ///
    /// Upstream: `Quantity.RoundUp`.
    pub fn round_up(&mut self, scale: i32) -> bool {
        if let Amount::Int { scale: own, .. } = self.amount
            && own >= scale
        {
            return true;
        }
        self.text = None;
        let (rounded, exact) = self.amount.rounded(scale);
        self.amount = rounded;
        exact
    }
}

impl Default for Quantity {
    fn default() -> Self {
        Self::ZERO
    }
}

impl PartialEq for Quantity {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Quantity {}

impl PartialOrd for Quantity {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The order of the amounts. Upstream: `Quantity.Cmp`.
impl Ord for Quantity {
    fn cmp(&self, other: &Self) -> Ordering {
        self.amount.cmp(&other.amount)
    }
}

/// A sum is printed as its first summand that is not 0.
///
/// Upstream: `Quantity.Add`.
impl AddAssign<&Quantity> for Quantity {
    fn add_assign(&mut self, other: &Quantity) {
        self.text = None;
        if self.is_zero() {
            self.format = other.format;
        }
        self.amount = self.amount.plus(&other.amount);
    }
}

/// Upstream: `Quantity.Sub`.
impl SubAssign<&Quantity> for Quantity {
    fn sub_assign(&mut self, other: &Quantity) {
        *self += &-other.clone();
    }
}

/// Upstream: `Quantity.Neg`.
impl Neg for Quantity {
    type Output = Self;

    fn neg(mut self) -> Self {
        self.text = None;
        self.amount = self.amount.negated();
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(text: &str) -> Quantity {
        text.parse().unwrap()
    }

    #[test]
    fn equal_amounts_are_equal_whatever_their_suffix() {
        for (left, right) in [
            ("1Ki", "1024"),
            ("0.5", "500m"),
            ("1e3", "1k"),
            ("0", "0Ki"),
            ("10000000000000000000000", "1e22"),
        ] {
            assert_eq!(q(left), q(right));
        }
        for (less, more) in [
            ("-1", "1n"),
            ("1e18", "1e2000000000"),
            ("1e2000000000", "9e2000000000"),
            ("-2", "-1999m"),
            ("999Mi", "1Gi"),
            ("0", "1e-2000000000"),
        ] {
            assert!(q(less) < q(more), "{less} < {more}");
            assert!(q(more) > q(less), "{more} > {less}");
        }
    }

    #[test]
    fn a_sum_has_the_format_of_its_first_summand_that_is_not_zero() {
        for (left, right, sum) in [
            ("0", "1Gi", "1Gi"),
            ("1Gi", "512Mi", "1536Mi"),
            ("1", "500m", "1500m"),
            ("100m", "900m", "1"),
            ("1Mi", "1M", "2048576"),
            ("9223372036854775807", "1", "9223372036854775808"),
            ("1.0000000000000000001", "-2", "-999999999n"),
        ] {
            let mut total = q(left);
            total += &q(right);
            assert_eq!(total.to_string(), sum, "{left} + {right}");
            total -= &q(right);
            assert_eq!(total, q(left), "{left} + {right} - {right}");
        }
    }

    #[test]
    fn rounding_goes_away_from_zero_and_says_whether_it_was_exact() {
        for (text, scale, rounded, exact) in [
            ("1.0001", -3, "1001m", false),
            ("-1.0001", -3, "-1001m", false),
            ("1n", -3, "1m", false),
            ("1.5", -3, "1.5", true),
            ("1500u", 0, "1", false),
            ("1e-2000000000", -3, "1e-3", false),
        ] {
            let mut quantity = q(text);
            assert_eq!(quantity.round_up(scale), exact, "{text}");
            assert_eq!(quantity, q(rounded), "{text}");
        }
    }
}
