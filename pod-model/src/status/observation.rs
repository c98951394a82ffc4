//! The input of every condition: one object, and the objects and events that belong to it.

use serde_json::Value;

use super::event_note::EventNote;
use super::workload_kind::WorkloadKind;

/// An object with its Pods and the events about either.
#[derive(Clone, Debug)]
pub struct Observation<'a> {
    /// The object as the API server last sent it.
    pub object: &'a Value,
    /// The Pods that it owns, deleted ones included, the oldest first; a Pod owns itself.
    pub pods: Vec<&'a Value>,
    /// The oldest first.
    pub notes: Vec<&'a EventNote>,
}

impl Observation<'_> {
    /// Returns the object's kind.
    pub fn kind(&self) -> WorkloadKind {
        WorkloadKind::of_object(self.object)
    }
}
