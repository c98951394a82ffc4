//! The lifecycle hooks of a container.

use k8s_openapi::api::core::v1::Container;
use pod_model::KubernetesVersion;
use serde::Serialize;

use crate::handler::Handler;

/// One hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hook {
    /// Its handler.
    pub handler: Handler,
}

/// The hooks that a container declares.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Hooks {
    /// Runs when the container has started.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_start: Option<Hook>,
    /// Runs before the container is stopped, within the grace period.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pre_stop: Option<Hook>,
}

impl Hooks {
    /// The hooks of a container whose defaults are filled in.
    pub fn of(container: &Container, version: KubernetesVersion) -> Self {
        let ports = container.ports.as_deref().unwrap_or_default();
        let Some(lifecycle) = &container.lifecycle else {
            return Self::default();
        };
        let hook = |declared: &_| Hook {
            handler: Handler::of_hook(declared, ports, version),
        };
        Self {
            post_start: lifecycle.post_start.as_ref().map(hook),
            pre_stop: lifecycle.pre_stop.as_ref().map(hook),
        }
    }
}
