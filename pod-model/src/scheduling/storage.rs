//! Volumes, claims, classes and drivers of a cluster, as far as they are known.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim};
use k8s_openapi::api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;

/// A list that a snapshot may hold in full.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Input {
    /// Namespaces.
    Namespaces,
    /// Claims of volumes, of all namespaces.
    PersistentVolumeClaims,
    /// Volumes.
    PersistentVolumes,
    /// Classes of volumes.
    StorageClasses,
    /// Statements of CSI drivers about each node.
    CsiNodes,
    /// CSI drivers.
    CsiDrivers,
    /// Capacities that CSI drivers report.
    CsiStorageCapacities,
    /// Volumes that are attached to nodes.
    VolumeAttachments,
    /// Classes of devices, by the extended resource that they stand for.
    DeviceClasses,
}

impl Input {
    /// Returns the kind, for messages.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Namespaces => "Namespace",
            Self::PersistentVolumeClaims => "PersistentVolumeClaim",
            Self::PersistentVolumes => "PersistentVolume",
            Self::StorageClasses => "StorageClass",
            Self::CsiNodes => "CSINode",
            Self::CsiDrivers => "CSIDriver",
            Self::CsiStorageCapacities => "CSIStorageCapacity",
            Self::VolumeAttachments => "VolumeAttachment",
            Self::DeviceClasses => "DeviceClass",
        }
    }

    /// Returns the plural of the kind, for messages.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Namespaces => "Namespaces",
            Self::PersistentVolumeClaims => "PersistentVolumeClaims",
            Self::PersistentVolumes => "PersistentVolumes",
            Self::StorageClasses => "StorageClasses",
            Self::CsiNodes => "CSINodes",
            Self::CsiDrivers => "CSIDrivers",
            Self::CsiStorageCapacities => "CSIStorageCapacities",
            Self::VolumeAttachments => "VolumeAttachments",
            Self::DeviceClasses => "DeviceClasses",
        }
    }
}

/// An input that is not known, where a plugin needs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Unknown(pub(super) String);

impl Unknown {
    /// A whole list is not known.
    pub(super) fn list(input: Input) -> Self {
        Self(format!("the cluster's {} are not known", input.name()))
    }
}

/// Objects of a kind that are known.
#[derive(Clone, Debug)]
pub(super) struct Known<T> {
    objects: BTreeMap<String, T>,
    missing: BTreeSet<String>,
    is_complete: bool,
}

impl<T> Default for Known<T> {
    fn default() -> Self {
        Self {
            objects: BTreeMap::new(),
            missing: BTreeSet::new(),
            is_complete: false,
        }
    }
}

impl<T> Known<T> {
    /// Adds an object.
    pub(super) fn insert(&mut self, key: String, object: T) {
        self.objects.insert(key, object);
    }

    /// Notes that an object does not exist.
    pub(super) fn set_missing(&mut self, key: String) {
        self.missing.insert(key);
    }

    /// Notes that all objects were added.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
    }

    /// Returns whether all objects are known.
    pub(super) fn is_complete(&self) -> bool {
        self.is_complete
    }

    /// Returns an object, or `None` if it does not exist.
    ///
    /// # Errors
    /// It is not known whether it exists.
    pub(super) fn get(&self, input: Input, key: &str) -> Result<Option<&T>, Unknown> {
        match self.objects.get(key) {
            Some(object) => Ok(Some(object)),
            None if self.is_complete || self.missing.contains(key) => Ok(None),
            None => {
                let kind = input.kind();
                Err(Unknown(format!("the {kind} `{key}` is not known")))
            }
        }
    }

    /// Returns all objects.
    ///
    /// # Errors
    /// Not all are known.
    pub(super) fn all(&self, input: Input) -> Result<impl Iterator<Item = &T>, Unknown> {
        if self.is_complete {
            Ok(self.objects.values())
        } else {
            Err(Unknown::list(input))
        }
    }

    /// Returns the objects that are known, with their keys.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&String, &T)> {
        self.objects.iter()
    }
}

/// Returns the key of an object with a namespace.
pub(super) fn key(namespace: &str, name: &str) -> String {
    if namespace.is_empty() {
        name.to_owned()
    } else {
        format!("{namespace}/{name}")
    }
}

/// Everything about storage.
#[derive(Clone, Debug, Default)]
pub(super) struct Storage {
    pub(super) claims: Known<PersistentVolumeClaim>,
    pub(super) volumes: Known<PersistentVolume>,
    pub(super) classes: Known<StorageClass>,
    pub(super) csi_nodes: Known<CSINode>,
    pub(super) csi_drivers: Known<CSIDriver>,
    pub(super) capacities: Known<CSIStorageCapacity>,
    /// The attachments by their node.
    pub(super) attachments: Known<Vec<VolumeAttachment>>,
}

impl Storage {
    /// Adds a claim.
    pub(super) fn add_claim(&mut self, claim: &PersistentVolumeClaim) {
        let metadata = &claim.metadata;
        let namespace = metadata.namespace.as_deref().unwrap_or_default();
        let claim = PersistentVolumeClaim {
            metadata: slim(metadata),
            ..claim.clone()
        };
        self.claims.insert(key(namespace, name(metadata)), claim);
    }

    /// Adds a volume.
    pub(super) fn add_volume(&mut self, volume: &PersistentVolume) {
        let volume = PersistentVolume {
            metadata: slim(&volume.metadata),
            ..volume.clone()
        };
        let name = name(&volume.metadata).to_owned();
        self.volumes.insert(name, volume);
    }

    /// Adds an attachment.
    pub(super) fn add_attachment(&mut self, attachment: &VolumeAttachment) {
        let node = &attachment.spec.node_name;
        let attachment = VolumeAttachment {
            metadata: slim(&attachment.metadata),
            ..attachment.clone()
        };
        let of_node = self.attachments.objects.entry(node.clone());
        of_node.or_default().push(attachment);
    }

    /// Returns the name of the class that claims get which name none, or `None` if there is no
    /// such class. Of several it is the newest; one without a time of creation is only about to be
    /// created. Upstream: `GetDefaultClass` (pkg/volume/util/storageclass.go).
    pub(super) fn default_class(&self) -> Result<Option<&str>, Unknown> {
        const DEFAULT: [&str; 2] = [
            "storageclass.kubernetes.io/is-default-class",
            "storageclass.beta.kubernetes.io/is-default-class",
        ];
        let classes = self.classes.all(Input::StorageClasses)?;
        let defaults = classes.filter(|class| {
            let annotations = class.metadata.annotations.iter().flatten();
            { annotations }.any(|(key, value)| DEFAULT.contains(&key.as_str()) && value == "true")
        });
        let newest = defaults.min_by_key(|class| {
            let created = class.metadata.creation_timestamp.as_ref();
            let created = created.map(|time| std::cmp::Reverse(time.0));
            (created, name(&class.metadata))
        });
        Ok(newest.map(|class| name(&class.metadata)))
    }

    /// Notes that a list was given in full.
    pub(super) fn complete(&mut self, input: Input) {
        match input {
            Input::PersistentVolumeClaims => self.claims.complete(),
            Input::PersistentVolumes => self.volumes.complete(),
            Input::StorageClasses => self.classes.complete(),
            Input::CsiNodes => self.csi_nodes.complete(),
            Input::CsiDrivers => self.csi_drivers.complete(),
            Input::CsiStorageCapacities => self.capacities.complete(),
            Input::VolumeAttachments => self.attachments.complete(),
            Input::Namespaces | Input::DeviceClasses => {}
        }
    }

    /// Notes that an object does not exist.
    pub(super) fn set_missing(&mut self, input: Input, key: String) {
        match input {
            Input::PersistentVolumeClaims => self.claims.set_missing(key),
            Input::PersistentVolumes => self.volumes.set_missing(key),
            Input::StorageClasses => self.classes.set_missing(key),
            Input::CsiNodes => self.csi_nodes.set_missing(key),
            Input::CsiDrivers => self.csi_drivers.set_missing(key),
            Input::CsiStorageCapacities => self.capacities.set_missing(key),
            Input::VolumeAttachments => self.attachments.set_missing(key),
            Input::Namespaces | Input::DeviceClasses => {}
        }
    }
}

/// Returns the name of an object.
pub(super) fn name(metadata: &ObjectMeta) -> &str {
    metadata.name.as_deref().unwrap_or_default()
}

/// Returns an object's metadata without who changed it when, which can be most of it.
pub(super) fn slim(metadata: &ObjectMeta) -> ObjectMeta {
    let mut annotations = metadata.annotations.clone();
    if let Some(annotations) = &mut annotations {
        annotations.remove("kubectl.kubernetes.io/last-applied-configuration");
    }
    ObjectMeta {
        name: metadata.name.clone(),
        namespace: metadata.namespace.clone(),
        uid: metadata.uid.clone(),
        labels: metadata.labels.clone(),
        annotations,
        deletion_timestamp: metadata.deletion_timestamp.clone(),
        owner_references: metadata.owner_references.clone(),
        ..ObjectMeta::default()
    }
}
