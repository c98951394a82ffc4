//! The Pods that the default spread constraints count: those of the Pod's Services and
//! controller.
//!
//! Upstream: `DefaultSelector`, `GetPodServices` (pkg/scheduler/framework/plugins/helper/spread.go).

use std::collections::BTreeMap;

use k8s_openapi::api::apps::v1::{ReplicaSet, StatefulSet};
use k8s_openapi::api::core::v1::{Pod, ReplicationController, Service};

use crate::scheduling::OptionalSelector;

/// The controller of a Pod, where it is of a kind that counts.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    /// A `ReplicationController`.
    ReplicationController(&'a ReplicationController),
    /// A `ReplicaSet`.
    ReplicaSet(&'a ReplicaSet),
    /// A `StatefulSet`.
    StatefulSet(&'a StatefulSet),
}

/// A selector of the Pods that belong together with a Pod.
#[derive(Clone, Debug)]
pub struct DefaultSelector {
    labels: BTreeMap<String, String>,
    owner: Option<OptionalSelector>,
}

impl DefaultSelector {
    /// Makes the selector of a Pod from the Services of its namespace and its controller.
    pub fn of<'a>(
        pod: &Pod,
        services: impl IntoIterator<Item = &'a Service>,
        owner: Option<Owner<'_>>,
    ) -> Self {
        let own = pod.metadata.labels.as_ref();
        let namespace = pod.metadata.namespace.as_deref();
        let mut labels = BTreeMap::new();
        for service in services {
            let selector = service
                .spec
                .as_ref()
                .and_then(|spec| spec.selector.as_ref());
            if service.metadata.namespace.as_deref() != namespace {
                continue;
            }
            // One without a selector selects nothing.
            let Some(selector) = selector else { continue };
            let mut required = selector.iter();
            let selects =
                required.all(|(key, value)| own.and_then(|own| own.get(key)) == Some(value));
            if selects {
                labels.extend(selector.clone());
            }
        }
        let selector = match owner {
            Some(Owner::ReplicationController(owner)) => {
                let spec = owner.spec.as_ref();
                let selector = spec.and_then(|spec| spec.selector.clone());
                labels.extend(selector.unwrap_or_default());
                None
            }
            Some(Owner::ReplicaSet(owner)) => Some(&owner.spec.selector),
            Some(Owner::StatefulSet(owner)) => Some(&owner.spec.selector),
            None => None,
        };
        let owner = selector.and_then(|selector| OptionalSelector::of(Some(selector)).ok());
        Self { labels, owner }
    }

    /// Returns whether it selects by anything at all; if not, no Pods are counted.
    pub fn is_empty(&self) -> bool {
        let owner = self.owner.as_ref();
        self.labels.is_empty() && owner.is_none_or(OptionalSelector::selects_all)
    }

    /// Returns the keys of the labels that it looks at, for `SnapshotBuilder::keep_labels`.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let owner = self.owner.iter().flat_map(OptionalSelector::keys);
        self.labels.keys().map(String::as_str).chain(owner)
    }

    /// Returns whether it selects a Pod with these labels.
    pub(super) fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let mut labels = self.labels.iter();
        let owner = self.owner.as_ref();
        labels.all(|(key, value)| label(key) == Some(value))
            && owner.is_none_or(|owner| owner.matches(label))
    }
}
