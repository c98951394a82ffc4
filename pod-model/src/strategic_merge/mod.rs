//! Strategic merge patches: applied as `kubectl patch` and `--overrides` do, and made of edits.

mod from_edits;
mod merge;

pub use from_edits::strategic_merge_patch;
pub use merge::strategic_merge;
