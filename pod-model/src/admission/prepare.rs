//! Changes that are no plugin's: those of defaulting, and of the strategy that stores Pods.
//!
//! Upstream: `SetDefaults_Pod` in `k8s.io/kubernetes/pkg/apis/core/v1`, `PrepareForCreate` in
//! `…/pkg/registry/core/pod`.

use std::collections::BTreeMap;
use std::sync::Arc;

use k8s_openapi::api::core::v1::{
    AppArmorProfile, Container, PodAffinityTerm, PodSpec, ResourceRequirements, SecurityContext,
};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity as ApiQuantity;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use serde_json::{Value, json};

use super::change::{Change, Origin};
use crate::defaults::container_requests;
use crate::features::Gate;
use crate::path::FieldPath;

type Resources = BTreeMap<String, ApiQuantity>;

/// Returns whether defaulting may fill in what [`defaulted`] tells of. A Pod that has its defaults need not be compared.
pub(super) fn lacks_defaults(spec: &PodSpec) -> bool {
    let init = spec.init_containers.iter().flatten();
    let lacks_requests = |own: &Container| {
        let Some(resources) = &own.resources else {
            return false;
        };
        let mut limits = resources.limits.iter().flatten();
        limits.any(|(name, _)| {
            let requests = resources.requests.as_ref();
            requests.is_none_or(|own| !own.contains_key(name))
        })
    };
    let has_host_ports = spec.host_network == Some(true);
    has_host_ports || spec.resources.is_some() || init.chain(&spec.containers).any(lacks_requests)
}

/// Copies the fields that [`defaulted`] compares: a whole Pod is many times as much.
pub(super) fn changed_by_defaults(spec: &PodSpec) -> PodSpec {
    let resources = |own: &Container| Container {
        resources: own.resources.clone(),
        ports: own.ports.clone(),
        ..Container::default()
    };
    let init = spec.init_containers.as_ref();
    PodSpec {
        resources: spec.resources.clone(),
        init_containers: init.map(|all| all.iter().map(resources).collect()),
        containers: spec.containers.iter().map(resources).collect(),
        ..PodSpec::default()
    }
}

/// Adds what defaulting has filled in of requests and of the ports of the host. `before` has at least the fields of
/// [`changed_by_defaults`].
pub(super) fn defaulted(before: &PodSpec, after: &PodSpec, changes: &mut Vec<Change>) {
    let lists = [
        (
            "containers",
            before.containers.as_slice(),
            after.containers.as_slice(),
        ),
        (
            "initContainers",
            before.init_containers.as_deref().unwrap_or_default(),
            after.init_containers.as_deref().unwrap_or_default(),
        ),
    ];
    for (field, before, after) in lists {
        for (at, (before, after)) in before.iter().zip(after).enumerate() {
            let path = || FieldPath::root().field("spec").field(field).index(at);
            of_container(before, after, path, changes);
        }
    }
    of_pod(before.resources.as_ref(), after, changes);
}

fn requests(container: &Container) -> Option<&Resources> {
    container.resources.as_ref()?.requests.as_ref()
}

fn of_container(
    before: &Container,
    after: &Container,
    path: impl Fn() -> FieldPath,
    changes: &mut Vec<Change>,
) {
    let at = || path().field("resources").field("requests");
    for (name, amount) in requests(after).into_iter().flatten() {
        if requests(before).is_none_or(|own| !own.contains_key(name)) {
            push(
                changes,
                at().field(name.clone()),
                amount.0.as_str(),
                Origin::Limit,
            );
        }
    }
    let (old, new) = (before.ports.iter().flatten(), after.ports.iter().flatten());
    for (i, (old, new)) in old.zip(new).enumerate() {
        if old.host_port != new.host_port {
            let path = path().field("ports").index(i).field("hostPort");
            push(changes, path, json!(new.host_port), Origin::Default);
        }
    }
}

/// Adds what was filled in of the amounts of the whole Pod.
pub(super) fn of_pod(
    before: Option<&ResourceRequirements>,
    after: &PodSpec,
    changes: &mut Vec<Change>,
) {
    let Some(resources) = &after.resources else {
        return;
    };
    let path = FieldPath::root().field("spec").field("resources");
    let totals = container_requests(after);
    let lists = [
        (
            "limits",
            before.and_then(|own| own.limits.as_ref()),
            resources.limits.as_ref(),
        ),
        (
            "requests",
            before.and_then(|own| own.requests.as_ref()),
            resources.requests.as_ref(),
        ),
    ];
    for (field, old, new) in lists {
        for (name, amount) in new.into_iter().flatten() {
            if old.is_none_or(|own| !own.contains_key(name)) {
                let is_sum = field == "limits"
                    || totals.contains_key(name) && !name.starts_with("hugepages-");
                let origin = if is_sum {
                    Origin::Containers
                } else {
                    Origin::Limit
                };
                push(
                    changes,
                    path.field(field).field(name.clone()),
                    amount.0.as_str(),
                    origin,
                );
            }
        }
    }
}

/// Copies the fields that [`stored`] compares: a whole Pod is many times as much.
pub(super) fn changed_on_storing(spec: &PodSpec) -> PodSpec {
    let context = |own: &Container| Container {
        security_context: own.security_context.clone(),
        ..Container::default()
    };
    let init = spec.init_containers.as_ref();
    PodSpec {
        resources: spec.resources.clone(),
        host_users: spec.host_users,
        resource_claims: spec.resource_claims.clone(),
        affinity: spec.affinity.clone(),
        topology_spread_constraints: spec.topology_spread_constraints.clone(),
        init_containers: init.map(|all| all.iter().map(context).collect()),
        containers: spec.containers.iter().map(context).collect(),
        ..PodSpec::default()
    }
}

/// Adds what the strategy has changed. `before` has at least the fields of [`changed_on_storing`].
pub(super) fn stored(before: &PodSpec, after: &PodSpec, changes: &mut Vec<Change>) {
    let spec = FieldPath::root().field("spec");
    let dropped = [
        (
            "resources",
            before.resources.is_some() && after.resources.is_none(),
            Gate::PodLevelResources,
        ),
        (
            "hostUsers",
            before.host_users.is_some() && after.host_users.is_none(),
            Gate::UserNamespacesSupport,
        ),
        (
            "resourceClaims",
            before.resource_claims.is_some() && after.resource_claims.is_none(),
            Gate::DynamicResourceAllocation,
        ),
    ];
    for (field, is_dropped, gate) in dropped {
        if is_dropped {
            push(
                changes,
                spec.field(field),
                Value::Null,
                Origin::FeatureGate(gate),
            );
        }
    }
    of_pod(before.resources.as_ref(), after, changes);
    selectors(before, after, changes);
    profiles(before, after, changes);
}

fn push(changes: &mut Vec<Change>, path: FieldPath, value: impl Into<Value>, origin: Origin) {
    changes.push(Change {
        path,
        value: Arc::new(value.into()),
        origin,
    });
}

/// Adds the expressions that `matchLabelKeys` have become.
fn selectors(before: &PodSpec, after: &PodSpec, changes: &mut Vec<Change>) {
    for ((path, old), (_, new)) in terms(before).into_iter().zip(terms(after)) {
        let count = |own: Option<&LabelSelector>| {
            let own = own.and_then(|own| own.match_expressions.as_ref());
            own.map_or(0, Vec::len)
        };
        let expressions = new.and_then(|own| own.match_expressions.as_ref());
        let added = expressions
            .into_iter()
            .flatten()
            .enumerate()
            .skip(count(old));
        for (at, expression) in added {
            let path = path.field("matchExpressions").index(at);
            push(changes, path, json!(expression), Origin::MatchLabelKeys);
        }
    }
}

/// Returns the selectors that have keys of labels beside them, with their paths.
fn terms<'a>(spec: &'a PodSpec) -> Vec<(FieldPath, Option<&'a LabelSelector>)> {
    const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";
    const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
    let root = FieldPath::root().field("spec");
    let mut all = Vec::new();
    let mut add = |path: FieldPath, term: &'a PodAffinityTerm| {
        all.push((path.field("labelSelector"), term.label_selector.as_ref()));
    };
    if let Some(affinity) = &spec.affinity {
        let at = root.field("affinity");
        let lists = [
            (
                at.field("podAffinity"),
                affinity.pod_affinity.as_ref().map(|own| {
                    (
                        &own.preferred_during_scheduling_ignored_during_execution,
                        &own.required_during_scheduling_ignored_during_execution,
                    )
                }),
            ),
            (
                at.field("podAntiAffinity"),
                affinity.pod_anti_affinity.as_ref().map(|own| {
                    (
                        &own.preferred_during_scheduling_ignored_during_execution,
                        &own.required_during_scheduling_ignored_during_execution,
                    )
                }),
            ),
        ];
        for (path, lists) in lists {
            let Some((preferred, required)) = lists else {
                continue;
            };
            for (i, own) in preferred.iter().flatten().enumerate() {
                let term = &own.pod_affinity_term;
                let path = path.field(PREFERRED).index(i).field("podAffinityTerm");
                add(path, term);
            }
            for (i, term) in required.iter().flatten().enumerate() {
                let path = path.field(REQUIRED).index(i);
                add(path, term);
            }
        }
    }
    for (i, own) in spec
        .topology_spread_constraints
        .iter()
        .flatten()
        .enumerate()
    {
        let path = root
            .field("topologySpreadConstraints")
            .index(i)
            .field("labelSelector");
        all.push((path, own.label_selector.as_ref()));
    }
    all
}

/// Adds the fields that AppArmor's annotations have become.
fn profiles(before: &PodSpec, after: &PodSpec, changes: &mut Vec<Change>) {
    let old: Vec<_> = contexts(before).collect();
    for ((field, at, new), (_, _, old)) in contexts(after).zip(old) {
        if let (None, Some(profile)) = (profile(old), profile(new)) {
            let path = FieldPath::root().field("spec").field(field).index(at);
            let path = path.field("securityContext").field("appArmorProfile");
            push(changes, path, json!(profile), Origin::AppArmorAnnotation);
        }
    }
}

fn profile(context: Option<&SecurityContext>) -> Option<&AppArmorProfile> {
    context?.app_armor_profile.as_ref()
}

/// Lists the contexts of the containers, each with the list and the place in it.
fn contexts(
    spec: &PodSpec,
) -> impl Iterator<Item = (&'static str, usize, Option<&SecurityContext>)> {
    let init = spec.init_containers.iter().flatten().enumerate();
    let init = init.map(|(at, own)| ("initContainers", at, own.security_context.as_ref()));
    let apps = spec.containers.iter().enumerate();
    init.chain(apps.map(|(at, own)| ("containers", at, own.security_context.as_ref())))
}
