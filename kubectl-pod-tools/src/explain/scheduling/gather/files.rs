//! The objects of files that all targets share.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::Resource as _;
use k8s_openapi::api::core::v1::{Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod};
use k8s_openapi::api::resource::v1::DeviceClass;
use k8s_openapi::api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use pod_model::scheduling::{Input, SnapshotBuilder};
use pod_model::{DecodeError, Document, FieldPath, Kind, KubernetesVersion, defaults};

use crate::explain::scheduling::fields;
use crate::explain::stored::{is_written, named_node};
use crate::targets::{Candidate, template_path};

/// An object of a file that the targets share.
pub(super) enum Shared {
    Node(Box<Node>),
    Pod(Box<Pod>),
    /// A manifest of one with a node, with all its fields.
    Manifest(Box<Pod>),
    Namespace(Namespace),
    Claim(PersistentVolumeClaim),
    Volume(PersistentVolume),
    StorageClass(StorageClass),
    CsiNode(CSINode),
    CsiDriver(CSIDriver),
    Capacity(CSIStorageCapacity),
    Attachment(VolumeAttachment),
    DeviceClass(DeviceClass),
}

/// Objects that cannot be decoded.
#[derive(Clone, Copy, Default)]
pub(super) struct Broken {
    /// Pods on nodes.
    pub pods: bool,
    pub others: bool,
}

/// The objects of some candidates.
#[derive(Default)]
pub(super) struct FileObjects {
    pub shared: Vec<Shared>,
    /// The kinds of those, with their files; true for items of Lists.
    pub inputs: BTreeSet<(Input, bool, Arc<str>)>,
    /// Pods for which the scheduler evicts Pods of a node.
    pub nominated: Vec<Pod>,
    /// The candidates that have a target or something invalid.
    pub remaining: Vec<Candidate>,
    /// The files with a target that does not run on a node.
    pub unbound_in: BTreeSet<Arc<str>>,
    /// The files with nodes.
    pub nodes_in: BTreeSet<Arc<str>>,
    /// Number of manifests of Pods with a node outside of Lists.
    pub manifests: usize,
    /// The files with other Pods on nodes outside of Lists, with their numbers.
    pub singles_in: BTreeMap<Arc<str>, usize>,
    /// True if a `NodeList` says that there are no nodes.
    pub has_no_nodes: bool,
    /// True if a `PodList` says that there are no Pods.
    pub has_no_pods: bool,
    /// The namespaces and names of DaemonSets.
    pub daemon_sets: Vec<(Option<String>, String)>,
    /// Objects that cannot be decoded: the findings of the input say why.
    pub broken: Broken,
}

impl FileObjects {
    /// Notes that a list of a kind has no items.
    fn add_empty(&mut self, api_version: &str, kind: &str, file: &Arc<str>) {
        if let Some(input) = input_of(api_version, kind) {
            self.inputs.insert((input, true, Arc::clone(file)));
        }
        let is = |of: (&str, &str)| of == (api_version, kind);
        if is((Node::API_VERSION, Node::KIND)) {
            self.has_no_nodes = true;
            self.nodes_in.insert(Arc::clone(file));
        }
        self.has_no_pods |= is((Pod::API_VERSION, Pod::KIND));
    }

    /// Reads a candidate of the files.
    pub(super) fn add(&mut self, candidate: &Candidate) {
        let documents = match candidate {
            Candidate::Live(_) => {
                self.remaining.push(candidate.clone());
                return;
            }
            Candidate::Document(document) => std::slice::from_ref(document).to_vec(),
            Candidate::Piece(pieces, at) => {
                let read = pieces.read(*at);
                if !read.errors.is_empty() {
                    self.broken.others = true;
                    self.remaining.push(candidate.clone());
                    return;
                }
                if let Some((api_version, kind)) = &read.empty_list {
                    self.add_empty(api_version, kind, read.source.name());
                }
                read.documents
            }
        };
        let mut is_needed = false;
        for document in documents {
            let key = (document.api_version(), document.kind());
            let (Some(api_version), Some(kind)) = key else {
                is_needed = true;
                continue;
            };
            match shared(&document, api_version, kind) {
                Ok(Some(Shared::Pod(pod))) if pod.spec.as_ref().and_then(named_node).is_none() => {
                    if is_nominated(&pod) {
                        self.nominated.push(*pod);
                    }
                    self.unbound_in.insert(Arc::clone(document.source().name()));
                    is_needed = true;
                }
                Ok(Some(mut own)) => {
                    if let Some(input) = own.input() {
                        let file = Arc::clone(document.source().name());
                        self.inputs.insert((input, !is_single(&document), file));
                    }
                    if matches!(own, Shared::Node(_)) {
                        self.nodes_in.insert(Arc::clone(document.source().name()));
                    }
                    if let Shared::Pod(pod) = &own
                        && is_single(&document)
                    {
                        if is_written(&pod.metadata, pod.status.as_ref()) {
                            self.manifests += 1;
                            if let Ok(whole) = document.decode() {
                                own = Shared::Manifest(Box::new(whole));
                            }
                        } else {
                            let file = Arc::clone(document.source().name());
                            *self.singles_in.entry(file).or_default() += 1;
                        }
                        is_needed = true;
                    }
                    self.shared.push(own);
                }
                Ok(None) => {
                    if let ("DaemonSet", Some(name)) = (kind, document.name()) {
                        let namespace = document.namespace().map(str::to_owned);
                        self.daemon_sets.push((namespace, name.to_owned()));
                    }
                    if template_path(&document).is_some() {
                        self.unbound_in.insert(Arc::clone(document.source().name()));
                    }
                    is_needed = true;
                }
                // A Pod without a node is in nobody's way.
                Err(_) if (api_version, kind) == (Pod::API_VERSION, Pod::KIND) => {
                    is_needed = true;
                    self.broken.pods |= may_take_room(&document);
                }
                Err(_) => {
                    is_needed = true;
                    self.broken.others = true;
                }
            }
        }
        if is_needed {
            self.remaining.push(candidate.clone());
        }
    }
}

/// Returns the list that objects of a kind are of, or `None` for nodes, Pods and all others.
fn input_of(api_version: &str, kind: &str) -> Option<Input> {
    macro_rules! find {
        ($($kind:ty => $input:ident,)+) => {
            $(if (<$kind>::API_VERSION, <$kind>::KIND) == (api_version, kind) {
                return Some(Input::$input);
            })+
        };
    }
    find! {
        Namespace => Namespaces,
        PersistentVolumeClaim => PersistentVolumeClaims,
        PersistentVolume => PersistentVolumes,
        StorageClass => StorageClasses,
        CSINode => CsiNodes,
        CSIDriver => CsiDrivers,
        CSIStorageCapacity => CsiStorageCapacities,
        VolumeAttachment => VolumeAttachments,
        DeviceClass => DeviceClasses,
    }
    None
}

/// Returns whether a Pod that cannot be read may take room on a node.
fn may_take_room(document: &Document) -> bool {
    let text = |path: &str| document.decode_at::<String>(&FieldPath::parse(path));
    if let Ok(Some("Succeeded" | "Failed")) = text("status.phase").as_ref().map(Option::as_deref) {
        return false;
    }
    // A name that is no text is one all the same.
    let is_named = |path: &str| {
        let name = text(path);
        name.map_or(true, |own| own.is_some_and(|name| !name.is_empty()))
    };
    let spec = document.find(&FieldPath::parse("spec"));
    let has_spec =
        spec.is_some_and(|own| matches!(document.tree().kind(own.node), Kind::Mapping(_)));
    !has_spec || is_named("spec.nodeName") || is_named("status.nominatedNodeName")
}

/// Returns whether the scheduler evicts Pods of a node for a Pod.
fn is_nominated(pod: &Pod) -> bool {
    let name = pod.status.as_ref();
    let name = name.and_then(|own| own.nominated_node_name.as_deref());
    name.is_some_and(|name| !name.is_empty())
}

/// Returns whether an object is no item of a List: `kubectl get` writes one object so.
pub(super) fn is_single(document: &Document) -> bool {
    document.base().parent().is_none()
}

/// Decodes an object that the targets share, or returns `None` if it is of another kind.
fn shared(
    document: &Document,
    api_version: &str,
    kind: &str,
) -> Result<Option<Shared>, DecodeError> {
    let is = |of: (&str, &str)| of == (api_version, kind);
    macro_rules! decode {
        ($($kind:ty => $variant:ident,)+) => {
            $(if is((<$kind>::API_VERSION, <$kind>::KIND)) {
                return document.decode().map(Shared::$variant).map(Some);
            })+
        };
    }
    if is((Pod::API_VERSION, Pod::KIND)) {
        let pod = document.decode_fields(fields::POD)?;
        return Ok(Some(Shared::Pod(Box::new(pod))));
    }
    if is((Node::API_VERSION, Node::KIND)) {
        let node = document.decode_fields(fields::NODE)?;
        return Ok(Some(Shared::Node(Box::new(node))));
    }
    decode! {
        Namespace => Namespace,
        PersistentVolumeClaim => Claim,
        PersistentVolume => Volume,
        StorageClass => StorageClass,
        CSINode => CsiNode,
        CSIDriver => CsiDriver,
        CSIStorageCapacity => Capacity,
        VolumeAttachment => Attachment,
        DeviceClass => DeviceClass,
    }
    Ok(None)
}

/// Adds the extended resources that a device class stands for: the one that it names, and one by
/// its own name (`ResourceDeviceClassPrefix` in k8s.io/api/resource/v1).
pub(super) fn add_device_class(builder: &mut SnapshotBuilder, class: &DeviceClass) {
    let spec = class.spec.as_ref();
    if let Some(name) = spec.and_then(|own| own.extended_resource_name.as_ref()) {
        builder.device_class(name);
    }
    let name = class.metadata.name.as_deref().unwrap_or_default();
    builder.device_class(&format!("deviceclass.resource.kubernetes.io/{name}"));
}

impl Shared {
    /// Returns the list that it is one of, or `None` for nodes and Pods.
    pub(super) fn input(&self) -> Option<Input> {
        Some(match self {
            Self::Node(_) | Self::Pod(_) | Self::Manifest(_) => return None,
            Self::Namespace(_) => Input::Namespaces,
            Self::Claim(_) => Input::PersistentVolumeClaims,
            Self::Volume(_) => Input::PersistentVolumes,
            Self::StorageClass(_) => Input::StorageClasses,
            Self::CsiNode(_) => Input::CsiNodes,
            Self::CsiDriver(_) => Input::CsiDrivers,
            Self::Capacity(_) => Input::CsiStorageCapacities,
            Self::Attachment(_) => Input::VolumeAttachments,
            Self::DeviceClass(_) => Input::DeviceClasses,
        })
    }

    /// Returns its namespace and name.
    pub(super) fn identity(&self) -> (Option<&str>, Option<&str>) {
        let metadata = match self {
            Self::Node(own) => &own.metadata,
            Self::Pod(own) | Self::Manifest(own) => &own.metadata,
            Self::Namespace(own) => &own.metadata,
            Self::Claim(own) => &own.metadata,
            Self::Volume(own) => &own.metadata,
            Self::StorageClass(own) => &own.metadata,
            Self::CsiNode(own) => &own.metadata,
            Self::CsiDriver(own) => &own.metadata,
            Self::Capacity(own) => &own.metadata,
            Self::Attachment(own) => &own.metadata,
            Self::DeviceClass(own) => &own.metadata,
        };
        (metadata.namespace.as_deref(), metadata.name.as_deref())
    }

    /// Adds it to a snapshot, unless it is a node or a Pod; `namespace` is that of objects that name
    /// none.
    pub(super) fn add_to(self, builder: &mut SnapshotBuilder, namespace: &str) {
        match self {
            Self::Node(_) | Self::Pod(_) | Self::Manifest(_) => builder,
            Self::Namespace(own) => builder.namespace(&own),
            Self::Claim(mut own) => {
                let name = || namespace.to_owned();
                own.metadata.namespace.get_or_insert_with(name);
                builder.claim(&own)
            }
            Self::Volume(own) => builder.persistent_volume(&own),
            Self::StorageClass(own) => builder.storage_class(&own),
            Self::CsiNode(own) => builder.csi_node(&own),
            Self::CsiDriver(own) => builder.csi_driver(&own),
            Self::Capacity(own) => builder.csi_storage_capacity(&own),
            Self::Attachment(own) => builder.volume_attachment(&own),
            Self::DeviceClass(own) => {
                add_device_class(builder, &own);
                builder
            }
        };
    }
}

/// Returns a Pod as a server has it; `namespace` is that of one that names none.
pub(super) fn as_stored(mut pod: Pod, namespace: &str, version: KubernetesVersion) -> Pod {
    let name = || namespace.to_owned();
    pod.metadata.namespace.get_or_insert_with(name);
    if pod.metadata.uid.is_none() {
        // A Pod that no server has stored has no requests from its limits yet.
        defaults::created_pod(&mut pod, version);
    }
    pod
}
