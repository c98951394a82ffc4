//! Making a snapshot, object by object.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

use super::footprint::{Footprint, Nominated};
use super::groups::KeptLabels;
use super::node_info::{ImageId, NodeInfo, NodePods};
use super::pod_terms::{OptionalSelector, PodTerms};
use super::snapshot::{Lists, Snapshot};
use super::storage::{self, Input};
use crate::version::KubernetesVersion;

/// A snapshot in the making. Objects are added in any order.
#[derive(Debug)]
pub struct SnapshotBuilder {
    version: KubernetesVersion,
    nodes: BTreeMap<String, NodeInfo>,
    pods: HashMap<Box<str>, NodePods>,
    lists: Lists,
    /// Names of claims, each kept once.
    names: HashSet<Arc<str>>,
}

impl Snapshot {
    /// Starts a snapshot for the scheduler of a version.
    pub fn builder(version: KubernetesVersion) -> SnapshotBuilder {
        SnapshotBuilder {
            version,
            nodes: BTreeMap::new(),
            pods: HashMap::new(),
            lists: Lists::default(),
            names: HashSet::new(),
        }
    }
}

impl SnapshotBuilder {
    /// Keeps only those labels of Pods that the selectors of these Pods look at, which must be
    /// all that are evaluated. To be called before Pods are added.
    pub fn only_for(&mut self, pods: &[&Pod]) -> &mut Self {
        let keys = pods.iter().flat_map(|pod| selected_keys(pod));
        self.keep_labels(keys)
    }

    /// Keeps labels of Pods of these keys, besides those that are kept already; without a call
    /// of this or of `only_for` all are kept. To be called before Pods are added.
    pub fn keep_labels(&mut self, keys: impl IntoIterator<Item = String>) -> &mut Self {
        let kept = std::mem::take(&mut self.lists.kept);
        let mut known = match kept {
            KeptLabels::All => BTreeSet::new(),
            KeptLabels::Keys(known) => known,
        };
        known.extend(keys);
        self.lists.kept = KeptLabels::Keys(known);
        self
    }

    /// Adds a node; a later one of the same name replaces it.
    pub fn node(&mut self, node: &Node) -> &mut Self {
        let mut info = NodeInfo::of(node);
        let status = node.status.as_ref();
        for image in status
            .and_then(|status| status.images.as_ref())
            .into_iter()
            .flatten()
        {
            for name in image.names.iter().flatten() {
                let id = self.image(name);
                info.images.push((id, image.size_bytes.unwrap_or(0)));
            }
        }
        // Upstream keeps the images in a map: of several sizes of one name the last counts.
        info.images.reverse();
        info.images.sort_by_key(|(id, _)| *id);
        info.images.dedup_by_key(|(id, _)| *id);
        self.nodes.insert(info.name.clone(), info);
        self
    }

    fn image(&mut self, name: &str) -> ImageId {
        if let Some(id) = self.lists.images.get(name) {
            return *id;
        }
        // There are fewer names than fit into 32 bits: each takes more than a byte.
        let id = ImageId::try_from(self.lists.images.len()).unwrap_or(ImageId::MAX);
        self.lists.images.insert(name.into(), id);
        id
    }

    /// Adds a Pod to the sums of its node. One without a node, for which the scheduler evicts
    /// Pods of a node, takes room there from Pods that have no higher priority. Any other Pod
    /// without a node, and one that has ended, changes nothing.
    pub fn pod(&mut self, pod: &Pod) -> &mut Self {
        let spec = pod.spec.as_ref();
        let node = spec.and_then(|spec| spec.node_name.as_deref());
        let node = node.unwrap_or_default();
        let status = pod.status.as_ref();
        let nominated = status.and_then(|status| status.nominated_node_name.as_deref());
        let nominated = nominated.filter(|name| node.is_empty() && !name.is_empty());
        if node.is_empty() && nominated.is_none() {
            return self;
        }
        let Some(footprint) = Footprint::of(pod, self.version) else {
            return self;
        };
        let group = self.lists.groups.group_of(pod, &self.lists.kept);
        if let Some(name) = nominated {
            let of_node = self.lists.nominated.entry(name.to_owned()).or_default();
            of_node.push(Nominated::of(pod, group, footprint));
            return self;
        }
        if !self.pods.contains_key(node) {
            self.pods.insert(node.into(), NodePods::default());
        }
        let known = &mut self.names;
        let mut names = |name: &str| match known.get(name) {
            Some(name) => Arc::clone(name),
            None => {
                let name: Arc<str> = Arc::from(name);
                known.insert(Arc::clone(&name));
                name
            }
        };
        if let Some(pods) = self.pods.get_mut(node) {
            footprint.add_to(pods, group, &mut names);
        }
        self
    }

    /// Adds a namespace.
    pub fn namespace(&mut self, namespace: &Namespace) -> &mut Self {
        let name = storage::name(&namespace.metadata).to_owned();
        let labels = namespace.metadata.labels.clone().unwrap_or_default();
        self.lists.namespaces.insert(name, labels);
        self
    }

    /// Adds a volume.
    pub fn persistent_volume(&mut self, volume: &PersistentVolume) -> &mut Self {
        self.lists.storage.add_volume(volume);
        self
    }

    /// Adds a claim.
    pub fn claim(&mut self, claim: &PersistentVolumeClaim) -> &mut Self {
        self.lists.storage.add_claim(claim);
        self
    }

    /// Adds a class of volumes.
    pub fn storage_class(&mut self, class: &StorageClass) -> &mut Self {
        let mode = class.volume_binding_mode.clone();
        let class = StorageClass {
            metadata: ObjectMeta {
                creation_timestamp: class.metadata.creation_timestamp.clone(),
                ..storage::slim(&class.metadata)
            },
            // The server's default.
            volume_binding_mode: Some(mode.unwrap_or_else(|| "Immediate".to_owned())),
            ..class.clone()
        };
        let name = storage::name(&class.metadata).to_owned();
        self.lists.storage.classes.insert(name, class);
        self
    }

    /// Adds what CSI drivers say of a node.
    pub fn csi_node(&mut self, node: &CSINode) -> &mut Self {
        let node = CSINode {
            metadata: storage::slim(&node.metadata),
            ..node.clone()
        };
        let name = storage::name(&node.metadata).to_owned();
        self.lists.storage.csi_nodes.insert(name, node);
        self
    }

    /// Adds a CSI driver.
    pub fn csi_driver(&mut self, driver: &CSIDriver) -> &mut Self {
        let driver = CSIDriver {
            metadata: storage::slim(&driver.metadata),
            ..driver.clone()
        };
        let name = storage::name(&driver.metadata).to_owned();
        self.lists.storage.csi_drivers.insert(name, driver);
        self
    }

    /// Adds a capacity that a CSI driver reports.
    pub fn csi_storage_capacity(&mut self, capacity: &CSIStorageCapacity) -> &mut Self {
        let capacity = CSIStorageCapacity {
            metadata: storage::slim(&capacity.metadata),
            ..capacity.clone()
        };
        let metadata = &capacity.metadata;
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        let key = storage::key(namespace, storage::name(metadata));
        self.lists.storage.capacities.insert(key, capacity);
        self
    }

    /// Adds the attachment of a volume to a node.
    pub fn volume_attachment(&mut self, attachment: &VolumeAttachment) -> &mut Self {
        self.lists.storage.add_attachment(attachment);
        self
    }

    /// Adds a class of devices by the name of the extended resource that it stands for.
    pub fn device_class(&mut self, extended_resource: &str) -> &mut Self {
        let resource = extended_resource.to_owned();
        self.lists.device_classes.insert(resource, ());
        self
    }

    /// Notes that a list was given in full: what was not added does not exist.
    pub fn complete(&mut self, input: Input) -> &mut Self {
        match input {
            Input::Namespaces => self.lists.namespaces.complete(),
            Input::DeviceClasses => self.lists.device_classes.complete(),
            input => self.lists.storage.complete(input),
        }
        self
    }

    /// Notes that an object was looked up and does not exist.
    pub fn missing(&mut self, input: Input, namespace: &str, name: &str) -> &mut Self {
        let key = storage::key(namespace, name);
        match input {
            Input::Namespaces => self.lists.namespaces.set_missing(key),
            Input::DeviceClasses => self.lists.device_classes.set_missing(key),
            input => self.lists.storage.set_missing(input, key),
        }
        self
    }

    /// Returns the snapshot of what was added, and starts anew.
    pub fn build(&mut self) -> Snapshot {
        let mut lists = std::mem::take(&mut self.lists);
        let mut pods = std::mem::take(&mut self.pods);
        self.names.clear();
        lists.image_nodes = vec![0; lists.images.len()];
        let nodes = std::mem::take(&mut self.nodes)
            .into_values()
            .map(|mut node| {
                node.pods = Arc::new(pods.remove(node.name.as_str()).unwrap_or_default());
                for (image, _) in &node.images {
                    let at = usize::try_from(*image).ok();
                    if let Some(count) = at.and_then(|at| lists.image_nodes.get_mut(at)) {
                        *count = count.saturating_add(1);
                    }
                }
                Arc::new(node)
            });
        Snapshot {
            version: self.version,
            nodes: nodes.collect(),
            lists: Arc::new(lists),
        }
    }
}

/// The keys of labels of other Pods that a Pod's selectors look at.
fn selected_keys(pod: &Pod) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let Some(spec) = &pod.spec else {
        return keys;
    };
    for constraint in spec.topology_spread_constraints.iter().flatten() {
        if let Ok(selector) = OptionalSelector::of(constraint.label_selector.as_ref()) {
            keys.extend(selector.keys().map(str::to_owned));
        }
        keys.extend(constraint.match_label_keys.iter().flatten().cloned());
    }
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    for term in PodTerms::of(namespace, spec.affinity.as_ref()).all() {
        keys.extend(term.selector.keys().map(str::to_owned));
    }
    keys
}
