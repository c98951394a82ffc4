//! The subject of the checks.

use k8s_openapi::api::core::v1::PodSpec;
use pod_model::pod_security::Level;
use pod_model::security::{ContainerSecurity, PodSecurity};
use pod_model::{ContainerView, FieldPath, KubernetesVersion};

use super::super::created::{CreatedPod, in_object};
use super::super::namespace::NamespaceState;
use super::super::policy::Levels;
use crate::targets::Target;

/// A Pod whose security is checked.
pub(in super::super) struct Subject<'a> {
    pub target: &'a Target,
    pub created: &'a CreatedPod,
    pub spec: &'a PodSpec,
    /// All containers of the Pod, with paths from the Pod's root.
    pub views: &'a [ContainerView<'a>],
    pub security: &'a PodSecurity,
    pub levels: &'a Levels,
    pub namespace: &'a NamespaceState,
    /// The version of the server.
    pub server: KubernetesVersion,
    /// The level that the command line asks for.
    pub asked: Option<Level>,
    /// Names of the containers that are explained; empty for all.
    pub chosen: &'a [String],
    /// True for a Pod that the API server has stored.
    pub is_stored: bool,
}

impl<'a> Subject<'a> {
    /// Returns the containers that are explained, each with what the spec has of it. A Pod of Windows has none.
    pub(super) fn containers(
        &self,
    ) -> impl Iterator<Item = (&'a ContainerSecurity, &'a ContainerView<'a>)> {
        // Both are in the order of the spec.
        let all = self.security.containers.iter().zip(self.views);
        let chosen = self.chosen;
        all.filter(move |(own, _)| chosen.is_empty() || chosen.contains(&own.name))
    }

    /// Returns a path of the Pod as one of the object.
    pub(super) fn path(&self, of_pod: &FieldPath) -> FieldPath {
        in_object(self.target, of_pod)
    }

    /// Returns the path of a field of a container's security context, in the object.
    pub(super) fn context_path(&self, own: &ContainerSecurity, field: &'static str) -> FieldPath {
        self.path(&own.path).field("securityContext").field(field)
    }
}
