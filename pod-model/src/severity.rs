//! Severities of findings.

use serde::Serialize;

/// The severity of a finding.
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
