//! The plugin `PodTopologySpread`: its filter, which looks at `DoNotSchedule` alone.
//!
//! Upstream: pkg/scheduler/framework/plugins/podtopologyspread (filtering.go, common.go).

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::api::core::v1::{Pod, PodSpec, Toleration, TopologySpreadConstraint};

use super::groups::PodGroup;
use super::node_info::NodeInfo;
use super::outcome::{Cause, Code, CycleFailure, Outcome, Prepared, Reason};
use super::plugin::Plugin;
use super::pod_terms::{OptionalSelector, label_of};
use super::required_affinity::RequiredNodeAffinity;
use super::snapshot::Snapshot;
use super::tolerations;
use crate::version::KubernetesVersion;

/// The message of a constraint that would be broken.
const MESSAGE: &str = "node(s) didn't match pod topology spread constraints";

/// A constraint, and whom it counts.
#[derive(Clone, Debug)]
pub(super) struct Constraint {
    /// The number in the Pod's spec.
    pub(super) index: usize,
    pub(super) topology_key: String,
    pub(super) max_skew: i64,
    min_domains: i64,
    pub(super) selector: OptionalSelector,
    /// Labels of the Pod that `matchLabelKeys` adds to the selector.
    same_labels: Vec<(String, String)>,
    honors_affinity: bool,
    honors_taints: bool,
}

impl Constraint {
    /// Reads a constraint.
    ///
    /// # Errors
    /// The selector is invalid: why.
    pub(super) fn of(
        index: usize,
        constraint: &TopologySpreadConstraint,
        pod: &Pod,
    ) -> Result<Self, String> {
        let selector = OptionalSelector::of(constraint.label_selector.as_ref())?;
        let labels = pod.metadata.labels.as_ref();
        let keys = constraint.match_label_keys.iter().flatten();
        let same_labels = keys
            .filter_map(|key| Some((key.clone(), labels?.get(key)?.clone())))
            // An absent selector has no requirements to which others could be added.
            .filter(|_| !selector.is_absent());
        Ok(Self {
            index,
            topology_key: constraint.topology_key.clone(),
            max_skew: constraint.max_skew.into(),
            min_domains: constraint.min_domains.unwrap_or(1).into(),
            same_labels: same_labels.collect(),
            selector,
            honors_affinity: constraint.node_affinity_policy.as_deref() != Some("Ignore"),
            honors_taints: constraint.node_taints_policy.as_deref() == Some("Honor"),
        })
    }

    /// Returns whether it selects a Pod with these labels.
    pub(super) fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        let mut same = self.same_labels.iter();
        same.all(|(key, value)| label(key) == Some(value)) && self.selector.matches(label)
    }

    /// Returns whether Pods of a group count: an empty selector counts none.
    pub(super) fn counts(&self, group: &PodGroup, namespace: &str) -> bool {
        let selects_all = self.selector.selects_all() && self.same_labels.is_empty();
        !selects_all && group.namespace() == namespace && self.matches(|key| group.label(key))
    }

    /// Returns whether a node is one of those that count. Upstream: `matchNodeInclusionPolicies`.
    pub(super) fn includes(
        &self,
        node: &NodeInfo,
        affinity: &RequiredNodeAffinity,
        tolerated: &[Toleration],
        version: KubernetesVersion,
    ) -> bool {
        let taints = || {
            let away = tolerations::keeps_pods_away;
            let mut taints = tolerations::untolerated(node.taints(), tolerated, version, away);
            taints.next().is_none()
        };
        (!self.honors_affinity || affinity.matches(node.labels(), node.name()))
            && (!self.honors_taints || taints())
    }
}

/// The nodes of a domain, and the matching Pods on them.
#[derive(Clone, Copy, Debug, Default)]
struct Domain {
    nodes: i64,
    pods: i64,
}

/// A constraint with the numbers of its domains.
#[derive(Clone, Debug)]
struct Counted {
    constraint: Constraint,
    selects_itself: bool,
    /// For each group, whether its Pods count.
    groups: Vec<bool>,
    domains: HashMap<String, Domain>,
    /// The number of domains with each number of Pods.
    sizes: BTreeMap<i64, i64>,
}

/// The constraints of a Pod with what they count.
#[derive(Clone, Debug)]
pub(super) struct Spread {
    constraints: Vec<Counted>,
    affinity: RequiredNodeAffinity,
    tolerations: Vec<Toleration>,
    version: KubernetesVersion,
}

/// The part of one node in a domain's numbers.
struct Share<'a> {
    domain: &'a str,
    pods: i64,
}

/// Counts the matching Pods of all domains. Upstream: `calPreFilterState`.
pub(super) fn prepare(pod: &Pod, spec: &PodSpec, snapshot: &Snapshot) -> Prepared<Spread> {
    let all = spec
        .topology_spread_constraints
        .iter()
        .flatten()
        .enumerate();
    let hard = all.filter(|(_, constraint)| constraint.when_unsatisfiable == "DoNotSchedule");
    let constraints: Result<Vec<_>, _> = hard
        .map(|(at, constraint)| Constraint::of(at, constraint, pod))
        .collect();
    let constraints = match constraints {
        Ok(constraints) if constraints.is_empty() => return Prepared::Skip,
        Ok(constraints) => constraints,
        Err(why) => {
            return Prepared::Failed(CycleFailure::pre_filter(
                Plugin::PodTopologySpread,
                Code::Error,
                format!("get constraints from pod: {why}"),
            ));
        }
    };
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let labels = pod.metadata.labels.clone().unwrap_or_default();
    let constraints = constraints.into_iter().map(|constraint| {
        let groups = snapshot.groups().iter();
        let groups = groups.map(|group| constraint.counts(group, namespace));
        Counted {
            selects_itself: constraint.matches(label_of(&labels)),
            groups: groups.collect(),
            constraint,
            domains: HashMap::new(),
            sizes: BTreeMap::new(),
        }
    });
    let mut spread = Spread {
        constraints: constraints.collect(),
        affinity: RequiredNodeAffinity::of(spec),
        tolerations: tolerations::of(pod).to_vec(),
        version: snapshot.version(),
    };
    let mut domains: Vec<HashMap<String, Domain>> = vec![HashMap::new(); spread.constraints.len()];
    for node in snapshot.nodes() {
        for (at, domains) in domains.iter_mut().enumerate() {
            if let Some(share) = spread.share(at, node) {
                if !domains.contains_key(share.domain) {
                    domains.insert(share.domain.to_owned(), Domain::default());
                }
                if let Some(domain) = domains.get_mut(share.domain) {
                    domain.nodes += 1;
                    domain.pods += share.pods;
                }
            }
        }
    }
    for (counted, domains) in spread.constraints.iter_mut().zip(domains) {
        for domain in domains.values() {
            *counted.sizes.entry(domain.pods).or_default() += 1;
        }
        counted.domains = domains;
    }
    Prepared::Ready(spread)
}

impl Spread {
    /// The part of a node in a constraint's numbers: `None` if it counts for none, because it
    /// lacks one of all topology keys or is left out by a policy.
    fn share<'a>(&self, at: usize, node: &'a NodeInfo) -> Option<Share<'a>> {
        let mut constraints = self.constraints.iter();
        if constraints.any(|counted| node.label(&counted.constraint.topology_key).is_none()) {
            return None;
        }
        let counted = self.constraints.get(at)?;
        let domain = node.label(&counted.constraint.topology_key)?;
        let is_included =
            counted
                .constraint
                .includes(node, &self.affinity, &self.tolerations, self.version);
        is_included.then(|| Share {
            domain,
            pods: counted.pods_on(node),
        })
    }

    /// Judges a node, which may be a changed form of the one that was counted.
    /// Upstream: `Filter`.
    pub(super) fn judge(&self, node: &NodeInfo, before: Option<&NodeInfo>) -> Outcome {
        for (at, counted) in self.constraints.iter().enumerate() {
            let constraint = &counted.constraint;
            let Some(domain) = node.label(&constraint.topology_key) else {
                let message = format!("{MESSAGE} (missing required label)");
                let key = constraint.topology_key.clone();
                let detail = format!("the node has no label `{key}`");
                let code = Code::UnschedulableAndUnresolvable;
                let cause = Cause::MissingTopologyKey(key);
                let reason = Reason::new(Plugin::PodTopologySpread, code, &message, cause);
                return Outcome::fails(reason.detailed(detail));
            };
            let (removed, added) = match before {
                Some(before) => (self.share(at, before), self.share(at, node)),
                None => (None, None),
            };
            let mut numbers = counted.numbers(domain, removed.as_ref(), added.as_ref());
            if numbers.domains < constraint.min_domains {
                numbers.minimum = 0;
            }
            let own = i64::from(counted.selects_itself);
            if numbers.matching + own - numbers.minimum > constraint.max_skew {
                return Outcome::fails(counted.too_skewed(domain, &numbers));
            }
        }
        Outcome::Passes
    }
}

/// The numbers that a constraint compares.
struct Numbers {
    matching: i64,
    minimum: i64,
    domains: i64,
}

impl Counted {
    /// The matching Pods on a node that are not being deleted.
    fn pods_on(&self, node: &NodeInfo) -> i64 {
        let groups = node.pods().groups().filter(|(id, _)| {
            let at = usize::try_from(*id).ok();
            at.and_then(|at| self.groups.get(at)) == Some(&true)
        });
        groups.map(|(_, count)| i64::from(count.active)).sum()
    }

    /// The numbers for a domain, after one node's part was exchanged.
    fn numbers(
        &self,
        domain: &str,
        removed: Option<&Share<'_>>,
        added: Option<&Share<'_>>,
    ) -> Numbers {
        let of = |name: &str| self.domains.get(name).copied();
        let mut changed: Vec<(&str, Domain)> = Vec::new();
        let shares = removed.map(|share| (share, -1)).into_iter();
        for (share, sign) in shares.chain(added.map(|share| (share, 1))) {
            let at = changed.iter().position(|(name, _)| *name == share.domain);
            let mut new = match at {
                Some(at) => changed.swap_remove(at).1,
                None => of(share.domain).unwrap_or_default(),
            };
            new.nodes += sign;
            new.pods += sign * share.pods;
            changed.push((share.domain, new));
        }
        let mut sizes: BTreeMap<i64, i64> = BTreeMap::new();
        let mut domains = i64::try_from(self.domains.len()).unwrap_or(i64::MAX);
        for (name, new) in &changed {
            if let Some(old) = of(name) {
                *sizes.entry(old.pods).or_default() -= 1;
                domains -= 1;
            }
            if new.nodes > 0 {
                *sizes.entry(new.pods).or_default() += 1;
                domains += 1;
            }
        }
        let unchanged = self.sizes.iter().map(|(pods, count)| {
            let change = sizes.get(pods).copied().unwrap_or(0);
            (*pods, count + change)
        });
        let smallest = unchanged
            .filter(|(_, count)| *count > 0)
            .map(|(pods, _)| pods);
        let smallest = smallest.into_iter().next();
        let new = sizes
            .iter()
            .filter(|(_, count)| **count > 0)
            .map(|(pods, _)| *pods);
        let minimum = new.chain(smallest).min();
        let found = changed.iter().find(|(name, _)| *name == domain);
        let matching = found.map_or_else(|| of(domain).unwrap_or_default(), |(_, new)| *new);
        Numbers {
            matching: matching.pods,
            // Upstream starts with the largest number of 32 bits, where no domain counts.
            minimum: minimum.unwrap_or(i64::from(i32::MAX)),
            domains,
        }
    }

    fn too_skewed(&self, domain: &str, numbers: &Numbers) -> Reason {
        let Constraint {
            index,
            topology_key,
            max_skew,
            min_domains,
            ..
        } = &self.constraint;
        let Numbers {
            matching,
            minimum,
            domains,
        } = *numbers;
        let cause = Cause::Skew {
            constraint: *index,
            matching,
            selects_itself: self.selects_itself,
            minimum,
            max_skew: *max_skew,
            domains,
            min_domains: *min_domains,
        };
        let own = if self.selects_itself {
            " and this one"
        } else {
            ""
        };
        let s = if matching == 1 { "" } else { "s" };
        let least = if domains < *min_domains {
            let there_are = if domains == 1 {
                "there is"
            } else {
                "there are"
            };
            format!(
                "the least counts as 0 because {there_are} {domains} of at least {min_domains} domains (minDomains)"
            )
        } else {
            format!("the least is {minimum}")
        };
        let detail = format!(
            "`{topology_key}={domain}` has {matching} matching Pod{s}{own}, {least}, maxSkew is {max_skew}"
        );
        let code = Code::Unschedulable;
        Reason::new(Plugin::PodTopologySpread, code, MESSAGE, cause).detailed(detail)
    }
}
