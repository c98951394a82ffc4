//! The lists of the cluster.

use k8s_openapi::Resource as _;
use k8s_openapi::api::core::v1::{
    ContainerImage, Namespace, Node, PersistentVolume, PersistentVolumeClaim, Pod,
};
use k8s_openapi::api::resource::v1::DeviceClass;
use k8s_openapi::api::storage::v1::{
    CSIDriver, CSINode, CSIStorageCapacity, StorageClass, VolumeAttachment,
};
use pod_model::scheduling::{Input, SnapshotBuilder};
use pod_model::{DecodeError, Fields, PartialObject};

use super::files::add_device_class;
use super::known::Known;
use super::sink::{MOST, Once, Take};
use super::wanted::Wanted;
use crate::cluster::{Cluster, ClusterError, Resource, Selection};
use crate::error::CommandError;
use crate::explain::lookup::reason;
use crate::explain::scheduling::fields;

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

/// Passes some fields of the objects that a selector of fields matches on.
///
/// # Errors
/// A cluster that cannot be reached.
async fn list<'a>(
    cluster: &Cluster,
    resource: &Resource,
    selector: Option<&str>,
    fields: Fields,
    take: &'a mut Take<'a>,
) -> Result<Known, CommandError> {
    let selection = Selection {
        labels: None,
        fields: selector.map(str::to_owned),
    };
    let mut sink = Once::new(fields, take);
    let listed = cluster.stream(resource, "", &selection, MOST, &mut sink);
    known(listed.await)
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
        let mut take = |item: &PartialObject| {
            let mut node: Node = item.decode()?;
            if let Some(status) = &mut node.status {
                status
                    .images
                    .iter_mut()
                    .for_each(|own| own.retain(&is_kept));
            }
            let labels = node.metadata.labels.iter().flatten();
            let text: usize = labels
                .map(|(key, value)| key.len() + value.len() + 64)
                .sum();
            builder.node(&node);
            Ok(BASE + text)
        };
        let Some(resource) = Resource::built_in(Node::API_VERSION, Node::KIND) else {
            return Ok(Known::NotGiven);
        };
        list(self.cluster, &resource, None, fields::NODE, &mut take).await
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
        let mut take = |item: &PartialObject| {
            let pod: Pod = item.decode()?;
            if !is_given(&pod) {
                builder.pod(&pod);
                pass_on(pod);
            }
            Ok(BASE / 4)
        };
        let Some(resource) = Resource::built_in(Pod::API_VERSION, Pod::KIND) else {
            return Ok(Known::NotGiven);
        };
        list(
            self.cluster,
            &resource,
            Some(NOT_ENDED),
            fields::POD,
            &mut take,
        )
        .await
    }

    /// Lists the namespaces and what the targets' volumes and devices need, except the kinds and the
    /// objects that the files have. Returns a line for each list that is not known.
    ///
    /// # Errors
    /// A cluster that cannot be reached.
    pub(super) async fn others(
        &mut self,
        wanted: Wanted,
        is_given: impl Fn(Input) -> bool,
        is_in_files: &dyn Fn(Input, &str, &str) -> bool,
    ) -> Result<Vec<String>, CommandError> {
        let mut unread = Vec::new();
        for kind in OTHERS {
            if !(kind.is_wanted)(wanted) || is_given(kind.input) {
                continue;
            }
            let Some(resource) = Resource::built_in(kind.api_version, kind.kind) else {
                continue;
            };
            let builder = &mut *self.builder;
            let mut take = |item: &PartialObject| {
                let text = |field| item.text(&["metadata", field]).unwrap_or_default();
                if !is_in_files(kind.input, text("namespace"), text("name")) {
                    (kind.add)(builder, item)?;
                }
                Ok(BASE)
            };
            let known = list(self.cluster, &resource, None, Fields::ALL, &mut take).await?;
            if known.is_known() {
                self.builder.complete(kind.input);
            } else if let Some(why) = known.reason() {
                unread.push(format!("list {}: {why}", resource.qualified()));
            }
        }
        Ok(unread)
    }
}
/// A kind of which a cluster has few.
struct Other {
    api_version: &'static str,
    kind: &'static str,
    input: Input,
    is_wanted: fn(Wanted) -> bool,
    /// Adds an object.
    add: fn(&mut SnapshotBuilder, &PartialObject) -> Result<(), DecodeError>,
}

/// Returns the row of a kind.
macro_rules! other {
    ($kind:ty, $input:ident, $is_wanted:expr, |$builder:ident, $object:ident| $add:expr) => {
        Other {
            api_version: <$kind>::API_VERSION,
            kind: <$kind>::KIND,
            input: Input::$input,
            is_wanted: $is_wanted,
            add: |$builder, item| {
                let $object: &$kind = &item.decode()?;
                $add;
                Ok(())
            },
        }
    };
}

const OTHERS: &[Other] = &[
    other!(Namespace, Namespaces, |_| true, |builder, own| builder
        .namespace(own)),
    other!(
        PersistentVolumeClaim,
        PersistentVolumeClaims,
        |own| own.volumes,
        |builder, own| builder.claim(own)
    ),
    other!(
        PersistentVolume,
        PersistentVolumes,
        |own| own.volumes,
        |builder, own| builder.persistent_volume(own)
    ),
    other!(
        StorageClass,
        StorageClasses,
        |own| own.volumes,
        |builder, own| builder.storage_class(own)
    ),
    other!(CSINode, CsiNodes, |own| own.volumes, |builder, own| builder
        .csi_node(own)),
    other!(CSIDriver, CsiDrivers, |own| own.volumes, |builder, own| {
        builder.csi_driver(own)
    }),
    other!(
        CSIStorageCapacity,
        CsiStorageCapacities,
        |own| own.volumes,
        |builder, own| builder.csi_storage_capacity(own)
    ),
    other!(
        VolumeAttachment,
        VolumeAttachments,
        |own| own.volumes,
        |builder, own| builder.volume_attachment(own)
    ),
    other!(
        DeviceClass,
        DeviceClasses,
        |own| own.device_classes,
        |builder, own| add_device_class(builder, own)
    ),
];

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
