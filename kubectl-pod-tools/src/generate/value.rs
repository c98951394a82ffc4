//! Values that many flags share: numbers, durations, quantities, `KEY=VALUE`.

use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use pod_model::{Quantity, nearest};

use super::fragment::{Fragment, ValueError};
use crate::flag_value::{DurationError, IntegerError, MAX_SECONDS, read_duration, read_integer};

/// Splits `KEY=VALUE`; `form` is how the help calls it.
pub(super) fn pair<'a>(
    fragment: Fragment<'a>,
    form: &str,
) -> Result<(Fragment<'a>, Fragment<'a>), ValueError> {
    match fragment.split_once("=") {
        Some((key, _)) if key.is_empty() => {
            let key = form.split_once('=').map_or(form, |(key, _)| key);
            Err(fragment.error(format!("expected {key} before `=`")))
        }
        Some(pair) => Ok(pair),
        None => Err(fragment.expected(&format!("`{form}`"))),
    }
}

/// Parses an integer that the API keeps in 32 bits.
pub(super) fn number(fragment: Fragment<'_>) -> Result<i32, ValueError> {
    let (least, most) = (i32::MIN.into(), i32::MAX.into());
    let number = whole(fragment, least, most)?;
    i32::try_from(number).map_err(|_| out_of_range(fragment, least, most))
}

/// Parses an integer that the API keeps in 64 bits.
pub(super) fn long(fragment: Fragment<'_>) -> Result<i64, ValueError> {
    whole(fragment, i64::MIN, i64::MAX)
}

fn whole(fragment: Fragment<'_>, least: i64, most: i64) -> Result<i64, ValueError> {
    read_integer(fragment.text(), &(least..=most)).map_err(|error| match error {
        IntegerError::Syntax => fragment.expected("an integer"),
        IntegerError::OutOfRange => out_of_range(fragment, least, most),
    })
}

/// Returns the error for a number that the field cannot hold. Other bounds are the API's, and
/// its validation checks them later.
fn out_of_range(fragment: Fragment<'_>, least: i64, most: i64) -> ValueError {
    let bound = if fragment.text().starts_with('-') {
        format!("an integer of at least {least}")
    } else {
        format!("an integer of at most {most}")
    };
    fragment.expected(&bound)
}

/// Parses whole seconds, written as `30`, `30s` or `5m`. The API keeps 64 bits; the controllers
/// and the kubelet multiply by `time.Second`, which leaves 292 years.
pub(super) fn seconds(fragment: Fragment<'_>) -> Result<i64, ValueError> {
    seconds_up_to(fragment, MAX_SECONDS)
}

/// Parses whole seconds that the API keeps in 32 bits.
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
            .expected("a duration such as 30s")
            .help("use seconds or a unit: 30, 30s, 5m, 1h"),
        DurationError::TooLong | DurationError::Negative => too_long(fragment, most),
    })?;
    if duration.subsec_nanos() != 0 {
        return Err(fragment.expected("whole seconds"));
    }
    let seconds = i64::try_from(duration.as_secs()).ok();
    seconds
        .filter(|seconds| *seconds <= most)
        .ok_or_else(|| too_long(fragment, most))
}

fn too_long(fragment: Fragment<'_>, most: i64) -> ValueError {
    fragment.expected(&format!("0 to {most} seconds"))
}

/// Parses a quantity and keeps it as it is written.
pub(super) fn quantity(fragment: Fragment<'_>) -> Result<ApiQuantity, ValueError> {
    if fragment.text().parse::<Quantity>().is_err() {
        return Err(fragment
            .expected("a quantity")
            .help("use 500m or 2 for CPUs, 128Mi or 1Gi for bytes"));
    }
    Ok(ApiQuantity(fragment.owned()))
}

/// Turns a name into a DNS label: all other characters become dashes. The label may be empty.
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

/// Parses a port from 1 to 65535.
pub(super) fn port(fragment: Fragment<'_>) -> Result<i32, ValueError> {
    if fragment.is_empty() {
        return Err(fragment.expected("a port"));
    }
    match fragment.text().parse::<u16>() {
        Ok(number) if number > 0 => Ok(i32::from(number)),
        _ => Err(fragment.expected("a port from 1 to 65535")),
    }
}

/// Parses a port number, or the name of a container port.
pub(super) fn port_or_name(fragment: Fragment<'_>) -> Result<IntOrString, ValueError> {
    let text = fragment.text();
    let is_number = text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    if is_number || text.is_empty() {
        return port(fragment).map(IntOrString::Int);
    }
    Ok(IntOrString::String(fragment.owned()))
}

/// Returns the word that is typed, in upper or lower case.
pub(super) fn one_of(
    fragment: Fragment<'_>,
    words: &[&'static str],
) -> Result<&'static str, ValueError> {
    let known = words
        .iter()
        .find(|word| word.eq_ignore_ascii_case(fragment.text()));
    let unknown = || unknown_word(fragment, "value", words);
    known.copied().ok_or_else(unknown)
}

/// Returns the error for a word that is none of `words`; `noun` is what they are, such as
/// `action`. The help has the nearest word, or all of them.
pub(super) fn unknown_word(fragment: Fragment<'_>, noun: &str, words: &[&str]) -> ValueError {
    let all = format!("expected one of: {}", words.join(", "));
    let typed = fragment.text().trim();
    if typed.is_empty() {
        return fragment.error(all);
    }
    let lower: Vec<String> = words.iter().map(|word| word.to_ascii_lowercase()).collect();
    let nearest = nearest(
        &typed.to_ascii_lowercase(),
        lower.iter().map(String::as_str),
    );
    let nearest = nearest.and_then(|near| lower.iter().position(|word| word == near));
    let error = fragment.error(format!("unknown {noun} `{typed}`"));
    error.help(match nearest {
        Some(at) => format!("did you mean `{}`?", words[at]),
        None => all,
    })
}

/// Returns the error for an option that is none of `options`, which end with `=` if they take a
/// value.
pub(super) fn unknown_option(fragment: Fragment<'_>, options: &[&str]) -> ValueError {
    let name = fragment.split_once("=").map_or(fragment, |(name, _)| name);
    unknown_word(name, "option", options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_word_suggests_nearest_or_lists_all() {
        let policies = ["Always", "OnFailure", "Never"];
        for (typed, message, help) in [
            (
                "nevr",
                "unknown value `nevr`",
                Some("did you mean `Never`?"),
            ),
            (
                "onfailur",
                "unknown value `onfailur`",
                Some("did you mean `OnFailure`?"),
            ),
            (
                "sometimes",
                "unknown value `sometimes`",
                Some("expected one of: Always, OnFailure, Never"),
            ),
            ("", "expected one of: Always, OnFailure, Never", None),
        ] {
            let error = one_of(Fragment::whole(typed), &policies).unwrap_err();
            assert_eq!(error.message, message, "{typed}");
            assert_eq!(error.help.as_deref(), help, "{typed}");
        }
        let error = unknown_option(Fragment::whole("optinal=true"), &["prefix=", "optional"]);
        assert_eq!(error.range, 0..7);
        assert_eq!(error.help.as_deref(), Some("did you mean `optional`?"));
    }

    #[test]
    fn pair_names_missing_part_as_help_does() {
        for (typed, message) in [
            ("a", "expected `IP=NAME`, found `a`"),
            ("", "expected `IP=NAME`, found nothing"),
            ("=a", "expected IP before `=`"),
        ] {
            let error = pair(Fragment::whole(typed), "IP=NAME")
                .map(drop)
                .unwrap_err();
            assert_eq!(error.message, message, "{typed}");
        }
    }
}
