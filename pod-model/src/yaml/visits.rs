//! The limit on alias expansion.
//!
//! Source: `decoder.unmarshal` and `allowedAliasRatio` in go.yaml.in/yaml/v2.

use super::error::SyntaxError;
use crate::source::Span;

/// `alias_ratio_range_low` and `…_high` of go-yaml: up to the first, 99 % of
/// all visits may be inside aliases, from the second on 10 %.
const FEW_VISITS: f64 = 400_000.0;
const MANY_VISITS: f64 = 4_000_000.0;

/// Number of visits of go-yaml's decoder to a node and its descendants, in total and
/// inside aliases, which its limit on alias expansion counts.
#[derive(Clone, Copy, Default)]
pub(super) struct Visits {
    total: u64,
    aliased: u64,
}

impl Visits {
    /// Those of a scalar.
    pub(super) const ONE: Self = Self {
        total: 1,
        aliased: 0,
    };

    /// The visits since an earlier count.
    pub(super) fn since(self, before: Self) -> Self {
        Self {
            total: self.total - before.total,
            aliased: self.aliased - before.aliased,
        }
    }

    /// Counts a node outside of any alias.
    pub(super) fn node(&mut self, span: Span) -> Result<(), SyntaxError> {
        self.count(1, 0, span)
    }

    /// Counts an alias: itself is one visit outside, and all below it inside.
    pub(super) fn alias(&mut self, inner: Self, span: Span) -> Result<(), SyntaxError> {
        self.node(span)?;
        self.count(inner.total, inner.total, span)
    }

    /// Counts visits and refuses what go-yaml calls excessive aliasing.
    fn count(&mut self, total: u64, aliased: u64, span: Span) -> Result<(), SyntaxError> {
        self.total = self.total.saturating_add(total);
        self.aliased = self.aliased.saturating_add(aliased);
        #[expect(
            clippy::cast_precision_loss,
            reason = "upstream compares in floats, too"
        )]
        let (total, aliased) = (self.total as f64, self.aliased as f64);
        let allowed = if total <= FEW_VISITS {
            0.99
        } else if total >= MANY_VISITS {
            0.10
        } else {
            0.99 - 0.89 * ((total - FEW_VISITS) / (MANY_VISITS - FEW_VISITS))
        };
        if self.aliased > 100 && self.total > 1000 && aliased / total > allowed {
            return Err(SyntaxError::new(
                "document contains excessive aliasing",
                span,
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Upstream: `allowedAliasRatio`, and where `decoder.unmarshal` compares with it.
    #[test]
    fn the_larger_a_document_is_the_less_of_it_may_stand_in_aliases() {
        for (total, most) in [
            // Of few visits all may be inside.
            (1_000, 1_000),
            // Up to 400,000 it is 99 in 100,
            (1_001, 990),
            (400_000, 396_000),
            // from 4,000,000 on 10 in 100, and in between it falls in a line.
            (1_300_000, 997_750),
            (2_200_000, 1_199_000),
            (3_100_000, 999_750),
            (4_000_000, 400_000),
            (40_000_000, 4_000_000),
        ] {
            for (aliased, refused) in [(most - 2, false), (most + 2, most < total)] {
                let mut visits = Visits::default();
                let counted = visits.count(total, aliased, Span::new(3, 4));
                assert_eq!(counted.is_err(), refused, "{aliased} of {total}");
            }
        }
        // A hundred aliased visits are no attack, whatever their part is.
        for (aliased, refused) in [(100, false), (101, false), (991, true)] {
            let mut visits = Visits::default();
            let counted = visits.count(1_001, aliased, Span::new(3, 4));
            assert_eq!(counted.is_err(), refused, "{aliased}");
        }
    }
}
