//! The suffixes of quantities. Upstream: `suffix.go` of
//! `k8s.io/apimachinery/pkg/api/resource`.

/// The family of suffixes in which a quantity is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `12e6`
    DecimalExponent,
    /// `12Mi`, which is 12 · 2²⁰
    BinarySi,
    /// `12M`, which is 12 · 10⁶
    DecimalSi,
}

/// Powers of ten. Upstream: `newSuffixer`.
const DECIMAL: [(&str, i32); 10] = [
    ("n", -9),
    ("u", -6),
    ("m", -3),
    ("", 0),
    ("k", 3),
    ("M", 6),
    ("G", 9),
    ("T", 12),
    ("P", 15),
    ("E", 18),
];

/// Powers of 1024. Upstream: `newSuffixer`.
const BINARY: [(&str, i32); 6] = [
    ("Ki", 1),
    ("Mi", 2),
    ("Gi", 3),
    ("Ti", 4),
    ("Pi", 5),
    ("Ei", 6),
];

/// The factor of a suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Factor {
    /// 10 to this power.
    Ten(i32, Format),
    /// 1024 to this power.
    Binary(u32),
}

/// Reads a suffix. Upstream: `suffixHandler.interpret`.
pub(super) fn interpret(suffix: &str) -> Option<Factor> {
    if let Some((_, power)) = DECIMAL.iter().find(|(name, _)| *name == suffix) {
        return Some(Factor::Ten(*power, Format::DecimalSi));
    }
    if let Some((_, power)) = BINARY.iter().find(|(name, _)| *name == suffix) {
        return Some(Factor::Binary(power.unsigned_abs()));
    }
    let exponent: i64 = suffix.strip_prefix(['e', 'E'])?.parse().ok()?;
    // Upstream keeps the lower half of a larger exponent.
    #[expect(clippy::cast_possible_truncation, reason = "as upstream")]
    let exponent = exponent as i32;
    Some(Factor::Ten(exponent, Format::DecimalExponent))
}

/// Writes a power of ten; empty where there is no such suffix, as upstream.
///
/// Upstream: `suffixHandler.constructBytes`.
pub(super) fn decimal(exponent: i32, format: Format) -> String {
    if format == Format::DecimalSi {
        return named(&DECIMAL, exponent);
    }
    match exponent {
        0 => String::new(),
        _ => format!("e{exponent}"),
    }
}

/// Writes a power of 1024; empty where there is no such suffix, as upstream.
pub(super) fn binary(power: i32) -> String {
    named(&BINARY, power)
}

fn named(table: &[(&str, i32)], power: i32) -> String {
    table
        .iter()
        .find(|row| row.1 == power)
        .map_or_else(String::new, |row| row.0.to_owned())
}
