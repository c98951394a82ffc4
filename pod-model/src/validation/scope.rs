//! Data of a Pod that the checks of its parts need.

use k8s_openapi::api::core::v1::PodSpec;

use super::claims::ClaimNames;
use super::containers::Containers;
use super::mounts::Mountable;
use super::probes::Terms;
use crate::version::KubernetesVersion;

/// A Pod's spec that is being checked.
pub(super) struct Scope<'a> {
    pub version: KubernetesVersion,
    pub spec: &'a PodSpec,
    pub containers: &'a Containers<'a>,
    pub volumes: Mountable<'a>,
    pub claims: ClaimNames<'a>,
}

impl Scope<'_> {
    /// Returns the settings that probes and hooks depend on.
    pub(super) fn terms(&self) -> Terms {
        Terms {
            version: self.version,
            grace_period: self.spec.termination_grace_period_seconds,
        }
    }

    /// Returns whether the containers' users are the node's, as they are unless a Pod
    /// says otherwise.
    pub(super) fn host_users(&self) -> bool {
        self.spec.host_users != Some(false)
    }

    pub(super) fn restart_policy(&self) -> &str {
        self.spec.restart_policy.as_deref().unwrap_or_default()
    }
}
