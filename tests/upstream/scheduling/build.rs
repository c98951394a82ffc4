//! A scene as the model reads it.

use k8s_openapi::api::core::v1::{Pod, Service};
use pod_model::KubernetesVersion;
use pod_model::scheduling::score::{DefaultSelector, Owner};
use pod_model::scheduling::{Input, Snapshot};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::cluster::Scene;

pub(crate) fn pod(scene: &Scene) -> Pod {
    read(&scene.pod)
}

fn read<T: DeserializeOwned>(value: &Value) -> T {
    serde_json::from_value(value.clone()).unwrap()
}

/// The snapshot of a cluster of which everything is known.
pub(crate) fn snapshot(scene: &Scene, version: KubernetesVersion) -> Snapshot {
    let mut builder = Snapshot::builder(version);
    for (kind, objects) in &scene.cluster {
        for object in objects {
            match *kind {
                "nodes" => builder.node(&read(object)),
                "pods" => builder.pod(&read(object)),
                "namespaces" => builder.namespace(&read(object)),
                "persistentVolumes" => builder.persistent_volume(&read(object)),
                "persistentVolumeClaims" => builder.claim(&read(object)),
                "storageClasses" => builder.storage_class(&read(object)),
                "csiNodes" => builder.csi_node(&read(object)),
                "csiDrivers" => builder.csi_driver(&read(object)),
                "csiStorageCapacities" => builder.csi_storage_capacity(&read(object)),
                "volumeAttachments" => builder.volume_attachment(&read(object)),
                _ => &mut builder,
            };
        }
    }
    for input in [
        Input::Namespaces,
        Input::PersistentVolumeClaims,
        Input::PersistentVolumes,
        Input::StorageClasses,
        Input::CsiNodes,
        Input::CsiDrivers,
        Input::CsiStorageCapacities,
        Input::VolumeAttachments,
        Input::DeviceClasses,
    ] {
        builder.complete(input);
    }
    builder.build()
}

/// The Pods that belong together with the scene's own.
pub(crate) fn default_selector(scene: &Scene) -> DefaultSelector {
    let pod = pod(scene);
    let first = |kind: &str| scene.cluster.get(kind).and_then(|list| list.first());
    let services: Vec<Service> = scene
        .cluster
        .get("services")
        .into_iter()
        .flatten()
        .map(read)
        .collect();
    let controller = first("replicationControllers").map(read);
    let replica_set = first("replicaSets").map(read);
    let stateful_set = first("statefulSets").map(read);
    let owner = controller.as_ref().map(Owner::ReplicationController);
    let owner = owner.or(replica_set.as_ref().map(Owner::ReplicaSet));
    let owner = owner.or(stateful_set.as_ref().map(Owner::StatefulSet));
    DefaultSelector::of(&pod, &services, owner)
}
