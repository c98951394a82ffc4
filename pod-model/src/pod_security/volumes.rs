//! Checks of volumes: `check_hostPathVolumes.go` and `check_restrictedVolumes.go` of
//! k8s.io/pod-security-admission/policy.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::Volume;

use super::pod::{Found, Pod, Refusal};
use super::requirement::Requirement;
use super::words;
use crate::path::FieldPath;

pub(super) fn host_paths(pod: &Pod<'_>) -> Option<Refusal> {
    let volumes = pod.spec.volumes.iter().flatten().enumerate();
    let volumes: Vec<(usize, &Volume)> = volumes
        .filter(|(_, volume)| volume.host_path.is_some())
        .collect();
    (!volumes.is_empty()).then(|| Refusal {
        reason: "hostPath volumes",
        detail: named(&volumes),
        found: volumes.iter().map(found).collect(),
    })
}

pub(super) fn restricted(pod: &Pod<'_>) -> Option<Refusal> {
    let volumes = pod.spec.volumes.iter().flatten().enumerate();
    let volumes: Vec<(usize, &Volume)> = volumes.filter(|(_, volume)| !is_good(volume)).collect();
    let types: BTreeSet<&str> = volumes.iter().map(|(_, own)| type_of(own)).collect();
    (!volumes.is_empty()).then(|| Refusal {
        reason: "restricted volume types",
        detail: format!(
            "{} {} {} {}",
            named(&volumes),
            words::pluralize("uses", "use", volumes.len()),
            words::pluralize(
                "restricted volume type",
                "restricted volume types",
                types.len()
            ),
            words::join_quote(&types)
        ),
        found: volumes.iter().map(found).collect(),
    })
}

/// Writes volumes by name: `volume "a"`, `volumes "a", "b"`.
fn named(volumes: &[(usize, &Volume)]) -> String {
    let word = words::pluralize("volume", "volumes", volumes.len());
    let names = volumes.iter().map(|(_, volume)| &volume.name);
    format!("{word} {}", words::join_quote(names))
}

fn found((i, volume): &(usize, &Volume)) -> Found {
    let path = FieldPath::root().field("spec").field("volumes").index(*i);
    // The source is what is wrong, where the list of them knows it.
    let (path, what) = match volume.host_path {
        Some(_) => (path.field("hostPath"), "a hostPath"),
        None => (path, "of this type"),
    };
    let message = format!("the volume {} must not be {what}", volume.name);
    Found::wrong(path, message).requires(Requirement::VolumeType)
}

fn is_good(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

/// The type of a volume that is not good, in the order in which upstream asks.
fn type_of(volume: &Volume) -> &'static str {
    let types = [
        (volume.host_path.is_some(), "hostPath"),
        (volume.gce_persistent_disk.is_some(), "gcePersistentDisk"),
        (
            volume.aws_elastic_block_store.is_some(),
            "awsElasticBlockStore",
        ),
        (volume.git_repo.is_some(), "gitRepo"),
        (volume.nfs.is_some(), "nfs"),
        (volume.iscsi.is_some(), "iscsi"),
        (volume.glusterfs.is_some(), "glusterfs"),
        (volume.rbd.is_some(), "rbd"),
        (volume.flex_volume.is_some(), "flexVolume"),
        (volume.cinder.is_some(), "cinder"),
        (volume.cephfs.is_some(), "cephfs"),
        (volume.flocker.is_some(), "flocker"),
        (volume.fc.is_some(), "fc"),
        (volume.azure_file.is_some(), "azureFile"),
        (volume.vsphere_volume.is_some(), "vsphereVolume"),
        (volume.quobyte.is_some(), "quobyte"),
        (volume.azure_disk.is_some(), "azureDisk"),
        (
            volume.photon_persistent_disk.is_some(),
            "photonPersistentDisk",
        ),
        (volume.portworx_volume.is_some(), "portworxVolume"),
        (volume.scale_io.is_some(), "scaleIO"),
        (volume.storageos.is_some(), "storageos"),
    ];
    let mut types = types.into_iter();
    types
        .find(|(is, _)| *is)
        .map_or("unknown", |(_, name)| name)
}
