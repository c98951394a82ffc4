//! The Pods that a quota is about.
//!
//! Upstream: `podMatchesScopeFunc` in `k8s.io/kubernetes/pkg/quota/v1/evaluator/core`, `getScopeSelectorsFromQuota` in
//! `k8s.io/apiserver/pkg/quota/v1/generic`.

use k8s_openapi::api::core::v1::{
    Pod, PodAffinityTerm, ResourceQuota, ScopedResourceSelectorRequirement,
};

use super::needs::given;
use crate::pod_resources::{QosClass, qos_class};
use crate::version::KubernetesVersion;

const PRIORITY_CLASS: &str = "PriorityClass";

/// Returns whether a Pod is in all scopes of a quota, or `None` where an operator is none.
pub(super) fn matches(
    quota: &ResourceQuota,
    pod: &Pod,
    version: KubernetesVersion,
) -> Option<bool> {
    let spec = quota.spec.as_ref();
    let named = spec
        .and_then(|own| own.scopes.as_ref())
        .into_iter()
        .flatten();
    let exists = |name: &String| ScopedResourceSelectorRequirement {
        operator: "Exists".to_owned(),
        scope_name: name.clone(),
        values: None,
    };
    let selector = spec.and_then(|own| own.scope_selector.as_ref());
    let expressions = selector.and_then(|own| own.match_expressions.as_ref());
    let all = named
        .map(exists)
        .chain(expressions.into_iter().flatten().cloned());
    let mut is_in = true;
    for scope in all {
        is_in &= is_in_scope(&scope, pod, version)?;
    }
    Some(is_in)
}

fn is_in_scope(
    scope: &ScopedResourceSelectorRequirement,
    pod: &Pod,
    version: KubernetesVersion,
) -> Option<bool> {
    let spec = pod.spec.as_ref();
    let has_deadline = || {
        let deadline = spec.and_then(|own| own.active_deadline_seconds);
        deadline.is_some_and(|seconds| seconds >= 0)
    };
    let is_best_effort = || qos_class(pod, version) == QosClass::BestEffort;
    Some(match scope.scope_name.as_str() {
        "Terminating" => has_deadline(),
        "NotTerminating" => !has_deadline(),
        "BestEffort" => is_best_effort(),
        "NotBestEffort" => !is_best_effort(),
        PRIORITY_CLASS => return is_of_class(scope, pod),
        "CrossNamespacePodAffinity" => crosses_namespaces(pod),
        _ => false,
    })
}

fn is_of_class(scope: &ScopedResourceSelectorRequirement, pod: &Pod) -> Option<bool> {
    let class = pod
        .spec
        .as_ref()
        .and_then(|own| own.priority_class_name.as_deref());
    let class = given(class);
    let mut values = scope.values.iter().flatten();
    Some(match scope.operator.as_str() {
        "Exists" => class.is_some(),
        "DoesNotExist" => class.is_none(),
        "In" => values.any(|value| Some(value.as_str()) == class),
        "NotIn" => !values.any(|value| Some(value.as_str()) == class),
        _ => return None,
    })
}

/// Upstream: `usesCrossNamespacePodAffinity`.
fn crosses_namespaces(pod: &Pod) -> bool {
    let affinity = pod.spec.as_ref().and_then(|own| own.affinity.as_ref());
    let crosses = |term: &PodAffinityTerm| {
        term.namespaces.as_ref().is_some_and(|own| !own.is_empty())
            || term.namespace_selector.is_some()
    };
    let Some(affinity) = affinity else {
        return false;
    };
    let near = affinity.pod_affinity.as_ref();
    let near = near.map(|own| {
        (
            &own.required_during_scheduling_ignored_during_execution,
            &own.preferred_during_scheduling_ignored_during_execution,
        )
    });
    let apart = affinity.pod_anti_affinity.as_ref();
    let apart = apart.map(|own| {
        (
            &own.required_during_scheduling_ignored_during_execution,
            &own.preferred_during_scheduling_ignored_during_execution,
        )
    });
    [near, apart]
        .into_iter()
        .flatten()
        .any(|(required, preferred)| {
            required.iter().flatten().any(crosses)
                || preferred
                    .iter()
                    .flatten()
                    .any(|own| crosses(&own.pod_affinity_term))
        })
}
