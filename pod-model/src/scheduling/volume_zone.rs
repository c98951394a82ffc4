//! The plugin `VolumeZone`.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumezone.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PersistentVolume, Pod};

use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_claims::{
    PodClaim, class_of_claim, is_stored, not_created, not_found, volume_of_claim,
};
use super::storage::{Input, Storage, Unknown, name};

/// The labels that place a volume, each with the one that took its place.
const LABELS: [(&str, &str); 4] = [
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
    ("topology.kubernetes.io/zone", "topology.kubernetes.io/zone"),
    (
        "topology.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
];

/// A label of a volume with the values that it allows.
#[derive(Clone, Debug)]
pub(super) struct Zone {
    volume: String,
    key: &'static str,
    successor: &'static str,
    values: BTreeSet<String>,
}

/// The reason why the zones of a Pod's volumes cannot be told.
enum Stop {
    Unknown(Unknown),
    Refused(String),
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(pod: &Pod, storage: &Storage) -> Prepared<Vec<Zone>> {
    match zones(pod, storage) {
        Ok(zones) if zones.is_empty() => Prepared::Skip,
        Ok(zones) => Prepared::Ready(zones),
        Err(Stop::Unknown(Unknown(why))) => Prepared::Unknown(why),
        Err(Stop::Refused(message)) => Prepared::Failed(CycleFailure::pre_filter(
            Plugin::VolumeZone,
            Code::UnschedulableAndUnresolvable,
            message,
        )),
    }
}

/// Upstream: `getPVbyPod`.
fn zones(pod: &Pod, storage: &Storage) -> Result<Vec<Zone>, Stop> {
    let refused = |message: String| Err(Stop::Refused(message));
    let mut zones = Vec::new();
    for claim in PodClaim::of(pod).filter(|claim| claim.is_named()) {
        if claim.name().is_empty() {
            return refused("PersistentVolumeClaim had no name".to_owned());
        }
        let Some(found) = claim.find_with_class(storage)? else {
            return refused(not_found("persistentvolumeclaim", &claim.name()));
        };
        let volume = volume_of_claim(&found);
        if volume.is_empty() {
            let class = class_of_claim(&found);
            if !is_stored(&found) {
                let own = storage.classes.get(Input::StorageClasses, class)?;
                let mode = own.and_then(|own| own.volume_binding_mode.as_deref());
                if mode != Some("WaitForFirstConsumer") {
                    return Err(Stop::Unknown(not_created(&found)));
                }
                continue;
            }
            if class.is_empty() {
                return refused(
                    "PersistentVolumeClaim had no pv name and storageClass name".to_owned(),
                );
            }
            let Some(found) = storage.classes.get(Input::StorageClasses, class)? else {
                return refused(not_found("storageclass.storage.k8s.io", class));
            };
            match found.volume_binding_mode.as_deref() {
                None => {
                    return refused(format!(
                        "VolumeBindingMode not set for StorageClass {class:?}"
                    ));
                }
                Some("WaitForFirstConsumer") => continue,
                Some(_) => return refused("PersistentVolume had no name".to_owned()),
            }
        }
        let Some(volume) = storage.volumes.get(Input::PersistentVolumes, volume)? else {
            return refused(not_found("persistentvolume", volume));
        };
        zones.extend(zones_of(volume));
    }
    Ok(zones)
}

/// Upstream: `getPVTopologies`, `LabelZonesToSet` (k8s.io/cloud-provider/volume/helpers).
fn zones_of(volume: &PersistentVolume) -> impl Iterator<Item = Zone> {
    LABELS.iter().filter_map(move |(key, successor)| {
        let value = volume.metadata.labels.as_ref()?.get(*key)?;
        let values: Option<BTreeSet<String>> = value
            .split("__")
            .map(|zone| Some(zone.trim().to_owned()).filter(|zone| !zone.is_empty()))
            .collect();
        Some(Zone {
            volume: name(&volume.metadata).to_owned(),
            key,
            successor,
            values: values?,
        })
    })
}

/// Judges a node. Upstream: `Filter`.
pub(super) fn judge(zones: &[Zone], node: &NodeInfo) -> Outcome {
    if LABELS.iter().all(|(key, _)| node.label(key).is_none()) {
        return Outcome::Passes;
    }
    let mut zones = zones.iter();
    let wrong = zones.find(|zone| {
        let value = node.label(zone.key).or_else(|| node.label(zone.successor));
        value.is_none_or(|value| !zone.values.contains(value))
    });
    let Some(Zone {
        volume,
        key,
        values,
        ..
    }) = wrong
    else {
        return Outcome::Passes;
    };
    let values = values.iter().cloned().collect::<Vec<_>>().join(", ");
    let reason = Reason::new(
        Plugin::VolumeZone,
        Code::UnschedulableAndUnresolvable,
        "node(s) had no available volume zone",
        Cause::Other,
    );
    Outcome::fails(reason.detailed(format!("the volume `{volume}` is in `{key}={values}`")))
}
