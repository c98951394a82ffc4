//! Merge patches: strategic ones, applied as `kubectl patch` and `--overrides` do, and made of edits; those of JSON.

mod from_edits;
mod json_merge;
mod merge;

pub use from_edits::strategic_merge_patch;
pub use json_merge::json_merge_patch;
pub use merge::strategic_merge;
