//! Limits that no manifest of a person reaches.

/// More findings than this in one object help nobody.
pub(crate) const MAX_FINDINGS: usize = 1_000;
/// Nothing that a person writes nests deeper.
pub(super) const MAX_DEPTH: usize = 500;
