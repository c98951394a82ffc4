//! The state of one admission: the Pod as it is so far, and what was found about it.

use std::sync::Arc;

use k8s_openapi::api::core::v1::{Pod, PodSpec};
use serde_json::Value;

use super::change::{Change, Origin, Refusal, RefusedBy, Unknown};
use crate::lookup::Answers;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// A Pod on its way into the server.
pub(super) struct Admission<'a> {
    pub pod: Pod,
    pub namespace: &'a str,
    pub answers: &'a Answers,
    pub version: KubernetesVersion,
    pub changes: Vec<Change>,
    pub refusals: Vec<Refusal>,
    pub unknown: Vec<Unknown>,
}

impl Admission<'_> {
    pub(super) fn spec(&mut self) -> &mut PodSpec {
        self.pod.spec.get_or_insert_default()
    }

    pub(super) fn changed(&mut self, path: FieldPath, value: impl Into<Value>, origin: Origin) {
        self.changed_to(path, Arc::new(value.into()), origin);
    }

    pub(super) fn changed_to(&mut self, path: FieldPath, value: Arc<Value>, origin: Origin) {
        self.changes.push(Change {
            path,
            value,
            origin,
        });
    }

    pub(super) fn forbid(&mut self, path: FieldPath, message: impl Into<String>, by: RefusedBy) {
        self.refusals.push(Refusal {
            path,
            message: message.into(),
            code: 403,
            by,
        });
    }
}

/// The path of the Pod's spec.
pub(super) fn spec_path() -> FieldPath {
    FieldPath::root().field("spec")
}
