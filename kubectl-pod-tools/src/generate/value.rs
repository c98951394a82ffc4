//! The values that many flags share: numbers, durations, quantities, `key=value`.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::Quantity;

use super::fragment::{Fragment, ValueError};
use crate::flag_value::{DurationError, IntegerError, MAX_SECONDS, read_duration, read_integer};

/// `key=value`.
pub(super) fn pair(fragment: Fragment<'_>) -> Result<(Fragment<'_>, Fragment<'_>), ValueError> {
    match fragment.split_once("=") {
        Some((key, _)) if key.is_empty() => Err(fragment.error("there is no name before the `=`")),
        Some(pair) => Ok(pair),
        None => Err(fragment.error("this is not NAME=VALUE")),
    }
}

/// A whole number that the API keeps in 32 bits.
pub(super) fn number(fragment: Fragment<'_>) -> Result<i32, ValueError> {
    let (least, most) = (i32::MIN.into(), i32::MAX.into());
    let number = whole(fragment, least, most)?;
    i32::try_from(number).map_err(|_| out_of_range(fragment, least, most))
}

/// A whole number that the API keeps in 64 bits.
pub(super) fn long(fragment: Fragment<'_>) -> Result<i64, ValueError> {
    whole(fragment, i64::MIN, i64::MAX)
}

fn whole(fragment: Fragment<'_>, least: i64, most: i64) -> Result<i64, ValueError> {
    read_integer(fragment.text(), &(least..=most)).map_err(|error| match error {
        IntegerError::Syntax => fragment.error("this is not a whole number"),
        IntegerError::OutOfRange => out_of_range(fragment, least, most),
    })
}

/// A number that the field does not hold. What else the API says of it comes later,
/// that it may not be negative for one.
fn out_of_range(fragment: Fragment<'_>, least: i64, most: i64) -> ValueError {
    let bound = if fragment.text().starts_with('-') {
        format!("at least {least}")
    } else {
        format!("at most {most}")
    };
    fragment.error(format!("this number is out of range: expected {bound}"))
}

/// Whole seconds, as `30`, `30s` or `5m`. The API keeps 64 bits; the controllers and the
/// kubelet multiply by `time.Second`, which leaves 292 years.
pub(super) fn seconds(fragment: Fragment<'_>) -> Result<i64, ValueError> {
    seconds_up_to(fragment, MAX_SECONDS)
}

/// The same where the API keeps 32 bits.
pub(super) fn short_seconds(fragment: Fragment<'_>) -> Result<i32, ValueError> {
    let seconds = seconds_up_to(fragment, i32::MAX.into())?;
    i32::try_from(seconds).map_err(|_| too_long(fragment, i32::MAX.into()))
}

fn seconds_up_to(fragment: Fragment<'_>, most: i64) -> Result<i64, ValueError> {
    match read_integer(fragment.text(), &(-most..=most)) {
        Ok(seconds) => return Ok(seconds),
        Err(IntegerError::OutOfRange) => return Err(too_long(fragment, most)),
        Err(IntegerError::Syntax) => {}
    }
    let duration = read_duration(fragment.text()).map_err(|error| match error {
        DurationError::Syntax => fragment
            .error("this is not a time")
            .help("write 30s, 5m or 1h"),
        DurationError::TooLong | DurationError::Negative => too_long(fragment, most),
    })?;
    if duration.subsec_nanos() != 0 {
        return Err(fragment.error("the API counts whole seconds here"));
    }
    let seconds = i64::try_from(duration.as_secs()).ok();
    seconds
        .filter(|seconds| *seconds <= most)
        .ok_or_else(|| too_long(fragment, most))
}

fn too_long(fragment: Fragment<'_>, most: i64) -> ValueError {
    fragment.error(format!(
        "this time is out of range: expected 0 to {most} seconds"
    ))
}

/// A quantity, kept as it is written.
pub(super) fn quantity(fragment: Fragment<'_>) -> Result<ApiQuantity, ValueError> {
    if fragment.text().parse::<Quantity>().is_err() {
        return Err(fragment
            .error(format!("`{}` is not a quantity", fragment.text()))
            .help("write 500m or 2 for CPUs, 128Mi or 1Gi for bytes"));
    }
    Ok(ApiQuantity(fragment.owned()))
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
pub(super) fn port(fragment: Fragment<'_>) -> Result<i32, ValueError> {
    if fragment.is_empty() {
        return Err(fragment.error("the port is missing"));
    }
    match fragment.text().parse::<u16>() {
        Ok(number) if number > 0 => Ok(i32::from(number)),
        _ => Err(fragment.error(format!(
            "`{}` is not a port: they go from 1 to 65535",
            fragment.text()
        ))),
    }
}

/// A port by its number or by its name in the container's ports.
pub(super) fn port_or_name(fragment: Fragment<'_>) -> Result<IntOrString, ValueError> {
    let text = fragment.text();
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_number || text.is_empty() {
        return port(fragment).map(IntOrString::Int);
    }
    Ok(IntOrString::String(fragment.owned()))
}

/// One of the words that the API knows, in any case.
pub(super) fn one_of(
    fragment: Fragment<'_>,
    words: &[&'static str],
) -> Result<&'static str, ValueError> {
    let known = words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(fragment.text()));
    known.copied().ok_or_else(|| {
        fragment
            .error(format!("`{}` is not known here", fragment.text()))
            .help(format!("one of {}", words.join(", ")))
    })
}
