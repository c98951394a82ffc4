//! The limit of an input.

/// Largest manifest that is read, in bytes; beyond it somebody named the wrong file.
pub(crate) const MAX_BYTES: usize = 64 << 20;
