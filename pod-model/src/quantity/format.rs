//! Printing a quantity in its canonical form. Upstream:
//! `Quantity.CanonicalizeBytes` in
//! `k8s.io/apimachinery/pkg/api/resource/quantity.go`.

use std::fmt;

use super::amount::Amount;
use super::{Format, Quantity, suffix};

/// Beyond this power of 1024, dividing digit by digit would take too long; no
/// suffix is known for it anyway.
const MAX_BINARY_EXPONENT: i64 = 10_000;

impl fmt::Display for Quantity {
    /// Writes the canonical form, with the largest suffix that leaves no
    /// fraction, or the very text that was read where upstream keeps it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(text) = &self.text {
            return f.write_str(text);
        }
        if self.is_zero() {
            return f.write_str("0");
        }
        match self.binary() {
            Some((digits, power)) => write!(f, "{digits}{}", suffix::binary(power)),
            None => {
                let format = match self.format {
                    Format::BinarySi => Format::DecimalSi,
                    format => format,
                };
                let (digits, exponent) = self.decimal();
                write!(f, "{digits}{}", suffix::decimal(exponent, format))
            }
        }
    }
}

impl Quantity {
    /// The number and its power of 1024, if it is printed so: a whole number
    /// of at least 1024.
    fn binary(&self) -> Option<(String, i32)> {
        if self.format != Format::BinarySi {
            return None;
        }
        let bound = |value| Amount::Int { value, scale: 0 };
        if self.amount > bound(-1024) && self.amount < bound(1024) {
            return None;
        }
        let (rounded, exact) = self.amount.rounded(0);
        if !exact {
            return None;
        }
        let whole = rounded.to_decimal();
        (whole.parts().1 <= MAX_BINARY_EXPONENT).then(|| whole.without_factor(1024))
    }

    /// The number and a power of ten that is a multiple of three.
    ///
    /// Upstream: `AsCanonicalBytes`.
    fn decimal(&self) -> (String, i32) {
        let (mut digits, exponent) = self.amount.to_decimal().parts();
        let surplus = exponent.rem_euclid(3);
        for _ in 0..surplus {
            digits.push('0');
        }
        let exponent = exponent - surplus;
        (digits, i32::try_from(exponent).unwrap_or(i32::MAX))
    }
}
