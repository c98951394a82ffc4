//! Sets of completion indexes, in the compact text of a Job's `status.completedIndexes`:
//! `1,3-5`.
//!
//! Upstream: `parseIndexesFromString` and the methods of `orderedIntervals`
//! (pkg/controller/job/indexed_job_utils.go). The text of a status or of a success policy may
//! be anything; what upstream makes of a wrong one is kept.

use std::fmt;

/// A range of indexes, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Interval {
    /// The first index.
    pub first: i64,
    /// The last index.
    pub last: i64,
}

/// A set of completion indexes, as ranges in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Indexes {
    intervals: Vec<Interval>,
}

impl Indexes {
    /// Reads `1,3-5`. Indexes from `completions` on are left out, and so is a part that is not
    /// a range.
    pub fn parse(text: &str, completions: i64) -> Self {
        let mut intervals: Vec<Interval> = Vec::new();
        if text.is_empty() {
            return Self::default();
        }
        for part in text.split(',') {
            let mut limits = part.split('-');
            let Some(first) = limits.next().and_then(|first| first.parse::<i64>().ok()) else {
                continue;
            };
            if first >= completions {
                break;
            }
            let last = match limits.next().map(str::parse::<i64>) {
                None => first,
                Some(Ok(last)) => last.min(completions - 1),
                Some(Err(_)) => continue,
            };
            match intervals.last_mut() {
                Some(before) if before.last == first - 1 => before.last = last,
                _ => intervals.push(Interval { first, last }),
            }
        }
        Self { intervals }
    }

    /// The indexes in ascending order, which they are given in.
    pub fn from_ascending(indexes: impl IntoIterator<Item = i64>) -> Self {
        let single = indexes.into_iter().map(|index| Interval {
            first: index,
            last: index,
        });
        Self::default().merge(&Self {
            intervals: single.collect(),
        })
    }

    /// Returns the union of both.
    #[must_use]
    pub fn merge(&self, other: &Self) -> Self {
        let (mut ours, mut theirs) = (
            self.intervals.iter().peekable(),
            other.intervals.iter().peekable(),
        );
        let mut merged: Vec<Interval> = Vec::new();
        loop {
            let next = match (ours.peek(), theirs.peek()) {
                (Some(one), Some(another)) if one.first < another.first => ours.next(),
                (Some(_), None) => ours.next(),
                (_, Some(_)) => theirs.next(),
                (None, None) => break,
            };
            let Some(next) = next else { break };
            match merged.last_mut() {
                Some(before) if next.first <= before.last.saturating_add(1) => {
                    before.last = before.last.max(next.last);
                }
                _ => merged.push(*next),
            }
        }
        Self { intervals: merged }
    }

    /// Returns the number of indexes.
    pub fn total(&self) -> i64 {
        let length = |interval: &Interval| {
            interval
                .last
                .saturating_sub(interval.first)
                .saturating_add(1)
        };
        self.intervals
            .iter()
            .fold(0, |sum: i64, interval| sum.saturating_add(length(interval)))
    }

    /// Returns whether the index is one of them.
    pub fn contains(&self, index: i64) -> bool {
        let at = self
            .intervals
            .partition_point(|interval| interval.last < index);
        self.intervals
            .get(at)
            .is_some_and(|interval| interval.first <= index)
    }

    /// Returns whether there is none.
    pub fn is_empty(&self) -> bool {
        self.intervals.is_empty()
    }

    /// Returns the ranges, in order.
    pub fn intervals(&self) -> &[Interval] {
        &self.intervals
    }

    /// Returns at most so many of the indexes from 0 to `completions` that are not among these,
    /// the lowest first.
    pub fn absent(&self, completions: i64, most: usize) -> Vec<i64> {
        let mut absent = Vec::new();
        let mut candidate = 0;
        for interval in &self.intervals {
            let end = interval.first.min(completions);
            while candidate < end && absent.len() < most {
                absent.push(candidate);
                candidate += 1;
            }
            candidate = candidate.max(interval.last.saturating_add(1));
        }
        while candidate < completions && absent.len() < most {
            absent.push(candidate);
            candidate += 1;
        }
        absent
    }

    /// Returns the indexes that are not among the other ones.
    #[must_use]
    pub fn without(&self, other: &Self) -> Self {
        let mut left = Vec::new();
        for interval in &self.intervals {
            let mut first = interval.first;
            for taken in &other.intervals {
                if taken.last < first || taken.first > interval.last {
                    continue;
                }
                if taken.first > first {
                    left.push(Interval {
                        first,
                        last: taken.first - 1,
                    });
                }
                first = taken.last.saturating_add(1);
            }
            if first <= interval.last {
                left.push(Interval {
                    first,
                    last: interval.last,
                });
            }
        }
        Self { intervals: left }
    }
}

impl fmt::Display for Indexes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, Interval { first, last }) in self.intervals.iter().enumerate() {
            if n > 0 {
                f.write_str(",")?;
            }
            match last - first {
                ..=0 => write!(f, "{first}")?,
                1 => write!(f, "{first},{last}")?,
                _ => write!(f, "{first}-{last}")?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_printed_as_they_were_parsed() {
        for (text, printed, total) in [
            ("", "", 0),
            ("1,3-5,7", "1,3-5,7", 5),
            ("0-1", "0,1", 2),
            ("0,1,2", "0-2", 3),
            ("3-99", "3-9", 7),
            ("3,10,4", "3", 1),
            ("x,2,-4,5-y,6", "2,6", 2),
        ] {
            let indexes = Indexes::parse(text, 10);
            assert_eq!(indexes.to_string(), printed, "{text}");
            assert_eq!(indexes.total(), total, "{text}");
            assert_eq!(Indexes::parse(printed, 10), indexes, "{text}");
        }
    }

    #[test]
    fn union_difference_and_complement_of_sets() {
        let (one, other) = (Indexes::parse("1,3-5", 10), Indexes::parse("2,4,8", 10));
        assert_eq!(one.merge(&other).to_string(), "1-5,8");
        assert_eq!(one.without(&other).to_string(), "1,3,5");
        assert_eq!(one.without(&Indexes::default()), one);
        assert_eq!(one.absent(10, 4), [0, 2, 6, 7]);
        assert_eq!(one.absent(3, 4), [0, 2]);
        assert!(one.contains(4) && !one.contains(2));
    }

    #[test]
    fn indexes_in_order_make_ranges() {
        assert_eq!(
            Indexes::from_ascending([0, 1, 1, 2, 5]).to_string(),
            "0-2,5"
        );
    }
}
