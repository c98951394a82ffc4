//! Reports for programs: `-o json` and `-o yaml`.

use serde::Serialize;

use super::json::to_json;
use super::yaml::to_yaml;

/// A format for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Structured {
    /// JSON with an indentation of four spaces, like kubectl.
    Json,
    /// One YAML document.
    Yaml,
}

/// Serializes a value in a format, ended by a line feed.
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
