//! A reason with the place that shows it.

use serde::Serialize;

use crate::path::FieldPath;

/// A reason why a text misleads, and the field that shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Misleading<R> {
    /// The reason, in JSON an `id` and its data.
    #[serde(flatten)]
    pub reason: R,
    /// The path of the field; the root for an event.
    pub path: FieldPath,
}
