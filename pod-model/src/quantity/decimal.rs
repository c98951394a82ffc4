//! Decimal numbers of any length, with upstream's way of narrowing them.
//!
//! Upstream holds them as `gopkg.in/inf.v0`'s `Dec`, a big integer and a scale,
//! and writes out every zero of `1e1000000000`. Here zeros at the end are only
//! counted, so that a hostile exponent costs neither time nor memory.

use std::cmp::Ordering;

/// Maximum distance of two summands, beyond which the smaller one is dropped: it would
/// change only the ten thousandth digit.
const MAX_DIGITS: i64 = 10_000;

/// `digits` times 10 to the power of `exponent`.
#[derive(Clone, Debug)]
pub(super) struct Decimal {
    negative: bool,
    /// Most significant first, each 0 to 9, without zeros at either end; empty
    /// for 0.
    digits: Vec<u8>,
    exponent: i64,
    /// The places after the point that upstream's representation has; it
    /// decides how the number is narrowed to 64 bits.
    scale: i32,
}

impl Decimal {
    /// A number of ASCII digits, the last `scale` of them after the point.
    pub(super) fn from_digits(digits: &str, scale: i32) -> Self {
        let digits = digits.bytes().map(|digit| digit - b'0').collect();
        Self::normal(false, digits, -i64::from(scale), scale)
    }

    pub(super) fn from_int(value: i64, scale: i32) -> Self {
        let mut decimal = Self::from_digits(&value.unsigned_abs().to_string(), scale);
        decimal.negative = value < 0;
        decimal
    }

    fn normal(negative: bool, mut digits: Vec<u8>, mut exponent: i64, scale: i32) -> Self {
        let zeros = digits.iter().take_while(|digit| **digit == 0).count();
        digits.drain(..zeros);
        while digits.last() == Some(&0) {
            digits.pop();
            exponent += 1;
        }
        if digits.is_empty() {
            exponent = 0;
        }
        Self {
            negative: negative && !digits.is_empty(),
            digits,
            exponent,
            scale,
        }
    }

    pub(super) fn is_zero(&self) -> bool {
        self.digits.is_empty()
    }

    pub(super) fn signum(&self) -> i32 {
        match (self.is_zero(), self.negative) {
            (true, _) => 0,
            (false, true) => -1,
            (false, false) => 1,
        }
    }

    pub(super) fn negated(mut self) -> Self {
        self.negative = !self.negative && !self.is_zero();
        self
    }

    /// The product with a whole number.
    pub(super) fn times(&self, factor: u64) -> Self {
        let mut digits = Vec::with_capacity(self.digits.len() + 20);
        let mut carry = 0_u128;
        for digit in self.digits.iter().rev() {
            carry += u128::from(*digit) * u128::from(factor);
            digits.push(last_digit(carry));
            carry /= 10;
        }
        while carry > 0 {
            digits.push(last_digit(carry));
            carry /= 10;
        }
        digits.reverse();
        Self::normal(self.negative, digits, self.exponent, self.scale)
    }

    /// Returns the number of digits below 10 to the power of `place`.
    fn digits_below(&self, place: i64) -> usize {
        usize::try_from(place - self.exponent)
            .unwrap_or(0)
            .min(self.digits.len())
    }

    /// Rounded away from 0 to a multiple of 10 to the power of `place`, and
    /// whether it was one. Upstream: `Dec.Round` with `RoundUp`.
    pub(super) fn rounded(&self, place: i32) -> (Self, bool) {
        let scale = place.wrapping_neg();
        let below = self.digits_below(i64::from(place));
        if below == 0 {
            let same = Self {
                scale,
                ..self.clone()
            };
            return (same, true);
        }
        let kept = self.digits.len() - below;
        let digits = increment(self.digits[..kept].to_vec());
        let rounded = Self::normal(self.negative, digits, i64::from(place), scale);
        (rounded, false)
    }

    /// The absolute value divided by 10 to the power of `place`, cut off, in
    /// the lower 64 bits.
    fn low_bits(&self, place: i64) -> u64 {
        let kept = self.digits.len() - self.digits_below(place);
        let whole = self.digits[..kept].iter().fold(0_u64, |number, digit| {
            number.wrapping_mul(10).wrapping_add(u64::from(*digit))
        });
        let zeros = u32::try_from((self.exponent - place).max(0)).unwrap_or(u32::MAX);
        whole.wrapping_mul(10_u64.wrapping_pow(zeros))
    }

    /// Upstream: `scaledValue`. Numbers that do not fit keep their lower 64
    /// bits, and negative ones round as the machine's division happens to.
    pub(super) fn scaled_value(&self, place: i32) -> i64 {
        let unit = -i64::from(self.scale);
        let signed = |bits: u64| {
            let bits = bits.cast_signed();
            if self.negative {
                bits.wrapping_neg()
            } else {
                bits
            }
        };
        let unscaled = signed(self.low_bits(unit));
        let difference = i64::from(place) - unit;
        if difference <= 0 {
            let power = u32::try_from(-difference).unwrap_or(u32::MAX);
            return unscaled.wrapping_mul(10_i64.checked_pow(power).unwrap_or(i64::MIN));
        }
        let small = self.negative || *self < Self::from_int(i64::MAX, self.scale);
        if let Some(divisor) = u32::try_from(difference)
            .ok()
            .and_then(|power| 10_i64.checked_pow(power))
            && small
        {
            return unscaled / divisor + i64::from(unscaled % divisor != 0);
        }
        let quotient = signed(self.low_bits(i64::from(place)));
        // The remainder of a division that floors: towards it for positive
        // numbers only.
        let inexact = self.digits_below(i64::from(place)) > 0;
        quotient.wrapping_add(i64::from(inexact && !self.negative))
    }

    /// Upstream: `Dec.Add`.
    pub(super) fn plus(&self, other: &Self) -> Self {
        let scale = self.scale.max(other.scale);
        let top = |decimal: &Self| decimal.exponent + decimal.length();
        let exponent = self.exponent.min(other.exponent);
        let far_apart = top(self).max(top(other)) - exponent > MAX_DIGITS;
        if self.is_zero() || other.is_zero() || far_apart {
            let larger = if self.magnitude(other).is_lt() {
                other
            } else {
                self
            };
            return Self {
                scale,
                ..larger.clone()
            };
        }
        let (large, small) = if self.magnitude(other).is_lt() {
            (other, self)
        } else {
            (self, other)
        };
        let (a, b) = (large.aligned(exponent), small.aligned(exponent));
        let digits = if large.negative == small.negative {
            add(&a, &b)
        } else {
            subtract(&a, &b)
        };
        Self::normal(large.negative, digits, exponent, scale)
    }

    fn length(&self) -> i64 {
        i64::try_from(self.digits.len()).unwrap_or(i64::MAX)
    }

    /// The digits down to 10 to the power of `exponent`, the least significant
    /// first.
    fn aligned(&self, exponent: i64) -> Vec<u8> {
        let zeros = usize::try_from(self.exponent - exponent).unwrap_or(0);
        let mut digits = vec![0; zeros];
        digits.extend(self.digits.iter().rev());
        digits
    }

    /// The order without signs.
    fn magnitude(&self, other: &Self) -> Ordering {
        match (self.is_zero(), other.is_zero()) {
            (true, true) => Ordering::Equal,
            (true, false) => Ordering::Less,
            (false, true) => Ordering::Greater,
            (false, false) => (self.exponent + self.length())
                .cmp(&(other.exponent + other.length()))
                .then_with(|| self.digits.cmp(&other.digits)),
        }
    }

    /// Divided by `divisor` as often as that leaves no remainder, and how
    /// often. Upstream: `removeBigIntFactors`.
    pub(super) fn without_factor(&self, divisor: u32) -> (String, i32) {
        let mut digits: Vec<u8> = self.aligned(0);
        digits.reverse();
        let mut times = 0;
        while !digits.is_empty() {
            let (quotient, remainder) = divide(&digits, divisor);
            if remainder != 0 {
                break;
            }
            digits = quotient;
            times += 1;
        }
        (self.text(&digits), times)
    }

    /// The digits with a sign, and the power of ten that they stand for.
    pub(super) fn parts(&self) -> (String, i64) {
        (self.text(&self.digits), self.exponent)
    }

    fn text(&self, digits: &[u8]) -> String {
        let sign = if self.negative { "-" } else { "" };
        let digits = digits.iter().map(|digit| char::from(b'0' + digit));
        sign.chars().chain(digits).collect()
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Decimal {}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let order = self.magnitude(other);
        self.signum().cmp(&other.signum()).then(if self.negative {
            order.reverse()
        } else {
            order
        })
    }
}

fn last_digit(number: u128) -> u8 {
    u8::try_from(number % 10).unwrap_or(0)
}

/// One more, in digits with the most significant first.
fn increment(mut digits: Vec<u8>) -> Vec<u8> {
    for digit in digits.iter_mut().rev() {
        if *digit < 9 {
            *digit += 1;
            return digits;
        }
        *digit = 0;
    }
    digits.insert(0, 1);
    digits
}

/// A sum; the arguments have the least significant digit first, the answer the
/// most significant.
fn add(large: &[u8], small: &[u8]) -> Vec<u8> {
    let mut sum = Vec::with_capacity(large.len().max(small.len()) + 1);
    let mut carry = 0;
    for place in 0..large.len().max(small.len()) {
        let digit = |digits: &[u8]| digits.get(place).copied().unwrap_or(0);
        let total = digit(large) + digit(small) + carry;
        sum.push(total % 10);
        carry = total / 10;
    }
    sum.push(carry);
    sum.reverse();
    sum
}

/// A difference, with digits as in [`add`]; `large` is not less than `small`.
fn subtract(large: &[u8], small: &[u8]) -> Vec<u8> {
    let mut difference = Vec::with_capacity(large.len());
    let mut borrow = 0;
    for (place, digit) in large.iter().enumerate() {
        let taken = small.get(place).copied().unwrap_or(0) + borrow;
        borrow = u8::from(*digit < taken);
        difference.push(digit + borrow * 10 - taken);
    }
    difference.reverse();
    difference
}

/// Quotient without leading zeros, and remainder.
fn divide(digits: &[u8], divisor: u32) -> (Vec<u8>, u32) {
    let mut quotient = Vec::with_capacity(digits.len());
    let mut remainder = 0;
    for digit in digits {
        remainder = remainder * 10 + u32::from(*digit);
        let next = u8::try_from(remainder / divisor).unwrap_or(0);
        if next > 0 || !quotient.is_empty() {
            quotient.push(next);
        }
        remainder %= divisor;
    }
    (quotient, remainder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zero_has_no_sign() {
        for (value, sign, text) in [
            (0, 0, ""),
            (1, 1, "1"),
            (-1, -1, "-1"),
            (120, 1, "12"),
            (i64::MIN, -1, "-9223372036854775808"),
        ] {
            let own = Decimal::from_int(value, 0);
            assert_eq!(own.signum(), sign, "{value}");
            assert_eq!(own.parts().0, text, "{value}");
            assert_eq!(own.negated().signum(), -sign, "{value}");
        }
    }
}
