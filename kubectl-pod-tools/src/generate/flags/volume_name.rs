//! Volumes of mounts: an existing one, or a new one under a name that is free.

use k8s_openapi::api::core::v1::{EmptyDirVolumeSource, Volume};

use super::super::draft::Draft;
use super::super::fragment::{Fragment, ValueError};
use super::super::value::label;

/// Returns the name of the volume with exactly this source; adds it if there is none.
pub(super) fn of(draft: &mut Draft, source: Volume, names: &[String]) -> String {
    let volumes = draft.pod.volumes.get_or_insert_default();
    let is_same = |known: &&Volume| {
        let name = known.name.clone();
        **known
            == Volume {
                name,
                ..source.clone()
            }
    };
    if let Some(known) = volumes.iter().find(is_same) {
        return known.name.clone();
    }
    add(volumes, source, names)
}

/// Adds an emptyDir of this container alone and returns its name.
pub(super) fn own(draft: &mut Draft, source: EmptyDirVolumeSource, path: Fragment<'_>) -> String {
    let is_mounted = draft
        .containers()
        .flat_map(|container| container.volume_mounts.iter().flatten())
        .any(|mount| mount.mount_path == path.text());
    if is_mounted && path.text() != "/tmp" {
        draft.note(format!(
            "each container gets its own emptyDir on {}; use `emptydir=NAME:{0}` to share one",
            path.text()
        ));
    }
    let volumes = draft.pod.volumes.get_or_insert_default();
    let source = Volume {
        empty_dir: Some(source),
        ..Volume::default()
    };
    add(volumes, source, &[path.owned()])
}

/// Returns the name of the emptyDir that containers share; adds it if there is none.
///
/// # Errors
/// A volume of this name with another source or size.
pub(super) fn named(
    draft: &mut Draft,
    name: Fragment<'_>,
    source: EmptyDirVolumeSource,
) -> Result<String, ValueError> {
    let volumes = draft.pod.volumes.get_or_insert_default();
    let Some(known) = volumes.iter().find(|known| known.name == name.text()) else {
        volumes.push(Volume {
            name: name.owned(),
            empty_dir: Some(source),
            ..Volume::default()
        });
        return Ok(name.owned());
    };
    match &known.empty_dir {
        // The size need not be repeated.
        Some(there) if *there == source || source == EmptyDirVolumeSource::default() => {
            Ok(known.name.clone())
        }
        Some(_) => Err(name
            .error(format!(
                "volume `{}` already exists with another size",
                name.text()
            ))
            .help("give the size once, at the first mount")),
        None => Err(name
            .error(format!(
                "volume `{}` already exists and is not an emptyDir",
                name.text()
            ))
            .help("use another name, or volume/NAME:/path to mount the existing volume")),
    }
}

/// Adds a volume under the first of these names that is free, as a DNS label.
fn add(volumes: &mut Vec<Volume>, source: Volume, names: &[String]) -> String {
    let is_free = |name: &String| !name.is_empty() && volumes.iter().all(|v| v.name != *name);
    let mut labels = names.iter().map(|name| label(name));
    let numbered = || {
        let last = names.iter().map(|name| label(name)).find(|l| !l.is_empty());
        let last = last.unwrap_or_else(|| "volume".to_owned());
        (2..).map(move |number| {
            let suffix = format!("-{number}");
            let length = last.len().min(63 - suffix.len());
            format!("{}{suffix}", last[..length].trim_end_matches('-'))
        })
    };
    let name = labels.find(is_free).or_else(|| numbered().find(is_free));
    let name = name.unwrap_or_default();
    volumes.push(Volume {
        name: name.clone(),
        ..source
    });
    name
}
