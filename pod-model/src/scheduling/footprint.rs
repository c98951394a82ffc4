//! The things that one Pod adds to the sums of its node.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::Pod;

use super::csi_migration;
use super::groups::GroupId;
use super::host_ports::HostPort;
use super::inline_volumes::InlineVolume;
use super::node_info::NodePods;
use super::requests;
use super::resources::Resources;
use super::storage;
use crate::version::KubernetesVersion;

/// The amounts, ports and volumes of its node that a Pod takes.
#[derive(Clone, Debug)]
pub(super) struct Footprint {
    requested: Resources,
    non_zero: (i128, i128),
    ports: Vec<HostPort>,
    priority: i32,
    is_terminating: bool,
    /// Keys of claims, and whether an ephemeral volume has it.
    claims: Vec<(String, bool)>,
    inline_volumes: Vec<InlineVolume>,
    migrated: Vec<(&'static str, String)>,
}

impl Footprint {
    /// Reads a Pod. `None` if it has ended, and takes nothing.
    pub(super) fn of(pod: &Pod, version: KubernetesVersion) -> Option<Self> {
        let phase = pod
            .status
            .as_ref()
            .and_then(|status| status.phase.as_deref());
        if matches!(phase, Some("Succeeded" | "Failed")) {
            return None;
        }
        let spec = pod.spec.as_ref();
        let volumes = spec.and_then(|spec| spec.volumes.as_deref());
        let volumes = volumes.unwrap_or_default();
        Some(Self {
            requested: requests::used(pod, version),
            non_zero: requests::non_zero(pod, version),
            ports: HostPort::of(pod, version),
            priority: spec.and_then(|spec| spec.priority).unwrap_or(0),
            is_terminating: pod.metadata.deletion_timestamp.is_some(),
            claims: claims(pod),
            inline_volumes: volumes.iter().flat_map(InlineVolume::of).collect(),
            migrated: volumes.iter().filter_map(csi_migration::inline).collect(),
        })
    }

    /// Adds the Pod to a node.
    pub(super) fn add_to(
        self,
        pods: &mut NodePods,
        group: GroupId,
        names: &mut impl FnMut(&str) -> Arc<str>,
    ) {
        let first = pods.priorities.keys().next().copied();
        if let Some(first) = first.filter(|first| *first != self.priority)
            && pods.by_priority.is_empty()
        {
            let all = pods.clone();
            pods.by_priority.insert(first, all);
        }
        if !pods.by_priority.is_empty() {
            let part = pods.by_priority.entry(self.priority).or_default();
            self.clone().add_sums(part, group, names);
        }
        self.add_sums(pods, group, names);
    }

    fn add_sums(
        self,
        pods: &mut NodePods,
        group: GroupId,
        names: &mut impl FnMut(&str) -> Arc<str>,
    ) {
        sum(&mut pods.requested, &self.requested, 1);
        pods.non_zero.0 += self.non_zero.0;
        pods.non_zero.1 += self.non_zero.1;
        for port in self.ports {
            add(&mut pods.ports, port);
        }
        add(&mut pods.priorities, self.priority);
        for disk in self.inline_volumes {
            add(&mut pods.inline_volumes, disk);
        }
        for disk in self.migrated {
            add(&mut pods.migrated, disk);
        }
        for (key, is_ephemeral) in &self.claims {
            let count = pods.claims.entry(names(key)).or_default();
            let count = if *is_ephemeral {
                &mut count.ephemeral
            } else {
                &mut count.named
            };
            *count = count.saturating_add(1);
        }
        let count = pods.groups.entry(group).or_default();
        let count = if self.is_terminating {
            &mut count.terminating
        } else {
            &mut count.active
        };
        *count = count.saturating_add(1);
    }

    /// Takes the Pod off a node.
    pub(super) fn remove_from(self, pods: &mut NodePods, group: Option<GroupId>) {
        if let Some(part) = pods.by_priority.get_mut(&self.priority) {
            self.clone().remove_sums(part, group);
        }
        self.remove_sums(pods, group);
    }

    fn remove_sums(self, pods: &mut NodePods, group: Option<GroupId>) {
        sum(&mut pods.requested, &self.requested, -1);
        pods.non_zero.0 -= self.non_zero.0;
        pods.non_zero.1 -= self.non_zero.1;
        for port in &self.ports {
            remove(&mut pods.ports, port);
        }
        remove(&mut pods.priorities, &self.priority);
        for disk in &self.inline_volumes {
            remove(&mut pods.inline_volumes, disk);
        }
        for disk in &self.migrated {
            remove(&mut pods.migrated, disk);
        }
        for (key, is_ephemeral) in &self.claims {
            if let Some(count) = pods.claims.get_mut(key.as_str()) {
                let part = if *is_ephemeral {
                    &mut count.ephemeral
                } else {
                    &mut count.named
                };
                *part = part.saturating_sub(1);
                if count.named == 0 && count.ephemeral == 0 {
                    pods.claims.remove(key.as_str());
                }
            }
        }
        let count = group.and_then(|group| Some((group, pods.groups.get_mut(&group)?)));
        if let Some((group, count)) = count {
            let part = if self.is_terminating {
                &mut count.terminating
            } else {
                &mut count.active
            };
            *part = part.saturating_sub(1);
            if count.total() == 0 {
                pods.groups.remove(&group);
            }
        }
    }
}

/// A Pod that waits for evictions on the node that the scheduler has chosen for it.
#[derive(Clone, Debug)]
pub(super) struct Nominated {
    namespace: String,
    name: String,
    group: GroupId,
    footprint: Footprint,
}

impl Nominated {
    /// Reads a Pod.
    pub(super) fn of(pod: &Pod, group: GroupId, footprint: Footprint) -> Self {
        Self {
            namespace: pod.metadata.namespace.clone().unwrap_or_default(),
            name: storage::name(&pod.metadata).to_owned(),
            group,
            footprint,
        }
    }

    /// Returns whether another Pod has to leave room for this one. Upstream:
    /// `addGENominatedPods` (pkg/scheduler/framework/runtime/framework.go).
    pub(super) fn comes_before(&self, pod: &Pod) -> bool {
        let priority = pod
            .spec
            .as_ref()
            .and_then(|spec| spec.priority)
            .unwrap_or(0);
        let is_same = self.name == storage::name(&pod.metadata)
            && Some(&self.namespace) == pod.metadata.namespace.as_ref();
        self.footprint.priority >= priority && !is_same
    }

    /// Adds the Pod to the node.
    pub(super) fn add_to(&self, pods: &mut NodePods) {
        let footprint = self.footprint.clone();
        footprint.add_to(pods, self.group, &mut |name| Arc::from(name));
    }
}

/// The keys of the claims that a Pod's volumes use.
fn claims(pod: &Pod) -> Vec<(String, bool)> {
    let spec = pod.spec.as_ref();
    let volumes = spec.and_then(|spec| spec.volumes.as_deref());
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let pod_name = storage::name(&pod.metadata);
    let keys = volumes.unwrap_or_default().iter().filter_map(|volume| {
        if let Some(claim) = &volume.persistent_volume_claim {
            Some((storage::key(namespace, &claim.claim_name), false))
        } else if volume.ephemeral.is_some() {
            let name = format!("{pod_name}-{}", volume.name);
            Some((storage::key(namespace, &name), true))
        } else {
            None
        }
    });
    keys.collect()
}

impl NodePods {
    /// Returns the Pods without those of a priority below another.
    pub(super) fn without_below(&self, priority: i32) -> Self {
        if self.below(priority) == 0 {
            return self.clone();
        }
        let mut left = Self::default();
        for part in self.by_priority.range(priority..).map(|(_, part)| part) {
            left.merge(part);
        }
        left
    }

    fn merge(&mut self, other: &Self) {
        sum(&mut self.requested, &other.requested, 1);
        self.non_zero.0 += other.non_zero.0;
        self.non_zero.1 += other.non_zero.1;
        merge(&mut self.ports, &other.ports);
        merge(&mut self.priorities, &other.priorities);
        merge(&mut self.inline_volumes, &other.inline_volumes);
        merge(&mut self.migrated, &other.migrated);
        for (claim, more) in &other.claims {
            let count = self.claims.entry(Arc::clone(claim)).or_default();
            count.named = count.named.saturating_add(more.named);
            count.ephemeral = count.ephemeral.saturating_add(more.ephemeral);
        }
        for (group, more) in &other.groups {
            let count = self.groups.entry(*group).or_default();
            count.active = count.active.saturating_add(more.active);
            count.terminating = count.terminating.saturating_add(more.terminating);
        }
    }
}

fn merge<K: Ord + Clone>(counts: &mut BTreeMap<K, u32>, others: &BTreeMap<K, u32>) {
    for (key, more) in others {
        let count = counts.entry(key.clone()).or_default();
        *count = count.saturating_add(*more);
    }
}

fn add<K: Ord>(counts: &mut BTreeMap<K, u32>, key: K) {
    let count = counts.entry(key).or_default();
    *count = count.saturating_add(1);
}

fn remove<K: Ord>(counts: &mut BTreeMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count = count.saturating_sub(1);
        if *count == 0 {
            counts.remove(key);
        }
    }
}

fn sum(total: &mut Resources, other: &Resources, sign: i128) {
    total.milli_cpu += sign * other.milli_cpu;
    total.memory += sign * other.memory;
    total.ephemeral_storage += sign * other.ephemeral_storage;
    total.pods += sign * other.pods;
    for (name, amount) in &other.scalars {
        *total.scalars.entry(Arc::clone(name)).or_default() += sign * amount;
    }
}
