//! Storage that is reached over a network, most of it by drivers of old.

use k8s_openapi::api::core::v1::{
    AWSElasticBlockStoreVolumeSource, AzureDiskVolumeSource, CSIVolumeSource, CephFSVolumeSource,
    CinderVolumeSource, FCVolumeSource, FlexVolumeSource, FlockerVolumeSource,
    GCEPersistentDiskVolumeSource, GlusterfsVolumeSource, LocalObjectReference, NFSVolumeSource,
    QuobyteVolumeSource, RBDVolumeSource, ScaleIOVolumeSource, StorageOSVolumeSource,
};

use super::super::changes::Change;
use super::super::errors::{Errors, invalid_message, quoted};
use super::super::names;
use super::super::path::Path;
use crate::version::KubernetesVersion;

const CACHING_MODES: [&str; 3] = ["None", "ReadOnly", "ReadWrite"];
const DISK_KINDS: [&str; 3] = ["Shared", "Dedicated", "Managed"];

/// Fields that must have a value.
pub(super) fn given(fields: &[(&str, &str)], path: &Path<'_>, errors: &mut Errors) {
    for (field, value) in fields {
        if value.is_empty() {
            errors.required(&path.field(field), format!("`{field}` is required"));
        }
    }
}

fn secret_name(secret: Option<&LocalObjectReference>, path: &Path<'_>, errors: &mut Errors) {
    if secret.is_some_and(|secret| secret.name.is_empty()) {
        let path = path.field("secretRef");
        errors.required(&path.field("name"), "the name of the Secret is required");
    }
}

/// Upstream takes 0 for a disk without partitions.
fn partition(partition: Option<i32>, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    if let Some(number) = partition.filter(|number| !(0..=255).contains(number)) {
        errors
            .invalid(
                &path.field("partition"),
                format!("expected a partition from 0 to 255, found {number}"),
            )
            .display_path(&at.field("partition"));
    }
}

pub(super) fn unit(number: i32, path: &Path<'_>, errors: &mut Errors) {
    if !(0..=255).contains(&number) {
        errors.invalid(
            &path.field("lun"),
            format!("expected a LUN from 0 to 255, found {number}"),
        );
    }
}

pub(super) fn gce_persistent_disk(
    source: &GCEPersistentDiskVolumeSource,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    if source.pd_name.is_empty() {
        errors
            .required(&path.field("pdName"), "the name of the disk is required")
            .display_path(at);
    }
    partition(source.partition, path, at, errors);
}

pub(super) fn aws_elastic_block_store(
    source: &AWSElasticBlockStoreVolumeSource,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    given(&[("volumeID", &source.volume_id)], path, errors);
    partition(source.partition, path, path, errors);
}

pub(super) fn nfs(source: &NFSVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(
        &[("server", &source.server), ("path", &source.path)],
        path,
        errors,
    );
    if !source.path.starts_with('/') {
        errors.invalid(
            &path.field("path"),
            format!("{} must be an absolute path", quoted(&source.path)),
        );
    }
}

pub(super) fn glusterfs(source: &GlusterfsVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(
        &[("endpoints", &source.endpoints), ("path", &source.path)],
        path,
        errors,
    );
}

pub(super) fn flocker(source: &FlockerVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let name = source.dataset_name.as_deref().unwrap_or_default();
    let uuid = source.dataset_uuid.as_deref().unwrap_or_default();
    match (name.is_empty(), uuid.is_empty()) {
        (true, true) => {
            errors.required(path, "`datasetName` or `datasetUUID` is required");
        }
        (false, false) => {
            errors.invalid(path, "cannot combine `datasetName` and `datasetUUID`");
        }
        _ => {}
    }
    if name.contains('/') {
        errors.invalid(
            &path.field("datasetName"),
            format!("{} must not contain `/`", quoted(name)),
        );
    }
}

pub(super) fn rbd(source: &RBDVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    monitors(&source.monitors, path, errors);
    given(&[("image", &source.image)], path, errors);
}

fn monitors(monitors: &[String], path: &Path<'_>, errors: &mut Errors) {
    if monitors.is_empty() {
        errors.required(&path.field("monitors"), "at least one monitor is required");
    }
}

pub(super) fn cinder(source: &CinderVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(&[("volumeID", &source.volume_id)], path, errors);
    secret_name(source.secret_ref.as_ref(), path, errors);
}

pub(super) fn cephfs(source: &CephFSVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    monitors(&source.monitors, path, errors);
}

pub(super) fn quobyte(source: &QuobyteVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("registry");
    if source.registry.is_empty() {
        errors.required(&at, "the registry is required, as HOST:PORT");
    } else if source.tenant.as_deref().unwrap_or_default().len() > 64 {
        // Upstream calls it required.
        errors.required(
            &path.field("tenant"),
            "a tenant must be a UUID of no more than 64 characters",
        );
    } else if !source.registry.split(',').all(is_host_and_port) {
        errors.invalid(
            &at,
            format!(
                "{} must be a comma-separated list of HOST:PORT",
                quoted(&source.registry)
            ),
        );
    }
    given(&[("volume", &source.volume)], path, errors);
}

/// Upstream: Go's `net.SplitHostPort`, which takes anything between brackets
/// for a host, and anything after the last colon for a port.
fn is_host_and_port(text: &str) -> bool {
    let Some((host, port)) = text.rsplit_once(':') else {
        return false;
    };
    let host = match text.strip_prefix('[') {
        Some(inner) => match inner.split_once(']') {
            Some((inside, after)) if after.len() == port.len() + 1 && after.starts_with(':') => {
                inside
            }
            _ => return false,
        },
        None if host.contains(':') => return false,
        None => host,
    };
    !host.contains(['[', ']']) && !port.contains(['[', ']'])
}

pub(super) fn fc(source: &FCVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let has = |list: &Option<Vec<String>>| list.as_ref().is_some_and(|list| !list.is_empty());
    let at = path.field("targetWWNs");
    match (has(&source.target_wwns), has(&source.wwids)) {
        (false, false) => {
            errors.required(&at, "`targetWWNs` or `wwids` is required");
        }
        (true, true) => {
            errors.invalid(&at, "cannot combine `targetWWNs` and `wwids`");
        }
        _ => {}
    }
    if has(&source.target_wwns) {
        match source.lun {
            None => {
                errors.required(&path.field("lun"), "`targetWWNs` requires `lun`");
            }
            Some(number) => unit(number, path, errors),
        }
    }
}

pub(super) fn flex_volume(source: &FlexVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(&[("driver", &source.driver)], path, errors);
    let options = path.field("options");
    for key in source.options.iter().flatten().map(|(key, _)| key) {
        let domain = key
            .split_once('/')
            .map_or(key.as_str(), |(domain, _)| domain);
        let domain = format!(".{}", domain.to_lowercase());
        if domain.ends_with(".kubernetes.io") || domain.ends_with(".k8s.io") {
            errors.invalid(
                &options.field(key),
                format!(
                    "option {} uses a domain reserved for Kubernetes",
                    quoted(key)
                ),
            );
        }
    }
}

pub(super) fn azure_disk(source: &AzureDiskVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    given(
        &[
            ("diskName", &source.disk_name),
            ("diskURI", &source.disk_uri),
        ],
        path,
        errors,
    );
    if let Some(mode) = &source.caching_mode {
        errors.one_of(
            &path.field("cachingMode"),
            mode,
            "caching mode",
            &CACHING_MODES,
        );
    }
    let Some(kind) = &source.kind else { return };
    errors.one_of(&path.field("kind"), kind, "disk kind", &DISK_KINDS);
    let begins = if kind == "Managed" {
        "/subscriptions/"
    } else {
        "https://"
    };
    if !source.disk_uri.starts_with(begins) {
        errors
            .not_supported(
                &path.field("diskURI"),
                &source.disk_uri,
                &format!("URI of a disk of the kind `{kind}`"),
                &[begins],
            )
            .help(format!("use a URI that starts with `{begins}`"));
    }
}

pub(super) fn storageos(source: &StorageOSVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let name = source.volume_name.as_deref().unwrap_or_default();
    given(&[("volumeName", name)], path, errors);
    if !name.is_empty() {
        errors.syntax(
            &path.field("volumeName"),
            name,
            "volume name",
            names::dns_label,
        );
    }
    let namespace = source.volume_namespace.as_deref().unwrap_or_default();
    if !namespace.is_empty() {
        let path = path.field("volumeNamespace");
        errors.syntax(&path, namespace, "namespace name", names::dns_label);
    }
    secret_name(source.secret_ref.as_ref(), path, errors);
}

pub(super) fn scale_io(source: &ScaleIOVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let volume = source.volume_name.as_deref().unwrap_or_default();
    let fields = [
        ("gateway", source.gateway.as_str()),
        ("system", &source.system),
        ("volumeName", volume),
    ];
    given(&fields, path, errors);
}

/// Upstream: `validateCSIVolumeSource`, `ValidateCSIDriverName`.
pub(super) fn csi(
    source: &CSIVolumeSource,
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let (at, driver) = (path.field("driver"), source.driver.as_str());
    given(&[("driver", driver)], path, errors);
    if !driver.is_empty() || !Change::EmptyDriverName.is_in(version) {
        if driver.len() > 63 {
            errors.too_long(
                &at,
                format!(
                    "the name of a driver must be no more than 63 characters, found {}",
                    driver.len()
                ),
            );
        }
        errors.syntax(&at, driver, "driver name", names::dns_subdomain_of_any_case);
    }
    if let Some(secret) = &source.node_publish_secret_ref {
        let at = path.field("nodePublishSecretRef");
        let at = at.field("name");
        if secret.name.is_empty() {
            errors.required(&at, "the name of the Secret is required");
        } else if let Some(wrong) = names::dns_subdomain(&secret.name) {
            errors
                .invalid(
                    &path.field("name"),
                    invalid_message(&secret.name, "Secret name", &wrong),
                )
                .display_path(&at);
        }
    }
}
