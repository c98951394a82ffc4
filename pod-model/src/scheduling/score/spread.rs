//! `PodTopologySpread`: the fewer matching Pods in the node's domains, the better.
//!
//! Upstream: pkg/scheduler/framework/plugins/podtopologyspread (scoring.go, plugin.go).

use std::collections::{HashMap, HashSet};

use k8s_openapi::api::core::v1::{Pod, PodSpec, TopologySpreadConstraint};

use super::default_selector::DefaultSelector;
use super::normalize::{MAX, fraction, truncated};
use crate::scheduling::spread::Constraint;
use crate::scheduling::tolerations;
use crate::scheduling::{NodeInfo, PodGroup, RequiredNodeAffinity, Snapshot};

/// The label whose domains are single nodes.
const HOSTNAME: &str = "kubernetes.io/hostname";
/// Topology key and skew of the default constraints. Upstream: `systemDefaultConstraints`.
const DEFAULTS: [(&str, i32); 2] = [(HOSTNAME, 3), ("topology.kubernetes.io/zone", 5)];

/// A constraint with the Pods that it counts.
struct Counted {
    constraint: Constraint,
    /// For each group, whether its Pods count.
    groups: Vec<bool>,
    /// Matching Pods by domain, of the domains with a node that fits.
    domains: HashMap<String, i64>,
    weight: f64,
}

pub(super) fn scores(
    pod: &Pod,
    spec: &PodSpec,
    nodes: &[&NodeInfo],
    snapshot: &Snapshot,
    default: Option<&DefaultSelector>,
) -> Result<Vec<i64>, String> {
    let own = spec.topology_spread_constraints.as_deref();
    let own = own.filter(|constraints| !constraints.is_empty());
    let mut constraints = match own {
        Some(own) => of_pod(pod, own, snapshot)?,
        None => {
            let missing = || "the Services and the controller of the Pod are not known".to_owned();
            of_defaults(pod, default.ok_or_else(missing)?, snapshot)?
        }
    };
    if constraints.is_empty() {
        return Ok(vec![0; nodes.len()]);
    }
    let needs_all = own.is_some();
    let ignored = count_domains(&mut constraints, nodes, needs_all);
    count_pods(&mut constraints, pod, spec, snapshot, needs_all);
    let scores = nodes.iter().map(|node| {
        let is_ignored = ignored.contains(node.name());
        (!is_ignored).then(|| score(&constraints, node))
    });
    Ok(normalized(&scores.collect::<Vec<_>>()))
}

fn of_pod(
    pod: &Pod,
    constraints: &[TopologySpreadConstraint],
    snapshot: &Snapshot,
) -> Result<Vec<Counted>, String> {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let soft = constraints.iter().enumerate();
    let soft = soft.filter(|(_, constraint)| constraint.when_unsatisfiable == "ScheduleAnyway");
    soft.map(|(at, constraint)| {
        let constraint = Constraint::of(at, constraint, pod)?;
        let counts = |group: &PodGroup| constraint.counts(group, namespace);
        let groups = snapshot
            .groups()
            .iter()
            .map(|group| counts(group))
            .collect();
        Ok(Counted::new(constraint, groups))
    })
    .collect()
}

fn of_defaults(
    pod: &Pod,
    selector: &DefaultSelector,
    snapshot: &Snapshot,
) -> Result<Vec<Counted>, String> {
    if selector.is_empty() {
        return Ok(Vec::new());
    }
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let groups = snapshot
        .groups()
        .iter()
        .map(|group| group.namespace() == namespace && selector.matches(|key| group.label(key)));
    let groups: Vec<bool> = groups.collect();
    let constraints = DEFAULTS.iter().enumerate().map(|(at, (key, max_skew))| {
        let constraint = TopologySpreadConstraint {
            topology_key: (*key).to_owned(),
            max_skew: *max_skew,
            ..TopologySpreadConstraint::default()
        };
        Ok(Counted::new(
            Constraint::of(at, &constraint, pod)?,
            groups.clone(),
        ))
    });
    constraints.collect()
}

/// Finds the domains of the nodes that fit. Returns the names of nodes that are not compared,
/// because a label is missing. Upstream: `initPreScoreState`.
fn count_domains<'a>(
    constraints: &mut [Counted],
    nodes: &[&'a NodeInfo],
    needs_all: bool,
) -> HashSet<&'a str> {
    let mut ignored = HashSet::new();
    for node in nodes {
        if needs_all && !has_all(constraints, node) {
            ignored.insert(node.name());
            continue;
        }
        for counted in constraints
            .iter_mut()
            .filter(|counted| !counted.is_by_host())
        {
            let domain = counted.domain(node);
            if !counted.domains.contains_key(domain) {
                counted.domains.insert(domain.to_owned(), 0);
            }
        }
    }
    let compared = nodes.len() - ignored.len();
    for counted in constraints {
        let size = if counted.is_by_host() {
            compared
        } else {
            counted.domains.len()
        };
        counted.weight = fraction(i128::try_from(size + 2).unwrap_or(i128::MAX)).ln();
    }
    ignored
}

/// Counts the matching Pods of all nodes by domain. Upstream: `PreScore`.
fn count_pods(
    constraints: &mut [Counted],
    pod: &Pod,
    spec: &PodSpec,
    snapshot: &Snapshot,
    needs_all: bool,
) {
    let affinity = RequiredNodeAffinity::of(spec);
    let tolerations = tolerations::of(pod);
    for node in snapshot.nodes() {
        if needs_all && !has_all(constraints, node) {
            continue;
        }
        for counted in constraints.iter_mut() {
            let constraint = &counted.constraint;
            if !counted.domains.contains_key(counted.domain(node))
                || !constraint.includes(node, &affinity, tolerations, snapshot.version())
            {
                continue;
            }
            let pods = counted.pods_on(node);
            let domain = counted.domain(node);
            if let Some(sum) = counted.domains.get_mut(domain) {
                *sum += pods;
            }
        }
    }
}

fn has_all(constraints: &[Counted], node: &NodeInfo) -> bool {
    let mut constraints = constraints.iter();
    constraints.all(|counted| node.label(&counted.constraint.topology_key).is_some())
}

impl Counted {
    fn new(constraint: Constraint, groups: Vec<bool>) -> Self {
        Self {
            constraint,
            groups,
            domains: HashMap::new(),
            weight: 0.0,
        }
    }

    fn is_by_host(&self) -> bool {
        self.constraint.topology_key == HOSTNAME
    }

    /// The domain of a node: the nodes without the label are one as well.
    fn domain<'a>(&self, node: &'a NodeInfo) -> &'a str {
        node.label(&self.constraint.topology_key)
            .unwrap_or_default()
    }

    /// The matching Pods on a node that are not being deleted.
    fn pods_on(&self, node: &NodeInfo) -> i64 {
        let groups = node.pods().groups().filter(|(id, _)| {
            let at = usize::try_from(*id).ok();
            at.and_then(|at| self.groups.get(at)) == Some(&true)
        });
        groups.map(|(_, count)| i64::from(count.active)).sum()
    }
}

/// The weighted number of matching Pods around a node. Upstream: `Score`.
fn score(constraints: &[Counted], node: &NodeInfo) -> i64 {
    let mut score = 0.0;
    for counted in constraints {
        let Some(domain) = node.label(&counted.constraint.topology_key) else {
            continue;
        };
        let pods = if counted.is_by_host() {
            counted.pods_on(node)
        } else {
            counted.domains.get(domain).copied().unwrap_or(0)
        };
        let allowed = fraction(i128::from(counted.constraint.max_skew) - 1);
        score += fraction(pods.into()) * counted.weight + allowed;
    }
    truncated(score.round())
}

/// Makes the smallest number the best score. Upstream: `NormalizeScore`.
fn normalized(scores: &[Option<i64>]) -> Vec<i64> {
    let compared = scores.iter().flatten().copied();
    let least = compared.clone().min().unwrap_or(0);
    let most = compared.max().unwrap_or(0).max(0);
    let of_each = scores.iter().map(|score| match score {
        None => 0,
        Some(_) if most == 0 => MAX,
        Some(score) => MAX.saturating_mul(most + least - score) / most,
    });
    of_each.collect()
}
