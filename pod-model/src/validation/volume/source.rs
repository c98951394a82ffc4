//! One source for each volume.

use k8s_openapi::api::core::v1::Volume;

use super::owner::Owner;
use super::{claim_template, files, iscsi, network, projected};
use crate::features::Gate;
use crate::quantity::Quantity;
use crate::validation::changes::Change;
use crate::validation::container::PULL_POLICIES;
use crate::validation::errors::{Errors, invalid_message};
use crate::validation::names;
use crate::validation::path::Path;

/// The first source that a volume has; another beside it is forbidden.
struct Sources<'p> {
    first: Option<&'static str>,
    path: &'p Path<'p>,
}

impl Sources<'_> {
    /// Checks a source, with the path that upstream gives it: where it stands,
    /// but for slips of the pen.
    fn take<T>(
        &mut self,
        source: Option<&T>,
        field: &'static str,
        errors: &mut Errors,
        check: impl FnOnce(&T, &Path<'_>, &mut Errors),
    ) {
        self.take_as(source, field, field, errors, check);
    }

    /// As [`Sources::take`], where the field of a second source is called
    /// `second`.
    fn take_as<T>(
        &mut self,
        source: Option<&T>,
        field: &'static str,
        second: &'static str,
        errors: &mut Errors,
        check: impl FnOnce(&T, &Path<'_>, &mut Errors),
    ) {
        let Some(source) = source else { return };
        if let Some(first) = self.first {
            errors
                .forbidden(
                    &self.path.field(second),
                    format!("cannot combine `{field}` and `{first}` in one volume"),
                )
                .help("remove one of them, or make them two volumes")
                .display_path(&self.path.field(field));
            return;
        }
        self.first = Some(field);
        check(source, &self.path.field(field), errors);
    }
}

pub(super) fn source(volume: &Volume, owner: Owner<'_>, path: &Path<'_>, errors: &mut Errors) {
    let mut sources = Sources { first: None, path };
    // The order is upstream's, and says which of two sources is one too many.
    to_iscsi(volume, &mut sources, errors);
    to_config_map(volume, &mut sources, errors);
    to_image(volume, owner, &mut sources, errors);
    if sources.first.is_none() {
        errors
            .required(path, "the source of the volume is required")
            .help("set a source such as `emptyDir: {}`");
    }
}

fn to_iscsi(volume: &Volume, sources: &mut Sources<'_>, errors: &mut Errors) {
    let path = sources.path;
    sources.take(
        volume.empty_dir.as_ref(),
        "emptyDir",
        errors,
        |own, path, errors| {
            let size = own
                .size_limit
                .as_ref()
                .and_then(|size| Quantity::try_from(size).ok());
            if let Some(size) = size.filter(|size| size.signum() < 0) {
                errors.forbidden(
                    &path.field("sizeLimit"),
                    format!("size must not be negative, found {size}"),
                );
            }
        },
    );
    sources.take(
        volume.host_path.as_ref(),
        "hostPath",
        errors,
        files::host_path,
    );
    sources.take(volume.git_repo.as_ref(), "gitRepo", errors, files::git_repo);
    sources.take(
        volume.gce_persistent_disk.as_ref(),
        "gcePersistentDisk",
        errors,
        |own, at, errors| {
            // Upstream calls the field as the type was called once.
            network::gce_persistent_disk(own, &path.field("persistentDisk"), at, errors);
        },
    );
    sources.take(
        volume.aws_elastic_block_store.as_ref(),
        "awsElasticBlockStore",
        errors,
        network::aws_elastic_block_store,
    );
    sources.take(volume.secret.as_ref(), "secret", errors, files::secret);
    sources.take(volume.nfs.as_ref(), "nfs", errors, network::nfs);
    sources.take(volume.iscsi.as_ref(), "iscsi", errors, iscsi::iscsi);
    if let Some(disk) = &volume.iscsi
        && disk.initiator_name.is_some()
        && volume.name.len() + 1 + disk.target_portal.len() > 64
    {
        errors
            .invalid(&path.field("name"), "with `initiatorName`, the names of the volume and of its portal must be no more than 63 characters in total")
            .help("shorten the name of the volume");
    }
}

fn to_config_map(volume: &Volume, sources: &mut Sources<'_>, errors: &mut Errors) {
    sources.take(
        volume.glusterfs.as_ref(),
        "glusterfs",
        errors,
        network::glusterfs,
    );
    sources.take(volume.flocker.as_ref(), "flocker", errors, network::flocker);
    sources.take(
        volume.persistent_volume_claim.as_ref(),
        "persistentVolumeClaim",
        errors,
        |own, path, errors| {
            network::given(&[("claimName", &own.claim_name)], path, errors);
        },
    );
    sources.take(volume.rbd.as_ref(), "rbd", errors, network::rbd);
    sources.take(volume.cinder.as_ref(), "cinder", errors, network::cinder);
    sources.take_as(
        volume.cephfs.as_ref(),
        "cephfs",
        "cephFS",
        errors,
        network::cephfs,
    );
    sources.take(volume.quobyte.as_ref(), "quobyte", errors, network::quobyte);
    sources.take_as(
        volume.downward_api.as_ref(),
        "downwardAPI",
        "downwarAPI",
        errors,
        files::downward_api,
    );
    sources.take(volume.fc.as_ref(), "fc", errors, network::fc);
    sources.take(
        volume.flex_volume.as_ref(),
        "flexVolume",
        errors,
        network::flex_volume,
    );
    sources.take(
        volume.config_map.as_ref(),
        "configMap",
        errors,
        files::config_map,
    );
}

fn to_image(volume: &Volume, owner: Owner<'_>, sources: &mut Sources<'_>, errors: &mut Errors) {
    let path = sources.path;
    sources.take(
        volume.azure_file.as_ref(),
        "azureFile",
        errors,
        |own, path, errors| {
            let fields = [
                ("secretName", own.secret_name.as_str()),
                ("shareName", &own.share_name),
            ];
            network::given(&fields, path, errors);
        },
    );
    sources.take(
        volume.vsphere_volume.as_ref(),
        "vsphereVolume",
        errors,
        |own, path, errors| {
            network::given(&[("volumePath", &own.volume_path)], path, errors);
        },
    );
    sources.take(
        volume.photon_persistent_disk.as_ref(),
        "photonPersistentDisk",
        errors,
        |own, path, errors| {
            network::given(&[("pdID", &own.pd_id)], path, errors);
        },
    );
    sources.take(
        volume.portworx_volume.as_ref(),
        "portworxVolume",
        errors,
        |own, path, errors| {
            network::given(&[("volumeID", &own.volume_id)], path, errors);
        },
    );
    sources.take(
        volume.azure_disk.as_ref(),
        "azureDisk",
        errors,
        network::azure_disk,
    );
    sources.take(
        volume.storageos.as_ref(),
        "storageos",
        errors,
        network::storageos,
    );
    sources.take(
        volume.projected.as_ref(),
        "projected",
        errors,
        projected::projected,
    );
    sources.take(
        volume.scale_io.as_ref(),
        "scaleIO",
        errors,
        network::scale_io,
    );
    sources.take(volume.csi.as_ref(), "csi", errors, |own, path, errors| {
        network::csi(own, owner.version, path, errors);
    });
    sources.take(
        volume.ephemeral.as_ref(),
        "ephemeral",
        errors,
        |own, at, errors| {
            let has_class = Gate::VolumeAttributesClass.is_on(owner.version);
            claim_template::ephemeral(own, has_class, at, errors);
            claim_name(volume, owner, path, errors);
        },
    );
    sources.take(
        volume.image.as_ref(),
        "image",
        errors,
        |own, path, errors| {
            let needs_image = owner.is_pod || Change::ImageOfTemplate.is_in(owner.version);
            if needs_image && own.reference.as_deref().is_none_or(str::is_empty) {
                errors.required(
                    &path.field("reference"),
                    "the image of the volume is required",
                );
            }
            let policy = own.pull_policy.as_deref().unwrap_or_default();
            errors.one_of(
                &path.field("pullPolicy"),
                policy,
                "image pull policy",
                &PULL_POLICIES,
            );
        },
    );
}

/// The claim of an ephemeral volume is called after the Pod and the volume.
fn claim_name(volume: &Volume, owner: Owner<'_>, path: &Path<'_>, errors: &mut Errors) {
    let Some(pod) = owner.name.filter(|_| !volume.name.is_empty()) else {
        return;
    };
    let name = format!("{pod}-{}", volume.name);
    if let Some(wrong) = names::dns_subdomain(&name) {
        errors.invalid(
            &path.field("name"),
            invalid_message(&name, "name of the volume's claim", &wrong),
        );
    }
}
