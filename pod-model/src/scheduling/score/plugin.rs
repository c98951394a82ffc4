//! The plugins that compare nodes.

use std::fmt;

/// A plugin of the default profile whose scores decide among the nodes that fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ScorePlugin {
    /// Few taints of effect `PreferNoSchedule` that the Pod does not tolerate.
    TaintToleration,
    /// The preferred node affinity.
    NodeAffinity,
    /// Much that is left after the Pod (`LeastAllocated`).
    NodeResourcesFit,
    /// Capacity of storage, where the version compares it.
    VolumeBinding,
    /// Few matching Pods in the node's domains.
    PodTopologySpread,
    /// Preferred affinity between Pods, of this one and of others.
    InterPodAffinity,
    /// CPU and memory used to the same part.
    NodeResourcesBalancedAllocation,
    /// Images that the node has.
    ImageLocality,
}

impl ScorePlugin {
    /// All of them, in the scheduler's order.
    pub const ALL: [Self; 8] = [
        Self::TaintToleration,
        Self::NodeAffinity,
        Self::NodeResourcesFit,
        Self::VolumeBinding,
        Self::PodTopologySpread,
        Self::InterPodAffinity,
        Self::NodeResourcesBalancedAllocation,
        Self::ImageLocality,
    ];

    /// Returns the scheduler's own name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::TaintToleration => "TaintToleration",
            Self::NodeAffinity => "NodeAffinity",
            Self::NodeResourcesFit => "NodeResourcesFit",
            Self::VolumeBinding => "VolumeBinding",
            Self::PodTopologySpread => "PodTopologySpread",
            Self::InterPodAffinity => "InterPodAffinity",
            Self::NodeResourcesBalancedAllocation => "NodeResourcesBalancedAllocation",
            Self::ImageLocality => "ImageLocality",
        }
    }

    /// Returns the factor of the plugin's scores, which are 0 to 100.
    ///
    /// Upstream: `getDefaultPlugins` (pkg/scheduler/apis/config/v1/default_plugins.go).
    pub const fn weight(self) -> i64 {
        match self {
            Self::TaintToleration => 3,
            Self::NodeAffinity | Self::PodTopologySpread | Self::InterPodAffinity => 2,
            Self::NodeResourcesFit
            | Self::VolumeBinding
            | Self::NodeResourcesBalancedAllocation
            | Self::ImageLocality => 1,
        }
    }
}

impl fmt::Display for ScorePlugin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
