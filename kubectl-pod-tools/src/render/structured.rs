//! Reports for programs: `-o json` and `-o yaml`.

use serde::Serialize;

use super::json::to_json;
use super::yaml::to_yaml;

/// The formats for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structured {
    /// Indented by four blanks, as kubectl prints it.
    Json,
    /// One document.
    Yaml,
}

/// A value in one of the formats, ended by a line feed.
///
/// # Errors
/// A value that JSON cannot hold.
pub(crate) fn to_structured<T: Serialize>(
    value: &T,
    format: Structured,
) -> Result<String, serde_json::Error> {
    match format {
        Structured::Yaml => Ok(to_yaml(&serde_json::to_value(value)?)),
        Structured::Json => to_json(value),
    }
}
