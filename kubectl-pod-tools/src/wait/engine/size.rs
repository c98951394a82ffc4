//! The memory that the engine takes.

use super::cache::INDEX_OVERHEAD;
use super::machine::Engine;
use super::target::{LastSeen, Target};
use crate::cluster::size;
use pod_model::status::Evidence;

impl Engine {
    /// Returns the memory of the targets, their Pods and events, in bytes, approximately.
    pub(crate) fn size(&self) -> usize {
        self.targets.iter().map(Target::size).sum::<usize>() + self.cache.size()
    }
}

impl Target {
    fn size(&self) -> usize {
        // The evidence is kept in several places.
        let text = |evidence: &Evidence| 4 * (evidence.reason.len() + evidence.message.len());
        let object = match &self.object.last_seen {
            LastSeen::None => 0,
            LastSeen::Tree(object) => size(object),
            LastSeen::Compact(text) => text.len(),
        };
        size_of::<Self>() + INDEX_OVERHEAD + 4 * self.name.len() + text(&self.evidence) + object
    }
}
