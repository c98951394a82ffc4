//! The two ways in which a quantity holds its amount. Which one it is can be
//! seen from outside: they round and overflow differently.
//!
//! Upstream: `int64Amount` and `infDecAmount` in `amount.go`, `math.go` and
//! `scale_int.go` of `k8s.io/apimachinery/pkg/api/resource`.

use std::cmp::Ordering;

use super::decimal::Decimal;

/// An amount.
#[derive(Clone, Debug)]
pub(super) enum Amount {
    /// `value` times 10 to the power of `scale`.
    Int { value: i64, scale: i32 },
    /// Any number of digits.
    Decimal(Decimal),
}

impl Amount {
    pub(super) const ZERO: Self = Self::Int { value: 0, scale: 0 };

    pub(super) fn to_decimal(&self) -> Decimal {
        match self {
            Self::Int { value, scale } => Decimal::from_int(*value, scale.wrapping_neg()),
            Self::Decimal(decimal) => decimal.clone(),
        }
    }

    pub(super) fn signum(&self) -> i32 {
        match self {
            Self::Int { value, .. } => i32::from(*value > 0) - i32::from(*value < 0),
            Self::Decimal(decimal) => decimal.signum(),
        }
    }

    pub(super) fn negated(&self) -> Self {
        match self {
            Self::Int { value, scale } => Self::Int {
                value: value.wrapping_neg(),
                scale: *scale,
            },
            Self::Decimal(decimal) => Self::Decimal(decimal.clone().negated()),
        }
    }

    /// Upstream: `AsScaledInt64`, whose overflow gives 0 or the lower 64 bits
    /// as it took its fast way or not, and `scaledValue`.
    pub(super) fn scaled_value(&self, scale: i32) -> i64 {
        match self {
            Self::Int { value, scale: own } => {
                let (own, scale) = (i64::from(*own), i64::from(scale));
                if own < scale {
                    divide_by_power(*value, scale - own).0
                } else {
                    let power = own - scale;
                    multiply_by_power(*value, power).unwrap_or_else(|| overflowed(*value, power))
                }
            }
            Self::Decimal(decimal) => decimal.scaled_value(scale),
        }
    }

    /// Rounded away from 0 to a multiple of 10 to the power of `scale`, and
    /// whether that changed nothing. Upstream: `AsScale`.
    pub(super) fn rounded(&self, scale: i32) -> (Self, bool) {
        match self {
            Self::Int { scale: own, .. } if *own >= scale => (self.clone(), true),
            Self::Int { value, scale: own } => {
                let (value, exact) = divide_by_power(*value, i64::from(scale) - i64::from(*own));
                (Self::Int { value, scale }, exact)
            }
            Self::Decimal(decimal) => {
                let (decimal, exact) = decimal.rounded(scale);
                (Self::Decimal(decimal), exact)
            }
        }
    }

    /// Upstream: `int64Amount.Add`, and `Quantity.Add` where it overflows.
    pub(super) fn plus(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Int { value: a, scale: x }, Self::Int { value: b, scale: y }) => {
                add_int((*a, *x), (*b, *y))
                    .unwrap_or_else(|| Self::Decimal(self.to_decimal().plus(&other.to_decimal())))
            }
            _ => Self::Decimal(self.to_decimal().plus(&other.to_decimal())),
        }
    }
}

impl PartialEq for Amount {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Amount {}

impl PartialOrd for Amount {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Amount {
    fn cmp(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Int { value: a, scale: x }, Self::Int { value: b, scale: y }) if x == y => {
                a.cmp(b)
            }
            _ => self.to_decimal().cmp(&other.to_decimal()),
        }
    }
}

fn add_int(left: (i64, i32), right: (i64, i32)) -> Option<Amount> {
    let sum = |value: i64, scale: i32| Amount::Int { value, scale };
    if right.0 == 0 {
        return Some(sum(left.0, left.1));
    }
    if left.0 == 0 {
        return Some(sum(right.0, right.1));
    }
    let (fine, coarse) = if left.1 <= right.1 {
        (left, right)
    } else {
        (right, left)
    };
    let moved = multiply_by_power(coarse.0, i64::from(coarse.1) - i64::from(fine.1))?;
    Some(sum(fine.0.checked_add(moved)?, fine.1))
}

/// `None` where the product does not fit. Upstream: `positiveScaleInt64`.
fn multiply_by_power(value: i64, power: i64) -> Option<i64> {
    if value == 0 {
        return Some(0);
    }
    let factor = 10_i64.checked_pow(u32::try_from(power).ok()?)?;
    value.checked_mul(factor)
}

/// Returns the overflowed product. Upstream: the fast cases of
/// `positiveScaleInt64`, whose answer `ScaledValue` takes without a look.
fn overflowed(value: i64, power: i64) -> i64 {
    match (u32::try_from(power), value) {
        (_, i64::MIN) => 0,
        (Ok(power @ (1 | 2 | 3 | 6 | 9)), _) => value.wrapping_mul(10_i64.pow(power)),
        _ => 0,
    }
}

/// Rounded away from 0, and whether it was exact. Upstream:
/// `negativeScaleInt64`.
fn divide_by_power(value: i64, power: i64) -> (i64, bool) {
    let divisor = u32::try_from(power)
        .ok()
        .and_then(|power| 10_i64.checked_pow(power));
    let (quotient, remainder) = match divisor {
        Some(divisor) => (value / divisor, value % divisor),
        None => (0, value),
    };
    (quotient + remainder.signum(), remainder == 0)
}
