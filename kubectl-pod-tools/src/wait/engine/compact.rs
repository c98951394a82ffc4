//! Compact objects. Of thousands of targets one is judged at a time; an object as a tree of
//! values takes several times the memory of its text.

use std::borrow::Cow;

use pod_model::status::WorkloadKind;
use pod_model::status::fields::text_at;
use serde_json::Value;

use super::machine::Engine;
use super::target::{LastSeen, Target};

impl Engine {
    /// Runs `work` while the object of a target is a tree.
    pub(super) fn with_inflated<T>(&mut self, at: usize, work: impl FnOnce(&mut Self) -> T) -> T {
        self.targets[at].object.last_seen.inflate();
        let result = work(self);
        self.schedule.touch(at);
        // A Pod and a Deployment are also read when their Pods are listed.
        let target = &mut self.targets[at];
        if !matches!(
            self.groups[target.group].kind,
            WorkloadKind::Pod | WorkloadKind::Deployment
        ) {
            target.object.last_seen.compact();
        }
        result
    }
}

impl LastSeen {
    fn compact(&mut self) {
        if let Self::Tree(object) = self {
            *self = Self::Compact(object.to_string().into());
        }
    }

    fn inflate(&mut self) {
        if let Self::Compact(text) = self {
            *self = serde_json::from_str(text).map_or(Self::None, Self::Tree);
        }
    }

    /// Returns the object if it is a tree.
    pub(super) fn tree(&self) -> Option<&Value> {
        match self {
            Self::Tree(object) => Some(object),
            Self::None | Self::Compact(_) => None,
        }
    }
}

impl Target {
    /// Returns the object as it was last observed.
    pub(crate) fn last_seen(&self) -> Option<Cow<'_, Value>> {
        match &self.object.last_seen {
            LastSeen::Tree(object) => Some(Cow::Borrowed(object)),
            LastSeen::Compact(text) => serde_json::from_str(text).ok().map(Cow::Owned),
            LastSeen::None => None,
        }
    }

    /// Returns when the object was created, as the API writes it.
    pub(crate) fn created(&self) -> Option<String> {
        let object = self.last_seen()?;
        Some(text_at(&object, "/metadata/creationTimestamp").to_owned())
    }
}
