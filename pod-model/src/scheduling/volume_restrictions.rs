//! The plugin `VolumeRestrictions`.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumerestrictions.

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::inline_volumes::InlineVolume;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_claims::{PodClaim, not_found};
use super::snapshot::Snapshot;
use super::storage::Unknown;
use crate::version::KubernetesVersion;

/// The disks of a Pod, and the claims that only one Pod may use and another uses.
#[derive(Clone, Debug)]
pub(super) struct Restrictions {
    disks: Vec<InlineVolume>,
    taken: Vec<Taken>,
    version: KubernetesVersion,
}

/// A claim with the number of volumes in the cluster that use it.
#[derive(Clone, Debug)]
struct Taken {
    claim: String,
    key: String,
    volumes: u32,
}

/// Returns the number of volumes on a node that use a claim.
fn volumes_of(node: &NodeInfo, key: &str) -> u32 {
    node.pods.claims.get(key).map_or(0, |count| count.named)
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(pod: &Pod, spec: &PodSpec, snapshot: &Snapshot) -> Prepared<Restrictions> {
    let volumes = spec.volumes.iter().flatten();
    let disks: Vec<InlineVolume> = volumes.flat_map(InlineVolume::of).collect();
    let mut taken = Vec::new();
    for claim in PodClaim::of(pod).filter(|claim| claim.is_named()) {
        let found = match claim.find(&snapshot.lists.storage) {
            Ok(Some(found)) => found,
            Ok(None) => {
                return Prepared::Failed(CycleFailure::pre_filter(
                    Plugin::VolumeRestrictions,
                    Code::UnschedulableAndUnresolvable,
                    not_found("persistentvolumeclaim", &claim.name()),
                ));
            }
            Err(Unknown(why)) => return Prepared::Unknown(why),
        };
        let modes = found
            .spec
            .as_ref()
            .and_then(|spec| spec.access_modes.as_ref());
        let mut modes = modes.into_iter().flatten();
        let key = claim.key();
        if modes.any(|mode| mode == "ReadWriteOncePod") {
            let nodes = snapshot.nodes().iter();
            let volumes = nodes.map(|node| volumes_of(node, &key));
            let volumes = volumes.fold(0, u32::saturating_add);
            if volumes > 0 {
                taken.push(Taken {
                    claim: claim.name(),
                    key,
                    volumes,
                });
            }
        }
    }
    if disks.is_empty() && taken.is_empty() {
        return Prepared::Skip;
    }
    Prepared::Ready(Restrictions {
        disks,
        taken,
        version: snapshot.version(),
    })
}

/// Judges a node, which may be a changed form of the one that was counted. Upstream: `Filter`,
/// `RemovePod`.
pub(super) fn judge(
    restrictions: &Restrictions,
    node: &NodeInfo,
    before: Option<&NodeInfo>,
) -> Outcome {
    let fails = |message: &str, detail: String| {
        let plugin = Plugin::VolumeRestrictions;
        let reason = Reason::new(plugin, Code::Unschedulable, message, Cause::Other);
        Outcome::fails(reason.detailed(detail))
    };
    let mounted = || node.pods().inline_volumes.keys();
    let mut disks = restrictions.disks.iter();
    if let Some(disk) = disks.find(|disk| mounted().any(|other| disk.conflicts_with(other))) {
        let detail = format!("another Pod uses {}", disk.name());
        return fails("node(s) had no available disk", detail);
    }
    let is_taken = |taken: &&Taken| {
        let key = &taken.key;
        let gone = before.map_or(0, |before| volumes_of(before, key));
        let come = before.map_or(0, |_| volumes_of(node, key));
        taken.volumes.saturating_add(come) > gone
    };
    let Some(Taken { claim, .. }) = restrictions.taken.iter().find(is_taken) else {
        return Outcome::Passes;
    };
    let message = if restrictions.version >= KubernetesVersion::V1_34 {
        "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
    } else {
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
    };
    fails(message, format!("another Pod uses the claim `{claim}`"))
}
