//! Volumes of Kubernetes' own plugins that a CSI driver serves.
//!
//! Upstream: k8s.io/csi-translation-lib, `isCSIMigrationOn`
//! (pkg/scheduler/framework/plugins/nodevolumelimits/utils.go).

use k8s_openapi::api::core::v1::{PersistentVolume, Volume};
use k8s_openapi::api::storage::v1::CSINode;

use super::pod_claims::annotation;
use crate::version::KubernetesVersion;

const AWS: &str = "kubernetes.io/aws-ebs";
const GCE: &str = "kubernetes.io/gce-pd";
const AZURE_DISK: &str = "kubernetes.io/azure-disk";
const AZURE_FILE: &str = "kubernetes.io/azure-file";
const CINDER: &str = "kubernetes.io/cinder";
const VSPHERE: &str = "kubernetes.io/vsphere-volume";
const PORTWORX: &str = "kubernetes.io/portworx-volume";

/// Each plugin with the driver that serves its volumes.
const DRIVERS: [(&str, &str); 7] = [
    (AWS, "ebs.csi.aws.com"),
    (GCE, "pd.csi.storage.gke.io"),
    (AZURE_DISK, "disk.csi.azure.com"),
    (AZURE_FILE, "file.csi.azure.com"),
    (CINDER, "cinder.csi.openstack.org"),
    (VSPHERE, "csi.vsphere.vmware.com"),
    (PORTWORX, "pxd.portworx.com"),
];

/// Returns the driver that serves the volumes of a plugin.
pub(super) fn driver(plugin: &str) -> Option<&'static str> {
    let found = DRIVERS.iter().find(|(known, _)| *known == plugin);
    found.map(|(_, driver)| *driver)
}

/// Returns the plugin of a volume of a Pod's own spec that a driver serves, and the volume's
/// handle.
pub(super) fn inline(volume: &Volume) -> Option<(&'static str, String)> {
    if let Some(disk) = &volume.aws_elastic_block_store {
        Some((AWS, aws_handle(&disk.volume_id)))
    } else if let Some(disk) = &volume.gce_persistent_disk {
        Some((GCE, gce_handle("UNSPECIFIED", &disk.pd_name)))
    } else if let Some(disk) = &volume.azure_disk {
        Some((AZURE_DISK, disk.disk_uri.clone()))
    } else if let Some(share) = &volume.azure_file {
        Some((AZURE_FILE, share.share_name.clone()))
    } else if let Some(disk) = &volume.cinder {
        Some((CINDER, disk.volume_id.clone()))
    } else if let Some(disk) = &volume.vsphere_volume {
        Some((VSPHERE, disk.volume_path.clone()))
    } else {
        let disk = volume.portworx_volume.as_ref()?;
        Some((PORTWORX, disk.volume_id.clone()))
    }
}

/// Returns the plugin of a volume that a driver serves, and the volume's handle.
pub(super) fn persistent(volume: &PersistentVolume) -> Option<(&'static str, String)> {
    let spec = volume.spec.as_ref()?;
    if let Some(disk) = &spec.aws_elastic_block_store {
        Some((AWS, aws_handle(&disk.volume_id)))
    } else if let Some(disk) = &spec.gce_persistent_disk {
        let labels = volume.metadata.labels.as_ref();
        let label = |key: &str| labels.and_then(|labels| labels.get(key));
        let zone = label("topology.kubernetes.io/zone")
            .or_else(|| label("failure-domain.beta.kubernetes.io/zone"));
        let zone = zone.map_or("UNSPECIFIED", String::as_str);
        Some((GCE, gce_handle(zone, &disk.pd_name)))
    } else if let Some(disk) = &spec.azure_disk {
        Some((AZURE_DISK, disk.disk_uri.clone()))
    } else if let Some(share) = &spec.azure_file {
        Some((AZURE_FILE, share.share_name.clone()))
    } else if let Some(disk) = &spec.cinder {
        Some((CINDER, disk.volume_id.clone()))
    } else if let Some(disk) = &spec.vsphere_volume {
        Some((VSPHERE, disk.volume_path.clone()))
    } else {
        let disk = spec.portworx_volume.as_ref()?;
        Some((PORTWORX, disk.volume_id.clone()))
    }
}

/// `aws://zone/vol-1` is `vol-1`.
fn aws_handle(id: &str) -> String {
    let path = id.strip_prefix("aws://");
    let last = path.and_then(|path| path.rsplit('/').next());
    last.unwrap_or(id).to_owned()
}

fn gce_handle(zone: &str, disk: &str) -> String {
    format!("projects/UNSPECIFIED/zones/{zone}/disks/{disk}")
}

/// Returns whether the volumes of a plugin count as those of its driver on a node.
pub(super) fn is_counted(plugin: &str, node: Option<&CSINode>, version: KubernetesVersion) -> bool {
    let Some(node) = node else {
        return false;
    };
    match plugin {
        AWS | GCE | AZURE_DISK | CINDER => true,
        PORTWORX => version >= KubernetesVersion::V1_36 || is_announced(plugin, node),
        _ => false,
    }
}

/// Returns whether a node's driver has taken over the volumes of a plugin. Upstream:
/// `isPluginMigratedToCSIOnNode`, `isCSIMigrationOnForPlugin` (volumebinding/binder.go).
pub(super) fn is_taken_over(plugin: &str, node: Option<&CSINode>) -> bool {
    matches!(plugin, AWS | GCE | AZURE_DISK | CINDER | PORTWORX)
        && node.is_some_and(|node| is_announced(plugin, node))
}

fn is_announced(plugin: &str, node: &CSINode) -> bool {
    let plugins = annotation(
        &node.metadata,
        "storage.alpha.kubernetes.io/migrated-plugins",
    );
    let mut plugins = plugins.unwrap_or_default().split(',');
    plugins.any(|announced| announced == plugin)
}
