//! A wait that ends before all that it waits for, and what comes after its end.

use std::time::Duration;

use super::input::{Change, Input, Role};
use super::machine::Engine;
use super::target::{End, Outcome};
use crate::wait::answer::Evidence;

/// The reason of a target that a signal left as it is.
pub(crate) const INTERRUPTED: &str = "Interrupted";

impl Engine {
    /// Ends what is still open: the wait cannot go on.
    pub(crate) fn abort(&mut self, why: &Evidence, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if self.targets[at].open() {
                // An end that only lacks its explanation is one.
                let end = match self.targets[at].pending.take() {
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
    }

    /// Ends what is still open, each as it stands: nobody waits any longer.
    pub(crate) fn interrupt(&mut self, now: Duration) {
        self.aborted = true;
        for at in 0..self.targets.len() {
            if self.targets[at].open() {
                let said = match self.targets[at].evidence.to_string() {
                    nothing if nothing.is_empty() => "nothing is known of it".to_owned(),
                    said => said,
                };
                let end = End {
                    outcome: Outcome::Unfinished,
                    evidence: Evidence::new(INTERRUPTED, said),
                    at: now,
                };
                self.end(at, end);
            }
        }
    }

    /// Takes in what a stream brings after the wait: only what concerns the Pods
    /// of its targets.
    pub(crate) fn feed_late(&mut self, input: Input) {
        let (stream, pods) = match input {
            Input::Listed(stream, pods) => (stream, pods),
            Input::Is(stream, pod) => (stream, vec![pod]),
            Input::Gone(..) | Input::Lost(_) | Input::Polls(_) => return,
        };
        if self.roles[stream] != Role::Pods {
            return;
        }
        for pod in pods {
            for key in self.known.pod(stream, pod) {
                let targets = self.by_key.get(&key).into_iter().flatten();
                self.changes.extend(targets.map(|at| Change::Pods(*at)));
            }
        }
    }
}
