//! Files of the node, and files that the kubelet writes.

use k8s_openapi::api::core::v1::{
    ConfigMapVolumeSource, DownwardAPIVolumeFile, DownwardAPIVolumeSource, GitRepoVolumeSource,
    HostPathVolumeSource, KeyToPath, SecretVolumeSource,
};

use crate::validation::downward::{self, Use};
use crate::validation::errors::Errors;
use crate::validation::files;
use crate::validation::path::Path;

const HOST_PATH_TYPES: [&str; 8] = [
    "",
    "DirectoryOrCreate",
    "Directory",
    "FileOrCreate",
    "File",
    "Socket",
    "CharDevice",
    "BlockDevice",
];

pub(super) fn host_path(source: &HostPathVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("path");
    if source.path.is_empty() {
        errors.required(&at, "the path on the node is required");
        return;
    }
    files::no_backsteps(&source.path, &at, &at, errors);
    let type_ = source.type_.as_deref().unwrap_or_default();
    errors.one_of(
        &path.field("type"),
        type_,
        "hostPath type",
        &HOST_PATH_TYPES,
    );
}

pub(super) fn git_repo(source: &GitRepoVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    if source.repository.is_empty() {
        errors.required(&path.field("repository"), "the repository is required");
    }
    let at = path.field("directory");
    files::descending(
        source.directory.as_deref().unwrap_or_default(),
        &at,
        &at,
        errors,
    );
}

pub(super) fn secret(source: &SecretVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    if source.secret_name.as_deref().is_none_or(str::is_empty) {
        errors.required(
            &path.field("secretName"),
            "the name of the Secret is required",
        );
    }
    let at = path.field("defaultMode");
    files::mode(source.default_mode, &at, &at, errors);
    keys(source.items.as_deref(), &path.field("items"), errors);
}

pub(super) fn config_map(source: &ConfigMapVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    if source.name.is_empty() {
        errors.required(&path.field("name"), "the name of the ConfigMap is required");
    }
    let at = path.field("defaultMode");
    files::mode(source.default_mode, &at, &at, errors);
    keys(source.items.as_deref(), &path.field("items"), errors);
}

/// Upstream: `validateKeyToPath`.
pub(super) fn keys(items: Option<&[KeyToPath]>, path: &Path<'_>, errors: &mut Errors) {
    for (i, item) in items.unwrap_or_default().iter().enumerate() {
        let path = path.index(i);
        if item.key.is_empty() {
            errors.required(&path.field("key"), "the key is required");
        }
        let at = path.field("path");
        if item.path.is_empty() {
            errors.required(&at, "the path for the key is required");
        }
        files::not_reserved(&item.path, &at, &at, errors);
        let at = path.field("mode");
        files::mode(item.mode, &at, &at, errors);
    }
}

pub(super) fn downward_api(source: &DownwardAPIVolumeSource, path: &Path<'_>, errors: &mut Errors) {
    let at = path.field("defaultMode");
    files::mode(source.default_mode, &at, &at, errors);
    downward_items(source.items.as_deref(), path, errors);
}

/// Upstream names the source, and none of its items.
///
/// Upstream: `validateDownwardAPIVolumeFile`.
pub(super) fn downward_items(
    items: Option<&[DownwardAPIVolumeFile]>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field("items");
    for (i, item) in items.unwrap_or_default().iter().enumerate() {
        let at = list.index(i);
        let (file, file_at) = (path.field("path"), at.field("path"));
        if item.path.is_empty() {
            errors
                .required(&file, "the path of the file is required")
                .display_path(&file_at);
        }
        files::not_reserved(&item.path, &file, &file_at, errors);
        match (&item.field_ref, &item.resource_field_ref) {
            (Some(field), other) => {
                downward::field(field, Use::Volume, &path.field("fieldRef"), errors);
                if other.is_some() {
                    errors
                        .invalid(path, "cannot combine `fieldRef` and `resourceFieldRef`")
                        .display_path(&at);
                }
            }
            (None, Some(resource)) => {
                downward::resource(
                    resource,
                    Use::Volume,
                    &path.field("resourceFieldRef"),
                    errors,
                );
            }
            (None, None) => {
                errors
                    .required(path, "the source of the file is required")
                    .help("set `fieldRef` or `resourceFieldRef`")
                    .display_path(&at);
            }
        }
        files::mode(item.mode, &path.field("mode"), &at.field("mode"), errors);
    }
}
