//! The values that many flags share: numbers, durations, quantities, `key=value`.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::Quantity;

use super::part::{Part, Slip};
use crate::flag_value::{DurationError, IntegerError, MAX_SECONDS, read_duration, read_integer};

/// `key=value`.
pub(super) fn pair(part: Part<'_>) -> Result<(Part<'_>, Part<'_>), Slip> {
    match part.split_once("=") {
        Some((key, _)) if key.is_empty() => Err(part.slip("there is no name before the `=`")),
        Some(pair) => Ok(pair),
        None => Err(part.slip("this is not NAME=VALUE")),
    }
}

/// A whole number that the API keeps in 32 bits.
pub(super) fn number(part: Part<'_>) -> Result<i32, Slip> {
    let (least, most) = (i32::MIN.into(), i32::MAX.into());
    let number = whole(part, least, most)?;
    i32::try_from(number).map_err(|_| out_of_range(part, least, most))
}

/// A whole number that the API keeps in 64 bits.
pub(super) fn long(part: Part<'_>) -> Result<i64, Slip> {
    whole(part, i64::MIN, i64::MAX)
}

fn whole(part: Part<'_>, least: i64, most: i64) -> Result<i64, Slip> {
    read_integer(part.text(), &(least..=most)).map_err(|error| match error {
        IntegerError::Syntax => part.slip("this is not a whole number"),
        IntegerError::OutOfRange => out_of_range(part, least, most),
    })
}

/// A number that the field does not hold. What else the API says of it comes later,
/// that it may not be negative for one.
fn out_of_range(part: Part<'_>, least: i64, most: i64) -> Slip {
    let bound = if part.text().starts_with('-') {
        format!("at least {least}")
    } else {
        format!("at most {most}")
    };
    part.slip(format!("this number is out of range: expected {bound}"))
}

/// Whole seconds, as `30`, `30s` or `5m`. The API keeps 64 bits; the controllers and the
/// kubelet multiply by `time.Second`, which leaves 292 years.
pub(super) fn seconds(part: Part<'_>) -> Result<i64, Slip> {
    seconds_up_to(part, MAX_SECONDS)
}

/// The same where the API keeps 32 bits.
pub(super) fn short_seconds(part: Part<'_>) -> Result<i32, Slip> {
    let seconds = seconds_up_to(part, i32::MAX.into())?;
    i32::try_from(seconds).map_err(|_| too_long(part, i32::MAX.into()))
}

fn seconds_up_to(part: Part<'_>, most: i64) -> Result<i64, Slip> {
    match read_integer(part.text(), &(-most..=most)) {
        Ok(seconds) => return Ok(seconds),
        Err(IntegerError::OutOfRange) => return Err(too_long(part, most)),
        Err(IntegerError::Syntax) => {}
    }
    let duration = read_duration(part.text()).map_err(|error| match error {
        DurationError::Syntax => part.slip("this is not a time").help("write 30s, 5m or 1h"),
        DurationError::TooLong | DurationError::Negative => too_long(part, most),
    })?;
    if duration.subsec_nanos() != 0 {
        return Err(part.slip("the API counts whole seconds here"));
    }
    let seconds = i64::try_from(duration.as_secs()).ok();
    seconds
        .filter(|seconds| *seconds <= most)
        .ok_or_else(|| too_long(part, most))
}

fn too_long(part: Part<'_>, most: i64) -> Slip {
    part.slip(format!(
        "this time is out of range: expected 0 to {most} seconds"
    ))
}

/// A quantity, kept as it is written.
pub(super) fn quantity(part: Part<'_>) -> Result<ApiQuantity, Slip> {
    if part.text().parse::<Quantity>().is_err() {
        return Err(part
            .slip(format!("`{}` is not a quantity", part.text()))
            .help("write 500m or 2 for CPUs, 128Mi or 1Gi for bytes"));
    }
    Ok(ApiQuantity(part.owned()))
}

/// A DNS label as near to a name as can be: what else a name may have becomes
/// dashes. Empty where nothing is left.
pub(super) fn label(name: &str) -> String {
    let label: String = name
        .chars()
        .map(|c| match c.to_ascii_lowercase() {
            c if c.is_ascii_alphanumeric() => c,
            _ => '-',
        })
        .take(63)
        .collect();
    label.trim_matches('-').to_owned()
}

/// A port: 1 to 65535.
pub(super) fn port(part: Part<'_>) -> Result<i32, Slip> {
    if part.is_empty() {
        return Err(part.slip("the port is missing"));
    }
    match part.text().parse::<u16>() {
        Ok(number) if number > 0 => Ok(i32::from(number)),
        _ => Err(part.slip(format!(
            "`{}` is not a port: they go from 1 to 65535",
            part.text()
        ))),
    }
}

/// A port by its number or by its name in the container's ports.
pub(super) fn port_or_name(part: Part<'_>) -> Result<IntOrString, Slip> {
    let text = part.text();
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_number || text.is_empty() {
        return port(part).map(IntOrString::Int);
    }
    Ok(IntOrString::String(part.owned()))
}

/// One of the words that the API knows, in any case.
pub(super) fn one_of(part: Part<'_>, words: &[&'static str]) -> Result<&'static str, Slip> {
    let known = words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(part.text()));
    known.copied().ok_or_else(|| {
        part.slip(format!("`{}` is not known here", part.text()))
            .help(format!("one of {}", words.join(", ")))
    })
}
