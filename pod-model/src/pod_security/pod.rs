//! The Pod as a check sees it, and the answer of a check.

use k8s_openapi::api::core::v1::PodSpec;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde_json::Value;

use super::requirement::Requirement;
use crate::container::ContainerView;
use crate::path::FieldPath;

/// A Pod as a check sees it.
pub(super) struct Pod<'a> {
    pub metadata: &'a ObjectMeta,
    pub spec: &'a PodSpec,
    /// Init containers first, then the others, then ephemeral ones.
    pub containers: Vec<ContainerView<'a>>,
}

impl Pod<'_> {
    /// Returns whether it runs in a user namespace of its own
    /// (`relaxPolicyForUserNamespacePod`).
    pub(super) fn has_user_namespace(&self) -> bool {
        self.spec.host_users == Some(false)
    }

    /// Returns whether it is for Windows: the API refuses some fields there, so that
    /// restricted does not ask for them from 1.25 on.
    pub(super) fn is_windows(&self) -> bool {
        self.spec.os.as_ref().is_some_and(|os| os.name == "windows")
    }

    /// The path of a field of the Pod's own security context.
    pub(super) fn context(field: &'static str) -> FieldPath {
        FieldPath::root().fields(&["spec", "securityContext", field])
    }
}

/// A check that fails: admission's words, and the places.
pub(super) struct Refusal {
    /// Upstream's `ForbiddenReason`.
    pub reason: &'static str,
    /// Upstream's `ForbiddenDetail`.
    pub detail: String,
    pub found: Vec<Found>,
}

/// A place, the requirement there, and whether the field is only missing.
pub(super) struct Found {
    pub path: FieldPath,
    pub message: String,
    pub is_missing: bool,
    pub container: Option<String>,
    pub requirement: Requirement,
    pub or_path: Option<FieldPath>,
}

impl Found {
    /// Returns a field that must be absent.
    pub(super) fn wrong(path: FieldPath, message: impl Into<String>) -> Self {
        Self {
            path,
            message: message.into(),
            is_missing: false,
            container: None,
            requirement: Requirement::Absent,
            or_path: None,
        }
    }

    /// Returns a field that is missing and must have a value.
    pub(super) fn missing(path: FieldPath, message: impl Into<String>, value: Value) -> Self {
        Self {
            is_missing: true,
            ..Self::wrong(path, message).requires(Requirement::Value(value))
        }
    }

    pub(super) fn requires(self, requirement: Requirement) -> Self {
        Self {
            requirement,
            ..self
        }
    }

    pub(super) fn in_container(self, container: &ContainerView<'_>) -> Self {
        let container = Some(container.name.to_owned());
        Self { container, ..self }
    }

    /// Names another place that would do.
    pub(super) fn or(self, path: FieldPath) -> Self {
        let or_path = Some(path);
        Self { or_path, ..self }
    }
}
