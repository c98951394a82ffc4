//! The user namespace of a Pod.
//!
//! Upstream: `GetOrCreateUserNamespaceMappings` of pkg/kubelet/userns, and
//! `validateHostUsers` of pkg/apis/core/validation.

use serde::Serialize;

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The user namespace of a Pod. What the API server refuses together with a namespace of its
/// own is a matter of validation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserNamespace {
    /// True if the Pod asks for its own (`hostUsers: false`): its root is nobody on the node,
    /// and its capabilities count for its own namespaces alone.
    pub is_own: bool,
    /// True if servers of the version have it unless they are told otherwise; without it
    /// they drop the field.
    pub is_on: bool,
}

pub(super) fn user_namespace(
    host_users: Option<bool>,
    version: KubernetesVersion,
) -> UserNamespace {
    UserNamespace {
        is_own: host_users == Some(false),
        is_on: Gate::UserNamespacesSupport.is_on(version),
    }
}
