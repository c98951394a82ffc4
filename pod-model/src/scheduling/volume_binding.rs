//! The plugin `VolumeBinding`.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumebinding (volume_binding.go, binder.go).

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{PersistentVolume, PersistentVolumeClaim, Pod};

use super::csi_migration;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_claims::{
    BIND_COMPLETED, PodClaim, annotation, class_of_claim, is_stored, not_created, not_found,
    volume_of_claim,
};
use super::storage::{Input, Storage, Unknown, name};
use super::volume_matching::{Candidates, matches_labels, required_affinity};
use super::volume_provisioning::{Provision, Provisioned, size_of};
use crate::features::Gate;
use crate::selector::NodeSelector;
use crate::version::KubernetesVersion;

/// The node that the scheduler chose before, which a volume is being made for.
const SELECTED_NODE: &str = "volume.kubernetes.io/selected-node";

/// A claim with its volume.
#[derive(Clone, Debug)]
struct Bound {
    claim: String,
    /// `None` if the volume does not exist.
    volume: Option<BoundVolume>,
}

#[derive(Clone, Debug)]
struct BoundVolume {
    name: String,
    affinity: Option<NodeSelector>,
    plugin: Option<&'static str>,
}

/// A claim that gets its volume once the Pod has a node.
#[derive(Clone, Debug)]
struct Unbound {
    name: String,
    selected_node: Option<String>,
    candidates: Candidates,
    provision: Provision,
}

/// The claims of a Pod.
#[derive(Clone, Debug)]
pub(super) struct Binding {
    bound: Vec<Bound>,
    /// The smallest request first.
    unbound: Vec<Unbound>,
    /// True if all volumes are known that could be bound.
    knows_volumes: bool,
    version: KubernetesVersion,
}

/// The reason why nodes need not be looked at.
enum Stop {
    Unknown(Unknown),
    Refused(Code, String),
}

impl From<Unknown> for Stop {
    fn from(unknown: Unknown) -> Self {
        Self::Unknown(unknown)
    }
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(
    pod: &Pod,
    storage: &Storage,
    version: KubernetesVersion,
) -> Prepared<Binding> {
    match read(pod, storage, version) {
        Ok(None) => Prepared::Skip,
        Ok(Some(binding)) => Prepared::Ready(binding),
        Err(Stop::Unknown(Unknown(why))) => Prepared::Unknown(why),
        Err(Stop::Refused(code, message)) => Prepared::Failed(CycleFailure::pre_filter(
            Plugin::VolumeBinding,
            code,
            message,
        )),
    }
}

fn read(pod: &Pod, storage: &Storage, version: KubernetesVersion) -> Result<Option<Binding>, Stop> {
    let mut claims = Vec::new();
    for claim in PodClaim::of(pod) {
        claims.push(existing(claim, storage)?);
    }
    if claims.is_empty() {
        return Ok(None);
    }
    let mut binding = Binding {
        bound: Vec::new(),
        unbound: Vec::new(),
        knows_volumes: storage.volumes.is_complete(),
        version,
    };
    let mut waiting = Vec::new();
    let mut is_immediate = false;
    let mut uncreated = None;
    for claim in claims {
        let volume = volume_of_claim(&claim);
        if !volume.is_empty() && annotation(&claim.metadata, BIND_COMPLETED).is_some() {
            let volume = storage.volumes.get(Input::PersistentVolumes, volume)?;
            binding.bound.push(Bound {
                claim: name(&claim.metadata).to_owned(),
                volume: volume.map(BoundVolume::of),
            });
        } else if volume.is_empty() && waits_for_pod(&claim, storage)? {
            waiting.push(claim);
        } else if is_stored(&claim) {
            is_immediate = true;
        } else {
            uncreated = Some(not_created(&claim));
        }
    }
    if is_immediate {
        return Err(Stop::Refused(
            Code::UnschedulableAndUnresolvable,
            "pod has unbound immediate PersistentVolumeClaims".to_owned(),
        ));
    }
    if let Some(unknown) = uncreated {
        return Err(unknown.into());
    }
    waiting.sort_by_cached_key(size_of);
    for claim in waiting {
        binding.unbound.push(unbound(&claim, storage, version)?);
    }
    Ok(Some(binding))
}

/// Upstream: `podHasPVCs`.
fn existing(claim: PodClaim<'_>, storage: &Storage) -> Result<PersistentVolumeClaim, Stop> {
    let refused = |message| Err(Stop::Refused(Code::UnschedulableAndUnresolvable, message));
    let name = claim.name();
    let Some(found) = claim.find_with_class(storage)? else {
        return refused(if claim.is_ephemeral() {
            format!(
                "waiting for ephemeral volume controller to create the persistentvolumeclaim {name:?}"
            )
        } else {
            not_found("persistentvolumeclaim", &name)
        });
    };
    let status = found.status.as_ref();
    if status.and_then(|status| status.phase.as_deref()) == Some("Lost") {
        let volume = volume_of_claim(&found);
        return refused(format!(
            "persistentvolumeclaim {name:?} bound to non-existent persistentvolume {volume:?}"
        ));
    }
    if found.metadata.deletion_timestamp.is_some() {
        return refused(format!("persistentvolumeclaim {name:?} is being deleted"));
    }
    match claim.not_owner(&found) {
        Some(why) => refused(why),
        None => Ok(found),
    }
}

/// Upstream: `IsDelayBindingMode`.
fn waits_for_pod(claim: &PersistentVolumeClaim, storage: &Storage) -> Result<bool, Stop> {
    let class = class_of_claim(claim);
    if class.is_empty() {
        return Ok(false);
    }
    let class = storage.classes.get(Input::StorageClasses, class)?;
    let mode = class.and_then(|class| class.volume_binding_mode.as_deref());
    Ok(mode == Some("WaitForFirstConsumer"))
}

fn unbound(
    claim: &PersistentVolumeClaim,
    storage: &Storage,
    version: KubernetesVersion,
) -> Result<Unbound, Stop> {
    let knows_attributes = Gate::VolumeAttributesClass.is_on(version);
    let volumes = storage.volumes.iter().map(|(_, volume)| volume);
    let candidates = Candidates::of(claim, volumes, knows_attributes);
    let candidates = candidates.map_err(|why| {
        let message = format!("error creating internal label selector for claim: {why}");
        Stop::Refused(Code::Error, message)
    })?;
    Ok(Unbound {
        name: name(&claim.metadata).to_owned(),
        selected_node: annotation(&claim.metadata, SELECTED_NODE).map(str::to_owned),
        candidates,
        provision: Provision::of(claim, storage)?,
    })
}

impl BoundVolume {
    fn of(volume: &PersistentVolume) -> Self {
        Self {
            name: name(&volume.metadata).to_owned(),
            affinity: required_affinity(volume).map(NodeSelector::from),
            plugin: csi_migration::persistent(volume).map(|(plugin, _)| plugin),
        }
    }
}

/// Judges a node. Upstream: `FindPodVolumes`.
pub(super) fn judge(binding: &Binding, node: &NodeInfo, storage: &Storage) -> Outcome {
    let mut reasons = Vec::new();
    let mut fail = |message: &str, detail: String| {
        let code = Code::UnschedulableAndUnresolvable;
        let reason = Reason::new(Plugin::VolumeBinding, code, message, Cause::Other);
        reasons.push(reason.detailed(detail));
    };
    let mut missing = None;
    for Bound { claim, volume } in &binding.bound {
        let Some(volume) = volume else {
            missing = Some(format!("the volume of the claim `{claim}` does not exist"));
            break;
        };
        match volume.is_reachable(node, storage) {
            Ok(true) => {}
            Ok(false) => {
                let message = if binding.version >= KubernetesVersion::V1_33 {
                    "node(s) didn't match PersistentVolume's node affinity"
                } else {
                    "node(s) had volume node affinity conflict"
                };
                let volume = &volume.name;
                fail(
                    message,
                    format!("the volume `{volume}` of the claim `{claim}`"),
                );
                break;
            }
            Err(Unknown(why)) => return Outcome::NotEvaluated(why),
        }
    }
    let mut unknown = None;
    match binding.place(node, storage) {
        Ok(Provisioned::Yes) => {}
        // A volume that is not known might do.
        Ok(Provisioned::No(_) | Provisioned::NoSpace(_)) if !binding.knows_volumes => {
            unknown = Some(Unknown::list(Input::PersistentVolumes));
        }
        Ok(Provisioned::No(detail)) => {
            fail(
                "node(s) didn't find available persistent volumes to bind",
                detail,
            );
        }
        Ok(Provisioned::NoSpace(detail)) => {
            fail("node(s) did not have enough free storage", detail);
        }
        Err(why) => unknown = Some(why),
    }
    if let Some(detail) = missing {
        let message = "node(s) unavailable due to one or more pvc(s) bound to non-existent pv(s)";
        fail(message, detail);
    }
    match unknown {
        _ if !reasons.is_empty() => Outcome::Fails(reasons),
        Some(Unknown(why)) => Outcome::NotEvaluated(why),
        None => Outcome::Passes,
    }
}

impl BoundVolume {
    fn is_reachable(&self, node: &NodeInfo, storage: &Storage) -> Result<bool, Unknown> {
        if let Some(plugin) = self.plugin {
            let csi_node = storage.csi_nodes.get(Input::CsiNodes, node.name())?;
            if csi_migration::is_taken_over(plugin, csi_node) {
                let name = &self.name;
                return Err(Unknown(format!(
                    "the volume `{name}` is of a plugin whose place a CSI driver has taken"
                )));
            }
        }
        Ok(matches_labels(self.affinity.as_ref(), node.labels()))
    }
}

impl Binding {
    /// Finds volumes for the claims without one, or a way to make them.
    fn place(&self, node: &NodeInfo, storage: &Storage) -> Result<Provisioned, Unknown> {
        let mut to_provision = Vec::new();
        let mut to_match = Vec::new();
        for claim in &self.unbound {
            match &claim.selected_node {
                Some(selected) if selected != node.name() => {
                    let name = &claim.name;
                    return Ok(Provisioned::No(format!(
                        "the volume of the claim `{name}` is being made for the node `{selected}`"
                    )));
                }
                Some(_) => to_provision.push(claim),
                None => to_match.push(claim),
            }
        }
        let mut taken = BTreeSet::new();
        for claim in to_match {
            match claim.candidates.find(node.labels(), &taken) {
                Some(volume) => {
                    taken.insert(volume);
                }
                None => to_provision.push(claim),
            }
        }
        for claim in to_provision {
            let provisioned = claim.provision.on(node, storage)?;
            if !matches!(provisioned, Provisioned::Yes) {
                return Ok(provisioned.about(&claim.name));
            }
        }
        Ok(Provisioned::Yes)
    }
}
