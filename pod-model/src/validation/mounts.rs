//! Volume mounts and volume devices of a container.
//!
//! Upstream: `ValidateVolumeMounts`, `ValidateVolumeDevices` and what they call,
//! in `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Container, Volume, VolumeDevice, VolumeMount};

use super::errors::{Errors, quoted};
use super::files;
use super::path::Path;
use crate::nearest::nearest;

/// The volumes of a Pod that are sound themselves, by name.
pub(super) type Volumes<'a> = BTreeMap<&'a str, &'a Volume>;

/// Volumes among which a mistyped name is looked for.
const COMPARED: usize = 100;
const PROPAGATIONS: [&str; 3] = ["None", "HostToContainer", "Bidirectional"];
const RECURSIVE: [&str; 3] = ["Disabled", "IfPossible", "Enabled"];

/// Volumes that a container can mount.
pub(super) struct Mountable<'a> {
    /// The names of all volumes of the Pod.
    pub all: BTreeSet<&'a str>,
    /// Those that are sound themselves: upstream does not find the others.
    pub sound: Volumes<'a>,
}

impl Mountable<'_> {
    fn missing(&self, name: &str, path: &Path<'_>, errors: &mut Errors) {
        if self.all.contains(name) && !name.is_empty() {
            let message = format!("volume {} is invalid itself", quoted(name));
            errors.not_found(path, message);
            return;
        }
        let added = errors.not_found(path, format!("the Pod has no volume {}", quoted(name)));
        // Among very many names, looking for the nearest takes too long.
        match nearest(name, self.all.iter().copied().take(COMPARED)) {
            Some(meant) => added.help(format!("did you mean `{meant}`?")),
            None => added.help("add the volume to spec.volumes"),
        };
    }
}

pub(super) fn mounts(
    container: &Container,
    volumes: &Mountable<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field("volumeMounts");
    let devices = container.volume_devices.as_deref().unwrap_or_default();
    // Of two devices of the same volume, the last counts.
    let named = devices
        .iter()
        .map(|device| (device.name.as_str(), device.device_path.as_str()));
    let named: BTreeMap<_, _> = named.collect();
    let files: BTreeSet<_> = named.values().copied().collect();
    let mut seen = BTreeSet::new();
    for (i, mount) in container.volume_mounts.iter().flatten().enumerate() {
        let path = list.index(i);
        let name = path.field("name");
        if mount.name.is_empty() {
            errors.required(&name, "the name of the volume is required");
        }
        if !volumes.sound.contains_key(mount.name.as_str()) {
            volumes.missing(&mount.name, &name, errors);
        }
        let at = path.field("mountPath");
        if mount.mount_path.is_empty() {
            errors.required(&at, "the mount path is required");
        }
        if !seen.insert(mount.mount_path.as_str()) {
            errors.invalid(
                &at,
                format!("duplicate mount path {}", quoted(&mount.mount_path)),
            );
        }
        if named.contains_key(mount.name.as_str()) {
            errors.invalid(
                &name,
                format!("volume {} is also used as a device", quoted(&mount.name)),
            );
        }
        if files.contains(mount.mount_path.as_str()) {
            errors.invalid(
                &at,
                format!(
                    "device path {} is also a mount path",
                    quoted(&mount.mount_path)
                ),
            );
        }
        details(mount, container, &list, &path, errors);
    }
}

/// Checks the details of a mount, which upstream reports without the index.
fn details(
    mount: &VolumeMount,
    container: &Container,
    list: &Path<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let sub_path = mount.sub_path.as_deref().unwrap_or_default();
    if !sub_path.is_empty() {
        files::descending(
            sub_path,
            &list.field("subPath"),
            &path.field("subPath"),
            errors,
        );
    }
    sub_path_expr(mount, list, path, errors);
    if let Some(propagation) = &mount.mount_propagation {
        let (named, at) = (
            list.field("mountPropagation"),
            path.field("mountPropagation"),
        );
        if !PROPAGATIONS.contains(&propagation.as_str()) {
            errors
                .not_supported(&named, propagation, "mount propagation", &PROPAGATIONS)
                .display_path(&at);
        }
        let context = container.security_context.as_ref();
        let privileged = context.and_then(|context| context.privileged) == Some(true);
        if propagation == "Bidirectional" && !privileged {
            errors
                .forbidden(
                    &named,
                    "only a privileged container can propagate mounts to the node",
                )
                .help("use `HostToContainer`, or set securityContext.privileged")
                .display_path(&at);
        }
    }
    recursive_read_only(mount, list, path, errors);
}

/// Checks `subPathExpr`.
pub(super) fn sub_path_expr(
    mount: &VolumeMount,
    list: &Path<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let expression = mount.sub_path_expr.as_deref().unwrap_or_default();
    if expression.is_empty() {
        return;
    }
    let at = path.field("subPathExpr");
    if mount
        .sub_path
        .as_deref()
        .is_some_and(|path| !path.is_empty())
    {
        errors.invalid(&at, "cannot combine `subPath` and `subPathExpr`");
    }
    files::descending(expression, &list.field("subPathExpr"), &at, errors);
}

/// Upstream: `validateMountRecursiveReadOnly`.
fn recursive_read_only(mount: &VolumeMount, list: &Path<'_>, path: &Path<'_>, errors: &mut Errors) {
    let Some(recursive) = mount.recursive_read_only.as_deref() else {
        return;
    };
    let (named, at) = (
        list.field("recursiveReadOnly"),
        path.field("recursiveReadOnly"),
    );
    match recursive {
        "Disabled" => {}
        "IfPossible" | "Enabled" => {
            if mount.read_only != Some(true) {
                errors
                    .forbidden(&named, "`recursiveReadOnly` requires `readOnly: true`")
                    .display_path(&at);
            }
            if mount
                .mount_propagation
                .as_deref()
                .is_some_and(|own| own != "None")
            {
                errors
                    .forbidden(
                        &named,
                        "cannot combine `recursiveReadOnly` and `mountPropagation`",
                    )
                    .display_path(&at);
            }
        }
        _ => {
            errors
                .not_supported(&named, recursive, "`recursiveReadOnly` mode", &RECURSIVE)
                .display_path(&at);
        }
    }
}

pub(super) fn devices(
    devices: &[VolumeDevice],
    mounts: &[VolumeMount],
    volumes: &Mountable<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mounts: BTreeMap<_, _> = mounts
        .iter()
        .map(|m| (m.name.as_str(), m.mount_path.as_str()))
        .collect();
    let mounted: BTreeSet<_> = mounts.values().copied().collect();
    let (mut names, mut paths) = (BTreeSet::new(), BTreeSet::new());
    for (i, device) in devices.iter().enumerate() {
        let path = path.index(i);
        let (name, at) = (path.field("name"), path.field("devicePath"));
        if device.name.is_empty() {
            errors.required(&name, "the name of the device's volume is required");
        }
        if names.contains(device.name.as_str()) {
            errors.invalid(
                &name,
                format!("duplicate device volume {}", quoted(&device.name)),
            );
        }
        match volumes.sound.get(device.name.as_str()) {
            None => volumes.missing(&device.name, &name, errors),
            Some(volume)
                if volume.persistent_volume_claim.is_none() && volume.ephemeral.is_none() =>
            {
                errors
                    .invalid(
                        &name,
                        format!("volume `{}` cannot be a device", device.name),
                    )
                    .help("use a `persistentVolumeClaim` or an `ephemeral` volume");
            }
            Some(_) => {}
        }
        let file = device.device_path.as_str();
        if file.is_empty() {
            errors.required(&at, "the device path is required");
        }
        if paths.contains(file) {
            errors.invalid(&at, format!("duplicate device path {}", quoted(file)));
        }
        if files::has_backsteps(file) {
            errors.invalid(&at, format!("{} must not contain `..`", quoted(file)));
        } else {
            paths.insert(file);
        }
        if mounts.contains_key(device.name.as_str()) {
            errors.invalid(
                &name,
                format!("volume {} is also mounted", quoted(&device.name)),
            );
        }
        if mounted.contains(file) {
            errors.invalid(
                &at,
                format!("mount path {} is also a device path", quoted(file)),
            );
        }
        if !device.name.is_empty() {
            names.insert(device.name.as_str());
        }
    }
}
