//! The checks of all volumes of a Pod.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::PodSpec;

use super::super::errors::{Errors, quoted};
use super::super::mounts::Volumes;
use super::super::names;
use super::super::path::Path;
use super::owner::Owner;
use super::source;

/// The checks of all volumes, and those that are sound.
pub(in crate::validation) fn volumes<'a>(
    spec: &'a PodSpec,
    owner: Owner<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) -> Volumes<'a> {
    let list = path.field("volumes");
    let all = spec.volumes.as_deref().unwrap_or_default();
    let created: BTreeSet<String> = match owner.name {
        Some(pod) => {
            let ephemeral = all.iter().filter(|volume| volume.ephemeral.is_some());
            ephemeral
                .map(|volume| format!("{pod}-{}", volume.name))
                .collect()
        }
        None => BTreeSet::new(),
    };
    let mut sound = Volumes::new();
    for (i, volume) in all.iter().enumerate() {
        let path = list.index(i);
        let before = errors.len();
        source::source(volume, owner, &path, errors);
        let at = path.field("name");
        if volume.name.is_empty() {
            errors.required(&at, "the name of the volume is required");
        } else {
            let added = errors.syntax(&at, &volume.name, "volume name", names::dns_label);
            added.help_with(|| names::similar_label(&volume.name));
        }
        if sound.contains_key(volume.name.as_str()) {
            errors.duplicate(
                &at,
                format!("duplicate volume name {}", quoted(&volume.name)),
            );
        }
        if errors.len() == before {
            sound.insert(volume.name.as_str(), volume);
        }
        let claim = volume.persistent_volume_claim.as_ref();
        if let Some(claim) = claim.filter(|claim| created.contains(&claim.claim_name)) {
            let path = path.field("persistentVolumeClaim");
            errors
                .invalid(
                    &path.field("claimName"),
                    format!(
                        "claim {} belongs to an ephemeral volume of this Pod",
                        quoted(&claim.claim_name)
                    ),
                )
                .help("use the ephemeral volume instead");
        }
    }
    sound
}
