//! Node affinity and Pod affinity.
//!
//! Upstream: `validateAffinity` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use k8s_openapi::api::core::v1::{
    Affinity, NodeAffinity, NodeSelectorRequirement, NodeSelectorTerm, PodAffinityTerm,
    WeightedPodAffinityTerm,
};

use super::errors::{Errors, invalid_message, quoted};
use super::label_keys;
use super::names;
use super::path::Path;
use super::selectors::{self, needs_values, takes_no_values};

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

pub(super) fn affinity(affinity: &Affinity, path: &Path<'_>, errors: &mut Errors) {
    if let Some(own) = &affinity.node_affinity {
        node_affinity(own, &path.field("nodeAffinity"), errors);
    }
    if let Some(own) = &affinity.pod_affinity {
        let required = own
            .required_during_scheduling_ignored_during_execution
            .as_deref();
        let preferred = own
            .preferred_during_scheduling_ignored_during_execution
            .as_deref();
        pod_affinity(required, preferred, &path.field("podAffinity"), errors);
    }
    if let Some(own) = &affinity.pod_anti_affinity {
        let required = own
            .required_during_scheduling_ignored_during_execution
            .as_deref();
        let preferred = own
            .preferred_during_scheduling_ignored_during_execution
            .as_deref();
        pod_affinity(required, preferred, &path.field("podAntiAffinity"), errors);
    }
}

fn weight(weight: i32, path: &Path<'_>, errors: &mut Errors) {
    if !(1..=100).contains(&weight) {
        errors.invalid(
            &path.field("weight"),
            format!("weight must be from 1 to 100, found {weight}"),
        );
    }
}

fn node_affinity(affinity: &NodeAffinity, path: &Path<'_>, errors: &mut Errors) {
    if let Some(selector) = &affinity.required_during_scheduling_ignored_during_execution {
        let path = path.field(REQUIRED);
        let path = path.field("nodeSelectorTerms");
        if selector.node_selector_terms.is_empty() {
            errors.required(&path, "at least one node selector term is required");
        }
        for (i, term) in selector.node_selector_terms.iter().enumerate() {
            node_selector_term(term, true, &path.index(i), errors);
        }
    }
    let path = path.field(PREFERRED);
    let terms = affinity
        .preferred_during_scheduling_ignored_during_execution
        .iter()
        .flatten();
    for (i, term) in terms.enumerate() {
        let path = path.index(i);
        weight(term.weight, &path, errors);
        // What cannot match is only a wish that nobody fulfils.
        node_selector_term(&term.preference, false, &path.field("preference"), errors);
    }
}

fn node_selector_term(
    term: &NodeSelectorTerm,
    check_values: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field("matchExpressions");
    for (i, own) in term.match_expressions.iter().flatten().enumerate() {
        expression(own, check_values, &list.index(i), errors);
    }
    let list = path.field("matchFields");
    for (i, own) in term.match_fields.iter().flatten().enumerate() {
        field(own, &list.index(i), errors);
    }
}

fn no_operator(operator: &str, known: &str, path: &Path<'_>, errors: &mut Errors) {
    errors
        .invalid(
            &path.field("operator"),
            format!("unsupported operator {}", quoted(operator)),
        )
        .help(format!("use {known}"));
}

/// Upstream: `ValidateNodeSelectorRequirement`.
fn expression(
    own: &NodeSelectorRequirement,
    check_values: bool,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let values = own.values.as_deref().unwrap_or_default();
    let at = path.field("values");
    match own.operator.as_str() {
        "In" | "NotIn" => needs_values(&own.operator, values, &at, errors),
        "Exists" | "DoesNotExist" => takes_no_values(&own.operator, values, &at, errors),
        "Gt" | "Lt" => {
            if values.len() != 1 {
                errors.required(
                    &at,
                    format!(
                        "operator `{}` requires exactly one value, found {}",
                        own.operator,
                        values.len()
                    ),
                );
            }
        }
        other => no_operator(
            other,
            "`In`, `NotIn`, `Exists`, `DoesNotExist`, `Gt` or `Lt`",
            path,
            errors,
        ),
    }
    errors.syntax(&path.field("key"), &own.key, "label key", names::label_key);
    for (i, value) in values.iter().enumerate().filter(|_| check_values) {
        errors.syntax(&at.index(i), value, "label value", names::label_value);
    }
}

/// A field of the node: there is one, its name.
///
/// Upstream: `ValidateNodeFieldSelectorRequirement`.
fn field(own: &NodeSelectorRequirement, path: &Path<'_>, errors: &mut Errors) {
    let values = own.values.as_deref().unwrap_or_default();
    let at = path.field("values");
    match own.operator.as_str() {
        "In" | "NotIn" => {
            if values.len() != 1 {
                errors.required(
                    &at,
                    format!(
                        "a node field requires exactly one value, found {}",
                        values.len()
                    ),
                );
            }
        }
        other => no_operator(other, "`In` or `NotIn`", path, errors),
    }
    if own.key != "metadata.name" {
        errors
            .invalid(
                &path.field("key"),
                format!("unsupported node field {}", quoted(&own.key)),
            )
            .help("use `metadata.name`");
        return;
    }
    for (i, value) in values.iter().enumerate() {
        errors.syntax(&at.index(i), value, "node name", names::dns_subdomain);
    }
}

fn pod_affinity(
    required: Option<&[PodAffinityTerm]>,
    preferred: Option<&[WeightedPodAffinityTerm]>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let list = path.field(REQUIRED);
    for (i, own) in required.unwrap_or_default().iter().enumerate() {
        pod_affinity_term(own, &list.index(i), errors);
    }
    let list = path.field(PREFERRED);
    for (i, own) in preferred.unwrap_or_default().iter().enumerate() {
        let path = list.index(i);
        weight(own.weight, &path, errors);
        pod_affinity_term(
            &own.pod_affinity_term,
            &path.field("podAffinityTerm"),
            errors,
        );
    }
}

/// Upstream: `validatePodAffinityTerm`.
fn pod_affinity_term(term: &PodAffinityTerm, path: &Path<'_>, errors: &mut Errors) {
    selectors::selector(
        term.label_selector.as_ref(),
        &path.field("labelSelector"),
        errors,
    );
    selectors::selector(
        term.namespace_selector.as_ref(),
        &path.field("namespaceSelector"),
        errors,
    );
    let list = path.field("namespaces");
    for (i, namespace) in term.namespaces.iter().flatten().enumerate() {
        if let Some(wrong) = names::dns_label(namespace) {
            errors
                .invalid(
                    &path.field("namespace"),
                    invalid_message(namespace, "namespace name", &wrong),
                )
                .display_path(&list.index(i));
        }
    }
    let matching = term.match_label_keys.as_deref().unwrap_or_default();
    let mismatching = term.mismatch_label_keys.as_deref().unwrap_or_default();
    label_keys::both(
        matching,
        mismatching,
        term.label_selector.as_ref(),
        path,
        errors,
    );
    let at = path.field("topologyKey");
    if term.topology_key.is_empty() {
        errors
            .required(&at, "the topology key, a label of nodes, is required")
            .help("use `kubernetes.io/hostname` to tell nodes apart");
    }
    errors.syntax(&at, &term.topology_key, "label key", names::label_key);
}
