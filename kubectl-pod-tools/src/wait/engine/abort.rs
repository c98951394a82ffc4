//! A wait that ends before its targets do.

use std::time::Duration;

use pod_model::status::Evidence;

use super::machine::Engine;
use super::target::{End, Outcome};

/// The reason of a target that was open when the wait was interrupted.
pub(crate) const INTERRUPTED: &str = "Interrupted";

/// The reason of a target that was open when the cluster was lost.
pub(crate) const CLUSTER_LOST: &str = "ClusterLost";

impl Engine {
    /// Ends all open targets, because the wait cannot go on.
    pub(crate) fn abort(&mut self, why: &Evidence, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if !self.targets[at].is_open() {
                continue;
            }
            // An end that only lacks its explanation is one.
            let end = match self.targets[at].take_pending_of_object() {
                Some(pending) => pending.end,
                None => End {
                    outcome: Outcome::Unfinished,
                    evidence: why.clone(),
                    at: now,
                },
            };
            self.end(at, end);
        }
    }

    /// Ends all open targets in their present state, because a signal ends the wait.
    pub(crate) fn interrupt(&mut self, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if !self.targets[at].is_open() {
                continue;
            }
            let state = match self.targets[at].evidence.to_string() {
                empty if empty.is_empty() => "no status received".to_owned(),
                state => state,
            };
            let end = End {
                outcome: Outcome::Unfinished,
                evidence: Evidence::new(INTERRUPTED, state),
                at: now,
            };
            self.end(at, end);
        }
    }
}
