//! The volumes that a StatefulSet adds to its Pods.

use std::collections::HashMap;

use k8s_openapi::api::apps::v1::StatefulSet;
use k8s_openapi::api::core::v1::{PersistentVolumeClaimVolumeSource, PodSpec, Volume};

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
                claim_name: format!("{name}-{set_name}-0"),
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
