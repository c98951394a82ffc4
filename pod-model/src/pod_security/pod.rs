//! The Pod as a check sees it, and what a check finds.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use crate::container::ContainerView;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// A Pod as a check sees it.
pub(super) struct Pod<'a> {
    pub metadata: &'a ObjectMeta,
    pub spec: &'a PodSpec,
    /// Init containers first, then the others, then ephemeral ones.
    pub containers: Vec<ContainerView<'a>>,
    pub version: KubernetesVersion,
}

impl Pod<'_> {
    /// Returns whether it runs in a user namespace of its own
    /// (`relaxPolicyForUserNamespacePod`).
    pub(super) fn has_user_namespace(&self) -> bool {
        self.spec.host_users == Some(false)
    }

    /// The API refuses some fields for Windows, so restricted does not ask for
    /// them.
    pub(super) fn is_windows(&self) -> bool {
        self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// The path of the Pod's own security context.
    pub(super) fn context(field: &'static str) -> FieldPath {
        let root = FieldPath::root().field("spec");
        root.field("securityContext").field(field)
    }
}

/// Something found: where, what is wanted, and whether it is only missing.
pub(super) struct Found {
    pub path: FieldPath,
    pub message: String,
    pub is_missing: bool,
}

impl Found {
    pub(super) fn wrong(path: FieldPath, message: impl Into<String>) -> Self {
        Self {
            path,
            message: message.into(),
            is_missing: false,
        }
    }

    pub(super) fn missing(path: FieldPath, message: impl Into<String>) -> Self {
        Self {
            is_missing: true,
            ..Self::wrong(path, message)
        }
    }
}
