//! The nearest miss: which single change of a node or of the Pod makes more nodes fit.
//!
//! Candidates come from the reasons of the plugins; each is proven by evaluating again with the
//! change. A node with two independent reasons is freed by no single change, and counts for none.

mod change;
mod evaluated;
mod known_labels;
mod node_changes;
mod pod_changes;
mod proven;
mod requests;
mod search;
mod selectors;
mod spread;
#[cfg(test)]
mod tests;

pub use change::{Change, NearestChange, RequestOwner};
pub use known_labels::{KnownLabels, UnknownLabel, unknown_labels};
pub use search::nearest_changes;
