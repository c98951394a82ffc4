//! The limit of an input.

/// Maximum size of a manifest, in bytes.
pub(crate) const MAX_BYTES: usize = 64 << 20;
