//! The lists of the cluster.

use k8s_openapi::Resource as _;
use k8s_openapi::api::core::v1::{
    ContainerImage, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod,
};
use k8s_openapi::api::resource::v1::DeviceClass;
use k8s_openapi::api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use pod_model::lookup::LookupType;
use pod_model::scheduling::{Input, SnapshotBuilder};

use super::files::add_device_class;
use super::known::Known;
use super::sink::{MOST, Once};
use super::wanted::Wanted;
use crate::cluster::{Cluster, ClusterError, Resource, Selection};
use crate::error::CommandError;
use crate::explain::lookup::reason;
use crate::explain::scheduling::trimmed::{TrimmedNode, TrimmedPod, Whole};

/// Pods that take something of a node, or wait for one that is nominated (`newPodInformer` in
/// pkg/scheduler/scheduler.go).
const NOT_ENDED: &str = "status.phase!=Succeeded,status.phase!=Failed";
/// Memory of a node or a Pod beside its labels, in bytes.
const BASE: usize = 256;

/// Lists of a cluster, which are added to a snapshot.
pub(super) struct Lists<'a> {
    pub cluster: &'a Cluster,
    pub builder: &'a mut SnapshotBuilder,
}

impl Lists<'_> {
    /// Lists the nodes, with the images that `is_kept` chooses.
    ///
    /// # Errors
    /// A cluster that cannot be reached.
    pub(super) async fn nodes(
        &mut self,
        is_kept: impl Fn(&ContainerImage) -> bool,
    ) -> Result<Known, CommandError> {
        let builder = &mut *self.builder;
        let mut sink = Once::new(|node: TrimmedNode| {
            let node = node.into_node(&is_kept);
            let labels = node.metadata.labels.iter().flatten();
            let text: usize = labels
                .map(|(key, value)| key.len() + value.len() + 64)
                .sum();
            builder.node(&node);
            BASE + text
        });
        let Some(resource) = Resource::built_in(Node::API_VERSION, Node::KIND) else {
            return Ok(Known::NotGiven);
        };
        let all = Selection::default();
        let listed = self.cluster.stream(&resource, "", &all, MOST, &mut sink);
        known(listed.await)
    }

    /// Lists the Pods that run on nodes, except those that the files have, and passes each on.
    ///
    /// # Errors
    /// A cluster that cannot be reached.
    pub(super) async fn pods(
        &mut self,
        is_given: impl Fn(&Pod) -> bool,
        mut pass_on: impl FnMut(Pod),
    ) -> Result<Known, CommandError> {
        let builder = &mut *self.builder;
        let mut sink = Once::new(|pod: TrimmedPod| {
            let pod = pod.into_pod("");
            if !is_given(&pod) {
                builder.pod(&pod);
                pass_on(pod);
            }
            BASE / 4
        });
        let Some(resource) = Resource::built_in(Pod::API_VERSION, Pod::KIND) else {
            return Ok(Known::NotGiven);
        };
        let not_ended = Selection {
            labels: None,
            fields: Some(NOT_ENDED.to_owned()),
        };
        let listed = self
            .cluster
            .stream(&resource, "", &not_ended, MOST, &mut sink);
        known(listed.await)
    }

    /// Lists the namespaces and what the targets' volumes and devices need, except the kinds of
    /// which the files have some. Returns a line for each list that is not known.
    ///
    /// # Errors
    /// A cluster that cannot be reached.
    pub(super) async fn others(
        &mut self,
        wanted: Wanted,
        is_given: impl Fn(Input) -> bool,
    ) -> Result<Vec<String>, CommandError> {
        let mut unread = Vec::new();
        macro_rules! list {
            ($($is_wanted:expr => $kind:ty, $input:ident, |$builder:ident, $object:ident| $add:expr;)+) => {$(
                if $is_wanted && !is_given(Input::$input) {
                    let known = self.whole::<$kind>(|$builder, $object| { $add; }).await?;
                    if known.is_known() {
                        self.builder.complete(Input::$input);
                    } else if let Some(why) = known.reason() {
                        unread.push(line::<$kind>(why));
                    }
                }
            )+};
        }
        list! {
            true => Namespace, Namespaces, |builder, own| builder.namespace(&own);
            wanted.volumes => PersistentVolumeClaim, PersistentVolumeClaims, |builder, own| builder.claim(&own);
            wanted.volumes => PersistentVolume, PersistentVolumes, |builder, own| builder.persistent_volume(&own);
            wanted.volumes => StorageClass, StorageClasses, |builder, own| builder.storage_class(&own);
            wanted.volumes => CSINode, CsiNodes, |builder, own| builder.csi_node(&own);
            wanted.volumes => CSIDriver, CsiDrivers, |builder, own| builder.csi_driver(&own);
            wanted.volumes => CSIStorageCapacity, CsiStorageCapacities, |builder, own| builder.csi_storage_capacity(&own);
            wanted.volumes => VolumeAttachment, VolumeAttachments, |builder, own| builder.volume_attachment(&own);
            wanted.device_classes => DeviceClass, DeviceClasses, |builder, own| add_device_class(builder, &own);
        }
        Ok(unread)
    }

    async fn whole<K: LookupType>(
        &mut self,
        mut add: impl FnMut(&mut SnapshotBuilder, K),
    ) -> Result<Known, CommandError> {
        let builder = &mut *self.builder;
        let mut sink = Once::new(|Whole(object): Whole<K>| {
            add(builder, object);
            BASE
        });
        let Some(resource) = Resource::built_in(K::API_VERSION, K::KIND) else {
            return Ok(Known::NotGiven);
        };
        let all = Selection::default();
        let listed = self.cluster.stream(&resource, "", &all, MOST, &mut sink);
        known(listed.await)
    }
}

/// Returns the line about a list that is not known.
fn line<K: LookupType>(why: &str) -> String {
    let plural = Resource::built_in(K::API_VERSION, K::KIND);
    let plural = plural.map_or_else(|| K::KIND.to_owned(), |own| own.qualified());
    format!("list {plural}: {why}")
}

/// Returns whether a list is known.
///
/// # Errors
/// A cluster that cannot be reached.
fn known(listed: Result<(), ClusterError>) -> Result<Known, CommandError> {
    match listed {
        Ok(()) => Ok(Known::Cluster),
        Err(error) if error.code() == Some(403) => Ok(Known::Forbidden),
        Err(error) if error.is_about_connection() => Err(error.into()),
        Err(error) => Ok(Known::Failed(reason(&error))),
    }
}
