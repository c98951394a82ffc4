//! The plugin `VolumeRestrictions`.
//!
//! Upstream: pkg/scheduler/framework/plugins/volumerestrictions.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::inline_volumes::InlineVolume;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_claims::{PodClaim, not_found};
use super::snapshot::Snapshot;
use super::storage::Unknown;
use crate::version::KubernetesVersion;

/// The disks of a Pod, and its claims that only one Pod may use.
#[derive(Clone, Debug)]
pub(super) struct Restrictions {
    disks: Vec<InlineVolume>,
    /// Names of the claims that only one Pod may use.
    exclusive: BTreeSet<String>,
    /// Those of them that another Pod uses.
    taken: Vec<String>,
    version: KubernetesVersion,
}

impl Restrictions {
    /// Returns the number of volumes on a node that name one of the claims, whatever its
    /// namespace. Upstream: `conflictingPVCRefCountForPod`.
    fn volumes_on(&self, node: &NodeInfo) -> i64 {
        let claims = node.pods.claims.iter();
        let exclusive = claims.filter(|(key, _)| {
            let name = key.rsplit_once('/').map_or(&***key, |(_, name)| name);
            self.exclusive.contains(name)
        });
        exclusive.map(|(_, count)| i64::from(count.named)).sum()
    }
}

/// Reads the Pod. Upstream: `PreFilter`.
pub(super) fn prepare(pod: &Pod, spec: &PodSpec, snapshot: &Snapshot) -> Prepared<Restrictions> {
    let volumes = spec.volumes.iter().flatten();
    let disks: Vec<InlineVolume> = volumes.flat_map(InlineVolume::of).collect();
    let (mut exclusive, mut taken) = (BTreeSet::new(), Vec::new());
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
        let is_used = || {
            let mut nodes = snapshot.nodes().iter();
            nodes.any(|node| {
                let count = node.pods.claims.get(key.as_str());
                count.is_some_and(|count| count.named > 0)
            })
        };
        if modes.any(|mode| mode == "ReadWriteOncePod")
            && exclusive.insert(claim.name())
            && is_used()
        {
            taken.push(claim.name());
        }
    }
    if disks.is_empty() && taken.is_empty() {
        return Prepared::Skip;
    }
    Prepared::Ready(Restrictions {
        disks,
        exclusive,
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
    // Upstream counts each claim once, and of Pods that come and go each volume.
    let change = before.map_or(0, |before| {
        restrictions.volumes_on(node) - restrictions.volumes_on(before)
    });
    let taken = i64::try_from(restrictions.taken.len()).unwrap_or(i64::MAX);
    if taken.saturating_add(change) <= 0 {
        return Outcome::Passes;
    }
    let mut claims = restrictions.taken.iter().chain(&restrictions.exclusive);
    let claim = claims.next().map_or("", String::as_str);
    let message = if restrictions.version >= KubernetesVersion::V1_34 {
        "node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod"
    } else {
        "node has pod using PersistentVolumeClaim with the same name and ReadWriteOncePod access mode"
    };
    fails(message, format!("another Pod uses the claim `{claim}`"))
}
