//! The labels that a node lacks for a Pod's node selector and required node affinity.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{NodeSelectorRequirement, NodeSelectorTerm, PodSpec};

use crate::scheduling::NodeInfo;
use crate::selector::required_node_affinity;

/// Labels that are set, or removed with `None`.
pub(super) type LabelEdits = BTreeMap<String, Option<String>>;

/// Returns the fewest changes of a node's labels with which it is selected, or `None` if labels
/// alone do not suffice.
pub(super) fn label_edits(spec: &PodSpec, node: &NodeInfo) -> Option<LabelEdits> {
    let mut edits = LabelEdits::new();
    for (key, value) in spec.node_selector.iter().flatten() {
        if node.labels().get(key) != Some(value) {
            edits.insert(key.clone(), Some(value.clone()));
        }
    }
    let Some(required) = required_node_affinity(spec) else {
        return Some(edits);
    };
    let terms = required.node_selector_terms.iter();
    let of_terms = terms.filter_map(|term| of_term(term, node));
    let of_term = of_terms.min_by_key(BTreeMap::len)?;
    for (key, value) in of_term {
        // Both may ask for the same; a contradiction is found by evaluating again.
        edits.entry(key).or_insert(value);
    }
    Some(edits)
}

/// Returns the changes with which a node matches a term, or `None` if none are known: an empty
/// term matches nothing.
fn of_term(term: &NodeSelectorTerm, node: &NodeInfo) -> Option<LabelEdits> {
    let expressions = term.match_expressions.as_deref().unwrap_or_default();
    let fields = term.match_fields.as_deref().unwrap_or_default();
    if expressions.is_empty() && fields.is_empty() {
        return None;
    }
    for field in fields {
        let is_named = field
            .values
            .iter()
            .flatten()
            .any(|name| name == node.name());
        let is_met = match field.operator.as_str() {
            "In" => is_named,
            "NotIn" => !is_named,
            _ => false,
        };
        if !is_met {
            return None;
        }
    }
    let mut edits = LabelEdits::new();
    for expression in expressions {
        if let Some(edit) = of_expression(expression, node)? {
            edits.insert(expression.key.clone(), edit);
        }
    }
    Some(edits)
}

/// Returns the change with which a node matches an expression: `Some(None)` if it does
/// already, `None` if none is known.
#[expect(
    clippy::option_option,
    reason = "a label is set, removed or left as it is"
)]
fn of_expression(
    expression: &NodeSelectorRequirement,
    node: &NodeInfo,
) -> Option<Option<Option<String>>> {
    let own = node.label(&expression.key);
    let values = expression.values.as_deref().unwrap_or_default();
    let is_one = own.is_some_and(|own| values.iter().any(|value| value == own));
    let number = || own.and_then(|own| own.parse::<i64>().ok());
    let bound = || values.first().and_then(|value| value.parse::<i64>().ok());
    Some(match expression.operator.as_str() {
        "In" if is_one => None,
        "In" => Some(Some(values.first()?.clone())),
        "NotIn" if !is_one => None,
        "Exists" if own.is_some() => None,
        "Exists" => Some(Some(String::new())),
        "DoesNotExist" if own.is_none() => None,
        "NotIn" | "DoesNotExist" => Some(None),
        "Gt" if number() > Some(bound()?) => None,
        "Gt" => Some(Some(bound()?.checked_add(1)?.to_string())),
        "Lt" if number().is_some_and(|own| Some(own) < bound()) => None,
        "Lt" => Some(Some(bound()?.checked_sub(1)?.to_string())),
        _ => return None,
    })
}
