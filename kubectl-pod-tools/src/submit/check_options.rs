//! Options of the checks that come before anything is sent.

use pod_model::KubernetesVersion;

use super::options::{Action, Validate};

/// Options that choose the rules.
pub(super) struct CheckOptions {
    pub action: Action,
    pub validate: Validate,
    pub version: KubernetesVersion,
    /// The server is newer than every version whose fields are known, so that
    /// an unknown field is for it to judge.
    pub newer_server: bool,
    /// `-n`.
    pub namespace: Option<String>,
}
