//! The nodes that a Pod requires by `nodeSelector` and node affinity.
//!
//! Upstream: `GetRequiredNodeAffinity` (k8s.io/component-helpers/scheduling/corev1/nodeaffinity).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{self, PodSpec};

use crate::selector::NodeSelector;

/// The requirements of a Pod on its node.
#[derive(Clone, Debug, Default)]
pub struct RequiredNodeAffinity {
    labels: BTreeMap<String, String>,
    selector: Option<NodeSelector>,
}

impl RequiredNodeAffinity {
    /// Reads the requirements of a Pod.
    pub fn of(spec: &PodSpec) -> Self {
        Self {
            labels: spec.node_selector.clone().unwrap_or_default(),
            selector: required(spec).map(NodeSelector::from),
        }
    }

    /// Returns whether a node meets them. A term that cannot be parsed matches nothing.
    pub fn matches(&self, labels: &BTreeMap<String, String>, name: &str) -> bool {
        self.missing_labels(labels).next().is_none() && self.matches_affinity(labels, name)
    }

    /// Returns whether a node meets the required node affinity.
    pub fn matches_affinity(&self, labels: &BTreeMap<String, String>, name: &str) -> bool {
        let selector = self.selector.as_ref();
        selector.is_none_or(|selector| selector.matches(labels, name).unwrap_or(false))
    }

    /// Returns the labels of `nodeSelector` that a node does not have.
    pub fn missing_labels<'a>(
        &'a self,
        labels: &'a BTreeMap<String, String>,
    ) -> impl Iterator<Item = (&'a String, &'a String)> {
        let required = self.labels.iter();
        required.filter(|(key, value)| labels.get(*key) != Some(*value))
    }
}

/// Returns the required node affinity of a Pod.
pub(super) fn required(spec: &PodSpec) -> Option<&v1::NodeSelector> {
    let affinity = spec.affinity.as_ref()?.node_affinity.as_ref()?;
    affinity
        .required_during_scheduling_ignored_during_execution
        .as_ref()
}

/// The names that the terms of the required node affinity allow: `None` if some term allows any.
///
/// Upstream: `NodeAffinity.PreFilter`.
pub(super) fn named_nodes(spec: &PodSpec) -> Option<BTreeSet<String>> {
    let terms = &required(spec)?.node_selector_terms;
    let mut names = None;
    for term in terms {
        let mut of_term: Option<BTreeSet<String>> = None;
        for field in term.match_fields.iter().flatten() {
            if field.key == "metadata.name" && field.operator == "In" {
                let values: BTreeSet<String> = field.values.iter().flatten().cloned().collect();
                of_term = Some(match of_term {
                    Some(known) => &known & &values,
                    None => values,
                });
            }
        }
        names = Some(&names.unwrap_or_default() | &of_term?);
    }
    names
}
