//! How much memory is taken by what the engine knows.

use super::machine::Engine;
use super::target::Target;
use crate::cluster::size;
use pod_model::status::Evidence;

/// Memory of the places where a name or a uid is remembered beside its object.
pub(super) const INDEX_OVERHEAD: usize = 512;

impl Engine {
    /// Memory of the targets, their Pods and events, in bytes, by about.
    pub(crate) fn size(&self) -> usize {
        self.targets.iter().map(Target::size).sum::<usize>() + self.cache.size()
    }
}

impl Target {
    fn size(&self) -> usize {
        // What is said of it is remembered several times.
        let said = |evidence: &Evidence| 4 * (evidence.reason.len() + evidence.message.len());
        size_of::<Self>()
            + INDEX_OVERHEAD
            + 4 * self.name.len()
            + said(&self.evidence)
            + self.object.as_ref().map_or(0, size)
            + self.compacted.as_ref().map_or(0, |text| text.len())
    }
}
