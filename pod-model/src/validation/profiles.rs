//! Profiles of seccomp and AppArmor, in fields and in the annotations of old.
//!
//! Upstream: `validateSeccompProfileField`, `ValidateAppArmorProfileField` and
//! the functions that compare them with annotations, in
//! `k8s.io/kubernetes/pkg/apis/core/validation`.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{AppArmorProfile, PodSpec, SeccompProfile};

use super::annotations::{
    APP_ARMOR_CONTAINER, DOCKER_DEFAULT, LOCALHOST, RUNTIME_DEFAULT, SECCOMP_CONTAINER,
    SECCOMP_POD, UNCONFINED,
};
use super::containers::Containers;
use super::errors::{Errors, quoted};
use super::files;
use super::path::Path;

const PROFILES: [&str; 3] = ["Localhost", "RuntimeDefault", "Unconfined"];
/// A path of the kernel's, without its end.
const PROFILE_MOST: usize = 4095;

/// Upstream: `validateSeccompProfileField`.
pub(super) fn seccomp(profile: Option<&SeccompProfile>, path: &Path<'_>, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let at = path.field("type");
    if profile.type_.is_empty() {
        errors.required(&at, "the type of the seccomp profile is required");
    } else {
        errors.one_of(&at, &profile.type_, "seccomp profile type", &PROFILES);
    }
    let at = path.field("localhostProfile");
    match (profile.type_.as_str(), &profile.localhost_profile) {
        ("Localhost", None) => {
            errors.required(&at, "a `Localhost` profile requires `localhostProfile`");
        }
        ("Localhost", Some(file)) => files::descending(file, &at, &at, errors),
        (_, Some(_)) => {
            errors.invalid(&at, "`localhostProfile` requires the type `Localhost`");
        }
        (_, None) => {}
    }
}

/// Upstream: `ValidateAppArmorProfileField`.
pub(super) fn app_armor(profile: Option<&AppArmorProfile>, path: &Path<'_>, errors: &mut Errors) {
    let Some(profile) = profile else { return };
    let at = path.field("localhostProfile");
    match (profile.type_.as_str(), profile.localhost_profile.as_deref()) {
        ("Localhost", None) => {
            errors.required(&at, "a `Localhost` profile requires `localhostProfile`");
        }
        ("Localhost", Some(name)) => {
            if name.trim() != name {
                errors.invalid(
                    &at,
                    format!(
                        "profile name {} has leading or trailing spaces",
                        quoted(name)
                    ),
                );
            } else if name.is_empty() {
                errors.required(&at, "a `Localhost` profile requires `localhostProfile`");
            }
            if name.len() > PROFILE_MOST {
                errors.too_long(
                    &at,
                    format!(
                        "the name of a profile must be no more than {PROFILE_MOST} bytes, found {}",
                        name.len()
                    ),
                );
            }
        }
        ("RuntimeDefault" | "Unconfined", Some(_)) => {
            errors.invalid(&at, "`localhostProfile` requires the type `Localhost`");
        }
        ("RuntimeDefault" | "Unconfined", None) => {}
        ("", _) => {
            errors.required(
                &path.field("type"),
                "the type of the AppArmor profile is required",
            );
        }
        (other, _) => {
            errors.not_supported(
                &path.field("type"),
                other,
                "AppArmor profile type",
                &PROFILES,
            );
        }
    }
}

/// Returns whether [`app_armor`] has nothing to say of it.
pub(super) fn app_armor_profile_is_sound(profile: &AppArmorProfile) -> bool {
    let mut errors = Errors::default();
    let root = crate::path::FieldPath::root();
    app_armor(Some(profile), &Path::base(&root), &mut errors);
    errors.len() == 0
}

/// The annotations of old and the fields of today say the same.
///
/// Upstream: `validateSeccompAnnotationsAndFields`,
/// `validateAppArmorAnnotationsAndFieldsMatchOnCreate`.
pub(super) fn annotations_match(
    annotations: &BTreeMap<String, String>,
    spec: &PodSpec,
    containers: &Containers<'_>,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let pods = spec.security_context.as_ref();
    if let Some(profile) = pods.and_then(|context| context.seccomp_profile.as_ref())
        && let Some(annotation) = annotations.get_key_value(SECCOMP_POD)
    {
        let path = path.field("securityContext");
        seccomp_matches(annotation, profile, &path.field("seccompProfile"), errors);
    }
    containers.visit(path, |container, path| {
        let own = container.security_context.as_ref();
        if let Some(profile) = own.and_then(|context| context.seccomp_profile.as_ref())
            && let Some(annotation) =
                annotations.get_key_value(&format!("{SECCOMP_CONTAINER}{}", container.name))
        {
            let path = path.field("securityContext");
            seccomp_matches(annotation, profile, &path.field("seccompProfile"), errors);
        }
    });
    if spec.os.as_ref().is_some_and(|os| os.name == "windows") {
        return;
    }
    let pods = pods.and_then(|context| context.app_armor_profile.as_ref());
    containers.visit(path, |container, path| {
        let own = container.security_context.as_ref();
        let own = own.and_then(|context| context.app_armor_profile.as_ref());
        if let Some(profile) = own.or(pods)
            && let Some(annotation) =
                annotations.get_key_value(&format!("{APP_ARMOR_CONTAINER}{}", container.name))
        {
            let path = path.field("securityContext");
            let local = profile.localhost_profile.as_deref();
            let path = path.field("appArmorProfile");
            matches(
                annotation,
                &profile.type_,
                local,
                &[RUNTIME_DEFAULT],
                &path,
                errors,
            );
        }
    });
}

fn seccomp_matches(
    annotation: (&String, &String),
    profile: &SeccompProfile,
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let local = profile.localhost_profile.as_deref();
    let defaults = [RUNTIME_DEFAULT, DOCKER_DEFAULT];
    matches(annotation, &profile.type_, local, &defaults, path, errors);
}

fn matches(
    (key, annotation): (&String, &String),
    type_: &str,
    local: Option<&str>,
    defaults: &[&str],
    path: &Path<'_>,
    errors: &mut Errors,
) {
    let field = match type_ {
        "Unconfined" if annotation != UNCONFINED => "type",
        "RuntimeDefault" if !defaults.contains(&annotation.as_str()) => "type",
        "Localhost" => match annotation.strip_prefix(LOCALHOST) {
            None => "type",
            Some(name) if local != Some(name) => "localhostProfile",
            Some(_) => return,
        },
        _ => return,
    };
    errors
        .forbidden(
            &path.field(field),
            format!(
                "the annotation {} has another profile, {}",
                quoted(key),
                quoted(annotation)
            ),
        )
        .help("remove the annotation; the field replaces it");
}
