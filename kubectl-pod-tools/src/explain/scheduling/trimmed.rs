//! Pods and nodes without the fields that the scheduler does not look at: a cluster has many
//! of them, and most of their text is of no use here.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;

use k8s_openapi::api::core::v1::{
    AWSElasticBlockStoreVolumeSource, Affinity, CSIVolumeSource, Container, ContainerImage,
    ContainerPort, ContainerStatus, EphemeralVolumeSource, GCEPersistentDiskVolumeSource,
    ISCSIVolumeSource, Node, NodeFeatures, NodeRuntimeHandler, NodeSpec, NodeStatus,
    NodeSystemInfo, PersistentVolumeClaimVolumeSource, Pod, PodCondition, PodResourceClaim,
    PodSpec, PodStatus, RBDVolumeSource, ResourceRequirements, Volume,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::{ObjectMeta, OwnerReference, Time};
use pod_model::lookup::LookupType;
use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use crate::cluster::{ItemIdentity, StreamItem};

type Quantities = Option<BTreeMap<String, Quantity>>;

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    name: Option<String>,
    namespace: Option<String>,
    uid: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    owner_references: Option<Vec<OwnerReference>>,
    deletion_timestamp: Option<Time>,
}

/// A value that has to be an object: a derived type takes an array as well, field by field.
struct Object<T>(T);

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Object<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ObjectVisitor(PhantomData))
    }
}

struct ObjectVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectVisitor<T> {
    type Value = Object<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Object)
    }
}

fn object<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let object = Option::<Object<T>>::deserialize(deserializer)?;
    Ok(object.map(|object| object.0))
}

fn objects<'de, D, T>(deserializer: D) -> Result<Option<Vec<T>>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    let objects = Option::<Vec<Object<T>>>::deserialize(deserializer)?;
    Ok(objects.map(|all| all.into_iter().map(|object| object.0).collect()))
}

/// A Pod with the fields that count for other Pods.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TrimmedPod {
    api_version: Option<String>,
    kind: Option<String>,
    #[serde(deserialize_with = "object")]
    metadata: Option<Metadata>,
    #[serde(deserialize_with = "object")]
    spec: Option<TrimmedSpec>,
    #[serde(deserialize_with = "object")]
    status: Option<TrimmedStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedSpec {
    node_name: Option<String>,
    #[serde(deserialize_with = "objects")]
    containers: Option<Vec<TrimmedContainer>>,
    #[serde(deserialize_with = "objects")]
    init_containers: Option<Vec<TrimmedContainer>>,
    overhead: Quantities,
    resources: Option<ResourceRequirements>,
    resource_claims: Option<Vec<PodResourceClaim>>,
    affinity: Option<Affinity>,
    #[serde(deserialize_with = "objects")]
    volumes: Option<Vec<TrimmedVolume>>,
    host_network: Option<bool>,
    priority: Option<i32>,
    priority_class_name: Option<String>,
    preemption_policy: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedContainer {
    name: Option<String>,
    ports: Option<Vec<ContainerPort>>,
    resources: Option<ResourceRequirements>,
    restart_policy: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedVolume {
    name: Option<String>,
    aws_elastic_block_store: Option<AWSElasticBlockStoreVolumeSource>,
    csi: Option<CSIVolumeSource>,
    ephemeral: Option<EphemeralVolumeSource>,
    gce_persistent_disk: Option<GCEPersistentDiskVolumeSource>,
    iscsi: Option<ISCSIVolumeSource>,
    persistent_volume_claim: Option<PersistentVolumeClaimVolumeSource>,
    rbd: Option<RBDVolumeSource>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedStatus {
    phase: Option<String>,
    nominated_node_name: Option<String>,
    resize: Option<String>,
    allocated_resources: Quantities,
    resources: Option<ResourceRequirements>,
    conditions: Option<Vec<PodCondition>>,
    #[serde(deserialize_with = "objects")]
    container_statuses: Option<Vec<TrimmedContainerStatus>>,
    #[serde(deserialize_with = "objects")]
    init_container_statuses: Option<Vec<TrimmedContainerStatus>>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedContainerStatus {
    name: Option<String>,
    allocated_resources: Quantities,
    resources: Option<ResourceRequirements>,
}

impl StreamItem for TrimmedPod {
    fn identity(&self) -> ItemIdentity<'_> {
        identity(
            self.api_version.as_deref(),
            self.kind.as_deref(),
            self.metadata.as_ref(),
        )
    }
}

impl TrimmedPod {
    /// Returns the name of its node, or `None` if it has none.
    pub(super) fn node_name(&self) -> Option<&str> {
        let name = self.spec.as_ref()?.node_name.as_deref();
        name.filter(|name| !name.is_empty())
    }

    /// Returns the API's type, with a namespace if it names none.
    pub(super) fn into_pod(self, namespace: &str) -> Pod {
        let mut metadata = metadata(self.metadata);
        metadata
            .namespace
            .get_or_insert_with(|| namespace.to_owned());
        Pod {
            metadata,
            spec: self.spec.map(TrimmedSpec::into_spec),
            status: self.status.map(TrimmedStatus::into_status),
        }
    }
}

impl TrimmedSpec {
    fn into_spec(self) -> PodSpec {
        let containers = |all: Vec<TrimmedContainer>| {
            all.into_iter()
                .map(TrimmedContainer::into_container)
                .collect()
        };
        let volumes = self.volumes.into_iter().flatten();
        let volumes = volumes.filter_map(TrimmedVolume::into_volume);
        PodSpec {
            node_name: self.node_name,
            containers: containers(self.containers.unwrap_or_default()),
            init_containers: self.init_containers.map(containers),
            overhead: self.overhead,
            resources: self.resources,
            resource_claims: self.resource_claims,
            affinity: self.affinity,
            volumes: Some(volumes.collect::<Vec<_>>()).filter(|all| !all.is_empty()),
            host_network: self.host_network,
            priority: self.priority,
            priority_class_name: self.priority_class_name,
            preemption_policy: self.preemption_policy,
            ..PodSpec::default()
        }
    }
}

impl TrimmedContainer {
    fn into_container(self) -> Container {
        Container {
            name: self.name.unwrap_or_default(),
            ports: self.ports,
            resources: self.resources,
            restart_policy: self.restart_policy,
            ..Container::default()
        }
    }
}

impl TrimmedVolume {
    /// Returns the volume if the scheduler looks at its kind.
    fn into_volume(self) -> Option<Volume> {
        let volume = Volume {
            name: self.name.unwrap_or_default(),
            aws_elastic_block_store: self.aws_elastic_block_store,
            csi: self.csi,
            ephemeral: self.ephemeral,
            gce_persistent_disk: self.gce_persistent_disk,
            iscsi: self.iscsi,
            persistent_volume_claim: self.persistent_volume_claim,
            rbd: self.rbd,
            ..Volume::default()
        };
        let is_looked_at = volume.aws_elastic_block_store.is_some()
            || volume.csi.is_some()
            || volume.ephemeral.is_some()
            || volume.gce_persistent_disk.is_some()
            || volume.iscsi.is_some()
            || volume.persistent_volume_claim.is_some()
            || volume.rbd.is_some();
        is_looked_at.then_some(volume)
    }
}

impl TrimmedStatus {
    fn into_status(self) -> PodStatus {
        let statuses = |all: Vec<TrimmedContainerStatus>| {
            let own = all.into_iter().map(|own| ContainerStatus {
                name: own.name.unwrap_or_default(),
                allocated_resources: own.allocated_resources,
                resources: own.resources,
                ..ContainerStatus::default()
            });
            own.collect()
        };
        PodStatus {
            phase: self.phase,
            nominated_node_name: self.nominated_node_name,
            resize: self.resize,
            allocated_resources: self.allocated_resources,
            resources: self.resources,
            conditions: self.conditions,
            container_statuses: self.container_statuses.map(statuses),
            init_container_statuses: self.init_container_statuses.map(statuses),
            ..PodStatus::default()
        }
    }
}

/// A node with the fields that count for Pods.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct TrimmedNode {
    api_version: Option<String>,
    kind: Option<String>,
    #[serde(deserialize_with = "object")]
    metadata: Option<Metadata>,
    spec: Option<NodeSpec>,
    #[serde(deserialize_with = "object")]
    status: Option<TrimmedNodeStatus>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TrimmedNodeStatus {
    allocatable: Quantities,
    capacity: Quantities,
    declared_features: Option<Vec<String>>,
    features: Option<NodeFeatures>,
    images: Option<Vec<ContainerImage>>,
    node_info: Option<NodeSystemInfo>,
    runtime_handlers: Option<Vec<NodeRuntimeHandler>>,
}

impl StreamItem for TrimmedNode {
    fn identity(&self) -> ItemIdentity<'_> {
        identity(
            self.api_version.as_deref(),
            self.kind.as_deref(),
            self.metadata.as_ref(),
        )
    }
}

impl TrimmedNode {
    /// Returns the API's type, with the images that `is_kept` chooses.
    pub(super) fn into_node(self, is_kept: impl Fn(&ContainerImage) -> bool) -> Node {
        let status = self.status.map(|own| NodeStatus {
            allocatable: own.allocatable,
            capacity: own.capacity,
            declared_features: own.declared_features,
            features: own.features,
            images: own
                .images
                .map(|all| all.into_iter().filter(is_kept).collect()),
            node_info: own.node_info,
            runtime_handlers: own.runtime_handlers,
            ..NodeStatus::default()
        });
        Node {
            metadata: metadata(self.metadata),
            spec: self.spec,
            status,
        }
    }
}

fn identity<'a>(
    api_version: Option<&'a str>,
    kind: Option<&'a str>,
    metadata: Option<&'a Metadata>,
) -> ItemIdentity<'a> {
    let text = |own: Option<&'a Option<String>>| own.and_then(Option::as_deref).unwrap_or_default();
    ItemIdentity {
        api_version,
        kind,
        namespace: text(metadata.map(|own| &own.namespace)),
        name: text(metadata.map(|own| &own.name)),
    }
}

fn metadata(own: Option<Metadata>) -> ObjectMeta {
    let own = own.unwrap_or_default();
    ObjectMeta {
        name: own.name,
        namespace: own.namespace,
        uid: own.uid,
        labels: own.labels,
        owner_references: own.owner_references,
        deletion_timestamp: own.deletion_timestamp,
        ..ObjectMeta::default()
    }
}

/// An object of a kind of which a cluster has few.
#[derive(Debug)]
pub(super) struct Whole<K>(pub K);

impl<'de, K: LookupType> Deserialize<'de> for Whole<K> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        K::deserialize(deserializer).map(Self)
    }
}

impl<K: LookupType> StreamItem for Whole<K> {
    // Its deserializer has compared the kind.
    fn identity(&self) -> ItemIdentity<'_> {
        let metadata = self.0.metadata();
        ItemIdentity {
            api_version: None,
            kind: None,
            namespace: metadata.namespace.as_deref().unwrap_or_default(),
            name: metadata.name.as_deref().unwrap_or_default(),
        }
    }
}
