//! Ranges of times.

use super::super::time::Time;

/// A time that lies in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lo: Time,
    pub(super) hi: Time,
}

impl Span {
    pub(super) const ZERO: Self = Self { lo: 0, hi: 0 };

    pub(super) fn new(lo: Time, hi: Time) -> Self {
        Self { lo, hi }
    }

    /// Returns a time that comes later by another one.
    pub(super) fn plus(self, lo: Time, hi: Time) -> Self {
        Self {
            lo: self.lo.saturating_add(lo),
            hi: self.hi.saturating_add(hi),
        }
    }

    /// Returns the later of two times.
    pub(super) fn later(self, other: Self) -> Self {
        Self {
            lo: self.lo.max(other.lo),
            hi: self.hi.max(other.hi),
        }
    }
}
