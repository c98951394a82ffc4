//! A target as it was written.

use std::sync::Arc;

use k8s_openapi::api::core::v1::PodSpec;

use super::object::Object;
use super::target::Target;

impl Target {
    /// Returns the spec as it was written or sent, without the defaults that [`Target::spec`] may have.
    pub(crate) fn written_spec(&self) -> Option<PodSpec> {
        let part = match (&self.document, &self.live) {
            (Some(document), _) => Object::File(document).part(&self.spec_path),
            (None, Some(object)) => Object::Live(Arc::clone(object)).part(&self.spec_path),
            (None, None) => return None,
        };
        part.ok().flatten()
    }
}
