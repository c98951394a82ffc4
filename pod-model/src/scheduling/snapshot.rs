//! A cluster as the scheduler sees it at one moment: its nodes with the Pods on them folded
//! in, and the objects that plugins look up.
//!
//! Memory grows with nodes: Pods are added to the sums of their node, and Pods that share
//! namespace, labels and affinity terms are one group. `SnapshotBuilder::only_for` keeps
//! labels that differ from Pod to Pod out of the groups.
//!
//! Upstream: `Cache` and `Snapshot` (pkg/scheduler/backend/cache), `newPodInformer`
//! (pkg/scheduler/scheduler.go).

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::footprint::{Footprint, Nominated};
use super::groups::{GroupId, GroupTable, KeptLabels, PodGroup};
use super::node_info::{ImageId, NodeEdit, NodeInfo};
use super::storage::{Input, Known, Storage, Unknown};
use crate::version::KubernetesVersion;

/// The nodes of a cluster, their Pods and what plugins look up.
#[derive(Clone, Debug)]
pub struct Snapshot {
    pub(super) version: KubernetesVersion,
    /// Sorted by name.
    pub(super) nodes: Vec<Arc<NodeInfo>>,
    pub(super) lists: Arc<Lists>,
}

/// The parts of a snapshot that nodes refer to.
#[derive(Debug, Default)]
pub(super) struct Lists {
    pub(super) groups: GroupTable,
    pub(super) kept: KeptLabels,
    /// Pods that wait for evictions, by the node that they are to have.
    pub(super) nominated: BTreeMap<String, Vec<Nominated>>,
    pub(super) namespaces: Known<BTreeMap<String, String>>,
    pub(super) storage: Storage,
    /// Extended resources that a DeviceClass stands for.
    pub(super) device_classes: Known<()>,
    pub(super) images: HashMap<Box<str>, ImageId>,
    /// The number of nodes that have each image.
    pub(super) image_nodes: Vec<u32>,
}

impl Snapshot {
    /// Returns the version whose scheduler is asked.
    pub fn version(&self) -> KubernetesVersion {
        self.version
    }

    /// Returns the nodes by name. A node's index is its number in results.
    pub fn nodes(&self) -> &[Arc<NodeInfo>] {
        &self.nodes
    }

    /// Returns the number of a node.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        let found = self.nodes.binary_search_by(|node| node.name().cmp(name));
        found.ok()
    }

    /// Returns a group of Pods.
    pub fn group(&self, id: GroupId) -> Option<&PodGroup> {
        let at = usize::try_from(id).ok()?;
        self.lists.groups.groups.get(at).map(|group| &**group)
    }

    /// Returns all groups of Pods; a group's index is its id.
    pub fn groups(&self) -> &[Arc<PodGroup>] {
        &self.lists.groups.groups
    }

    /// Returns the number of an image's name, or `None` if no node has it.
    pub fn image(&self, name: &str) -> Option<ImageId> {
        self.lists.images.get(name).copied()
    }

    /// Returns the number of nodes that have an image.
    pub fn nodes_with_image(&self, image: ImageId) -> u32 {
        let at = usize::try_from(image).ok();
        let count = at.and_then(|at| self.lists.image_nodes.get(at));
        count.copied().unwrap_or(0)
    }

    /// Returns the labels of a namespace: none if the namespace does not exist, as in the
    /// scheduler.
    ///
    /// # Errors
    /// The namespace is not known: a phrase that says so.
    pub fn namespace_labels(&self, name: &str) -> Result<&BTreeMap<String, String>, String> {
        static NONE: BTreeMap<String, String> = BTreeMap::new();
        let labels = self.lists.namespaces.get(Input::Namespaces, name);
        labels
            .map(|labels| labels.unwrap_or(&NONE))
            .map_err(|Unknown(why)| why)
    }

    /// Returns a copy without a Pod that was added before: the cluster in which a running Pod
    /// looks for a place. A Pod that is on no node changes nothing.
    #[must_use]
    pub fn without_pod(&self, pod: &Pod) -> Self {
        self.without_pods([pod])
    }

    /// Returns a copy without some Pods that were added before, as `without_pod` does.
    #[must_use]
    pub fn without_pods<'p>(&self, pods: impl IntoIterator<Item = &'p Pod>) -> Self {
        let mut copy = self.clone();
        for pod in pods {
            let spec = pod.spec.as_ref();
            let node = spec.and_then(|spec| spec.node_name.as_deref());
            let node = node.and_then(|name| self.index_of(name));
            let footprint = Footprint::of(pod, self.version);
            if let (Some(node), Some(footprint)) =
                (node.and_then(|at| copy.nodes.get_mut(at)), footprint)
            {
                let group = self.lists.groups.known_group_of(pod, &self.lists.kept);
                let pods = &mut Arc::make_mut(node).pods;
                footprint.remove_from(Arc::make_mut(pods), group);
            }
        }
        copy
    }

    /// Returns a copy with one node alone.
    #[must_use]
    pub fn only_node(&self, index: usize) -> Self {
        Self {
            version: self.version,
            nodes: self.nodes.get(index).cloned().into_iter().collect(),
            lists: Arc::clone(&self.lists),
        }
    }

    /// Returns a copy with another state of one node.
    #[must_use]
    pub fn with_node(&self, index: usize, edit: &NodeEdit) -> Self {
        let mut copy = self.clone();
        if let Some(node) = copy.nodes.get_mut(index) {
            Arc::make_mut(node).apply(edit);
        }
        copy
    }
}
