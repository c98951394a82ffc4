//! Options of the checks before anything is sent.

use pod_model::{KubernetesVersion, RulesVersion, Skew};

use super::options::{Action, SubmitOptions, Validate};
use crate::context::Context;

/// Options that choose the rules.
pub(super) struct CheckOptions {
    pub action: Action,
    pub validate: Validate,
    pub version: KubernetesVersion,
    /// The server may be newer than the newest known version, so that it must judge itself
    /// what those rules refuse.
    pub newer_server: bool,
    /// `-n`.
    pub namespace: Option<String>,
}

impl CheckOptions {
    /// Returns the options for a server's version, or without a server.
    pub(super) fn new(
        options: &SubmitOptions,
        context: &Context,
        server: Option<&RulesVersion>,
    ) -> Self {
        let chosen = context.kubernetes_version;
        let skew = server.and_then(|server| server.skew);
        Self {
            action: options.action,
            validate: options.validate,
            version: context.rules_version(server).rules,
            newer_server: chosen.is_none() && matches!(skew, Some(Skew::Newer | Skew::Unknown)),
            namespace: context.connection.namespace.clone(),
        }
    }
}
