//! Checks of AppArmor and seccomp profiles: `check_appArmorProfile.go`,
//! `check_seccompProfile_baseline.go` and `check_seccompProfile_restricted.go` of
//! k8s.io/pod-security-admission/policy.

use std::collections::{BTreeMap, BTreeSet};

use k8s_openapi::api::core::v1::SeccompProfile;
use serde_json::json;

use super::pod::{Found, Pod, Refusal};
use super::requirement::Requirement;
use super::words;
use crate::path::FieldPath;

const APP_ARMOR_ANNOTATION: &str = "container.apparmor.security.beta.kubernetes.io/";
const SECCOMP_POD_ANNOTATION: &str = "seccomp.security.alpha.kubernetes.io/pod";
const SECCOMP_CONTAINER_ANNOTATION: &str = "container.seccomp.security.alpha.kubernetes.io/";

fn annotation_path(key: &str) -> FieldPath {
    let annotations = FieldPath::root().field("metadata").field("annotations");
    annotations.field(key.to_owned())
}

fn is_good(type_: &str) -> bool {
    matches!(type_, "RuntimeDefault" | "Localhost")
}

/// `appArmorProfile_1_0`.
pub(super) fn app_armor(pod: &Pod<'_>) -> Option<Refusal> {
    let message = "the AppArmor profile must be RuntimeDefault or Localhost";
    let mut values = BTreeSet::new();
    let mut found = Vec::new();
    let own = pod.spec.security_context.as_ref();
    let own = own.and_then(|own| own.app_armor_profile.as_ref());
    let is_pod = own.is_some_and(|profile| !is_good(&profile.type_));
    if let Some(profile) = own.filter(|_| is_pod) {
        values.insert(profile.type_.as_str());
        let path = Pod::context("appArmorProfile");
        found.push(Found::wrong(path.field("type"), message).requires(runtime_default()));
    }
    let mut names = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        let profile = own.and_then(|own| own.app_armor_profile.as_ref());
        if let Some(profile) = profile.filter(|profile| !is_good(&profile.type_)) {
            names.push(container.name);
            values.insert(profile.type_.as_str());
            let path = container.security_context_path("appArmorProfile");
            let wrong = Found::wrong(path.field("type"), message).requires(runtime_default());
            found.push(wrong.in_container(container));
        }
    }
    let mut annotations = BTreeSet::new();
    for (key, value) in pod.metadata.annotations.iter().flatten() {
        let is_good =
            value.is_empty() || value == "runtime/default" || value.starts_with("localhost/");
        if key.starts_with(APP_ARMOR_ANNOTATION) && !is_good {
            annotations.insert(format!("{key}={}", words::go_quote(value)));
            found.push(Found::wrong(annotation_path(key), message));
        }
    }
    if found.is_empty() {
        return None;
    }
    let count = values.len() + annotations.len();
    let mut setters = Vec::new();
    if is_pod || !names.is_empty() {
        setters.push(words::setters(is_pod, &names));
    }
    if !annotations.is_empty() {
        let word = words::pluralize("annotation", "annotations", annotations.len());
        setters.push(word.to_owned());
    }
    let values = values.into_iter().map(ToOwned::to_owned);
    Some(Refusal {
        reason: words::pluralize(
            "forbidden AppArmor profile",
            "forbidden AppArmor profiles",
            count,
        ),
        detail: format!(
            "{} must not set AppArmor profile type to {}",
            setters.join(" and "),
            words::join_quote(values.chain(annotations))
        ),
        found,
    })
}

fn runtime_default() -> Requirement {
    Requirement::Value(json!("RuntimeDefault"))
}

/// `seccompProfileBaseline_1_0`.
pub(super) fn seccomp_annotations(pod: &Pod<'_>) -> Option<Refusal> {
    let none = BTreeMap::new();
    let annotations = pod.metadata.annotations.as_ref().unwrap_or(&none);
    let mut found = Vec::new();
    let mut forbidden = BTreeSet::new();
    let of_containers = pod.containers.iter().map(|container| {
        let key = format!("{SECCOMP_CONTAINER_ANNOTATION}{}", container.name);
        (Some(container), key)
    });
    for (container, key) in [(None, SECCOMP_POD_ANNOTATION.to_owned())]
        .into_iter()
        .chain(of_containers)
    {
        let Some(value) = annotations.get(&key) else {
            continue;
        };
        let is_good = matches!(value.as_str(), "runtime/default" | "docker/default")
            || value.starts_with("localhost/");
        // Containers of the same name share an annotation.
        if !is_good && forbidden.insert(format!("{key}={}", words::go_quote(value))) {
            let message = "the seccomp profile must be runtime/default or localhost/";
            let wrong = Found::wrong(annotation_path(&key), message);
            found.push(match container {
                Some(container) => wrong.in_container(container),
                None => wrong,
            });
        }
    }
    let word = words::pluralize("annotation", "annotations", forbidden.len());
    let forbidden: Vec<String> = forbidden.into_iter().collect();
    (!found.is_empty()).then(|| Refusal {
        reason: "seccompProfile",
        detail: format!("forbidden {word} {}", forbidden.join(", ")),
        found,
    })
}

const SECCOMP: &str = "the seccomp profile must be RuntimeDefault or Localhost";

/// `seccompProfileBaseline_1_19`.
pub(super) fn seccomp_baseline(pod: &Pod<'_>) -> Option<Refusal> {
    let mut found = Vec::new();
    let mut values = BTreeSet::new();
    let mut is_bad = |profile: &Option<SeccompProfile>, path: &dyn Fn() -> FieldPath| {
        let profile = profile.as_ref().filter(|own| !is_good(&own.type_))?;
        values.insert(profile.type_.clone());
        Some(Found::wrong(path().field("type"), SECCOMP).requires(runtime_default()))
    };
    let own = pod.spec.security_context.as_ref();
    let path = || Pod::context("seccompProfile");
    let own = own.and_then(|own| is_bad(&own.seccomp_profile, &path));
    let is_pod = own.is_some();
    found.extend(own);
    let mut names = Vec::new();
    for container in &pod.containers {
        let path = || container.security_context_path("seccompProfile");
        let own = container.security_context;
        if let Some(own) = own.and_then(|own| is_bad(&own.seccomp_profile, &path)) {
            names.push(container.name);
            found.push(own.in_container(container));
        }
    }
    (!found.is_empty()).then(|| Refusal {
        reason: "seccompProfile",
        detail: format!(
            "{} must not set securityContext.seccompProfile.type to {}",
            words::setters(is_pod, &names),
            words::join_quote(&values)
        ),
        found,
    })
}

/// `seccompProfileRestricted_1_25`.
pub(super) fn seccomp_restricted_on_linux(pod: &Pod<'_>) -> Option<Refusal> {
    (!pod.is_windows())
        .then(|| seccomp_restricted(pod))
        .flatten()
}

/// `seccompProfileRestricted_1_19`.
pub(super) fn seccomp_restricted(pod: &Pod<'_>) -> Option<Refusal> {
    let refusal = seccomp_baseline(pod);
    let own = pod.spec.security_context.as_ref();
    if own.is_some_and(|own| own.seccomp_profile.is_some()) {
        return refusal;
    }
    let mut names = Vec::new();
    let mut missing = Vec::new();
    for container in &pod.containers {
        let own = container.security_context;
        if own.is_none_or(|own| own.seccomp_profile.is_none()) {
            names.push(container.name);
            let path = container.security_context_path("seccompProfile");
            let profile = json!({ "type": "RuntimeDefault" });
            let own = Found::missing(path, SECCOMP, profile).or(Pod::context("seccompProfile"));
            missing.push(own.in_container(container));
        }
    }
    // Admission names those that are missing only where none is wrong.
    if let Some(mut refusal) = refusal {
        refusal.found.extend(missing);
        return Some(refusal);
    }
    (!missing.is_empty()).then(|| Refusal {
        reason: "seccompProfile",
        detail: format!(
            "pod or {} must set securityContext.seccompProfile.type to \"RuntimeDefault\" or \"Localhost\"",
            words::containers(&names)
        ),
        found: missing,
    })
}
