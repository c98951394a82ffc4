//! Ranges of times, and the whole seconds in which the kubelet counts.

use std::time::Duration;

/// A time that lies in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) lo: Duration,
    pub(super) hi: Duration,
}

impl Span {
    pub(super) const ZERO: Self = Self::of_millis(0, 0);

    pub(super) fn new(lo: Duration, hi: Duration) -> Self {
        Self { lo, hi }
    }

    pub(super) const fn of_millis(lo: u64, hi: u64) -> Self {
        Self {
            lo: Duration::from_millis(lo),
            hi: Duration::from_millis(hi),
        }
    }

    /// Returns a time that comes later by another one.
    pub(super) fn plus(self, other: Self) -> Self {
        Self {
            lo: self.lo.saturating_add(other.lo),
            hi: self.hi.saturating_add(other.hi),
        }
    }

    pub(super) fn plus_exactly(self, time: Duration) -> Self {
        self.plus(Self::new(time, time))
    }

    /// Returns the later of two times.
    pub(super) fn later(self, other: Self) -> Self {
        Self {
            lo: self.lo.max(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    /// Returns the earlier of two times.
    pub(super) fn earlier(self, other: Self) -> Self {
        Self {
            lo: self.lo.min(other.lo),
            hi: self.hi.min(other.hi),
        }
    }

    /// Returns the time from another one, which does not come later.
    pub(super) fn since(self, other: Self) -> Self {
        Self {
            lo: self.lo.saturating_sub(other.hi),
            hi: self.hi.saturating_sub(other.lo),
        }
    }

    /// Returns what a time loses when it is cut to whole seconds.
    pub(super) fn fraction(self) -> Self {
        if self.lo.as_secs() == self.hi.as_secs() {
            let of = |time: Duration| Duration::from_nanos(time.subsec_nanos().into());
            return Self::new(of(self.lo), of(self.hi));
        }
        Self::new(Duration::ZERO, Duration::from_nanos(999_999_999))
    }

    /// Returns the time cut to whole seconds.
    pub(super) fn whole_seconds(self) -> Self {
        let of = |time: Duration| Duration::from_secs(time.as_secs());
        Self::new(of(self.lo), of(self.hi))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fraction_of_a_range_over_a_second_may_be_anything() {
        let all = Span::of_millis(0, 999).fraction();
        assert_eq!(all, Span::of_millis(0, 999));
        assert_eq!(
            Span::of_millis(3_100, 3_400).fraction(),
            Span::of_millis(100, 400)
        );
        let crossing = Span::of_millis(3_900, 4_100).fraction();
        assert_eq!(crossing.lo, Duration::ZERO);
        assert!(crossing.hi > Duration::from_millis(900));
        assert_eq!(
            Span::of_millis(3_900, 4_100).whole_seconds(),
            Span::of_millis(3_000, 4_000)
        );
    }
}
