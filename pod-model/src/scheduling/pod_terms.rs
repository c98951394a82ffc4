//! Affinity terms between Pods.
//!
//! Upstream: `AffinityTerm` (k8s.io/kube-scheduler/framework/types.go), `PodInfo.Update`
//! (pkg/scheduler/framework/types.go).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{Affinity, PodAffinityTerm, WeightedPodAffinityTerm};
use k8s_openapi::apimachinery::pkg::apis::meta::v1 as meta;

use crate::selector::LabelSelector;

/// A selector of labels that may be absent, which selects nothing.
#[derive(Clone, Debug)]
pub struct OptionalSelector(Option<LabelSelector>);

impl OptionalSelector {
    /// Reads a selector. Upstream: `LabelSelectorAsSelector`.
    ///
    /// # Errors
    /// The selector is invalid: why.
    pub fn of(selector: Option<&meta::LabelSelector>) -> Result<Self, String> {
        selector.map(LabelSelector::try_from).transpose().map(Self)
    }

    /// Selects nothing.
    pub const NOTHING: Self = Self(None);

    /// Returns whether it selects everything: it is there and has no requirement.
    pub fn selects_all(&self) -> bool {
        let selector = self.0.as_ref();
        selector.is_some_and(|selector| selector.requirements().is_empty())
    }

    /// Returns whether it selects nothing, because it is absent.
    pub fn is_absent(&self) -> bool {
        self.0.is_none()
    }

    /// Returns whether it selects an object with these labels.
    pub fn matches<'a>(&self, label: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.0
            .as_ref()
            .is_some_and(|selector| selector.matches(label))
    }

    /// Returns the keys of labels that it looks at.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        let requirements = self.0.iter().flat_map(LabelSelector::requirements);
        requirements.map(|requirement| requirement.key.as_str())
    }
}

/// A term of affinity or anti-affinity between Pods.
#[derive(Clone, Debug)]
pub struct PodTerm {
    /// Namespaces by name.
    pub namespaces: BTreeSet<String>,
    /// Namespaces by their labels.
    pub namespace_selector: OptionalSelector,
    /// Pods by their labels.
    pub selector: OptionalSelector,
    /// The label of nodes whose values are the domains.
    pub topology_key: String,
}

impl PodTerm {
    /// Reads a term of a Pod in a namespace.
    ///
    /// # Errors
    /// A selector is invalid: why.
    pub fn of(namespace: &str, term: &PodAffinityTerm) -> Result<Self, String> {
        let selector = OptionalSelector::of(term.label_selector.as_ref())?;
        let mut namespaces: BTreeSet<String> = term.namespaces.iter().flatten().cloned().collect();
        if namespaces.is_empty() && term.namespace_selector.is_none() {
            namespaces.insert(namespace.to_owned());
        }
        Ok(Self {
            namespaces,
            namespace_selector: OptionalSelector::of(term.namespace_selector.as_ref())?,
            selector,
            topology_key: term.topology_key.clone(),
        })
    }
}

/// A preferred term with its weight.
#[derive(Clone, Debug)]
pub struct WeightedPodTerm {
    /// The weight, 1 to 100.
    pub weight: i32,
    /// The term.
    pub term: PodTerm,
}

/// The affinity terms of a Pod. A list with an invalid term is empty, as upstream's is.
#[derive(Clone, Debug, Default)]
pub struct PodTerms {
    /// Required affinity.
    pub required: Vec<PodTerm>,
    /// Required anti-affinity.
    pub required_anti: Vec<PodTerm>,
    /// Preferred affinity.
    pub preferred: Vec<WeightedPodTerm>,
    /// Preferred anti-affinity.
    pub preferred_anti: Vec<WeightedPodTerm>,
    /// The lists with an invalid term, and why: `requiredAffinityTerms: …`.
    pub errors: Vec<String>,
}

impl PodTerms {
    /// Reads the terms of a Pod in a namespace.
    pub fn of(namespace: &str, affinity: Option<&Affinity>) -> Self {
        let mut terms = Self::default();
        let Some(affinity) = affinity else {
            return terms;
        };
        let mut errors = Vec::new();
        let mut required = |list: &Option<Vec<PodAffinityTerm>>, name: &str| {
            let list = list.iter().flatten();
            let parsed: Result<Vec<_>, _> = list.map(|term| PodTerm::of(namespace, term)).collect();
            parsed.unwrap_or_else(|why| {
                errors.push(format!("{name}: {why}"));
                Vec::new()
            })
        };
        if let Some(affinity) = &affinity.pod_affinity {
            let list = &affinity.required_during_scheduling_ignored_during_execution;
            terms.required = required(list, "requiredAffinityTerms");
        }
        if let Some(affinity) = &affinity.pod_anti_affinity {
            let list = &affinity.required_during_scheduling_ignored_during_execution;
            terms.required_anti = required(list, "requiredAntiAffinityTerms");
        }
        let mut preferred = |list: &Option<Vec<WeightedPodAffinityTerm>>, name: &str| {
            let parsed: Result<Vec<_>, String> = list
                .iter()
                .flatten()
                .map(|weighted| {
                    Ok(WeightedPodTerm {
                        weight: weighted.weight,
                        term: PodTerm::of(namespace, &weighted.pod_affinity_term)?,
                    })
                })
                .collect();
            parsed.unwrap_or_else(|why| {
                errors.push(format!("{name}: {why}"));
                Vec::new()
            })
        };
        if let Some(affinity) = &affinity.pod_affinity {
            let list = &affinity.preferred_during_scheduling_ignored_during_execution;
            terms.preferred = preferred(list, "preferredAffinityTerms");
        }
        if let Some(affinity) = &affinity.pod_anti_affinity {
            let list = &affinity.preferred_during_scheduling_ignored_during_execution;
            terms.preferred_anti = preferred(list, "preferredAntiAffinityTerms");
        }
        terms.errors = errors;
        terms
    }

    /// Returns all terms.
    pub fn all(&self) -> impl Iterator<Item = &PodTerm> {
        let required = self.required.iter().chain(&self.required_anti);
        let preferred = self.preferred.iter().chain(&self.preferred_anti);
        required.chain(preferred.map(|weighted| &weighted.term))
    }
}

/// Returns a look-up in a map of labels.
pub(super) fn label_of<'a>(
    labels: &'a BTreeMap<String, String>,
) -> impl Fn(&str) -> Option<&'a str> {
    |key| labels.get(key).map(String::as_str)
}
