//! Scores by CPU and memory.
//!
//! Upstream: pkg/scheduler/framework/plugins/noderesources (resource_allocation.go,
//! least_allocated.go, balanced_allocation.go).

use k8s_openapi::api::core::v1::Pod;

use super::normalize::{MAX, fraction, truncated};
use crate::scheduling::requests;
use crate::scheduling::{NodeInfo, Resources};
use crate::version::KubernetesVersion;

/// `NodeResourcesFit` with the strategy `LeastAllocated`: containers without a request count as
/// ones of 100m and 200 MiB.
pub(super) struct Least {
    milli_cpu: i128,
    memory: i128,
}

impl Least {
    pub(super) fn of(pod: &Pod, version: KubernetesVersion) -> Self {
        let (milli_cpu, memory) = requests::scored(pod, version);
        Self { milli_cpu, memory }
    }

    pub(super) fn scores(&self, nodes: &[&NodeInfo]) -> Vec<i64> {
        nodes.iter().map(|node| self.score(node)).collect()
    }

    fn score(&self, node: &NodeInfo) -> i64 {
        let (cpu, memory) = node.pods().non_zero_requested();
        let of_each = [
            (cpu + self.milli_cpu, node.allocatable().milli_cpu),
            (memory + self.memory, node.allocatable().memory),
        ];
        let counted = of_each.iter().filter(|(_, capacity)| *capacity != 0);
        let scores: Vec<i128> = counted
            .map(|(requested, capacity)| {
                if requested > capacity {
                    return 0;
                }
                // Room for what a hostile file may hold: both fit into 64 bits.
                (capacity - requested) * i128::from(MAX) / capacity
            })
            .collect();
        let count = i128::try_from(scores.len()).unwrap_or(1).max(1);
        i64::try_from(scores.iter().sum::<i128>() / count).unwrap_or(0)
    }
}

/// `NodeResourcesBalancedAllocation`. A Pod without requests of CPU and memory is not scored.
pub(super) fn balanced(
    asked: &Resources,
    nodes: &[&NodeInfo],
    version: KubernetesVersion,
) -> Vec<i64> {
    if asked.milli_cpu == 0 && asked.memory == 0 {
        return vec![0; nodes.len()];
    }
    let score = |node: &&NodeInfo| {
        let used = node.pods().requested();
        let with = balance(
            node,
            used.milli_cpu + asked.milli_cpu,
            used.memory + asked.memory,
        );
        if version < KubernetesVersion::V1_36 {
            return with;
        }
        let without = balance(node, used.milli_cpu, used.memory);
        MAX / 2 + (MAX / 2 + with - without) / 2
    };
    nodes.iter().map(score).collect()
}

/// The balance of a node that is used to this amount, 50 to 100.
fn balance(node: &NodeInfo, milli_cpu: i128, memory: i128) -> i64 {
    let allocatable = node.allocatable();
    let part = |used: i128, capacity: i128| {
        (capacity != 0).then(|| (fraction(used) / fraction(capacity)).min(1.0))
    };
    let deviation = match (
        part(milli_cpu, allocatable.milli_cpu),
        part(memory, allocatable.memory),
    ) {
        (Some(cpu), Some(memory)) => ((cpu - memory) / 2.0).abs(),
        _ => 0.0,
    };
    truncated((1.0 - deviation) * fraction(MAX.into()))
}
