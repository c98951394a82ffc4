//! The security contexts of a Pod and a container, looked up in the kubelet's order.
//!
//! Upstream: `DetermineEffectiveSecurityContext` of pkg/securitycontext/util.go.

use k8s_openapi::api::core::v1::{PodSecurityContext, SecurityContext};

use super::effective::{Effective, Origin};
use crate::container::ContainerView;
use crate::path::FieldPath;

/// The two contexts of a container.
#[derive(Clone, Copy)]
pub(super) struct Contexts<'a> {
    pub pod: Option<&'a PodSecurityContext>,
    pub container: &'a ContainerView<'a>,
}

impl<'a> Contexts<'a> {
    /// Returns a field that both have: the container's comes first.
    pub(super) fn either<T>(
        &self,
        field: &'static str,
        own: impl FnOnce(&'a SecurityContext) -> Option<T>,
        of_pod: impl FnOnce(&'a PodSecurityContext) -> Option<T>,
    ) -> Option<Effective<T>> {
        let own = self.own(field, own);
        own.or_else(|| self.of_pod(field, of_pod))
    }

    /// Returns a field of the container's context.
    pub(super) fn own<T>(
        &self,
        field: &'static str,
        own: impl FnOnce(&'a SecurityContext) -> Option<T>,
    ) -> Option<Effective<T>> {
        let value = self.container.security_context.and_then(own)?;
        let path = self.container.security_context_path(field);
        Some(Effective::at(value, Origin::Container, path))
    }

    /// Returns a field of the Pod's context.
    pub(super) fn of_pod<T>(
        &self,
        field: &'static str,
        of_pod: impl FnOnce(&'a PodSecurityContext) -> Option<T>,
    ) -> Option<Effective<T>> {
        let value = self.pod.and_then(of_pod)?;
        Some(Effective::at(value, Origin::Pod, pod_path(field)))
    }
}

/// Returns the path of a field of the Pod's context.
pub(super) fn pod_path(field: &'static str) -> FieldPath {
    FieldPath::root().fields(&["spec", "securityContext", field])
}
