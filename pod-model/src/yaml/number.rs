//! Numbers as Go reads and writes them.

use crate::tree::Number;

/// An integer as `strconv.ParseInt(text, 0, 64)` and then `ParseUint` read it:
/// decimal, `0x`, `0b`, `0o` and the leading-zero octal of C.
pub(super) fn parse_integer(text: &str) -> Option<Number> {
    let (negative, signed, rest) = match text.as_bytes().first()? {
        b'-' => (true, true, &text[1..]),
        b'+' => (false, true, &text[1..]),
        _ => (false, false, text),
    };
    let (radix, digits) = match rest.as_bytes() {
        [b'0', b'x' | b'X', ..] => (16, &rest[2..]),
        [b'0', b'b' | b'B', ..] => (2, &rest[2..]),
        [b'0', b'o' | b'O', ..] => (8, &rest[2..]),
        [b'0', _, ..] => (8, &rest[1..]),
        _ => (10, rest),
    };
    // Rust's own parser would take a second sign.
    if !digits.bytes().all(|b| char::from(b).is_digit(radix)) {
        return None;
    }
    let magnitude = i128::from_str_radix(digits, radix).ok()?;
    let value = if negative { -magnitude } else { magnitude };
    match i64::try_from(value) {
        Ok(int) => Some(Number::Int(int)),
        Err(_) if signed => None,
        Err(_) => u64::try_from(value).ok().map(Number::Uint),
    }
}

/// Returns whether go-yaml's pattern for floats matches: digits with a point before,
/// among or after them, and an exponent.
pub(super) fn looks_like_float(text: &str) -> bool {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let (mantissa, exponent) = match unsigned.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, Some(exponent)),
        None => (unsigned, None),
    };
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let mantissa_ok = match mantissa.split_once('.') {
        Some(("", fraction)) => digits(fraction),
        Some((whole, fraction)) => digits(whole) && (fraction.is_empty() || digits(fraction)),
        None => digits(mantissa),
    };
    mantissa_ok && exponent.is_none_or(|e| digits(e.strip_prefix(['-', '+']).unwrap_or(e)))
}

/// A float as `strconv.ParseFloat` reads it, where one out of range is an
/// error. An underscore may stand between digits.
pub(super) fn parse_float(text: &str) -> Option<f64> {
    let bytes = text.as_bytes();
    let between_digits = |i: usize| {
        let digit = |j: Option<usize>| j.and_then(|j| bytes.get(j)).is_some_and(u8::is_ascii_digit);
        digit(i.checked_sub(1)) && digit(i.checked_add(1))
    };
    let mut underscores = bytes
        .iter()
        .enumerate()
        .filter(|(_, b)| **b == b'_')
        .peekable();
    let value: f64 = if underscores.peek().is_some() {
        if !underscores.all(|(i, _)| between_digits(i)) {
            return None;
        }
        text.replace('_', "").parse().ok()?
    } else {
        text.parse().ok()?
    };
    value.is_finite().then_some(value)
}

/// A float as the JSON that leaves kubectl has it: a whole number stands
/// without a fraction, in its shortest digits filled up with zeros, and those
/// digits are an integer for whoever reads them next.
pub(super) fn normalize(value: f64) -> Number {
    let number = Number::Float(value);
    if value.fract() != 0.0 || value == 0.0 && value.is_sign_negative() || value.abs() >= 1e21 {
        return number;
    }
    let digits = go_number(number);
    let int = digits.parse().map(Number::Int);
    int.or_else(|_| digits.parse().map(Number::Uint))
        .unwrap_or(number)
}

/// A number as Go's encoding/json writes it: plain digits from 10⁻⁶ up to 10²¹,
/// an exponent with a sign outside of that.
pub fn go_number(number: Number) -> String {
    match number {
        Number::Int(int) => int.to_string(),
        Number::Uint(uint) => uint.to_string(),
        Number::Float(value) => {
            let magnitude = value.abs();
            if magnitude == 0.0 || (1e-6..1e21).contains(&magnitude) {
                value.to_string()
            } else {
                exponent_form(&format!("{value:e}"), 1)
            }
        }
    }
}

/// A float as a map key, which sigs.k8s.io/yaml formats with `%g` at the
/// precision of 32 bits.
pub(super) fn go_key(value: f64) -> String {
    #[expect(clippy::cast_possible_truncation, reason = "upstream narrows it, too")]
    let narrow = value as f32;
    if narrow.is_nan() {
        return ".nan".into();
    }
    if narrow.is_infinite() {
        return if narrow > 0.0 { ".inf" } else { "-.inf" }.into();
    }
    let scientific = format!("{narrow:e}");
    let exponent: i32 = scientific
        .split_once('e')
        .and_then(|(_, e)| e.parse().ok())
        .unwrap_or(0);
    // %g with the shortest precision writes an exponent from six digits on.
    if (-4..6).contains(&exponent) {
        narrow.to_string()
    } else {
        exponent_form(&scientific, 2)
    }
}

/// Rust's `1.5e7` as Go's `1.5e+07`.
fn exponent_form(scientific: &str, width: usize) -> String {
    match scientific.split_once('e') {
        Some((mantissa, exponent)) => match exponent.strip_prefix('-') {
            Some(e) => format!("{mantissa}e-{e:0>width$}"),
            None => format!("{mantissa}e+{exponent:0>width$}"),
        },
        None => scientific.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_in_every_base() {
        use Number::{Int, Uint};
        for (text, expected) in [
            ("0", Some(Int(0))),
            ("0644", Some(Int(420))),
            ("-0644", Some(Int(-420))),
            ("0o644", Some(Int(420))),
            ("0x1F", Some(Int(31))),
            ("0b101", Some(Int(5))),
            ("08", None),
            ("0x", None),
            ("", None),
            ("-", None),
            ("--1", None),
            ("18446744073709551615", Some(Uint(u64::MAX))),
            ("+18446744073709551615", None),
            ("18446744073709551616", None),
            ("-9223372036854775808", Some(Int(i64::MIN))),
            ("-9223372036854775809", None),
        ] {
            assert_eq!(parse_integer(text), expected, "{text}");
        }
    }

    #[test]
    fn floats_are_written_as_go_writes_them() {
        for (value, text) in [
            (1e21, "1e+21"),
            (1e20, "100000000000000000000"),
            (1.5e-7, "1.5e-7"),
            (0.000_001, "0.000001"),
            (18_446_744_073_709_552_000.0, "18446744073709552000"),
            (3.25, "3.25"),
        ] {
            assert_eq!(go_number(Number::Float(value)), text);
        }
    }
}
