//! Checks of the user and its privileges: `check_allowPrivilegeEscalation.go`,
//! `check_runAsNonRoot.go` and `check_runAsUser.go` of
//! k8s.io/pod-security-admission/policy.

use serde_json::Value;

use super::pod::{Found, Pod, Refusal};
use super::requirement::Requirement;
use super::words;

/// `allowPrivilegeEscalation_1_25`.
pub(super) fn escalation_on_linux(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.is_windows()).then(|| escalation(pod)).flatten()
}

/// `allowPrivilegeEscalation_1_8`.
pub(super) fn escalation(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        let own = own.and_then(|own| own.allow_privilege_escalation);
        if own == Some(false) {
            continue;
        }
        names.push(container.name);
        let path = container.security_context_path("allowPrivilegeEscalation");
        let message = "allowPrivilegeEscalation must be false";
        let missing = Found::missing(path, message, false.into());
        found.push(Found {
            is_missing: own.is_none(),
            ..missing.in_container(container)
        });
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "allowPrivilegeEscalation != false",
        detail: format!(
            "{} must set securityContext.allowPrivilegeEscalation=false",
            words::containers(&names)
        ),
        found,
    })
}

/// `runAsNonRoot1_35`.
pub(super) fn run_as_non_root_outside_user_namespace(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.has_user_namespace())
        .then(|| run_as_non_root(pod))
        .flatten()
}

/// `runAsNonRoot1_0`.
pub(super) fn run_as_non_root(pod: &Pod<'_>) -> Option<Refusal> {
    let message = "runAsNonRoot must be true";
    let is_true = || Requirement::Value(Value::Bool(true));
    let own = pod.spec.security_context.as_ref();
    let own = own.and_then(|own| own.run_as_non_root);
    let mut found = Vec::new();
    if own == Some(false) {
        let path = Pod::context("runAsNonRoot");
        found.push(Found::wrong(path, message).requires(is_true()));
    }
    let (mut explicit, mut implicit) = (Vec::new(), Vec::new());
    for container in &pod.containers {
        let path = || container.security_context_path("runAsNonRoot");
        let of_container = container.security_context;
        match of_container.and_then(|own| own.run_as_non_root) {
            Some(false) => {
                explicit.push(container.name);
                let wrong = Found::wrong(path(), message).requires(is_true());
                found.push(wrong.in_container(container));
            }
            None if own.is_none() => {
                implicit.push(container.name);
                let missing = Found::missing(path(), message, true.into());
                let missing = missing.or(Pod::context("runAsNonRoot"));
                found.push(missing.in_container(container));
            }
            // It says it itself, or the Pod does or was told off already.
            Some(true) | None => {}
        }
    }
    let is_explicit = own == Some(false) || !explicit.is_empty();
    (!found.is_empty()).then(|| Refusal {
        reason: "runAsNonRoot != true",
        detail: if is_explicit {
            format!(
                "{} must not set securityContext.runAsNonRoot=false",
                words::setters(own == Some(false), &explicit)
            )
        } else {
            format!(
                "pod or {} must set securityContext.runAsNonRoot=true",
                words::containers(&implicit)
            )
        },
        found,
    })
}

/// `runAsUser1_35`.
pub(super) fn run_as_user_outside_user_namespace(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.has_user_namespace())
        .then(|| run_as_user(pod))
        .flatten()
}

/// `runAsUser1_23`.
pub(super) fn run_as_user(pod: &Pod<'_>) -> Option<Refusal> {
    let message = "the user must not be 0, which is root";
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    let is_pod = own.is_some_and(|own| own.run_as_user == Some(0));
    if is_pod {
        let path = Pod::context("runAsUser");
        found.push(Found::wrong(path, message).requires(Requirement::NotZero));
    }
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        if own.is_some_and(|own| own.run_as_user == Some(0)) {
            names.push(container.name);
            let path = container.security_context_path("runAsUser");
            let wrong = Found::wrong(path, message).requires(Requirement::NotZero);
            found.push(wrong.in_container(container));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "runAsUser=0",
        detail: format!(
            "{} must not set runAsUser=0",
            words::setters(is_pod, &names)
        ),
        found,
    })
}
