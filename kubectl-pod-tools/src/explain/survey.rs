//! A first pass over the targets, which keeps none of them: how many there are, and
//! what they need.

use std::collections::HashSet;

use pod_model::lookup::Need;

use crate::error::Failure;

/// The sum of what some targets need.
#[derive(Default)]
pub(super) struct Survey {
    /// How many targets there are.
    pub targets: usize,
    /// Whether anything in the input is an error.
    pub has_errors: bool,
    /// The look-ups, each once, in the order of the targets.
    pub needs: Vec<Need>,
    /// Why the first of the targets that cannot be explained cannot.
    pub refusal: Option<Failure>,
    seen: HashSet<Need>,
}

impl Survey {
    /// Adds a target.
    pub(super) fn add(&mut self, needs: Vec<Need>, refusal: Option<Failure>) {
        self.targets += 1;
        self.add_needs(needs);
        self.refusal = self.refusal.take().or(refusal);
    }

    /// Adds the sum of the targets that follow.
    pub(super) fn append(&mut self, other: Self) {
        self.targets += other.targets;
        self.has_errors |= other.has_errors;
        self.add_needs(other.needs);
        self.refusal = self.refusal.take().or(other.refusal);
    }

    fn add_needs(&mut self, needs: Vec<Need>) {
        for need in needs {
            if self.seen.insert(need.clone()) {
                self.needs.push(need);
            }
        }
    }
}
