//! One Pod against a snapshot.
//!
//! Upstream: `RunPreFilterPlugins`, `RunFilterPlugins`
//! (pkg/scheduler/framework/runtime/framework.go), `findNodesThatFitPod`
//! (pkg/scheduler/schedule_one.go).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::declared_features;
use super::footprint::Nominated;
use super::host_ports::HostPort;
use super::inter_pod::{self, InterPod};
use super::node_affinity::{self, NodeAffinity};
use super::node_filters;
use super::node_info::{NodeEdit, NodeInfo};
use super::node_ports;
use super::node_resources;
use super::outcome::{Cause, Code, CycleFailure, NodeResult, Outcome, Prepared, Reason, Stage};
use super::plugin::Plugin;
use super::requests;
use super::resources::Resources;
use super::snapshot::Snapshot;
use super::spread::{self, Spread};
use super::tolerations;
use super::volume_binding::{self, Binding};
use super::volume_limits::{self, Attachable};
use super::volume_restrictions::{self, Restrictions};
use super::volume_zone::{self, Zone};
use crate::path::FieldPath;
use crate::version::KubernetesVersion;

/// A Pod that looks for a node. What plugins do before they look at nodes is done once, when it
/// is made; nodes are judged when asked.
///
/// `spec.nodeName` is looked at by the plugin `NodeName` alone. Clear it, and take the Pod out of
/// the snapshot, to ask where else a running Pod could be.
#[derive(Debug)]
pub struct Evaluation<'a> {
    snapshot: &'a Snapshot,
    pod: &'a Pod,
    plugins: Vec<Plugin>,
    requests: Resources,
    node_affinity: Prepared<NodeAffinity>,
    ports: Prepared<Vec<HostPort>>,
    restrictions: Prepared<Restrictions>,
    limits: Prepared<Attachable>,
    binding: Prepared<Binding>,
    zones: Prepared<Vec<Zone>>,
    spread: Prepared<Spread>,
    inter_pod: Prepared<InterPod>,
    devices: Prepared<()>,
    features: Prepared<Vec<&'static str>>,
    /// Pods that come before this one on each node.
    nominated: BTreeMap<&'a str, Vec<&'a Nominated>>,
    narrowing: Option<Narrowing>,
    failures: Vec<CycleFailure>,
    pre_score: Option<CycleFailure>,
}

/// The nodes that the Pod names, and the plugins that say so.
#[derive(Debug)]
struct Narrowing {
    names: BTreeSet<String>,
    plugins: BTreeSet<&'static str>,
    by: Plugin,
}

impl<'a> Evaluation<'a> {
    /// Prepares the evaluation of a Pod. Takes time that grows with the nodes and with the
    /// groups of Pods on them.
    pub fn new(snapshot: &'a Snapshot, pod: &'a Pod) -> Self {
        let version = snapshot.version;
        let storage = &snapshot.lists.storage;
        let empty = PodSpec::default();
        let spec = pod.spec.as_ref().unwrap_or(&empty);
        let mut evaluation = Self {
            snapshot,
            pod,
            plugins: Plugin::filters(version),
            requests: requests::asked(pod, version),
            node_affinity: node_affinity::prepare(spec),
            ports: node_ports::prepare(HostPort::of(pod, version)),
            restrictions: volume_restrictions::prepare(pod, spec, snapshot),
            limits: volume_limits::prepare(pod, spec, storage),
            binding: volume_binding::prepare(pod, storage, version),
            zones: volume_zone::prepare(pod, storage),
            spread: spread::prepare(pod, spec, snapshot),
            inter_pod: inter_pod::prepare(pod, spec, snapshot),
            devices: Prepared::Skip,
            features: declared_features::prepare(spec, version),
            nominated: nominated(snapshot, pod),
            narrowing: None,
            failures: Vec::new(),
            pre_score: node_affinity::pre_score_failure(spec),
        };
        evaluation.devices = evaluation.prepare_devices(spec);
        evaluation.narrowing = evaluation.narrow();
        evaluation.failures = evaluation.find_failures(spec);
        evaluation
    }

    /// Returns the snapshot.
    pub fn snapshot(&self) -> &'a Snapshot {
        self.snapshot
    }

    /// Returns the Pod.
    pub fn pod(&self) -> &'a Pod {
        self.pod
    }

    /// Returns the requests that the plugin `NodeResourcesFit` compares; `pods` is 1.
    pub fn requests(&self) -> &Resources {
        &self.requests
    }

    /// Returns what holds the Pod back before any node is looked at, in the scheduler's order.
    /// It says the first alone.
    pub fn cycle_failures(&self) -> &[CycleFailure] {
        &self.failures
    }

    /// Returns the failure that ends the cycle if two nodes or more fit.
    pub fn pre_score_failure(&self) -> Option<&CycleFailure> {
        self.pre_score.as_ref()
    }

    /// Judges a node by every plugin.
    pub fn node(&self, index: usize) -> NodeResult {
        let node = self.snapshot.nodes.get(index);
        self.results(index, node.map(|node| &**node), None)
    }

    /// Judges all nodes, in the order of the snapshot.
    pub fn nodes(&self) -> impl Iterator<Item = NodeResult> {
        (0..self.snapshot.nodes.len()).map(|index| self.node(index))
    }

    /// Judges a node by one plugin.
    pub fn plugin(&self, plugin: Plugin, index: usize) -> Outcome {
        let node = self.snapshot.nodes.get(index);
        node.map_or(Outcome::Passes, |node| self.judge(plugin, node, None))
    }

    /// Judges a node by every plugin, as if it were changed. Its Pods move with it to the
    /// domains of its new labels.
    pub fn node_if(&self, index: usize, edit: &NodeEdit) -> NodeResult {
        let before = self.snapshot.nodes.get(index).map(|node| &**node);
        let changed = before.map(|node| changed(node, edit));
        self.results(index, changed.as_ref(), before)
    }

    /// Judges a node by one plugin, as if it were changed.
    pub fn plugin_if(&self, plugin: Plugin, index: usize, edit: &NodeEdit) -> Outcome {
        let node = self.snapshot.nodes.get(index);
        node.map_or(Outcome::Passes, |node| {
            self.judge(plugin, &changed(node, edit), Some(node))
        })
    }

    /// Judges a node by every plugin. `before` is the one that it is a changed form of.
    pub(super) fn results(
        &self,
        index: usize,
        node: Option<&NodeInfo>,
        before: Option<&NodeInfo>,
    ) -> NodeResult {
        let outcomes = node.into_iter().flat_map(|node| {
            let plugins = self.plugins.iter();
            plugins.map(move |plugin| (*plugin, self.judge(*plugin, node, before)))
        });
        NodeResult {
            node: index,
            narrowed: node.and_then(|node| self.narrowed(node)),
            outcomes: outcomes.collect(),
        }
    }

    /// Judges a node, first with the Pods that come before this one, as upstream's
    /// `RunFilterPluginsWithNominatedPods` does.
    fn judge(&self, plugin: Plugin, node: &NodeInfo, before: Option<&NodeInfo>) -> Outcome {
        if let Some(nominated) = self.nominated.get(node.name()) {
            let mut fuller = node.clone();
            let pods = Arc::make_mut(&mut fuller.pods);
            for pod in nominated {
                pod.add_to(pods);
            }
            let outcome = self.judge_once(plugin, &fuller, Some(before.unwrap_or(node)));
            if outcome != Outcome::Passes {
                return outcome;
            }
        }
        self.judge_once(plugin, node, before)
    }

    fn judge_once(&self, plugin: Plugin, node: &NodeInfo, before: Option<&NodeInfo>) -> Outcome {
        let version = self.snapshot.version;
        let lists = &self.snapshot.lists;
        let tolerations = tolerations::of(self.pod);
        match plugin {
            Plugin::SchedulingGates => Outcome::Passes,
            Plugin::NodeUnschedulable => {
                node_filters::node_unschedulable(node, tolerations, version)
            }
            Plugin::NodeName => node_filters::node_name(node, node_name(self.pod)),
            Plugin::TaintToleration => node_filters::taint_toleration(node, tolerations, version),
            Plugin::NodeAffinity => self
                .node_affinity
                .judge(|affinity| node_affinity::judge(affinity, node)),
            Plugin::NodePorts => self.ports.judge(|ports| node_ports::judge(ports, node)),
            Plugin::NodeResourcesFit => {
                node_resources::judge(&self.requests, node, &lists.device_classes, version)
            }
            Plugin::VolumeRestrictions => self
                .restrictions
                .judge(|restrictions| volume_restrictions::judge(restrictions, node, before)),
            Plugin::NodeVolumeLimits => self
                .limits
                .judge(|limits| volume_limits::judge(limits, node, &lists.storage, version)),
            Plugin::VolumeBinding => self
                .binding
                .judge(|binding| volume_binding::judge(binding, node, &lists.storage)),
            Plugin::VolumeZone => self.zones.judge(|zones| volume_zone::judge(zones, node)),
            Plugin::PodTopologySpread => self.spread.judge(|spread| spread.judge(node, before)),
            Plugin::InterPodAffinity => self.inter_pod.judge(|terms| terms.judge(node, before)),
            Plugin::DynamicResources => self.devices.judge(|()| Outcome::Passes),
            Plugin::NodeDeclaredFeatures => self
                .features
                .judge(|features| declared_features::judge(features, node)),
        }
    }

    /// Claims of devices are not evaluated; a Pod without any passes.
    fn prepare_devices(&self, spec: &PodSpec) -> Prepared<()> {
        let claims = spec.resource_claims.iter().flatten().count();
        if claims > 0 {
            let s = if claims == 1 { "" } else { "s" };
            return Prepared::Unknown(format!("the Pod has {claims} resource claim{s}"));
        }
        let mut extended = self
            .requests
            .scalars
            .iter()
            .filter(|(_, amount)| **amount != 0);
        let of_class = extended.find(|(resource, _)| {
            let classes = &self.snapshot.lists.device_classes;
            let mut nodes = self.snapshot.nodes.iter();
            nodes.any(|node| {
                let version = self.snapshot.version;
                let asked = node_resources::is_left_to_devices(resource, node, classes, version);
                // A class that is not known is told by the plugin `NodeResourcesFit`.
                asked.unwrap_or(false)
            })
        });
        of_class.map_or(Prepared::Skip, |(resource, _)| {
            Prepared::Unknown(format!("a DeviceClass stands for `{resource}`"))
        })
    }

    /// The nodes that the Pod names. Upstream: `PreFilterResult`.
    fn narrow(&self) -> Option<Narrowing> {
        let mut narrowing: Option<Narrowing> = None;
        let mut add = |plugin: Plugin, names: BTreeSet<String>| {
            let known = narrowing.get_or_insert_with(|| Narrowing {
                names: names.clone(),
                plugins: BTreeSet::new(),
                by: plugin,
            });
            known.names = &known.names & &names;
            known.plugins.insert(plugin.name());
        };
        let name = node_name(self.pod);
        if self.snapshot.version >= KubernetesVersion::V1_37 && !name.is_empty() {
            add(Plugin::NodeName, BTreeSet::from([name.to_owned()]));
        }
        if let Prepared::Ready(affinity) = &self.node_affinity
            && let Some(names) = &affinity.names
        {
            add(Plugin::NodeAffinity, names.clone());
        }
        narrowing
    }

    fn narrowed(&self, node: &NodeInfo) -> Option<Reason> {
        let narrowing = self.narrowing.as_ref()?;
        if narrowing.names.contains(node.name()) {
            return None;
        }
        let plugins = narrowing
            .plugins
            .iter()
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        let code = Code::UnschedulableAndUnresolvable;
        let message = format!("node(s) didn't satisfy plugin(s) [{plugins}]");
        Some(Reason::new(narrowing.by, code, &message, Cause::NotNamed))
    }

    fn find_failures(&self, spec: &PodSpec) -> Vec<CycleFailure> {
        let gates = spec.scheduling_gates.iter().flatten();
        let gates: Vec<&str> = gates.map(|gate| gate.name.as_str()).collect();
        let held_back = (!gates.is_empty()).then(|| CycleFailure {
            stage: Stage::PreEnqueue,
            plugin: Plugin::SchedulingGates,
            message: format!("waiting for scheduling gates: [{}]", gates.join(" ")),
            detail: None,
            path: FieldPath::root().field("schedulingGates"),
            code: Code::UnschedulableAndUnresolvable,
        });
        let pre_filters = Plugin::pre_filters(self.snapshot.version).into_iter();
        let of_plugins = pre_filters.filter_map(|plugin| self.pre_filter_failure(plugin));
        held_back.into_iter().chain(of_plugins).collect()
    }

    fn pre_filter_failure(&self, plugin: Plugin) -> Option<CycleFailure> {
        let failure = match plugin {
            Plugin::NodeAffinity => {
                let conflict = self.node_affinity.failure().cloned();
                return conflict.or_else(|| self.empty_narrowing());
            }
            Plugin::VolumeRestrictions => self.restrictions.failure(),
            Plugin::VolumeBinding => self.binding.failure(),
            Plugin::VolumeZone => self.zones.failure(),
            Plugin::PodTopologySpread => self.spread.failure(),
            Plugin::InterPodAffinity => self.inter_pod.failure(),
            _ => None,
        };
        failure.cloned()
    }

    /// The names of `nodeName` and of the affinity have nothing in common.
    fn empty_narrowing(&self) -> Option<CycleFailure> {
        let narrowing = self.narrowing.as_ref()?;
        let plugins = narrowing
            .plugins
            .iter()
            .copied()
            .collect::<Vec<_>>()
            .join(" ");
        narrowing.names.is_empty().then(|| {
            CycleFailure::pre_filter(
                Plugin::NodeAffinity,
                Code::UnschedulableAndUnresolvable,
                format!("node(s) didn't satisfy plugin(s) [{plugins}] simultaneously"),
            )
        })
    }
}

/// The Pods that come before another one, by the node that they are to have.
fn nominated<'a>(snapshot: &'a Snapshot, pod: &Pod) -> BTreeMap<&'a str, Vec<&'a Nominated>> {
    let all = snapshot.lists.nominated.iter();
    let all = all.map(|(node, pods)| {
        let first = pods.iter().filter(|nominated| nominated.comes_before(pod));
        (node.as_str(), first.collect::<Vec<_>>())
    });
    all.filter(|(_, pods)| !pods.is_empty()).collect()
}

fn node_name(pod: &Pod) -> &str {
    let spec = pod.spec.as_ref();
    let name = spec.and_then(|spec| spec.node_name.as_deref());
    name.unwrap_or_default()
}

fn changed(node: &NodeInfo, edit: &NodeEdit) -> NodeInfo {
    let mut changed = node.clone();
    changed.apply(edit);
    changed
}
