//! Existing volumes for a claim, on each node.
//!
//! Upstream: `FindMatchingVolume` (k8s.io/component-helpers/storage/volume/pv_helpers.go).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use k8s_openapi::api::core::v1::{
    NodeSelector as ApiNodeSelector, PersistentVolume, PersistentVolumeClaim,
};

use super::pod_claims::{annotation, class_of_claim};
use super::pod_terms::label_of;
use super::storage::name;
use crate::quantity::Quantity;
use crate::selector::{LabelSelector, NodeSelector};

/// A volume that a claim could be bound to.
#[derive(Clone, Debug)]
struct Candidate {
    name: String,
    size: Quantity,
    affinity: Option<NodeSelector>,
}

impl Candidate {
    fn of(volume: &PersistentVolume, size: Quantity) -> Self {
        Self {
            name: name(&volume.metadata).to_owned(),
            size,
            affinity: required_affinity(volume).map(NodeSelector::from),
        }
    }

    fn is_reachable(&self, labels: &BTreeMap<String, String>) -> bool {
        matches_labels(self.affinity.as_ref(), labels)
    }
}

/// Returns the required node affinity of a volume.
pub(super) fn required_affinity(volume: &PersistentVolume) -> Option<&ApiNodeSelector> {
    let affinity = volume.spec.as_ref()?.node_affinity.as_ref()?;
    affinity.required.as_ref()
}

/// Returns whether a node's labels meet a volume's node affinity. Upstream: `CheckNodeAffinity`.
pub(super) fn matches_labels(
    affinity: Option<&NodeSelector>,
    labels: &BTreeMap<String, String>,
) -> bool {
    affinity.is_none_or(|affinity| affinity.matches(labels, "").unwrap_or(false))
}

/// The volumes that a claim could be bound to, the smallest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidates {
    /// The volume that refers to the claim already: no other will do.
    reserved: Option<Candidate>,
    others: Vec<Candidate>,
    /// Numbers of the volumes that can only be reached with a label of this value, by key and
    /// value.
    by_label: HashMap<String, HashMap<String, Vec<usize>>>,
    /// Numbers of the volumes that no label singles out.
    anywhere: Vec<usize>,
}

impl Candidates {
    /// Finds the volumes for a claim.
    ///
    /// # Errors
    /// The claim's selector is invalid: why.
    pub(super) fn of<'a>(
        claim: &PersistentVolumeClaim,
        volumes: impl Iterator<Item = &'a PersistentVolume>,
        knows_attributes: bool,
    ) -> Result<Self, String> {
        let wanted = Wanted::of(claim, knows_attributes)?;
        let mut found = Self::default();
        let mut others = Vec::new();
        for volume in volumes {
            let Some(size) = wanted.fits(volume) else {
                continue;
            };
            if wanted.is_bound_to(volume) {
                let reserved = || Candidate::of(volume, size);
                found.reserved.get_or_insert_with(reserved);
            } else if wanted.is_available(volume) {
                others.push((volume, Candidate::of(volume, size)));
            }
        }
        // Sorting keeps the order of volumes of one size.
        others.sort_by(|(_, a), (_, b)| a.size.cmp(&b.size));
        for (at, (volume, candidate)) in others.into_iter().enumerate() {
            match required_labels(volume) {
                Some(labels) => {
                    for (key, value) in labels {
                        let of_key = found.by_label.entry(key).or_default();
                        of_key.entry(value).or_default().push(at);
                    }
                }
                None => found.anywhere.push(at),
            }
            found.others.push(candidate);
        }
        Ok(found)
    }

    /// Returns the volume for a node with these labels, without those that are taken.
    pub(super) fn find(
        &self,
        labels: &BTreeMap<String, String>,
        taken: &BTreeSet<&str>,
    ) -> Option<&str> {
        let is_free = |candidate: &&Candidate| !taken.contains(candidate.name.as_str());
        if let Some(reserved) = self.reserved.as_ref().filter(is_free) {
            return reserved
                .is_reachable(labels)
                .then_some(reserved.name.as_str());
        }
        let singled_out = self.by_label.iter().filter_map(|(key, values)| {
            let numbers = values.get(labels.get(key)?)?;
            Some(numbers.as_slice())
        });
        let lists = singled_out.chain([self.anywhere.as_slice()]);
        let first = lists.filter_map(|numbers| {
            let mut numbers = numbers.iter().filter(|at| {
                let candidate = self.others.get(**at);
                candidate
                    .filter(is_free)
                    .is_some_and(|candidate| candidate.is_reachable(labels))
            });
            numbers.next()
        });
        let found = self.others.get(*first.min()?)?;
        Some(found.name.as_str())
    }
}

/// Labels one of which a node needs to reach a volume: `None` if no label is sure to be needed.
fn required_labels(volume: &PersistentVolume) -> Option<Vec<(String, String)>> {
    let mut labels = Vec::new();
    for term in &required_affinity(volume)?.node_selector_terms {
        let mut expressions = term.match_expressions.iter().flatten();
        let is_in = expressions.find(|expression| expression.operator == "In")?;
        let values = is_in.values.iter().flatten();
        labels.extend(values.map(|value| (is_in.key.clone(), value.clone())));
    }
    Some(labels)
}

/// The wishes of a claim.
struct Wanted<'a> {
    claim: &'a PersistentVolumeClaim,
    size: Quantity,
    class: &'a str,
    selector: Option<LabelSelector>,
    mode: &'a str,
    attributes: &'a str,
    knows_attributes: bool,
}

const FILESYSTEM: &str = "Filesystem";

impl<'a> Wanted<'a> {
    fn of(claim: &'a PersistentVolumeClaim, knows_attributes: bool) -> Result<Self, String> {
        let spec = claim.spec.as_ref();
        let selector = spec.and_then(|spec| spec.selector.as_ref());
        let resources = spec.and_then(|spec| spec.resources.as_ref());
        let requests = resources.and_then(|resources| resources.requests.as_ref());
        let size = requests.and_then(|requests| requests.get("storage"));
        let attributes = spec.and_then(|spec| spec.volume_attributes_class_name.as_deref());
        Ok(Self {
            claim,
            size: size
                .and_then(|size| size.0.parse().ok())
                .unwrap_or_default(),
            class: class_of_claim(claim),
            selector: selector.map(LabelSelector::try_from).transpose()?,
            mode: spec
                .and_then(|spec| spec.volume_mode.as_deref())
                .unwrap_or(FILESYSTEM),
            attributes: attributes.unwrap_or_default(),
            knows_attributes,
        })
    }

    /// The size of a volume that suits in size, mode and attributes, and is nobody else's.
    fn fits(&self, volume: &PersistentVolume) -> Option<Quantity> {
        let spec = volume.spec.as_ref()?;
        let is_others = spec.claim_ref.is_some() && !self.is_bound_to(volume);
        let size = spec.capacity.as_ref().and_then(|size| size.get("storage"));
        let size: Quantity = size
            .and_then(|size| size.0.parse().ok())
            .unwrap_or_default();
        let mode = spec.volume_mode.as_deref().unwrap_or(FILESYSTEM);
        let attributes = spec.volume_attributes_class_name.as_deref();
        let attributes = attributes.unwrap_or_default();
        let suits = if self.knows_attributes {
            attributes == self.attributes
        } else {
            attributes.is_empty()
        };
        let is_deleted = volume.metadata.deletion_timestamp.is_some();
        let fits = !is_others && size >= self.size && mode == self.mode && suits && !is_deleted;
        fits.then_some(size)
    }

    /// Upstream: `IsVolumeBoundToClaim`.
    fn is_bound_to(&self, volume: &PersistentVolume) -> bool {
        let spec = volume.spec.as_ref();
        let Some(reference) = spec.and_then(|spec| spec.claim_ref.as_ref()) else {
            return false;
        };
        let metadata = &self.claim.metadata;
        let uid = reference.uid.as_deref().unwrap_or_default();
        reference.name.as_deref().unwrap_or_default() == name(metadata)
            && reference.namespace.as_deref() == metadata.namespace.as_deref()
            && (uid.is_empty() || metadata.uid.as_deref() == Some(uid))
    }

    /// Returns whether a volume is free, of the claim's class, and selected with all access modes.
    fn is_available(&self, volume: &PersistentVolume) -> bool {
        let Some(spec) = &volume.spec else {
            return false;
        };
        let status = volume.status.as_ref();
        let phase = status.and_then(|status| status.phase.as_deref());
        let empty = BTreeMap::new();
        let labels = volume.metadata.labels.as_ref().unwrap_or(&empty);
        let selector = self.selector.as_ref();
        let annotation = annotation(&volume.metadata, "volume.beta.kubernetes.io/storage-class");
        let class = annotation.or(spec.storage_class_name.as_deref());
        let claim = self.claim.spec.as_ref();
        let modes = claim.and_then(|claim| claim.access_modes.as_ref());
        let mut modes = modes.into_iter().flatten();
        let offered = |mode: &String| {
            let mut offered = spec.access_modes.iter().flatten();
            offered.any(|offered| offered == mode)
        };
        phase == Some("Available")
            && selector.is_none_or(|selector| selector.matches(label_of(labels)))
            && class.unwrap_or_default() == self.class
            && modes.all(offered)
    }
}
