//! The lists of app, init and ephemeral containers.
//!
//! Upstream: `validateContainers`, `validateInitContainers`,
//! `validateEphemeralContainers` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, EphemeralContainer};

use super::changes::Change;
use super::containers::{APP, EPHEMERAL, INIT};
use super::errors::{Errors, quoted};
use super::path::Path;
use super::probes::Terms;
use super::scope::Scope;
use super::{container, ports, probes, restarts};
use crate::container::{ContainerType, ContainerView};
use crate::features::Gate;

fn named_twice(name: &str, path: &Path<'_>, errors: &mut Errors) {
    errors
        .duplicate(
            &path.field("name"),
            format!("duplicate container name {}", quoted(name)),
        )
        .help("rename one of them; containers of all types share one set of names");
}

pub(super) fn app(scope: &Scope<'_>, path: &Path<'_>, errors: &mut Errors) {
    let list = path.field(APP);
    if scope.spec.containers.is_empty() {
        errors.required(&list, "at least one container is required");
        return;
    }
    let mut names = BTreeSet::new();
    for (i, own) in scope.containers.of_kind(APP) {
        let path = list.index(i);
        container::common(own, scope, &path, errors);
        if !names.insert(own.name.as_str()) {
            named_twice(&own.name, &path, errors);
        }
        probes::of_container(own, scope.terms(), &path, errors);
        if Gate::ContainerRestartRules.is_on(scope.version) {
            restarts::policy(own, scope.version, &path, errors);
        } else if own.restart_policy.is_some() {
            errors
                .forbidden(
                    &path.field("restartPolicy"),
                    "only init containers can set a restart policy",
                )
                .help("set `restartPolicy` of the Pod");
        }
    }
    ports::host_ports(scope.containers.of_kind(APP), &list, errors);
}

pub(super) fn init(scope: &Scope<'_>, path: &Path<'_>, errors: &mut Errors) {
    let list = path.field(INIT);
    let mut names: BTreeSet<_> = scope
        .spec
        .containers
        .iter()
        .map(|c| c.name.as_str())
        .collect();
    for (i, own) in scope.containers.of_kind(INIT) {
        let path = list.index(i);
        container::common(own, scope, &path, errors);
        restarts::init_policy(own, scope.version, &path, errors);
        if names.contains(own.name.as_str()) {
            named_twice(&own.name, &path, errors);
        } else if !own.name.is_empty() {
            names.insert(own.name.as_str());
        }
        // Init containers run one by one, so each has the ports for itself;
        // upstream counts from 0 each time.
        ports::host_ports(std::iter::once((0, own)), &list, errors);
        if own.restart_policy.as_deref() == Some("Always") {
            probes::of_container(own, scope.terms(), &path, errors);
        } else {
            without_probes(own, &path, errors);
            if Change::InitContainerResize.is_in(scope.version) {
                without_resize_restart(own, &path, errors);
            }
        }
    }
}

/// An init container ends before the kubelet would ask how it is.
fn without_probes(container: &Container, path: &Path<'_>, errors: &mut Errors) {
    let hooks = ("lifecycle", container.lifecycle.is_some());
    for (field, is_set) in [hooks].into_iter().chain(probe_fields(container)) {
        if is_set {
            not_in_init(field, path, errors);
        }
    }
}

fn not_in_init(field: &str, path: &Path<'_>, errors: &mut Errors) {
    errors
        .forbidden(
            &path.field(field),
            format!("an init container cannot have `{field}`"),
        )
        .help("remove it, or make the container a sidecar with `restartPolicy: Always`");
}

fn not_in_ephemeral(field: &str, path: &Path<'_>, errors: &mut Errors) {
    errors.forbidden(
        &path.field(field),
        format!("an ephemeral container cannot have `{field}`"),
    );
}

/// The fields of probes in upstream's order, each with true if it is set.
fn probe_fields(container: &Container) -> [(&'static str, bool); 3] {
    [
        ("livenessProbe", container.liveness_probe.is_some()),
        ("readinessProbe", container.readiness_probe.is_some()),
        ("startupProbe", container.startup_probe.is_some()),
    ]
}

/// The probes of a container of any type, and nothing else of it.
pub(super) fn probes_alone(
    container: &ContainerView<'_>,
    terms: Terms,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let forbid = match container.container_type {
        ContainerType::App | ContainerType::Sidecar => {
            probes::probes(&container.to_container(), terms, path, errors);
            return;
        }
        ContainerType::Init => not_in_init,
        ContainerType::Ephemeral => not_in_ephemeral,
    };
    for (field, is_set) in probe_fields(&container.to_container()) {
        if is_set {
            forbid(field, path, errors);
        }
    }
}

/// The hooks of a container of any type, and nothing else of it.
pub(super) fn hooks_alone(
    container: &ContainerView<'_>,
    terms: Terms,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let Some(hooks) = container.lifecycle else {
        return;
    };
    match container.container_type {
        ContainerType::App | ContainerType::Sidecar => {
            probes::lifecycle(hooks, terms, &path.field("lifecycle"), errors);
        }
        ContainerType::Init => not_in_init("lifecycle", path, errors),
        ContainerType::Ephemeral => not_in_ephemeral("lifecycle", path, errors),
    }
}

/// An init container that has ended is not there to be restarted.
fn without_resize_restart(container: &Container, path: &Path<'_>, errors: &mut Errors) {
    let list = path.field("resizePolicy");
    for (i, policy) in container.resize_policy.iter().flatten().enumerate() {
        if policy.restart_policy == "RestartContainer" {
            let at = list.index(i);
            errors
                .invalid(
                    &at.field("restartPolicy"),
                    "an init container cannot restart to be resized",
                )
                .help("use `NotRequired`, or make the container a sidecar with `restartPolicy: Always`");
        }
    }
}

/// A Pod is never created with them, but what is wrong inside them is told.
pub(super) fn ephemeral(scope: &Scope<'_>, path: &Path<'_>, errors: &mut Errors) {
    let list = path.field(EPHEMERAL);
    let others = [INIT, APP]
        .into_iter()
        .flat_map(|kind| scope.containers.of_kind(kind));
    let others: BTreeSet<_> = others.map(|(_, own)| own.name.as_str()).collect();
    let mut names = others.clone();
    let written = scope
        .spec
        .ephemeral_containers
        .as_deref()
        .unwrap_or_default();
    for ((i, own), written) in scope.containers.of_kind(EPHEMERAL).zip(written) {
        let path = list.index(i);
        container::common(own, scope, &path, errors);
        container::only_for_pod(own, &path, errors);
        if !names.insert(own.name.as_str()) {
            named_twice(&own.name, &path, errors);
        }
        let target = written.target_container_name.as_deref().unwrap_or_default();
        if !target.is_empty() && !others.contains(target) {
            errors.not_found(
                &path.field("targetContainerName"),
                format!("the Pod has no container {}", quoted(target)),
            );
        }
        only_what_it_may_have(written, &path, errors);
    }
}

/// Upstream: `allowedEphemeralContainerFields`.
fn only_what_it_may_have(own: &EphemeralContainer, path: &Path<'_>, errors: &mut Errors) {
    let has_resources = own.resources.as_ref().is_some_and(|resources| {
        resources.claims.is_some() || resources.limits.is_some() || resources.requests.is_some()
    });
    for (field, is_set) in [
        ("ports", own.ports.is_some()),
        ("resources", has_resources),
        ("resizePolicy", own.resize_policy.is_some()),
        ("restartPolicy", own.restart_policy.is_some()),
        ("restartPolicyRules", own.restart_policy_rules.is_some()),
        ("livenessProbe", own.liveness_probe.is_some()),
        ("readinessProbe", own.readiness_probe.is_some()),
        ("startupProbe", own.startup_probe.is_some()),
        ("lifecycle", own.lifecycle.is_some()),
    ] {
        if is_set {
            not_in_ephemeral(field, path, errors);
        }
    }
    let mounts = path.field("volumeMounts");
    for (i, mount) in own.volume_mounts.iter().flatten().enumerate() {
        let path = mounts.index(i);
        for (field, value) in [
            ("subPath", &mount.sub_path),
            ("subPathExpr", &mount.sub_path_expr),
        ] {
            if value.as_deref().is_some_and(|value| !value.is_empty()) {
                errors.forbidden(
                    &path.field(field),
                    format!("`{field}` cannot be set for an ephemeral container"),
                );
            }
        }
    }
}
