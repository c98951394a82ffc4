//! One collection for two streams: the Pods that a selector matches, and the Pods that other
//! targets own, which need not have their labels.

use std::collections::BTreeSet;

use pod_model::selector::LabelSelector;
use serde_json::Value;

use super::keep::Keep;
use super::source::Source;
use crate::cluster::WatchEvent;
use crate::wait::engine::Input;
use pod_model::status::fields::uid;

/// The objects of the collection that the selector of the source matches.
pub(super) struct Share {
    stream: usize,
    labels: Option<LabelSelector>,
    /// The uids of those that exist.
    own: BTreeSet<String>,
}

/// Returns whether the selector of a source can be applied here, and no more is kept of its objects
/// than of owned Pods.
pub(in crate::wait) fn can_share(source: &Source) -> bool {
    let labels = source.selection.labels.as_deref();
    source.keep == Keep::Status
        && source.selection.fields.is_none()
        && labels.is_none_or(|labels| LabelSelector::parse(labels).is_ok())
}

impl Share {
    /// Returns the share of a source, or `None` if it has one stream.
    pub(super) fn of(source: &Source) -> Option<Self> {
        source.all?;
        let labels = source.selection.labels.as_deref();
        Some(Self {
            stream: source.stream,
            labels: labels.and_then(|labels| LabelSelector::parse(labels).ok()),
            own: BTreeSet::new(),
        })
    }

    /// Records an object as the server sent it, and returns whether it matched before and whether
    /// it does now.
    pub(super) fn record(&mut self, object: &Value) -> (bool, bool) {
        let labels = self.labels.as_ref();
        let is_own = labels.is_none_or(|selector| selector.matches_object(object));
        let id = uid(object);
        let was_own = if is_own {
            !self.own.insert(id.to_owned())
        } else {
            self.own.remove(id)
        };
        (was_own, is_own)
    }

    /// Returns the matching objects of a list, all of which were recorded.
    pub(super) fn listed(&self, objects: &[Value]) -> Input {
        let own = objects
            .iter()
            .filter(|object| self.own.contains(uid(object)));
        Input::Listed(self.stream, own.cloned().collect())
    }

    /// Returns the input of an existing object for the source's own stream, as the server's watch
    /// has it for a selector (k8s.io/apiserver/pkg/storage/cacher, `convertToWatchEvent`).
    pub(super) fn applied(&self, (was_own, is_own): (bool, bool), object: &Value) -> Option<Input> {
        if is_own {
            Some(Input::Upsert(self.stream, object.clone()))
        } else {
            was_own.then(|| Input::Delete(self.stream, object.clone()))
        }
    }

    /// Returns the input of a deleted object.
    pub(super) fn deleted(&mut self, object: &Value) -> Option<Input> {
        let was_own = self.own.remove(uid(object));
        was_own.then(|| Input::Delete(self.stream, object.clone()))
    }
}

/// Returns the inputs of a watch event for the streams of a source.
pub(super) fn inputs(
    source: &Source,
    share: Option<&mut Share>,
    event: WatchEvent,
) -> impl Iterator<Item = Input> + use<> {
    let (stream, keep) = (source.all.unwrap_or(source.stream), source.keep);
    let (own, input) = match event {
        WatchEvent::Applied(object) if keep.wants(&object) => {
            let noted = share.map(|share| (share.record(&object), share));
            let object = keep.of(object);
            let own = noted.and_then(|(noted, share)| share.applied(noted, &object));
            (own, Some(Input::Upsert(stream, object)))
        }
        WatchEvent::Deleted(object) if keep.wants(&object) => {
            let object = keep.of(object);
            let own = share.and_then(|share| share.deleted(&object));
            (own, Some(Input::Delete(stream, object)))
        }
        _ => (None, None),
    };
    own.into_iter().chain(input)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::cluster::{Resource, Selection};
    use crate::wait::watch::Mode;

    fn source(labels: Option<&str>, fields: Option<&str>) -> Source {
        Source {
            stream: 0,
            all: Some(1),
            resource: Resource::built_in("v1", "Pod").unwrap(),
            namespace: "default".to_owned(),
            selection: Selection {
                labels: labels.map(str::to_owned),
                fields: fields.map(str::to_owned),
            },
            names: Vec::new(),
            keep: Keep::Status,
            mode: Mode::Once,
            optional: false,
            to_delete: false,
        }
    }

    #[test]
    fn objects_of_a_shared_source_join_and_leave_as_with_a_selector() {
        let mut share = Share::of(&source(Some("a=b"), None)).unwrap();
        let pod = |id: &str, label: &str| json!({"metadata": {"uid": id, "labels": {"a": label}}});
        let (fits, other) = (pod("x", "b"), pod("x", "c"));
        let mut step = |object: &Value| {
            let noted = share.record(object);
            share.applied(noted, object).map(|input| match input {
                Input::Upsert(0, _) => "is",
                Input::Delete(0, _) => "gone",
                _ => "odd",
            })
        };
        let steps = [&other, &fits, &fits, &other, &other, &fits].map(&mut step);
        let expected = [None, Some("is"), Some("is"), Some("gone"), None, Some("is")];
        assert_eq!(steps, expected);
        let Input::Listed(0, own) = share.listed(&[pod("y", "c"), other.clone()]) else {
            panic!("expected a list");
        };
        assert_eq!(
            own,
            std::slice::from_ref(&other),
            "as it was taken note of, by its uid"
        );
        assert!(share.deleted(&fits).is_some() && share.deleted(&fits).is_none());
        let mut all = Share::of(&source(None, None)).unwrap();
        assert_eq!(all.record(&other), (false, true));
    }

    #[test]
    fn only_selectors_that_are_applied_here_are_shared() {
        for (labels, fields, expected) in [
            (Some("a=b,c notin (d)"), None, true),
            (None, None, true),
            (Some("a=b"), Some("status.phase=Running"), false),
            (None, Some("metadata.name=x"), false),
            (Some("a in b"), None, false),
        ] {
            let found = can_share(&source(labels, fields));
            assert_eq!(found, expected, "{labels:?} {fields:?}");
        }
        let whole = Source {
            keep: Keep::All,
            ..source(None, None)
        };
        assert!(!can_share(&whole));
        let alone = Source {
            all: None,
            ..source(None, None)
        };
        assert!(Share::of(&alone).is_none());
    }
}
