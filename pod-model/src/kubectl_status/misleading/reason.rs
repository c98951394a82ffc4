//! A reason with the place that shows it.

use crate::path::FieldPath;

/// A reason why a text misleads, and the field that shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misleading<R> {
    /// The reason.
    pub reason: R,
    /// The path of the field; the root for an event.
    pub path: FieldPath,
}
