//! The most that nodes can give of each resource, and requests above that.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::Node;
use pod_model::features::Gate;
use pod_model::lookup::{Answers, Completeness};
use pod_model::prose::list;
use pod_model::scheduling::{is_dra_extended, is_extended};
use pod_model::{FieldPath, Finding, KubernetesVersion, Quantity, Severity, rules};

use super::report::AmountTexts;

/// Number of different nodes up to which their resources are compared together.
const MOST_SHAPES: usize = 64;

/// The nodes that a Pod could run on.
#[derive(Debug)]
pub(super) struct Capacity {
    nodes: Nodes,
    most: BTreeMap<String, Quantity>,
    /// Number of nodes that have some of each resource.
    having: BTreeMap<String, usize>,
    /// The amounts that nodes can allocate, each set once; `None` if there are too many that differ.
    shapes: Option<Vec<BTreeMap<String, Quantity>>>,
}

#[derive(Debug)]
enum Nodes {
    /// Those that are known.
    All {
        /// Number of those that have amounts; the others say nothing.
        count: usize,
        is_complete: bool,
    },
    /// The one that the Pod names: no scheduler looks for another, and its kubelet decides.
    Named(String),
}

/// Requests that no node can hold, even without other Pods.
#[derive(Debug)]
pub(super) struct Excess {
    /// The resource, or `None` for several together.
    resource: Option<String>,
    /// A sentence about the Pod, without its subject.
    says: String,
    may_be_device: bool,
}

impl Capacity {
    /// Returns what all known nodes can give; it is the same for all targets.
    pub(super) fn of(answers: &Answers) -> Self {
        let list = answers.all::<Node>("");
        let mut capacity = Self::empty(Nodes::All {
            count: 0,
            is_complete: list.completeness == Completeness::Complete,
        });
        for found in &list.objects {
            capacity.add(found.object);
        }
        capacity
    }

    /// Returns what the node that a Pod names can give.
    pub(super) fn of_node(node: &Node, name: &str) -> Option<Self> {
        let mut capacity = Self::empty(Nodes::Named(name.to_owned()));
        capacity.add(node);
        let is_known = capacity.shapes.as_ref().is_some_and(|own| !own.is_empty());
        is_known.then_some(capacity)
    }

    /// Returns whether all nodes of the cluster are known, so that there is no other that could be larger.
    pub(super) fn is_complete(&self) -> bool {
        matches!(
            self.nodes,
            Nodes::All {
                is_complete: true,
                ..
            }
        )
    }

    fn empty(nodes: Nodes) -> Self {
        Self {
            nodes,
            most: BTreeMap::new(),
            having: BTreeMap::new(),
            shapes: Some(Vec::new()),
        }
    }

    fn add(&mut self, node: &Node) {
        let status = node.status.as_ref();
        let Some(amounts) = status.and_then(|own| own.allocatable.as_ref()) else {
            return;
        };
        if let Nodes::All { count, .. } = &mut self.nodes {
            *count += 1;
        }
        let read =
            |(name, amount): (&String, _)| Some((name.clone(), Quantity::try_from(amount).ok()?));
        let shape: BTreeMap<String, Quantity> = amounts.iter().filter_map(read).collect();
        for (name, amount) in &shape {
            if amount.signum() > 0 {
                *self.having.entry(name.clone()).or_default() += 1;
            }
            match self.most.get_mut(name) {
                Some(most) if *most >= *amount => {}
                Some(most) => *most = amount.clone(),
                None => {
                    self.most.insert(name.clone(), amount.clone());
                }
            }
        }
        match &mut self.shapes {
            Some(all) if all.contains(&shape) => {}
            Some(all) if all.len() < MOST_SHAPES => all.push(shape),
            shapes => *shapes = None,
        }
    }

    /// Returns the requests that none of the nodes can hold.
    pub(super) fn excess(&self, requests: &AmountTexts, version: KubernetesVersion) -> Vec<Excess> {
        if matches!(self.nodes, Nodes::All { count: 0, .. }) {
            return Vec::new();
        }
        let amounts = requests.iter();
        let parsed = amounts.filter_map(|(name, text)| Some((name, text, text.parse().ok()?)));
        let parsed: Vec<(&String, &String, Quantity)> = parsed
            .filter(|(name, _, request): &(_, _, Quantity)| {
                request.signum() > 0 && self.counts(name)
            })
            .collect();
        let single = parsed.iter().filter_map(|(name, text, request)| {
            let most = self.most.get(*name).cloned().unwrap_or_default();
            (*request > most).then(|| self.single(name, text, &most, version))
        });
        let single: Vec<Excess> = single.collect();
        if single.iter().any(|own| !own.may_be_device) {
            return single;
        }
        // Those that only a device can give say nothing about the others.
        let is_single = |name: &str| {
            let mut all = single.iter();
            all.any(|own| own.resource.as_deref() == Some(name))
        };
        let mut rest = parsed;
        rest.retain(|(name, _, _)| !is_single(name));
        let together = self.together(&rest, version);
        single.into_iter().chain(together).collect()
    }

    /// Returns whether a DeviceClass can stand for a resource on one of the nodes: on one that has none of its own.
    ///
    /// Upstream: `shouldDelegateResourceToDRA` in pkg/scheduler/framework/plugins/noderesources.
    fn may_be_device(&self, resource: &str, version: KubernetesVersion) -> bool {
        let Nodes::All { count, .. } = self.nodes else {
            return false;
        };
        let having = self.having.get(resource).copied().unwrap_or_default();
        having < count && may_be_device(resource, version)
    }

    /// Returns whether the nodes decide on a resource. A kubelet leaves out extended resources that its node does not know.
    ///
    /// Upstream: `removeMissingExtendedResources` in pkg/kubelet/lifecycle.
    fn counts(&self, resource: &str) -> bool {
        let is_all = matches!(self.nodes, Nodes::All { .. });
        is_all || !is_extended(resource) || self.most.contains_key(resource)
    }

    fn single(
        &self,
        name: &str,
        request: &str,
        most: &Quantity,
        version: KubernetesVersion,
    ) -> Excess {
        let may_be_device = self.may_be_device(name, version);
        let has = match &self.nodes {
            Nodes::Named(node) if most.is_zero() => {
                format!("its node {node} has none to give: the kubelet rejects it (OutOf{name})")
            }
            Nodes::Named(node) => {
                format!("its node {node} has {most} to give: the kubelet rejects it (OutOf{name})")
            }
            Nodes::All { count, is_complete } => {
                let known = if *is_complete { "" } else { " known here" };
                let device = if may_be_device {
                    ", unless a DeviceClass stands for it"
                } else {
                    ""
                };
                match (*count, most.is_zero()) {
                    (1, true) => format!("the only node{known} has none to give{device}"),
                    (1, false) => format!("the only node{known} has {most} to give"),
                    (count, true) => {
                        format!("none of the {count} nodes{known} has any to give{device}")
                    }
                    (count, false) => {
                        format!(
                            "none of the {count} nodes{known} has more than {most} to give{device}"
                        )
                    }
                }
            }
        };
        Excess {
            resource: Some(name.to_owned()),
            says: format!("requests {request} of {name}, and {has}"),
            may_be_device,
        }
    }

    /// Each of the requests has a node, and none has all.
    fn together(
        &self,
        requests: &[(&String, &String, Quantity)],
        version: KubernetesVersion,
    ) -> Option<Excess> {
        let Nodes::All { count, is_complete } = self.nodes else {
            return None;
        };
        let shapes = self.shapes.as_ref()?;
        // The resources that a node has none of and a device could give; `None` if that is not enough.
        let devices = |shape: &BTreeMap<String, Quantity>| {
            let mut devices = Vec::new();
            for (name, _, request) in requests {
                match shape.get(*name).filter(|most| most.signum() > 0) {
                    Some(most) if most >= request => {}
                    None if may_be_device(name, version) => devices.push((*name).clone()),
                    _ => return None,
                }
            }
            Some(devices)
        };
        let nearest = shapes.iter().filter_map(devices).min_by_key(Vec::len);
        if requests.len() < 2 || nearest.as_ref().is_some_and(Vec::is_empty) {
            return None;
        }
        let device = nearest.as_ref().map_or_else(String::new, |names| {
            format!(", unless a DeviceClass stands for {}", list(names))
        });
        let amounts = requests.iter();
        let amounts: Vec<String> = amounts
            .map(|(name, text, _)| format!("{text} of {name}"))
            .collect();
        let known = if is_complete { "" } else { " known here" };
        Some(Excess {
            resource: None,
            says: format!(
                "requests {}, and none of the {count} nodes{known} has all of it to give{device}",
                list(&amounts)
            ),
            may_be_device: nearest.is_some(),
        })
    }

    /// Returns the findings about requests that none of the nodes can hold.
    pub(super) fn findings(
        &self,
        requests: &AmountTexts,
        base: &FieldPath,
        version: KubernetesVersion,
    ) -> Vec<Finding> {
        let (path, help) = match self.nodes {
            Nodes::All { .. } => (
                base.field("spec"),
                "lower the requests, or add a larger node",
            ),
            Nodes::Named(_) => (
                base.field("spec").field("nodeName"),
                "lower the requests, or remove `nodeName`, so that the scheduler looks for a node",
            ),
        };
        let excess = self.excess(requests, version).into_iter();
        excess
            .map(|own| {
                let message = format!("the Pod {}", own.says);
                let finding =
                    Finding::new(&rules::REQUEST_EXCEEDS_NODES, path.clone(), message).help(help);
                if own.may_be_device {
                    finding.with_severity(Severity::Warning)
                } else {
                    finding
                }
            })
            .collect()
    }

    /// Returns why none of the nodes can hold requests that it could hold before they were raised.
    pub(super) fn raised(
        &self,
        before: &AmountTexts,
        after: &AmountTexts,
        version: KubernetesVersion,
    ) -> Vec<String> {
        let certain = |requests| {
            let all = self.excess(requests, version).into_iter();
            all.filter(|own| !own.may_be_device).collect::<Vec<_>>()
        };
        let known = certain(before);
        let raised = certain(after).into_iter();
        raised
            .filter(|own| known.iter().all(|old| old.resource != own.resource))
            .map(|own| format!("the Pod then {}", own.says))
            .collect()
    }
}

/// Returns whether a DeviceClass can stand for a resource. Which of them do, is not asked.
fn may_be_device(resource: &str, version: KubernetesVersion) -> bool {
    Gate::DRAExtendedResource.is_on(version) && is_dra_extended(resource)
}
