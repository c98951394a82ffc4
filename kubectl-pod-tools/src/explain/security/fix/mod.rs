//! `explain-security --fix FILE`: the least change that reaches a Pod Security level, made in the
//! file; and the same as a patch for `kubectl patch`.

mod args;
mod diff;
mod patch;
mod report;
mod run;
mod subject;
mod write;

pub(super) use args::{FixArgs, FixOptions};
pub(super) use patch::patch_document;
pub(super) use run::fix;
