//! A checked command line of `explain-status`.

use crate::explain::args::ExplainOptions;
use crate::targets::{TargetRef, TargetSpec};

/// Options of `explain-status`.
#[derive(Clone, Debug)]
pub(in crate::explain) struct StatusOptions {
    pub explain: ExplainOptions,
    /// Number of log lines of a run that has failed; 0 for none.
    pub tail: u32,
    /// `--watch`.
    pub is_watch: bool,
    /// `--redact`.
    pub is_redacted: bool,
}

impl StatusOptions {
    /// Returns true if the command line names each target, so that each is explained in full.
    pub(super) fn names_targets(&self) -> bool {
        let refs = match &self.explain.targets {
            TargetSpec::Cluster { refs, .. }
            | TargetSpec::Files {
                refs: Some(refs), ..
            } => refs,
            TargetSpec::Files { refs: None, .. } => return false,
        };
        let is_selected = |own: &TargetRef| matches!(own, TargetRef::Selected { .. });
        !refs.iter().any(is_selected)
    }
}
