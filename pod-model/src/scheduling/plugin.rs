//! The plugins of the scheduler's default profile that decide about nodes.
//!
//! Upstream: pkg/scheduler/apis/config/v1/default_plugins.go (`getDefaultPlugins`,
//! `applyFeatureGates`).

use std::fmt;

use crate::features::Gate;
use crate::version::KubernetesVersion;

/// A plugin that can keep a Pod off a node, or hold it back altogether.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Plugin {
    /// `spec.schedulingGates`.
    SchedulingGates,
    /// `spec.unschedulable` of the node.
    NodeUnschedulable,
    /// `spec.nodeName` of the Pod.
    NodeName,
    /// Taints that the Pod does not tolerate.
    TaintToleration,
    /// `spec.nodeSelector` and the required node affinity.
    NodeAffinity,
    /// Ports of the host.
    NodePorts,
    /// Requests, and the number of Pods.
    NodeResourcesFit,
    /// Volumes that only one Pod can have.
    VolumeRestrictions,
    /// The number of volumes that a CSI driver can attach.
    NodeVolumeLimits,
    /// Nodes that can reach the volumes of claims.
    VolumeBinding,
    /// Zones of volumes, by their labels.
    VolumeZone,
    /// Required topology spread constraints.
    PodTopologySpread,
    /// Required affinity and anti-affinity between Pods.
    InterPodAffinity,
    /// Resource claims.
    DynamicResources,
    /// Features that nodes declare.
    NodeDeclaredFeatures,
}

impl Plugin {
    /// Returns the scheduler's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::SchedulingGates => "SchedulingGates",
            Self::NodeUnschedulable => "NodeUnschedulable",
            Self::NodeName => "NodeName",
            Self::TaintToleration => "TaintToleration",
            Self::NodeAffinity => "NodeAffinity",
            Self::NodePorts => "NodePorts",
            Self::NodeResourcesFit => "NodeResourcesFit",
            Self::VolumeRestrictions => "VolumeRestrictions",
            Self::NodeVolumeLimits => "NodeVolumeLimits",
            Self::VolumeBinding => "VolumeBinding",
            Self::VolumeZone => "VolumeZone",
            Self::PodTopologySpread => "PodTopologySpread",
            Self::InterPodAffinity => "InterPodAffinity",
            Self::DynamicResources => "DynamicResources",
            Self::NodeDeclaredFeatures => "NodeDeclaredFeatures",
        }
    }

    /// Returns the plugins that look at each node, in the order in which the scheduler of a
    /// version calls them.
    pub fn filters(version: KubernetesVersion) -> Vec<Self> {
        let mut plugins = vec![Self::NodeUnschedulable, Self::NodeName];
        if version >= KubernetesVersion::V1_37 {
            plugins.reverse();
        }
        plugins.extend([
            Self::TaintToleration,
            Self::NodeAffinity,
            Self::NodePorts,
            Self::NodeResourcesFit,
            Self::VolumeRestrictions,
            Self::NodeVolumeLimits,
            Self::VolumeBinding,
            Self::VolumeZone,
            Self::PodTopologySpread,
            Self::InterPodAffinity,
            Self::DynamicResources,
        ]);
        if Gate::NodeDeclaredFeatures.is_on(version) {
            plugins.push(Self::NodeDeclaredFeatures);
        }
        plugins
    }

    /// Returns the plugins that look at the Pod before any node, in the order of their calls.
    pub fn pre_filters(version: KubernetesVersion) -> Vec<Self> {
        let mut plugins = Self::filters(version);
        let names_nodes = version >= KubernetesVersion::V1_37;
        plugins.retain(|plugin| match plugin {
            Self::NodeUnschedulable | Self::TaintToleration => false,
            Self::NodeName => names_nodes,
            _ => true,
        });
        plugins
    }
}

impl fmt::Display for Plugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
