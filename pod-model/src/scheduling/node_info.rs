//! A node with the Pods on it folded in.
//!
//! Upstream: `NodeInfo` (pkg/scheduler/framework/types.go).

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Node, Taint};

use super::groups::GroupId;
use super::host_ports::HostPort;
use super::inline_volumes::InlineVolume;
use super::resources::Resources;

/// The number of an image's name in the snapshot.
pub type ImageId = u32;

/// A node of a snapshot.
#[derive(Clone, Debug, Default)]
pub struct NodeInfo {
    pub(super) name: String,
    pub(super) labels: BTreeMap<String, String>,
    pub(super) taints: Vec<Taint>,
    pub(super) is_unschedulable: bool,
    pub(super) allocatable: Resources,
    pub(super) declared_features: Vec<String>,
    pub(super) has_strict_groups: bool,
    pub(super) images: Vec<(ImageId, i64)>,
    pub(super) pods: Arc<NodePods>,
}

impl NodeInfo {
    /// Reads a node; its Pods and images are added by the builder.
    pub(super) fn of(node: &Node) -> Self {
        let spec = node.spec.as_ref();
        let status = node.status.as_ref();
        let features = status.and_then(|status| status.features.as_ref());
        Self {
            name: node.metadata.name.clone().unwrap_or_default(),
            labels: node.metadata.labels.clone().unwrap_or_default(),
            taints: spec
                .and_then(|spec| spec.taints.clone())
                .unwrap_or_default(),
            is_unschedulable: spec.and_then(|spec| spec.unschedulable).unwrap_or(false),
            allocatable: status
                .and_then(|status| status.allocatable.as_ref())
                .map(Resources::of_list)
                .unwrap_or_default(),
            declared_features: status
                .and_then(|status| status.declared_features.clone())
                .unwrap_or_default(),
            has_strict_groups: features
                .and_then(|features| features.supplemental_groups_policy)
                .unwrap_or(false),
            images: Vec::new(),
            pods: Arc::default(),
        }
    }

    /// Returns the node's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the node's labels.
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// Returns the value of a label.
    pub fn label(&self, key: &str) -> Option<&str> {
        self.labels.get(key).map(String::as_str)
    }

    /// Returns the node's taints, in its order.
    pub fn taints(&self) -> &[Taint] {
        &self.taints
    }

    /// Returns whether the node is cordoned.
    pub fn is_unschedulable(&self) -> bool {
        self.is_unschedulable
    }

    /// Returns the amounts that the node has for Pods.
    pub fn allocatable(&self) -> &Resources {
        &self.allocatable
    }

    /// Returns the images on the node with their sizes in bytes.
    pub fn images(&self) -> &[(ImageId, i64)] {
        &self.images
    }

    /// Returns the features that the kubelet declares.
    pub fn declared_features(&self) -> &[String] {
        &self.declared_features
    }

    /// Returns the Pods on the node as sums.
    pub fn pods(&self) -> &NodePods {
        &self.pods
    }

    /// Returns what is left of a resource: CPU in thousandths. Negative if the node is overfull.
    pub fn free(&self, resource: &str) -> i128 {
        self.allocatable.get(resource) - self.pods.requested.get(resource)
    }

    /// Applies a change of the node.
    pub(super) fn apply(&mut self, edit: &NodeEdit) {
        for (key, value) in &edit.labels {
            match value {
                Some(value) => self.labels.insert(key.clone(), value.clone()),
                None => self.labels.remove(key),
            };
        }
        if let Some(taints) = &edit.taints {
            self.taints.clone_from(taints);
        }
        if let Some(is_unschedulable) = edit.unschedulable {
            self.is_unschedulable = is_unschedulable;
        }
        for (resource, amount) in &edit.allocatable {
            self.allocatable.set(resource, *amount);
        }
    }
}

/// A change of one node, for "would it fit if …?".
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NodeEdit {
    /// Labels that are set, or removed with `None`.
    pub labels: BTreeMap<String, Option<String>>,
    /// All taints, if they change.
    pub taints: Option<Vec<Taint>>,
    /// `spec.unschedulable`, if it changes.
    pub unschedulable: Option<bool>,
    /// Amounts for Pods that change: CPU in thousandths.
    pub allocatable: BTreeMap<String, i128>,
}

/// The Pods on a node, as sums and counts.
#[derive(Clone, Debug, Default)]
pub struct NodePods {
    pub(super) requested: Resources,
    pub(super) non_zero: (i128, i128),
    pub(super) ports: BTreeMap<HostPort, u32>,
    pub(super) groups: BTreeMap<GroupId, GroupCount>,
    pub(super) priorities: BTreeMap<i32, u32>,
    pub(super) claims: BTreeMap<Arc<str>, ClaimCount>,
    pub(super) inline_volumes: BTreeMap<InlineVolume, u32>,
    /// Plugin and handle of volumes without a claim that a CSI driver serves.
    pub(super) migrated: BTreeMap<(&'static str, String), u32>,
    /// The same by priority, or empty if all Pods have one priority: then they are all of it.
    pub(super) by_priority: BTreeMap<i32, NodePods>,
}

/// The number of Pods of a group on a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupCount {
    /// Pods that stay.
    pub active: u32,
    /// Pods that are being deleted.
    pub terminating: u32,
}

impl GroupCount {
    /// Returns the number of all Pods.
    pub fn total(self) -> u32 {
        self.active.saturating_add(self.terminating)
    }
}

/// The number of volumes on a node that use a claim.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct ClaimCount {
    /// Volumes that name the claim.
    pub(super) named: u32,
    /// Ephemeral volumes that the claim was made for.
    pub(super) ephemeral: u32,
}

impl NodePods {
    /// Returns the requests of the Pods, each rounded up by itself; `pods` is their number.
    pub fn requested(&self) -> &Resources {
        &self.requested
    }

    /// Returns the sums that scores use, where a container without a request counts as one of
    /// 100m and 200 MiB: CPU in thousandths, memory in bytes.
    pub fn non_zero_requested(&self) -> (i128, i128) {
        self.non_zero
    }

    /// Returns the number of Pods.
    pub fn count(&self) -> i128 {
        self.requested.pods
    }

    /// Returns the number of Pods of each priority.
    pub fn priorities(&self) -> &BTreeMap<i32, u32> {
        &self.priorities
    }

    /// Returns the number of Pods with a priority below another.
    pub fn below(&self, priority: i32) -> u32 {
        let below = self.priorities.range(..priority).map(|(_, count)| *count);
        below.fold(0, u32::saturating_add)
    }

    /// Returns the host ports that are used.
    pub fn ports(&self) -> &BTreeMap<HostPort, u32> {
        &self.ports
    }

    /// Returns the groups of the Pods with their numbers.
    pub fn groups(&self) -> impl Iterator<Item = (GroupId, GroupCount)> {
        self.groups.iter().map(|(id, count)| (*id, *count))
    }
}
