//! The scores of all plugins together.

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::allocation::{self, Least};
use super::default_selector::DefaultSelector;
use super::plugin::ScorePlugin;
use super::{images, inter_pod, preferences, spread};
use crate::features::Gate;
use crate::scheduling::pod_claims::PodClaim;
use crate::scheduling::{Evaluation, NodeInfo, Snapshot};

/// The scores of nodes that fit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scores {
    /// In the order of the nodes that were given.
    pub nodes: Vec<NodeScore>,
    /// Plugins whose scores are not known, each with what is missing.
    pub unknown: Vec<(ScorePlugin, String)>,
}

/// The scores of one node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeScore {
    /// The node's number in the snapshot.
    pub node: usize,
    /// The sum of the weighted scores of the plugins that are known.
    pub total: i64,
    /// The scores of the plugins that are known, in the scheduler's order.
    pub plugins: Vec<PluginScore>,
}

/// The score of a node by one plugin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PluginScore {
    /// The plugin.
    pub plugin: ScorePlugin,
    /// The score, 0 to 100.
    pub score: i64,
    /// The score multiplied by the plugin's weight.
    pub weighted: i64,
}

impl Scores {
    /// Compares nodes, given by their numbers, which should be all that fit: scores depend on
    /// each other. `default_selector` selects the Pods that the default spread constraints
    /// count, `None` if the Services and controllers of the Pod are not known.
    pub fn of(
        evaluation: &Evaluation<'_>,
        fitting: &[usize],
        default_selector: Option<&DefaultSelector>,
    ) -> Self {
        let (snapshot, pod) = (evaluation.snapshot(), evaluation.pod());
        let known = fitting
            .iter()
            .filter_map(|at| Some((*at, &**snapshot.nodes().get(*at)?)));
        let (numbers, nodes): (Vec<usize>, Vec<&NodeInfo>) = known.unzip();
        let empty = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&empty);
        let version = snapshot.version();
        let mut scores = Self {
            nodes: Vec::new(),
            unknown: Vec::new(),
        };
        let mut columns = Vec::new();
        for plugin in ScorePlugin::ALL {
            let column = match plugin {
                ScorePlugin::TaintToleration => Ok(preferences::taints(pod, &nodes, version)),
                ScorePlugin::NodeAffinity => Ok(preferences::affinity(spec, &nodes)),
                ScorePlugin::NodeResourcesFit => Ok(Least::of(pod, version).scores(&nodes)),
                ScorePlugin::NodeResourcesBalancedAllocation => {
                    Ok(allocation::balanced(evaluation.requests(), &nodes, version))
                }
                ScorePlugin::ImageLocality => Ok(images::scores(spec, &nodes, snapshot)),
                ScorePlugin::PodTopologySpread => {
                    spread::scores(pod, spec, &nodes, snapshot, default_selector)
                }
                ScorePlugin::InterPodAffinity => inter_pod::scores(pod, spec, &nodes, snapshot),
                ScorePlugin::VolumeBinding => storage(pod, snapshot).map(|()| vec![0; nodes.len()]),
            };
            match column {
                Ok(column) => columns.push((plugin, column)),
                Err(why) => scores.unknown.push((plugin, why)),
            }
        }
        let rows = numbers.into_iter().enumerate().map(|(row, node)| {
            let plugins = columns.iter().map(|(plugin, column)| {
                let score = column.get(row).copied().unwrap_or(0);
                PluginScore {
                    plugin: *plugin,
                    score,
                    weighted: score * plugin.weight(),
                }
            });
            let plugins: Vec<PluginScore> = plugins.collect();
            NodeScore {
                node,
                total: plugins.iter().map(|score| score.weighted).sum(),
                plugins,
            }
        });
        scores.nodes = rows.collect();
        scores
    }
}

/// Storage scores 0, unless the version compares capacities and the Pod has a claim that waits for
/// its node. Upstream: `Score` (pkg/scheduler/framework/plugins/volumebinding).
fn storage(pod: &Pod, snapshot: &Snapshot) -> Result<(), String> {
    if !Gate::StorageCapacityScoring.is_on(snapshot.version()) {
        return Ok(());
    }
    let storage = &snapshot.lists.storage;
    let is_bound = |claim: PodClaim<'_>| {
        let found = claim.find(storage).ok().flatten();
        let spec = found.and_then(|claim| claim.spec);
        let volume = spec.and_then(|spec| spec.volume_name);
        volume.is_some_and(|name| !name.is_empty())
    };
    match PodClaim::of(pod).find(|claim| !is_bound(*claim)) {
        Some(claim) => Err(format!(
            "capacities for the claim `{}` are not compared",
            claim.name()
        )),
        None => Ok(()),
    }
}
