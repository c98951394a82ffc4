//! The nodes that a Pod requires by `nodeSelector` and node affinity.
//!
//! Upstream: `GetRequiredNodeAffinity` (k8s.io/component-helpers/scheduling/corev1/nodeaffinity).

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{self, NodeSelectorRequirement, NodeSelectorTerm, PodSpec};

use crate::selector::NodeSelector;
use crate::selector::required_node_affinity;

/// The requirements of a Pod on its node.
#[derive(Clone, Debug, Default)]
pub struct RequiredNodeAffinity {
    labels: BTreeMap<String, String>,
    selector: Option<NodeSelector>,
    /// If there is one term: what it requires of labels and of the name, one by one.
    expressions: Vec<Expression>,
}

/// A requirement on a label, or on the name.
#[derive(Clone, Debug)]
struct Expression {
    key: String,
    is_field: bool,
    text: String,
    selector: NodeSelector,
}

/// A requirement on a label, or on the name, that a node does not meet.
pub(super) struct Unmet<'a> {
    pub(super) key: &'a str,
    pub(super) is_field: bool,
    /// The requirement as selectors are written.
    pub(super) text: &'a str,
    /// The reason why the scheduler cannot read it, so that no node meets it.
    pub(super) invalid: Option<&'a str>,
}

/// Values of a requirement that are named.
const MOST_VALUES: usize = 4;

impl RequiredNodeAffinity {
    /// Reads the requirements of a Pod.
    pub fn of(spec: &PodSpec) -> Self {
        let required = required_node_affinity(spec);
        let only = match required.map(|own| own.node_selector_terms.as_slice()) {
            Some([only]) => Some(only),
            _ => None,
        };
        let of_labels = only.and_then(|own| own.match_expressions.as_deref());
        let of_labels = of_labels.unwrap_or_default().iter();
        let of_fields = only.and_then(|own| own.match_fields.as_deref());
        let of_fields = of_fields.unwrap_or_default().iter();
        let expressions = of_labels
            .map(|own| Expression::of(own, false))
            .chain(of_fields.map(|own| Expression::of(own, true)));
        Self {
            labels: spec.node_selector.clone().unwrap_or_default(),
            selector: required.map(NodeSelector::from),
            expressions: expressions.collect(),
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

    /// Returns what the only term of the required node affinity requires of labels and of the name,
    /// and a node does not meet.
    pub(super) fn unmet<'a>(
        &'a self,
        labels: &'a BTreeMap<String, String>,
        name: &'a str,
    ) -> impl Iterator<Item = Unmet<'a>> {
        self.expressions.iter().filter_map(move |own| {
            let invalid = match own.selector.matches(labels, name) {
                Ok(true) => return None,
                Ok(false) => None,
                Err(why) => Some(why),
            };
            Some(Unmet {
                key: &own.key,
                is_field: own.is_field,
                text: &own.text,
                invalid,
            })
        })
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

impl Expression {
    fn of(own: &NodeSelectorRequirement, is_field: bool) -> Self {
        let key = &own.key;
        let values = own.values.as_deref().unwrap_or_default();
        let some = values.iter().take(MOST_VALUES).map(String::as_str);
        let more = (values.len() > MOST_VALUES).then_some("…");
        let some = some.chain(more).collect::<Vec<_>>().join(",");
        let text = match own.operator.as_str() {
            "In" => format!("{key} in ({some})"),
            "NotIn" => format!("{key} notin ({some})"),
            "Exists" => key.clone(),
            "DoesNotExist" => format!("!{key}"),
            "Gt" => format!("{key} > {some}"),
            "Lt" => format!("{key} < {some}"),
            other => format!("{key} {other} {some}"),
        };
        let mut term = NodeSelectorTerm::default();
        let all = if is_field {
            &mut term.match_fields
        } else {
            &mut term.match_expressions
        };
        *all = Some(vec![own.clone()]);
        let selector = NodeSelector::from(&v1::NodeSelector {
            node_selector_terms: vec![term],
        });
        Self {
            key: key.clone(),
            is_field,
            text,
            selector,
        }
    }
}

/// The names that the terms of the required node affinity allow: `None` if some term allows any.
///
/// Upstream: `NodeAffinity.PreFilter`.
pub(super) fn named_nodes(spec: &PodSpec) -> Option<BTreeSet<String>> {
    let terms = &required_node_affinity(spec)?.node_selector_terms;
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
