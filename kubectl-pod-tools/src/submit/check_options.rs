//! Options of the checks before anything is sent.

use pod_model::{KubernetesVersion, RulesVersion};

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
        let version = context.rules_version(server);
        Self {
            action: options.action,
            validate: options.validate,
            version: version.rules,
            newer_server: version.may_be_newer(),
            namespace: context.connection.namespace.clone(),
        }
    }
}
