//! Volumes of each source.

use k8s_openapi::api::core::v1::{DownwardAPIVolumeFile, EphemeralVolumeSource, Volume};

use super::container::object_field_selector;
use super::resources::resource_list;
use super::{each, string};
use crate::features::Gate;
use crate::image;
use crate::version::KubernetesVersion;

/// The permissions of projected files: `rw-r--r--`.
const DEFAULT_MODE: i32 = 0o644;
/// Validity of a projected ServiceAccount token.
const TOKEN_EXPIRATION_SECONDS: i64 = 3600;

/// Fills in a volume; one without a source is an `emptyDir`.
///
/// Upstream: `SetDefaults_Volume`, `SetDefaults_*VolumeSource` and the
/// generated walk over `Volume`. The pull policy of an image volume has a
/// default where the feature gate `ImageVolume` is on.
pub fn volume(volume: &mut Volume, version: KubernetesVersion) {
    let without_source = Volume {
        name: volume.name.clone(),
        ..Volume::default()
    };
    if *volume == without_source {
        volume.empty_dir.get_or_insert_default();
    }
    projected_files(volume);
    network_storage(volume);
    if let Some(source) = &mut volume.host_path {
        source.type_.get_or_insert_default();
    }
    if let Some(source) = &mut volume.ephemeral {
        ephemeral(source);
    }
    if let Some(source) = &mut volume.image
        && Gate::ImageVolume.is_on(version)
    {
        let reference = source.reference.as_deref().unwrap_or_default();
        string(&mut source.pull_policy, image::pull_policy(reference));
    }
}

fn projected_files(volume: &mut Volume) {
    if let Some(source) = &mut volume.secret {
        source.default_mode.get_or_insert(DEFAULT_MODE);
    }
    if let Some(source) = &mut volume.config_map {
        source.default_mode.get_or_insert(DEFAULT_MODE);
    }
    if let Some(source) = &mut volume.downward_api {
        source.default_mode.get_or_insert(DEFAULT_MODE);
        downward_api_items(&mut source.items);
    }
    if let Some(source) = &mut volume.projected {
        source.default_mode.get_or_insert(DEFAULT_MODE);
        for projection in each(&mut source.sources) {
            if let Some(downward_api) = &mut projection.downward_api {
                downward_api_items(&mut downward_api.items);
            }
            if let Some(token) = &mut projection.service_account_token {
                token
                    .expiration_seconds
                    .get_or_insert(TOKEN_EXPIRATION_SECONDS);
            }
        }
    }
}

fn downward_api_items(items: &mut Option<Vec<DownwardAPIVolumeFile>>) {
    for selector in each(items).filter_map(|item| item.field_ref.as_mut()) {
        object_field_selector(selector);
    }
}

/// The `+default` markers of `k8s.io/api/core/v1`.
fn network_storage(volume: &mut Volume) {
    if let Some(source) = &mut volume.iscsi {
        string(&mut source.iscsi_interface, "default");
    }
    if let Some(source) = &mut volume.rbd {
        string(&mut source.pool, "rbd");
        string(&mut source.user, "admin");
        string(&mut source.keyring, "/etc/ceph/keyring");
    }
    if let Some(source) = &mut volume.azure_disk {
        // Pointers in Go: an empty string is a value here.
        source
            .caching_mode
            .get_or_insert_with(|| "ReadWrite".to_owned());
        source.fs_type.get_or_insert_with(|| "ext4".to_owned());
        source.read_only.get_or_insert(false);
        source.kind.get_or_insert_with(|| "Shared".to_owned());
    }
    if let Some(source) = &mut volume.scale_io {
        string(&mut source.storage_mode, "ThinProvisioned");
        string(&mut source.fs_type, "xfs");
    }
}

/// Upstream: `SetDefaults_PersistentVolumeClaimSpec`.
fn ephemeral(source: &mut EphemeralVolumeSource) {
    let Some(template) = &mut source.volume_claim_template else {
        return;
    };
    let spec = &mut template.spec;
    spec.volume_mode
        .get_or_insert_with(|| "Filesystem".to_owned());
    if let Some(resources) = &mut spec.resources {
        resource_list(resources.limits.as_mut());
        resource_list(resources.requests.as_mut());
    }
}
