//! Objects at rest. Of thousands that are waited for only one is looked at, at a
//! time; as a tree of values it takes several times the room of its text.

use std::borrow::Cow;

use pod_model::status::WorkloadKind;
use serde_json::Value;

use super::machine::Engine;
use super::target::Target;
use pod_model::status::fields::text_at;

impl Engine {
    /// Does something with a target whose object can be looked at.
    pub(super) fn with_inflated<T>(&mut self, at: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        self.targets[at].inflate();
        let done = work(self);
        self.schedule.touch(at);
        // Of a Pod and of a Deployment others want to know something, too.
        let target = &mut self.targets[at];
        if !matches!(
            self.groups[target.group].kind,
            WorkloadKind::Pod | WorkloadKind::Deployment
        ) {
            target.compact();
        }
        done
    }
}

impl Target {
    fn compact(&mut self) {
        if let Some(object) = self.object.take() {
            self.compacted = Some(object.to_string().into());
        }
    }

    fn inflate(&mut self) {
        if let Some(text) = self.compacted.take()
            && self.object.is_none()
        {
            self.object = serde_json::from_str(&text).ok();
        }
    }

    /// The object as it was last seen.
    pub(crate) fn last_seen(&self) -> Option<Cow<'_, Value>> {
        match (&self.object, &self.compacted) {
            (Some(object), _) => Some(Cow::Borrowed(object)),
            (None, Some(text)) => serde_json::from_str(text).ok().map(Cow::Owned),
            (None, None) => None,
        }
    }

    /// When the object was created, as the API writes it.
    pub(crate) fn created(&self) -> Option<String> {
        let object = self.last_seen()?;
        Some(text_at(&object, "/metadata/creationTimestamp").to_owned())
    }
}
