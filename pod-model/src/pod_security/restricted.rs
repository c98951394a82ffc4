//! Checks of the level `restricted` beyond `baseline`: `check_*.go` of
//! k8s.io/pod-security-admission/policy.

use k8s_openapi::api::core::v1::Volume;

use super::baseline;
use super::pod::{Found, Pod};
use crate::path::FieldPath;

pub(super) fn escalation(pod: &Pod<'_>) -> Vec<Found> {
    if pod.is_windows() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        let path = container.security_context_path("allowPrivilegeEscalation");
        let message = "allowPrivilegeEscalation must be false";
        match own.and_then(|own| own.allow_privilege_escalation) {
            Some(false) => {}
            Some(true) => found.push(Found::wrong(path, message)),
            None => found.push(Found::missing(path, message)),
        }
    }
    found
}

pub(super) fn capabilities(pod: &Pod<'_>) -> Vec<Found> {
    if pod.is_windows() {
        return Vec::new();
    }
    let mut found = Vec::new();
    for container in &pod.containers {
        let both = container
            .security_context
            .and_then(|own| own.capabilities.as_ref());
        let dropped = both.and_then(|both| both.drop.as_deref());
        if !dropped.unwrap_or_default().iter().any(|name| name == "ALL") {
            let path = container
                .security_context_path("capabilities")
                .field("drop");
            found.push(Found::missing(path, "ALL capabilities must be dropped"));
        }
    }
    let why = "must not be added: NET_BIND_SERVICE is the only one";
    found.extend(baseline::added_beyond(pod, &["NET_BIND_SERVICE"], why));
    found
}

pub(super) fn volumes(pod: &Pod<'_>) -> Vec<Found> {
    let volumes = pod.spec.volumes.iter().flatten().enumerate();
    volumes
        .filter(|(_, volume)| !is_good_volume(volume))
        .map(|(i, volume)| {
            let path = FieldPath::root().field("spec").field("volumes").index(i);
            // The source is what is wrong, where the list of them knows it.
            let (path, what) = match volume.host_path {
                Some(_) => (path.field("hostPath"), "a hostPath"),
                None => (path, "of this type"),
            };
            Found::wrong(
                path,
                format!("the volume {} must not be {what}", volume.name),
            )
        })
        .collect()
}

fn is_good_volume(volume: &Volume) -> bool {
    volume.config_map.is_some()
        || volume.csi.is_some()
        || volume.downward_api.is_some()
        || volume.empty_dir.is_some()
        || volume.ephemeral.is_some()
        || volume.image.is_some()
        || volume.persistent_volume_claim.is_some()
        || volume.projected.is_some()
        || volume.secret.is_some()
}

/// `runAsNonRoot1_35`: the check of 1.35 on.
pub(super) fn run_as_non_root_outside_user_namespace(pod: &Pod<'_>) -> Vec<Found> {
    if pod.has_user_namespace() {
        return Vec::new();
    }
    run_as_non_root(pod)
}

pub(super) fn run_as_non_root(pod: &Pod<'_>) -> Vec<Found> {
    let message = "runAsNonRoot must be true";
    let own = pod.spec.security_context.as_ref();
    let own = own.and_then(|own| own.run_as_non_root);
    let mut found = Vec::new();
    if own == Some(false) {
        found.push(Found::wrong(Pod::context("runAsNonRoot"), message));
    }
    for container in &pod.containers {
        let path = container.security_context_path("runAsNonRoot");
        match container
            .security_context
            .and_then(|own| own.run_as_non_root)
        {
            Some(false) => found.push(Found::wrong(path, message)),
            None if own.is_none() => found.push(Found::missing(path, message)),
            // It says it itself, or the Pod does or was told off already.
            Some(true) | None => {}
        }
    }
    found
}

/// `runAsUser1_35`: the check of 1.35 on.
pub(super) fn run_as_user_outside_user_namespace(pod: &Pod<'_>) -> Vec<Found> {
    if pod.has_user_namespace() {
        return Vec::new();
    }
    run_as_user(pod)
}

pub(super) fn run_as_user(pod: &Pod<'_>) -> Vec<Found> {
    let message = "the user must not be 0, which is root";
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    if own.is_some_and(|own| own.run_as_user == Some(0)) {
        found.push(Found::wrong(Pod::context("runAsUser"), message));
    }
    for container in &pod.containers {
        if container
            .security_context
            .is_some_and(|own| own.run_as_user == Some(0))
        {
            found.push(Found::wrong(
                container.security_context_path("runAsUser"),
                message,
            ));
        }
    }
    found
}

pub(super) fn seccomp(pod: &Pod<'_>) -> Vec<Found> {
    let mut found = baseline::seccomp(pod);
    let own = pod.spec.security_context.as_ref();
    if pod.is_windows() {
        return Vec::new();
    }
    if own.and_then(|own| own.seccomp_profile.as_ref()).is_some() {
        return found;
    }
    for container in &pod.containers {
        let own = container.security_context;
        if own.and_then(|own| own.seccomp_profile.as_ref()).is_none() {
            let path = container.security_context_path("seccompProfile");
            let message = "the seccomp profile must be RuntimeDefault or Localhost";
            found.push(Found::missing(path, message));
        }
    }
    found
}
