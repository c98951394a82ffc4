//! A target as it was written.

use std::borrow::Cow;
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

    /// Returns the spec for admission. Of all defaults only those of the whole Pod's resources make a difference there:
    /// from 1.37 on the server fills them in after the LimitRanges. So only a Pod that has them is read again.
    pub(crate) fn spec_before_admission(&self) -> Cow<'_, PodSpec> {
        let has_own = self.spec.resources.is_some();
        let written = has_own.then(|| self.written_spec()).flatten();
        written.map_or(Cow::Borrowed(&self.spec), Cow::Owned)
    }
}
