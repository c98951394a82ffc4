//! Annotations that mean something: tolerations, the costs of a deletion, and
//! the profiles that have fields of their own today.
//!
//! Upstream: `ValidatePodSpecificAnnotations` and what it calls, in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{PodSpec, Toleration};

use super::containers::Containers;
use super::errors::{Errors, quoted};
use super::files;
use super::path::Path;
use super::tolerations;

pub(super) const MIRROR_POD: &str = "kubernetes.io/config.mirror";
pub(super) const SECCOMP_POD: &str = "seccomp.security.alpha.kubernetes.io/pod";
pub(super) const SECCOMP_CONTAINER: &str = "container.seccomp.security.alpha.kubernetes.io/";
pub(super) const APP_ARMOR_CONTAINER: &str = "container.apparmor.security.beta.kubernetes.io/";
pub(super) const RUNTIME_DEFAULT: &str = "runtime/default";
pub(super) const DOCKER_DEFAULT: &str = "docker/default";
pub(super) const UNCONFINED: &str = "unconfined";
pub(super) const LOCALHOST: &str = "localhost/";
const TOLERATIONS: &str = "scheduler.alpha.kubernetes.io/tolerations";
const DELETION_COST: &str = "controller.kubernetes.io/pod-deletion-cost";

pub(super) type Annotations = BTreeMap<String, String>;

/// `at` is where the annotations stand, where that is not `path`.
pub(super) fn annotations(
    annotations: &Annotations,
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    if annotations.contains_key(MIRROR_POD) && spec.node_name.as_deref().is_none_or(str::is_empty) {
        let path = path.field(MIRROR_POD);
        errors
            .invalid(
                &path,
                "the annotation of a mirror Pod requires `spec.nodeName`",
            )
            .help("remove the annotation; the kubelet sets it on static Pods")
            .display_path(&at.field(MIRROR_POD));
    }
    in_annotation(annotations, path, at, errors);
    deletion_cost(annotations, path, at, errors);
    if let Some(profile) = annotations.get(SECCOMP_POD) {
        let (path, at) = (path.field(SECCOMP_POD), at.field(SECCOMP_POD));
        seccomp(profile, &path, &at, errors);
    }
    for (key, profile) in annotations {
        if key.starts_with(SECCOMP_CONTAINER) {
            seccomp(profile, &path.field(key), &at.field(key), errors);
        }
        if let Some(name) = key.strip_prefix(APP_ARMOR_CONTAINER) {
            app_armor(
                name,
                profile,
                containers,
                &path.field(key),
                &at.field(key),
                errors,
            );
        }
    }
}

/// Upstream: `ValidateTolerationsInPodAnnotations`.
fn in_annotation(annotations: &Annotations, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    let Some(text) = annotations.get(TOLERATIONS).filter(|text| !text.is_empty()) else {
        return;
    };
    let help = "remove the annotation, which is obsolete; use spec.tolerations";
    match serde_json::from_str::<Option<Vec<Toleration>>>(text) {
        Err(error) => {
            errors
                .invalid(
                    path,
                    format!(
                        "expected a JSON list of tolerations in annotation `{TOLERATIONS}`: {error}"
                    ),
                )
                .help(help)
                .display_path(&at.field(TOLERATIONS));
        }
        Ok(list) => {
            let list = list.unwrap_or_default();
            tolerations::tolerations(&list, &path.field(TOLERATIONS), errors);
        }
    }
}

/// Upstream: `GetDeletionCostFromPodAnnotations`, which takes no `+` and no
/// leading zeros.
fn deletion_cost(annotations: &Annotations, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    let Some(text) = annotations.get(DELETION_COST) else {
        return;
    };
    let first = text.bytes().next();
    let sound = text == "0" || matches!(first, Some(b'-' | b'1'..=b'9'));
    if !sound || text.parse::<i32>().is_err() {
        errors
            .invalid(
                &path.field(DELETION_COST),
                format!(
                    "expected a 32-bit integer as deletion cost, found {}",
                    quoted(text)
                ),
            )
            .display_path(&at.field(DELETION_COST));
    }
}

/// Upstream: `ValidateSeccompProfile`.
fn seccomp(profile: &str, path: &Path<'_>, at: &Path<'_>, errors: &mut Errors) {
    if [RUNTIME_DEFAULT, DOCKER_DEFAULT, UNCONFINED].contains(&profile) {
        return;
    }
    let Some(file) = profile.strip_prefix(LOCALHOST) else {
        errors
            .invalid(path, format!("invalid seccomp profile {}", quoted(profile)))
            .help("remove the annotation; use securityContext.seccompProfile")
            .display_path(at);
        return;
    };
    files::descending(file, path, at, errors);
}

/// Upstream: `ValidateAppArmorPodAnnotations`.
fn app_armor(
    name: &str,
    profile: &str,
    containers: &Containers<'_>,
    path: &Path<'_>,
    at: &Path<'_>,
    errors: &mut Errors,
) {
    if !containers.has(name) {
        errors
            .invalid(
                path,
                format!(
                    "the annotation names the container {}, which does not exist",
                    quoted(name)
                ),
            )
            .display_path(at);
    }
    let known = ["", RUNTIME_DEFAULT, UNCONFINED].contains(&profile);
    if !known && !profile.starts_with(LOCALHOST) {
        errors
            .invalid(
                path,
                format!("invalid AppArmor profile {}", quoted(profile)),
            )
            .help("remove the annotation; use securityContext.appArmorProfile")
            .display_path(at);
    }
}
