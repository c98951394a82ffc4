//! The plugin `NodeVolumeLimits`.
//!
//! Upstream: pkg/scheduler/framework/plugins/nodevolumelimits/csi.go.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{PersistentVolumeClaim, Pod, PodSpec};
use k8s_openapi::api::storage::v1::CSINode;

use super::csi_migration;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_claims::{PodClaim, class_of_claim, not_found, volume_of_claim};
use super::storage::{Input, Storage, Unknown, key, name};
use crate::features::Gate;
use crate::version::KubernetesVersion;

/// The volumes of a Pod that may have to be attached.
#[derive(Clone, Debug)]
pub(super) struct Attachable {
    claims: Vec<PersistentVolumeClaim>,
    /// Plugin and handle of volumes without a claim.
    inline: Vec<(&'static str, String)>,
    /// The refusal of each node because a claim is missing or another Pod's.
    refusal: Option<(Code, String)>,
}

/// Volumes as `driver/handle`, with their driver.
type Volumes = BTreeMap<String, String>;

/// Reads the Pod. Upstream: `PreFilter`, and the part of `Filter` that is alike on all nodes.
pub(super) fn prepare(pod: &Pod, spec: &PodSpec, storage: &Storage) -> Prepared<Attachable> {
    let volumes = spec.volumes.iter().flatten();
    let inline = volumes
        .filter(|volume| volume.persistent_volume_claim.is_none() && volume.ephemeral.is_none());
    let mut found = Attachable {
        claims: Vec::new(),
        inline: inline.filter_map(csi_migration::inline).collect(),
        refusal: None,
    };
    if found.inline.is_empty() && PodClaim::of(pod).next().is_none() {
        return Prepared::Skip;
    }
    for claim in PodClaim::of(pod) {
        match claim.find_with_class(storage) {
            Ok(Some(object)) => {
                if let Some(why) = claim.not_owner(&object) {
                    found.refusal = Some((Code::Error, why));
                    break;
                }
                found.claims.push(object);
            }
            Ok(None) => {
                let missing = not_found("persistentvolumeclaim", &claim.name());
                let message = format!(
                    "looking up PVC {}/{}: {missing}",
                    claim.namespace(),
                    claim.name()
                );
                found.refusal = Some((Code::UnschedulableAndUnresolvable, message));
                break;
            }
            Err(Unknown(why)) => return Prepared::Unknown(why),
        }
    }
    Prepared::Ready(found)
}

/// Judges a node. Upstream: `Filter`.
pub(super) fn judge(
    attachable: &Attachable,
    node: &NodeInfo,
    storage: &Storage,
    version: KubernetesVersion,
) -> Outcome {
    let fails = |code, message: &str, detail: Option<String>| {
        let mut reason = Reason::new(Plugin::NodeVolumeLimits, code, message, Cause::Other);
        reason.detail = detail;
        Ok(Outcome::fails(reason))
    };
    let judged = || -> Result<Outcome, Unknown> {
        if let Some((code, message)) = &attachable.refusal {
            return fails(*code, message, None);
        }
        let csi_node = storage.csi_nodes.get(Input::CsiNodes, node.name());
        // One phrase for all nodes.
        let csi_node = csi_node.map_err(|_| Unknown::list(Input::CsiNodes))?;
        let on_node = OnNode {
            csi_node,
            storage,
            version,
        };
        let mut new = Volumes::new();
        for claim in &attachable.claims {
            on_node.add_claim(claim, &mut new)?;
        }
        for (plugin, handle) in &attachable.inline {
            on_node.add_inline(plugin, handle, &mut new);
        }
        if new.is_empty() {
            return Ok(Outcome::Passes);
        }
        if let Some(driver) = on_node.missing_driver(&new)? {
            let message = format!("{driver} CSI driver is not installed on the node");
            return fails(Code::Unschedulable, &message, None);
        }
        let mut limits = limits(csi_node);
        limits.retain(|driver, _| new.values().any(|own| own == driver));
        if limits.is_empty() {
            return Ok(Outcome::Passes);
        }
        let mut attached = Volumes::new();
        for claim in node.pods().claims.keys() {
            let claim = storage.claims.get(Input::PersistentVolumeClaims, claim)?;
            if let Some(claim) = claim {
                on_node.add_claim(claim, &mut attached)?;
            }
        }
        for (plugin, handle) in node.pods().migrated.keys() {
            on_node.add_inline(plugin, handle, &mut attached);
        }
        new.retain(|volume, _| !attached.contains_key(volume));
        attached.extend(on_node.attachments(node.name())?);
        for (driver, limit) in limits {
            let count = |volumes: &Volumes| {
                let own = volumes.values().filter(|other| *other == driver).count();
                i64::try_from(own).unwrap_or(i64::MAX)
            };
            let (new, old) = (count(&new), count(&attached));
            if new > 0 && old.saturating_add(new) > limit {
                let detail = format!("{driver} has {old} of {limit} volumes, the Pod adds {new}");
                let message = "node(s) exceed max volume count";
                return fails(Code::Unschedulable, message, Some(detail));
            }
        }
        Ok(Outcome::Passes)
    };
    judged().unwrap_or_else(|Unknown(why)| Outcome::NotEvaluated(why))
}

/// The limits of a node's drivers. Upstream: `getVolumeLimits`.
fn limits(node: Option<&CSINode>) -> BTreeMap<&str, i64> {
    let drivers = node.into_iter().flat_map(|node| &node.spec.drivers);
    let limits = drivers.filter_map(|driver| {
        let count = driver.allocatable.as_ref()?.count?;
        Some((driver.name.as_str(), i64::from(count)))
    });
    limits.collect()
}

/// The objects that tell the volumes of a node.
struct OnNode<'a> {
    csi_node: Option<&'a CSINode>,
    storage: &'a Storage,
    version: KubernetesVersion,
}

impl OnNode<'_> {
    fn add_inline(&self, plugin: &str, handle: &str, volumes: &mut Volumes) {
        let is_counted = csi_migration::is_counted(plugin, self.csi_node, self.version);
        if let Some(driver) = csi_migration::driver(plugin).filter(|_| is_counted) {
            volumes.insert(format!("{driver}/{handle}"), driver.to_owned());
        }
    }

    fn add_claim(
        &self,
        claim: &PersistentVolumeClaim,
        volumes: &mut Volumes,
    ) -> Result<(), Unknown> {
        if let Some((driver, handle)) = self.volume_of(claim)?
            && !driver.is_empty()
            && !handle.is_empty()
        {
            volumes.insert(format!("{driver}/{handle}"), driver);
        }
        Ok(())
    }

    /// Upstream: `getCSIDriverInfo`.
    fn volume_of(
        &self,
        claim: &PersistentVolumeClaim,
    ) -> Result<Option<(String, String)>, Unknown> {
        let volume = volume_of_claim(claim);
        let volume = match volume {
            "" => None,
            name => self.storage.volumes.get(Input::PersistentVolumes, name)?,
        };
        let Some(volume) = volume else {
            return self.volume_of_class(claim);
        };
        if let Some(csi) = volume.spec.as_ref().and_then(|spec| spec.csi.as_ref()) {
            return Ok(Some((csi.driver.clone(), csi.volume_handle.clone())));
        }
        let counted = csi_migration::persistent(volume)
            .filter(|(plugin, _)| csi_migration::is_counted(plugin, self.csi_node, self.version));
        Ok(counted
            .and_then(|(plugin, handle)| Some((csi_migration::driver(plugin)?.to_owned(), handle))))
    }

    /// Upstream: `getCSIDriverInfoFromSC`.
    fn volume_of_class(
        &self,
        claim: &PersistentVolumeClaim,
    ) -> Result<Option<(String, String)>, Unknown> {
        let class = class_of_claim(claim);
        if class.is_empty() {
            return Ok(None);
        }
        let Some(class) = self.storage.classes.get(Input::StorageClasses, class)? else {
            return Ok(None);
        };
        let namespace = claim.metadata.namespace.as_deref().unwrap_or_default();
        // Not the handle of any volume: one that does not exist yet.
        let handle = format!("\u{0}-{}", key(namespace, name(&claim.metadata)));
        let provisioner = class.provisioner.as_str();
        let Some(driver) = csi_migration::driver(provisioner) else {
            return Ok(Some((provisioner.to_owned(), handle)));
        };
        let is_counted = csi_migration::is_counted(provisioner, self.csi_node, self.version);
        Ok(is_counted.then(|| (driver.to_owned(), handle)))
    }

    /// A driver that a volume needs, opted into being required, and is not on the node.
    /// Upstream: `checkCSIDriverOnNode`.
    fn missing_driver(&self, volumes: &Volumes) -> Result<Option<String>, Unknown> {
        if !Gate::VolumeLimitScaling.is_on(self.version) {
            return Ok(None);
        }
        let drivers: BTreeSet<&String> = volumes.values().collect();
        for driver in drivers {
            let installed = self
                .csi_node
                .into_iter()
                .flat_map(|node| &node.spec.drivers);
            let mut installed = installed.map(|driver| &driver.name);
            if installed.any(|name| name == driver) {
                continue;
            }
            let found = self.storage.csi_drivers.get(Input::CsiDrivers, driver)?;
            let is_required = found.is_some_and(|found| {
                self.version < KubernetesVersion::V1_36
                    || found.spec.prevent_pod_scheduling_if_missing == Some(true)
            });
            if is_required {
                return Ok(Some(driver.clone()));
            }
        }
        Ok(None)
    }

    /// The volumes that are attached to the node. Upstream: `getNodeVolumeAttachmentInfo`.
    fn attachments(&self, node: &str) -> Result<Volumes, Unknown> {
        let attachments = self
            .storage
            .attachments
            .get(Input::VolumeAttachments, node)
            .map_err(|_| Unknown::list(Input::VolumeAttachments))?;
        let mut volumes = Volumes::new();
        for attachment in attachments.into_iter().flatten() {
            let attacher = &attachment.spec.attacher;
            let Some(volume) = &attachment.spec.source.persistent_volume_name else {
                continue;
            };
            let volume = self.storage.volumes.get(Input::PersistentVolumes, volume)?;
            let spec = volume.and_then(|volume| volume.spec.as_ref());
            if let Some(csi) = spec.and_then(|spec| spec.csi.as_ref())
                && !attacher.is_empty()
            {
                let key = format!("{attacher}/{}", csi.volume_handle);
                volumes.insert(key, attacher.clone());
            }
        }
        Ok(volumes)
    }
}
