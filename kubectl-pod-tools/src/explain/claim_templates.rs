//! The volumes that a StatefulSet adds to its Pods.

use std::collections::HashMap;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{
    EphemeralVolumeSource, PersistentVolumeClaimTemplate, PersistentVolumeClaimVolumeSource,
    PodSpec, Volume,
};

use crate::targets::Target;

/// Adds a volume for each claim template of a StatefulSet, as its first Pod has it, in place of one
/// of the same name, and returns the names (`updateStorage` in
/// pkg/controller/statefulset/stateful_set_utils.go). A target of another kind has none. The other
/// volumes keep their places, so that paths lead to those of the template.
pub(super) fn add_claim_volumes(target: &Target, spec: &mut PodSpec) -> Vec<String> {
    let Ok(Some(set)) = target.decode::<StatefulSet>() else {
        return Vec::new();
    };
    let set_name = set.metadata.name.as_deref().unwrap_or_default();
    let first = first_ordinal(&set);
    let templates = set.spec.volume_claim_templates.iter().flatten();
    let names: Vec<String> = templates
        .filter_map(|own| own.metadata.name.clone())
        .collect();
    if names.is_empty() {
        return names;
    }
    let volumes = spec.volumes.get_or_insert_default();
    let mut places: HashMap<String, usize> = HashMap::new();
    for (at, own) in volumes.iter().enumerate() {
        places.entry(own.name.clone()).or_insert(at);
    }
    for name in &names {
        let volume = Volume {
            name: name.clone(),
            persistent_volume_claim: Some(PersistentVolumeClaimVolumeSource {
                claim_name: format!("{name}-{set_name}-{first}"),
                read_only: None,
            }),
            ..Volume::default()
        };
        match places.get(name).and_then(|at| volumes.get_mut(*at)) {
            Some(own) => *own = volume,
            None => volumes.push(volume),
        }
    }
    names
}

/// Puts the templates beside the volumes of [`add_claim_volumes`]: the scheduler's model makes a
/// claim of them that does not exist yet.
pub(super) fn add_templates(target: &Target, spec: &mut PodSpec) {
    let Ok(Some(set)) = target.decode::<StatefulSet>() else {
        return;
    };
    let templates = set.spec.volume_claim_templates.into_iter().flatten();
    let templates = templates.filter_map(|own| {
        let template = PersistentVolumeClaimTemplate {
            metadata: Some(own.metadata.clone()),
            spec: own.spec.unwrap_or_default(),
        };
        Some((own.metadata.name?, template))
    });
    let templates: HashMap<String, PersistentVolumeClaimTemplate> = templates.collect();
    for volume in spec.volumes.iter_mut().flatten() {
        if let Some(template) = templates.get(&volume.name) {
            volume.ephemeral = Some(EphemeralVolumeSource {
                volume_claim_template: Some(template.clone()),
            });
        }
    }
}

/// Returns the number of a StatefulSet's first Pod.
pub(super) fn first_ordinal(set: &StatefulSet) -> i32 {
    let ordinals = set.spec.ordinals.as_ref();
    ordinals.and_then(|own| own.start).unwrap_or(0)
}
