//! `InterPodAffinity`: preferred affinity of the Pod to Pods in the node's domains, and of them
//! to the Pod.
//!
//! Upstream: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go.

use std::collections::{BTreeMap, HashMap};

use k8s_openapi::api::core::v1::{Pod, PodSpec};

use super::normalize::{MAX, fraction, truncated};
use crate::scheduling::inter_pod::{matches_term, name_namespaces};
use crate::scheduling::pod_terms::label_of;
use crate::scheduling::{NodeInfo, PodGroup, PodTerm, PodTerms, Snapshot};

/// The weight of others' required affinity. Upstream: `HardPodAffinityWeight`.
const REQUIRED: i64 = 1;

/// The weights that each Pod of a group adds, by topology key.
type Weights = Vec<(String, i64)>;

pub(super) fn scores(
    pod: &Pod,
    spec: &PodSpec,
    nodes: &[&NodeInfo],
    snapshot: &Snapshot,
) -> Result<Vec<i64>, String> {
    let namespace = pod.metadata.namespace.as_deref().unwrap_or_default();
    let mut terms = PodTerms::of(namespace, spec.affinity.as_ref());
    let preferred = terms.preferred.iter_mut();
    for weighted in preferred.chain(&mut terms.preferred_anti) {
        name_namespaces(&mut weighted.term, snapshot).map_err(|unknown| unknown.0)?;
    }
    let labels = pod.metadata.labels.clone().unwrap_or_default();
    let groups: Result<Vec<Weights>, String> = snapshot
        .groups()
        .iter()
        .map(|group| {
            let mut weights = of_pod(&terms, group);
            weights.extend(of_group(group, namespace, &labels, snapshot)?);
            Ok(weights)
        })
        .collect();
    let sums = by_domain(&groups?, snapshot);
    let of_each = nodes.iter().map(|node| {
        let sums = sums.iter().filter_map(|(key, domains)| {
            let domain = node.label(key)?;
            domains.get(domain).copied()
        });
        sums.sum()
    });
    Ok(normalized(&of_each.collect::<Vec<i64>>()))
}

/// The weights of the Pod's own terms that match a group.
fn of_pod(terms: &PodTerms, group: &PodGroup) -> Weights {
    let signed = terms.preferred.iter().map(|weighted| (weighted, 1));
    let signed = signed.chain(terms.preferred_anti.iter().map(|weighted| (weighted, -1)));
    let matching = signed.filter(|(weighted, _)| {
        matches_term(&weighted.term, group.namespace(), |key| group.label(key))
    });
    matching
        .map(|(weighted, sign)| {
            let key = weighted.term.topology_key.clone();
            (key, sign * i64::from(weighted.weight))
        })
        .collect()
}

/// The weights of a group's terms that match the Pod.
fn of_group(
    group: &PodGroup,
    namespace: &str,
    labels: &BTreeMap<String, String>,
    snapshot: &Snapshot,
) -> Result<Weights, String> {
    let Some(terms) = group.terms() else {
        return Ok(Vec::new());
    };
    let required = terms.required.iter().map(|term| (term, REQUIRED));
    let preferred = terms.preferred.iter();
    let preferred = preferred.map(|weighted| (&weighted.term, i64::from(weighted.weight)));
    let anti = terms.preferred_anti.iter();
    let anti = anti.map(|weighted| (&weighted.term, -i64::from(weighted.weight)));
    let mut weights = Vec::new();
    for (term, weight) in required.chain(preferred).chain(anti) {
        if term.selector.matches(label_of(labels)) && is_in(term, namespace, snapshot)? {
            weights.push((term.topology_key.clone(), weight));
        }
    }
    Ok(weights)
}

/// Returns whether a term of another Pod is about a namespace.
fn is_in(term: &PodTerm, namespace: &str, snapshot: &Snapshot) -> Result<bool, String> {
    let selector = &term.namespace_selector;
    if term.namespaces.contains(namespace) || selector.selects_all() {
        return Ok(true);
    }
    if selector.is_absent() {
        return Ok(false);
    }
    let labels = snapshot.namespace_labels(namespace)?;
    Ok(selector.matches(label_of(labels)))
}

/// Adds the weights up by topology key and domain.
fn by_domain(groups: &[Weights], snapshot: &Snapshot) -> HashMap<String, HashMap<String, i64>> {
    let mut sums: HashMap<String, HashMap<String, i64>> = HashMap::new();
    for node in snapshot.nodes() {
        for (id, count) in node.pods().groups() {
            let at = usize::try_from(id).ok();
            let weights = at.and_then(|at| groups.get(at));
            for (key, weight) in weights.into_iter().flatten() {
                let Some(domain) = node.label(key) else {
                    continue;
                };
                if !sums.contains_key(key) {
                    sums.insert(key.clone(), HashMap::new());
                }
                let Some(domains) = sums.get_mut(key) else {
                    continue;
                };
                if !domains.contains_key(domain) {
                    domains.insert(domain.to_owned(), 0);
                }
                if let Some(sum) = domains.get_mut(domain) {
                    *sum = sum.saturating_add(weight.saturating_mul(count.total().into()));
                }
            }
        }
    }
    sums
}

/// Scales the sums between the smallest and the largest. Upstream: `NormalizeScore`.
fn normalized(sums: &[i64]) -> Vec<i64> {
    let least = sums.iter().copied().min().unwrap_or(0);
    let most = sums.iter().copied().max().unwrap_or(0);
    let range = i128::from(most) - i128::from(least);
    let of_each = sums.iter().map(|sum| {
        if range == 0 {
            return 0;
        }
        let part = fraction(i128::from(*sum) - i128::from(least)) / fraction(range);
        truncated(fraction(MAX.into()) * part)
    });
    of_each.collect()
}
