//! A text that is too long to be kept in memory as a whole.

use std::fmt::Debug;

/// Reads parts of a text, which does not change.
pub trait LongText: Debug + Send + Sync {
    /// Returns up to `length` bytes from `start` on: fewer at the end of the text alone.
    ///
    /// # Errors
    /// A lower-case phrase that says why the text cannot be read.
    fn read(&self, start: usize, length: usize) -> Result<Vec<u8>, String>;
}
