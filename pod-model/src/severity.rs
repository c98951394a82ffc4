//! How bad a finding is.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// It does not work, or is not what was meant, for certain.
    Error,
    /// It works, and is likely not what was meant.
    Warning,
    /// Good to know.
    Info,
}
