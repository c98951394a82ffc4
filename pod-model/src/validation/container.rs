//! Checks of containers of every type.
//!
//! Upstream: `validateContainerCommon` and `validateContainerOnlyForPod` in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeSet;

use k8s_openapi::api::core::v1::{Container, ContainerResizePolicy};

use super::errors::{Errors, quoted};
use super::path::Path;
use super::resources::{self, Of};
use super::scope::Scope;
use super::{env, mounts, names, ports, security};

pub(super) const PULL_POLICIES: [&str; 3] = ["Always", "IfNotPresent", "Never"];
const MESSAGE_POLICIES: [&str; 2] = ["File", "FallbackToLogsOnError"];
const RESIZED: [&str; 2] = ["cpu", "memory"];
const RESIZE_POLICIES: [&str; 2] = ["NotRequired", "RestartContainer"];

pub(super) fn common(
    container: &Container,
    scope: &Scope<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let at = path.field("name");
    if container.name.is_empty() {
        errors.required(&at, "the name of the container is required");
    } else {
        let added = errors.syntax(&at, &container.name, "container name", names::dns_label);
        added.help_with(|| names::similar_label(&container.name));
    }
    if container.image.as_deref().is_none_or(str::is_empty) {
        errors.required(
            &path.field("image"),
            format!("container {} has no image", quoted(&container.name)),
        );
    }
    let policy = container
        .termination_message_policy
        .as_deref()
        .unwrap_or_default();
    errors.one_of(
        &path.field("terminationMessagePolicy"),
        policy,
        "termination message policy",
        &MESSAGE_POLICIES,
    );
    let list = container.ports.as_deref().unwrap_or_default();
    ports::ports(list, &path.field("ports"), errors);
    let list = container.env.as_deref().unwrap_or_default();
    env::env(list, scope.version, &path.field("env"), errors);
    let list = container.env_from.as_deref().unwrap_or_default();
    env::env_from(list, scope.version, &path.field("envFrom"), errors);
    mounts::mounts(container, &scope.volumes, path, errors);
    let mounted = container.volume_mounts.as_deref().unwrap_or_default();
    let list = container.volume_devices.as_deref().unwrap_or_default();
    mounts::devices(
        list,
        mounted,
        &scope.volumes,
        &path.field("volumeDevices"),
        errors,
    );
    let policy = container.image_pull_policy.as_deref().unwrap_or_default();
    errors.one_of(
        &path.field("imagePullPolicy"),
        policy,
        "image pull policy",
        &PULL_POLICIES,
    );
    if let Some(own) = &container.resources {
        resources::requirements(
            own,
            Of::Container,
            &scope.claims,
            &path.field("resources"),
            errors,
        );
    }
    let list = container.resize_policy.as_deref().unwrap_or_default();
    resize_policy(
        list,
        scope.restart_policy(),
        &path.field("resizePolicy"),
        errors,
    );
    if let Some(context) = &container.security_context {
        security::of_container(
            context,
            scope.host_users(),
            &path.field("securityContext"),
            errors,
        );
    }
}

/// Upstream names the list, and the entry only where it is there twice.
///
/// Upstream: `validateResizePolicy`.
fn resize_policy(
    policies: &[ContainerResizePolicy],
    restart_policy: &str,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let mut seen = BTreeSet::new();
    for (i, policy) in policies.iter().enumerate() {
        let at = path.index(i);
        let resource = policy.resource_name.as_str();
        if !seen.insert(resource) {
            errors.duplicate(
                &at,
                format!("duplicate resize policy for {}", quoted(resource)),
            );
        }
        let own = policy.restart_policy.as_str();
        for (field, value, what, known) in [
            (
                "resourceName",
                resource,
                "resource for resizing",
                &RESIZED[..],
            ),
            ("restartPolicy", own, "resize policy", &RESIZE_POLICIES[..]),
        ] {
            let at = at.field(field);
            if value.is_empty() {
                errors
                    .required(path, format!("`{field}` is required"))
                    .display_path(&at);
            } else if !known.contains(&value) {
                errors
                    .not_supported(path, value, what, known)
                    .display_path(&at);
            }
        }
        if restart_policy == "Never" && own != "NotRequired" {
            errors
                .invalid(
                    path,
                    "a container of a Pod with `restartPolicy: Never` cannot restart to be resized",
                )
                .help("use `NotRequired`")
                .display_path(&at.field("restartPolicy"));
        }
    }
}

/// Checks a container of a Pod, which is stricter than one of a template.
pub(super) fn only_for_pod(container: &Container, path: &Path<'_>, errors: &mut Errors) {
    let image = container.image.as_deref().unwrap_or_default();
    if image.trim().len() != image.len() {
        errors
            .invalid(
                &path.field("image"),
                format!(
                    "image name {} has leading or trailing spaces",
                    quoted(image)
                ),
            )
            .help(format!("use {}", quoted(image.trim())));
    }
}
