//! Topology spread constraints, scheduling gates and readiness gates.
//!
//! Upstream: `validateTopologySpreadConstraints`, `validateSchedulingGates`,
//! `validateReadinessGates` in `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::{PodReadinessGate, PodSchedulingGate, TopologySpreadConstraint};

use super::errors::{Errors, quoted};
use super::path::Path;
use super::{label_keys, names, selectors};
use crate::features::Gate;
use crate::version::KubernetesVersion;

const ACTIONS: [&str; 2] = ["DoNotSchedule", "ScheduleAnyway"];
const POLICIES: [&str; 2] = ["Ignore", "Honor"];

pub(super) fn constraints(
    constraints: &[TopologySpreadConstraint],
    version: KubernetesVersion,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let kinds = constraints.iter().enumerate();
    let kinds = kinds.map(|(i, own)| {
        let kind = (own.topology_key.as_str(), own.when_unsatisfiable.as_str());
        (kind, i)
    });
    // Where each kind stands last: the others are one too many.
    let last: BTreeMap<_, _> = kinds.collect();
    for (i, own) in constraints.iter().enumerate() {
        let path = path.index(i);
        let action = own.when_unsatisfiable.as_str();
        positive(own.max_skew, &path.field("maxSkew"), errors);
        if own.topology_key.is_empty() {
            errors
                .required(
                    &path.field("topologyKey"),
                    "the topology key, a label of nodes, is required",
                )
                .help("use `kubernetes.io/hostname` to tell nodes apart");
        }
        errors.one_of(
            &path.field("whenUnsatisfiable"),
            action,
            "`whenUnsatisfiable` action",
            &ACTIONS,
        );
        let kind = (own.topology_key.as_str(), action);
        if last.get(&kind).is_some_and(|last| *last > i) {
            errors
                .duplicate(
                    &path.field("{topologyKey, whenUnsatisfiable}"),
                    format!(
                        "duplicate constraint with topology key {} and `{action}`",
                        quoted(&own.topology_key)
                    ),
                )
                .display_path(&path.field("topologyKey"));
        }
        if let Some(domains) = own.min_domains {
            let at = path.field("minDomains");
            positive(domains, &at, errors);
            if action != "DoNotSchedule" {
                errors.invalid(
                    &at,
                    "`minDomains` requires `whenUnsatisfiable: DoNotSchedule`",
                );
            }
        }
        for (field, policy) in [
            ("nodeAffinityPolicy", &own.node_affinity_policy),
            ("nodeTaintsPolicy", &own.node_taints_policy),
        ] {
            if let Some(policy) = policy {
                errors.one_of(
                    &path.field(field),
                    policy,
                    "node inclusion policy",
                    &POLICIES,
                );
            }
        }
        let keys = own.match_label_keys.as_deref().unwrap_or_default();
        let selector = own.label_selector.as_ref();
        if Gate::MatchLabelKeysInPodTopologySpreadSelectorMerge.is_on(version) {
            label_keys::both(keys, &[], selector, &path, errors);
        } else {
            label_keys::apart(keys, selector, &path.field("matchLabelKeys"), errors);
        }
        selectors::selector(selector, &path.field("labelSelector"), errors);
    }
}

fn positive(number: i32, path: &Path<'_>, errors: &mut Errors) {
    if number <= 0 {
        errors.invalid(
            path,
            format!("expected a number greater than 0, found {number}"),
        );
    }
}

pub(super) fn scheduling_gates(gates: &[PodSchedulingGate], path: &Path<'_>, errors: &mut Errors) {
    let mut seen = BTreeSet::new();
    for (i, gate) in gates.iter().enumerate() {
        let (path, name) = (path.index(i), gate.name.as_str());
        errors
            .syntax(&path, name, "scheduling gate name", names::label_key)
            .display_path(&path.field("name"));
        if !seen.insert(name) {
            errors
                .duplicate(&path, format!("duplicate scheduling gate {}", quoted(name)))
                .display_path(&path.field("name"));
        }
    }
}

pub(super) fn readiness_gates(gates: &[PodReadinessGate], path: &Path<'_>, errors: &mut Errors) {
    for (i, gate) in gates.iter().enumerate() {
        let path = path.index(i);
        let path = path.field("conditionType");
        errors.syntax(
            &path,
            &gate.condition_type,
            "condition type",
            names::label_key,
        );
    }
}
