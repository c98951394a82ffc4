//! Options of the checks before anything is sent.

use pod_model::KubernetesVersion;

use super::options::{Action, SubmitOptions, Validate};
use crate::context::Context;

/// Options that choose the rules.
pub(super) struct CheckOptions {
    pub action: Action,
    pub validate: Validate,
    pub version: KubernetesVersion,
    /// The server is newer than the newest known version, so that it must judge unknown
    /// fields itself.
    pub newer_server: bool,
    /// `-n`.
    pub namespace: Option<String>,
}

impl CheckOptions {
    /// Returns the options for a server of a minor version, or without a server.
    pub(super) fn new(
        options: &SubmitOptions,
        context: &Context,
        server_minor: Option<u32>,
    ) -> Self {
        let chosen = context.kubernetes_version;
        let version = chosen.or(server_minor.map(KubernetesVersion::nearest));
        let newest = u32::from(KubernetesVersion::LATEST.minor());
        Self {
            action: options.action,
            validate: options.validate,
            version: version.unwrap_or_default(),
            newer_server: chosen.is_none() && server_minor.is_some_and(|minor| minor > newest),
            namespace: context.connection.namespace.clone(),
        }
    }
}
