//! Reading a quantity. Upstream: `ParseQuantity` and `parseQuantityString` in
//! `k8s.io/apimachinery/pkg/api/resource/quantity.go`.

use std::str::FromStr;

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;

use super::amount::Amount;
use super::decimal::Decimal;
use super::suffix::{self, Factor};
use super::{Format, Quantity};

/// A text that is not a quantity; the message is upstream's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum QuantityError {
    /// Something stands where neither a digit nor a suffix may.
    #[error(
        "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
    )]
    FormatWrong,
    /// There is no digit.
    #[error("unable to parse numeric part of quantity")]
    Numeric,
    /// The suffix is not a known one, or its exponent not a number.
    #[error("unable to parse quantity's suffix")]
    Suffix,
}

/// The number of decimal digits that always fit into 64 bits.
const FAST_DIGITS: i64 = 18;
/// The finest scale: billionths.
const NANO: i32 = -9;

/// A quantity's text, cut into its parts.
struct Parts<'a> {
    negative: bool,
    /// The number with its sign, as written.
    value: &'a str,
    /// The digits before the point, without leading zeros, but at least one.
    whole: &'a str,
    /// The digits after the point.
    fraction: &'a str,
    suffix: &'a str,
}

fn digits_at(bytes: &[u8], start: usize) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().take_while(|b| b.is_ascii_digit()).count()
}

fn split(text: &str) -> Result<Parts<'_>, QuantityError> {
    let bytes = text.as_bytes();
    let (negative, start) = match bytes.first() {
        Some(b'-') => (true, 1),
        Some(b'+') => (false, 1),
        _ => (false, 0),
    };
    let zeros = bytes[start..].iter().take_while(|b| **b == b'0').count();
    let whole_start = start + zeros;
    if whole_start == bytes.len() {
        // A sign alone is 0 too.
        return Ok(Parts {
            negative,
            value: "0",
            whole: "0",
            fraction: "",
            suffix: "",
        });
    }
    let whole_end = digits_at(bytes, whole_start);
    let (fraction, number_end) = match bytes.get(whole_end) {
        Some(b'.') => {
            let end = digits_at(bytes, whole_end + 1);
            (&text[whole_end + 1..end], end)
        }
        _ => ("", whole_end),
    };
    let letters = bytes[number_end..]
        .iter()
        .take_while(|b| b"eEinumkKMGTP".contains(b))
        .count();
    let mut end = number_end + letters;
    if matches!(bytes.get(end), Some(b'-' | b'+')) {
        end += 1;
    }
    if digits_at(bytes, end) != bytes.len() {
        return Err(QuantityError::FormatWrong);
    }
    Ok(Parts {
        negative,
        value: &text[..number_end],
        whole: match &text[whole_start..whole_end] {
            "" => "0",
            whole => whole,
        },
        fraction,
        suffix: &text[number_end..],
    })
}

impl FromStr for Quantity {
    type Err = QuantityError;

    fn from_str(text: &str) -> Result<Self, QuantityError> {
        if text.is_empty() {
            return Err(QuantityError::FormatWrong);
        }
        let parts = split(text)?;
        let factor = suffix::interpret(parts.suffix).ok_or(QuantityError::Suffix)?;
        match fast(text, &parts, factor) {
            Some(quantity) => Ok(quantity),
            None => slow(&parts, factor),
        }
    }
}

/// Reads what fits into 64 bits; `None` for everything else.
fn fast(text: &str, parts: &Parts<'_>, factor: Factor) -> Option<Quantity> {
    let digits = i64::try_from(parts.whole.len() + parts.fraction.len()).ok()?;
    let (precision, exponent, multiplier, format) = match factor {
        Factor::Ten(exponent, format) => (FAST_DIGITS - digits, exponent, 1, format),
        Factor::Binary(power) if parts.fraction.is_empty() => (
            14 - digits - i64::from(power) * 3,
            0,
            1_i64 << (power * 10),
            Format::BinarySi,
        ),
        Factor::Binary(_) => return None,
    };
    if precision < 0 {
        return None;
    }
    let scale = exponent.wrapping_sub(i32::try_from(parts.fraction.len()).ok()?);
    if scale < NANO {
        return None;
    }
    let shifted = [parts.whole, parts.fraction].concat();
    let number: i64 = shifted.parse().ok()?;
    let product = number.checked_mul(multiplier)?;
    // Upstream takes a text that looks canonical for its own canonical form.
    let canonical = match format {
        Format::BinarySi => number & 7 != 0,
        _ => scale % 3 == 0 && !shifted.ends_with("000") && !shifted.starts_with('0'),
    };
    Some(Quantity {
        amount: Amount::Int {
            value: if parts.negative { -product } else { product },
            scale,
        },
        format,
        text: canonical.then(|| text.into()),
    })
}

/// Reads a number of any length.
fn slow(parts: &Parts<'_>, factor: Factor) -> Result<Quantity, QuantityError> {
    if !parts.value.bytes().any(|byte| byte.is_ascii_digit()) {
        return Err(QuantityError::Numeric);
    }
    let places = i32::try_from(parts.fraction.len()).map_err(|_| QuantityError::Numeric)?;
    let digits = [parts.whole, parts.fraction].concat();
    let (amount, mut format) = match factor {
        Factor::Ten(exponent, format) => {
            let scale = places.wrapping_sub(exponent);
            (Decimal::from_digits(&digits, scale), format)
        }
        Factor::Binary(power) => (
            Decimal::from_digits(&digits, places).times(1 << (power * 10)),
            Format::BinarySi,
        ),
    };
    // The least amount there is, rather than none at all.
    let mut amount = if amount.is_zero() {
        amount
    } else {
        amount.rounded(NANO).0
    };
    if format == Format::BinarySi {
        let most = Decimal::from_int(i64::MAX, 0);
        if amount > most {
            amount = most;
        }
        if !amount.is_zero() && amount < Decimal::from_int(1, 0) {
            format = Format::DecimalSi;
        }
    }
    Ok(Quantity {
        amount: Amount::Decimal(if parts.negative {
            amount.negated()
        } else {
            amount
        }),
        format,
        text: None,
    })
}

/// Reads a field of an API object, in which blanks around the number are
/// allowed. Upstream: `Quantity.UnmarshalJSON`.
impl TryFrom<&ApiQuantity> for Quantity {
    type Error = QuantityError;

    fn try_from(field: &ApiQuantity) -> Result<Self, QuantityError> {
        field.0.trim().parse()
    }
}

impl From<&Quantity> for ApiQuantity {
    fn from(quantity: &Quantity) -> Self {
        Self(quantity.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_invalid_part_of_a_quantity() {
        for (text, error) in [
            ("", QuantityError::FormatWrong),
            ("x", QuantityError::FormatWrong),
            ("1 Gi", QuantityError::FormatWrong),
            ("1e5k", QuantityError::FormatWrong),
            ("1.2.3", QuantityError::FormatWrong),
            ("1KiB", QuantityError::FormatWrong),
            ("1mi", QuantityError::Suffix),
            ("1K", QuantityError::Suffix),
            ("1e", QuantityError::Suffix),
            ("1e+", QuantityError::Suffix),
            ("1e99999999999999999999", QuantityError::Suffix),
            ("e-10", QuantityError::Numeric),
            (".e-10", QuantityError::Numeric),
        ] {
            assert_eq!(text.parse::<Quantity>(), Err(error), "{text}");
        }
    }

    /// Upstream keeps the text of what it reads into 64 bits and takes for canonical.
    #[test]
    fn canonical_text_is_kept() {
        for (text, shown) in [
            ("1500", "1500"),
            ("1000", "1k"),
            ("1500000", "1500k"),
            ("1500m", "1500m"),
            ("1000m", "1"),
            ("1.5", "1500m"),
            ("1.500", "1.500"),
            ("1.000", "1"),
            ("0.500", "500m"),
            ("-1500", "-1500"),
            ("1e3", "1e3"),
            ("1025Ki", "1025Ki"),
            ("1028Ki", "1028Ki"),
            ("1024Ki", "1Mi"),
            // So many digits fit, and one more does not.
            ("123456789012345.500", "123456789012345.500"),
            ("1234567890123456.500", "1234567890123456500m"),
        ] {
            let quantity: Quantity = text.parse().unwrap();
            assert_eq!(quantity.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn a_huge_exponent_costs_nothing() {
        let quantity: Quantity = "123456789012345678901234567890e2147483000".parse().unwrap();
        assert_eq!(quantity.value(), 0);
        assert_eq!(
            quantity.to_string(),
            "12345678901234567890123456789e2147483001"
        );
        let mut sum = quantity.clone();
        sum += &"1".parse().unwrap();
        assert_eq!(sum, quantity);
    }

    #[test]
    fn an_object_s_field_may_have_blanks_around_it() {
        let field = ApiQuantity(" 1Gi\n".into());
        assert_eq!(Quantity::try_from(&field).unwrap().to_string(), "1Gi");
        assert!(" 1Gi".parse::<Quantity>().is_err());
    }
}
