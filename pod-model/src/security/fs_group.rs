//! The effect of `fsGroup` on volumes.
//!
//! Upstream: pkg/volume/volume_linux.go and the plugins of pkg/volume that use it.

use k8s_openapi::api::core::v1::{PodSpec, Volume};
use serde::Serialize;

use super::context::pod_path;
use super::effective::{Effective, Origin};
use crate::features::Gate;
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// `fsGroup` and the way in which it is applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FsGroup {
    /// The group.
    pub group: Effective<i64>,
    /// `fsGroupChangePolicy`: `Always`, or `OnRootMismatch`.
    pub change_policy: Effective<String>,
}

/// The effect of `fsGroup` on a volume.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum FsGroupEffect {
    /// The Pod has no `fsGroup`.
    NotSet,
    /// Each file gets the group and is made readable and writable for it, directories with
    /// the set-group-ID bit, at each start of the Pod.
    Changed,
    /// Each file gets the group and is made readable for it.
    ChangedReadOnly,
    /// As `Changed`, where `fsGroupChangePolicy` does not say otherwise.
    ChangedByPolicy,
    /// The volume's driver decides: `fsGroupPolicy` of a CSI driver, the capabilities of a
    /// FlexVolume driver.
    DependsOnDriver,
    /// No kubelet has a plugin for the volume's type any more, so that the Pod does not start.
    NoPlugin,
    /// The kubelet's plugin for the volume's type is off by default, so that the Pod does not start: `gitRepo` since 1.33.
    PluginOff,
    /// The volume stays as it is.
    Unchanged,
    /// The volume has no files: it is a block device for all containers.
    NoFiles,
}

/// A volume, and the effect of `fsGroup` on it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VolumeOwnership {
    /// The volume's name.
    pub name: String,
    /// The name of its source: `emptyDir`; `unknown` without one.
    pub source: &'static str,
    /// The effect.
    pub effect: FsGroupEffect,
    /// The volume, from the Pod's root.
    pub path: FieldPath,
}

pub(super) fn fs_group(spec: &PodSpec) -> Option<FsGroup> {
    let own = spec.security_context.as_ref()?;
    let group = own.fs_group?;
    let policy = own.fs_group_change_policy.clone();
    Some(FsGroup {
        group: Effective::at(group, Origin::Pod, pod_path("fsGroup")),
        change_policy: policy.map_or_else(
            || Effective::of("Always".to_owned(), Origin::Default),
            |policy| Effective::at(policy, Origin::Pod, pod_path("fsGroupChangePolicy")),
        ),
    })
}

pub(super) fn volumes(spec: &PodSpec, version: KubernetesVersion) -> Vec<VolumeOwnership> {
    let has_group = fs_group(spec).is_some();
    let devices = devices(spec);
    let volumes = spec.volumes.iter().flatten().enumerate();
    volumes
        .map(|(i, volume)| {
            let (source, effect) = of_source(volume, version);
            let is_device = devices.contains(&volume.name.as_str());
            VolumeOwnership {
                name: volume.name.clone(),
                source,
                effect: match effect {
                    _ if !has_group => FsGroupEffect::NotSet,
                    _ if is_device => FsGroupEffect::NoFiles,
                    effect => effect,
                },
                path: FieldPath::root().field("spec").field("volumes").index(i),
            }
        })
        .collect()
}

/// The volumes that containers have as devices.
fn devices(spec: &PodSpec) -> Vec<&str> {
    let init = spec.init_containers.iter().flatten();
    let containers = init.chain(&spec.containers);
    let devices = containers.flat_map(|own| own.volume_devices.iter().flatten());
    let mut names: Vec<&str> = devices.map(|own| own.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn of_source(volume: &Volume, version: KubernetesVersion) -> (&'static str, FsGroupEffect) {
    use FsGroupEffect::{
        Changed, ChangedByPolicy, ChangedReadOnly, DependsOnDriver, NoPlugin, PluginOff, Unchanged,
    };
    let gate = Gate::GitRepoVolumeDriver;
    let git_repo = if gate.is_known(version) && !gate.is_on(version) {
        PluginOff
    } else {
        Changed
    };
    // The plugins leave a volume alone that they mount read-only.
    let unless = |read_only: Option<bool>, effect| match read_only {
        Some(true) => Unchanged,
        _ => effect,
    };
    let iscsi = volume.iscsi.as_ref();
    let iscsi_effect = unless(iscsi.and_then(|own| own.read_only), ChangedByPolicy);
    let fc = volume.fc.as_ref();
    let fc_effect = unless(fc.and_then(|own| own.read_only), ChangedByPolicy);
    let flex = volume.flex_volume.as_ref();
    let flex_effect = unless(flex.and_then(|own| own.read_only), DependsOnDriver);
    let sources = [
        (volume.empty_dir.is_some(), "emptyDir", Changed),
        (volume.config_map.is_some(), "configMap", ChangedReadOnly),
        (volume.secret.is_some(), "secret", ChangedReadOnly),
        (
            volume.downward_api.is_some(),
            "downwardAPI",
            ChangedReadOnly,
        ),
        (volume.projected.is_some(), "projected", ChangedReadOnly),
        (volume.host_path.is_some(), "hostPath", Unchanged),
        (volume.nfs.is_some(), "nfs", Unchanged),
        (volume.image.is_some(), "image", Unchanged),
        (
            volume.persistent_volume_claim.is_some(),
            "persistentVolumeClaim",
            DependsOnDriver,
        ),
        (volume.ephemeral.is_some(), "ephemeral", DependsOnDriver),
        (volume.csi.is_some(), "csi", DependsOnDriver),
        (flex.is_some(), "flexVolume", flex_effect),
        (volume.git_repo.is_some(), "gitRepo", git_repo),
        (iscsi.is_some(), "iscsi", iscsi_effect),
        (fc.is_some(), "fc", fc_effect),
        // Each of these is served by a CSI driver.
        (
            volume.aws_elastic_block_store.is_some(),
            "awsElasticBlockStore",
            DependsOnDriver,
        ),
        (volume.azure_disk.is_some(), "azureDisk", DependsOnDriver),
        (volume.azure_file.is_some(), "azureFile", DependsOnDriver),
        (volume.cinder.is_some(), "cinder", DependsOnDriver),
        (
            volume.gce_persistent_disk.is_some(),
            "gcePersistentDisk",
            DependsOnDriver,
        ),
        (
            volume.portworx_volume.is_some(),
            "portworxVolume",
            DependsOnDriver,
        ),
        (
            volume.vsphere_volume.is_some(),
            "vsphereVolume",
            DependsOnDriver,
        ),
        (volume.rbd.is_some(), "rbd", NoPlugin),
        (volume.cephfs.is_some(), "cephfs", NoPlugin),
        (volume.glusterfs.is_some(), "glusterfs", NoPlugin),
        (volume.flocker.is_some(), "flocker", NoPlugin),
        (volume.quobyte.is_some(), "quobyte", NoPlugin),
        (volume.scale_io.is_some(), "scaleIO", NoPlugin),
        (volume.storageos.is_some(), "storageos", NoPlugin),
        (
            volume.photon_persistent_disk.is_some(),
            "photonPersistentDisk",
            NoPlugin,
        ),
    ];
    let mut sources = sources.into_iter();
    sources
        .find(|(is, ..)| *is)
        .map_or(("unknown", Unchanged), |(_, name, effect)| (name, effect))
}
