//! Errors of selectors that are written as text.

use std::ops::Range;

/// A mistake in the text of a selector, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorError {
    /// The byte range of the mistake in the text.
    pub range: Range<usize>,
    /// A lower-case phrase.
    pub message: String,
}
